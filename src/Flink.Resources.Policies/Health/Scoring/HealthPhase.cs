namespace Flink.Resources.Health;

/// <summary>How far a job has come since it was started on its new place. Says what counts.</summary>
public enum HealthPhase
{
    /// <summary>Nothing is scored before the first checkpoint; a wrong snapshot, a second copy and a root cause that no waiting heals count at once.</summary>
    WarmUp = 1,

    /// <summary>It works off what piled up: delay and throughput are bound to be bad and do not count.</summary>
    CatchUp,

    /// <summary>Everything counts. Also a job that nobody moves, and one whose move is committed.</summary>
    Soak,
}
