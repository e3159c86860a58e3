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

    /// <summary>The job's sinks by name. What a rollback may do depends on them.</summary>
    public System.Collections.Immutable.ImmutableSortedDictionary<string, SinkClass> Sinks { get; init; } =
        System.Collections.Immutable.ImmutableSortedDictionary<string, SinkClass>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The owner accepts that records are processed again into append sinks.</summary>
    public bool AcceptsDuplicates { get; init; }

    /// <summary>How long the job is watched after it has caught up, before the move is final. Zero or more.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest that the checks before the move may take.</summary>
    public TimeSpan ValidationTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest that the preparation of the target may take.</summary>
    public TimeSpan PreparationTimeout { get; init; } = TimeSpan.FromMinutes(15);

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
