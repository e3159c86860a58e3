namespace Flink.Resources;

/// <summary>How much of a start is done before it.</summary>
public enum StandbyLevel
{
    /// <summary>Nothing beyond what Prepare does.</summary>
    None = 0,

    /// <summary>
    /// The room is proved and held, and images are on the nodes: placeholders as large as the JobManager and the TaskManagers stand where
    /// these will, until the start.
    /// </summary>
    Room,

    /// <summary>
    /// JobManager and TaskManagers are up in a session cluster of the job's own, with its jar there: the start submits the job only. A cluster
    /// without a Flink job is not a copy.
    /// </summary>
    Cluster,
}

/// <summary>Feature of a backend: has up what a start will need, before the source is stopped.</summary>
public interface IStandby
{
    /// <summary>
    /// Begins to bring up what a prepared application will need, short of its job. Repeating it is harmless. Start uses what is up, and
    /// Remove takes it away.
    /// </summary>
    /// <param name="application">Prepared, and never started.</param>
    /// <param name="level">How much.</param>
    /// <param name="cancellationToken">Stops waiting; a part of it may come up.</param>
    Task<StandbyOutcome> BringUpAsync(PreparedApplication application, StandbyLevel level, CancellationToken cancellationToken = default);

    /// <summary>Looks how far it is. Absent when nothing of it is there.</summary>
    /// <param name="application">Prepared.</param>
    /// <param name="level">As it was brought up.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    Task<Lookup<StandbyReport>> FindAsync(PreparedApplication application, StandbyLevel level, CancellationToken cancellationToken = default);
}

/// <summary>How bringing up began. Take what you don't know for <see cref="Indeterminate"/>.</summary>
public abstract record StandbyOutcome
{
    private protected StandbyOutcome()
    {
    }

    /// <summary>It comes up, or is up.</summary>
    public sealed record Accepted : StandbyOutcome;

    /// <summary>It won't.</summary>
    /// <param name="Cause">Why, and what would be right.</param>
    public sealed record Refused(string Cause) : StandbyOutcome;

    /// <summary>Nobody could say. The same call finds out.</summary>
    /// <param name="Evidence">What was seen.</param>
    public sealed record Indeterminate(Evidence Evidence) : StandbyOutcome;
}

/// <summary>How far what is brought up has come.</summary>
/// <param name="IsReady">The start finds all it needs.</param>
/// <param name="Words">What is awaited, or what stands.</param>
/// <param name="IsStuck">It won't come up by itself: waiting is in vain.</param>
public sealed record StandbyReport(bool IsReady, string Words, bool IsStuck = false);
