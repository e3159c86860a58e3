namespace Flink.Resources;

/// <summary>One job that is to run elsewhere.</summary>
public sealed record MoveRequest
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>The application that runs it now. Its Flink job may be left out: an application has one.</summary>
    public required CopyRef Source { get; init; }

    /// <summary>
    /// What starts the job again where it is now, should the move be undone: exactly as it was started. When the files of its start go
    /// away with its end, they are kept first (<see cref="KeepSourceFiles"/>).
    /// </summary>
    public required ApplicationSpec SourceSpec { get; init; }

    /// <summary>The backend where the job shall run.</summary>
    public required string TargetBackend { get; init; }

    /// <summary>What starts the job there.</summary>
    public required ApplicationSpec TargetSpec { get; init; }

    /// <summary>
    /// Where the savepoint goes, as a URI that both backends read and write. Each move writes into a folder of its own under it.
    /// </summary>
    public required string SnapshotDirectory { get; init; }

    /// <summary>
    /// Copies the source's jar, files and configuration to where its end does not delete them, before anything changes. Needed for
    /// applications that somebody else started; <see cref="SourceSpec"/> is completed from the copy.
    /// </summary>
    public bool KeepSourceFiles { get; init; }

    /// <summary>The revision of the desired state that asks for the move; null when it has none.</summary>
    public string? Revision { get; init; }

    /// <summary>The run that this move undoes: it brings back what that one moved. Null for every other move.</summary>
    public string? ReturnOf { get; init; }

    /// <summary>How.</summary>
    public MoveOptions Options { get; init; } = new();
}

/// <summary>How the source is stopped.</summary>
public enum StopMethod
{
    /// <summary>A savepoint, or the last checkpoint where a savepoint would take longer than a minute and every sink allows it.</summary>
    Auto = 0,

    /// <summary>Stop with a native savepoint: nothing is processed twice.</summary>
    Savepoint,

    /// <summary>
    /// Kill the source after a fresh checkpoint, and go on from the newest one: what came after it is processed again. Needs
    /// checkpoints that are retained.
    /// </summary>
    LastCheckpoint,
}

/// <summary>How a job is moved. The defaults suit a streaming job.</summary>
public sealed record MoveOptions
{
    /// <summary>How the source is stopped.</summary>
    public StopMethod Stop { get; init; } = StopMethod.Auto;

    /// <summary>
    /// What stands on the target before the source is stopped. By default its room is held by placeholders, where the backend can; with
    /// <see cref="StandbyLevel.Cluster"/> JobManager and TaskManagers are up, which makes the move shortest and needs the room earlier.
    /// </summary>
    public StandbyLevel Standby { get; init; } = StandbyLevel.Room;

    /// <summary>The job's sinks by name. What a rollback may do depends on them.</summary>
    public System.Collections.Immutable.ImmutableSortedDictionary<string, SinkClass> Sinks { get; init; } =
        System.Collections.Immutable.ImmutableSortedDictionary<string, SinkClass>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The owner accepts that records are processed again into append sinks.</summary>
    public bool AcceptsDuplicates { get; init; }

    /// <summary>
    /// How long the job is watched after it has caught up, before the move is final. Zero or more. Shorter than ten evaluations (5 min by
    /// default) it is too short for a verdict: then the job only has to run.
    /// </summary>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How long the source is observed before anything changes, to know what is usual for the job. Zero observes nothing: without
    /// <see cref="KnownBaseline"/> there is nothing to compare with, and the target only has to run. With it a few evaluations suffice.
    /// At most one day. Of no meaning for batch jobs and for a <see cref="Soak"/> that is too short for a verdict.
    /// </summary>
    /// <value>2 h.</value>
    public TimeSpan Baseline { get; init; } = TimeSpan.FromHours(2);

    /// <summary>What is known to be usual for the job already; null when nothing is.</summary>
    public Health.HealthBaseline? KnownBaseline { get; init; }

    /// <summary>What follows when the target is unhealthy, or does not catch up in time.</summary>
    /// <value><see cref="Health.OnUnhealthy.Hold"/>: a person decides.</value>
    public Health.OnUnhealthy OnUnhealthy { get; init; }

    /// <summary>The delay that the job's owner allows; null when nothing was said. Then 1.5 times the p95 of before is allowed.</summary>
    public TimeSpan? LagSlo { get; init; }

    /// <summary>
    /// The numbers behind score, verdict, commit and catching up (<see cref="Health.HealthMeasuringOptions.CatchUpFactor"/>,
    /// <see cref="Health.HealthMeasuringOptions.LongestCatchUp"/>); null for the defaults.
    /// </summary>
    public Health.HealthOptions? Health { get; init; }

    /// <summary>The longest that the checks before the move may take.</summary>
    public TimeSpan ValidationTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest that the preparation of the target may take.</summary>
    public TimeSpan PreparationTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The longest that a near-real-time job's cycle is awaited before the stop; one in which nothing ends for so long is held.
    /// </summary>
    public TimeSpan CycleTimeout { get; init; } = TimeSpan.FromMinutes(45);

    /// <summary>The longest that the stop may take, retries included. Flink itself gives a savepoint up after <c>execution.checkpointing.timeout</c>.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest that the proof of the source's death may take.</summary>
    public TimeSpan DeathTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest that the target's acceptance may take.</summary>
    public TimeSpan SubmissionTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest until all tasks run and the first checkpoint is complete.</summary>
    public TimeSpan RestoreTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the world is looked at while something is awaited.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);
}
