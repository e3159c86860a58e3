namespace Flink.Resources.Health;

/// <summary>
/// What all evaluations since the watch began come to. Plain data that does not grow, to be stored with the job.
/// </summary>
public sealed record HealthSoakState
{
    /// <summary>The job's own score before the move, for jobs that are never quite healthy; null without one.</summary>
    public double? Reference { get; init; }

    /// <summary>
    /// The coverage that the job had on its source, when its source has neither a measure of delay nor a rate to compare with: no more is asked
    /// on the target. Null for all others.
    /// </summary>
    public double? SourceCoverage { get; init; }

    /// <summary>How many evaluations there were.</summary>
    public int Evaluations { get; init; }

    /// <summary>How many of them were good.</summary>
    public int Good { get; init; }

    /// <summary>How many of the newest were good in a row.</summary>
    public int GoodRun { get; init; }

    /// <summary>In how many of them nearly everything was known.</summary>
    public int WellCovered { get; init; }

    /// <summary>When the first was; null before it.</summary>
    public DateTimeOffset? FirstAt { get; init; }

    /// <summary>When the newest was; null before the first.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The newest had an open gate.</summary>
    public bool HasGate { get; init; }

    /// <summary>At some time the verdict was unhealthy.</summary>
    public bool WasUnhealthy { get; init; }

    /// <summary>What is said of the job meanwhile.</summary>
    public HealthVerdictState Verdict { get; init; } = HealthVerdictState.Initial;
}
