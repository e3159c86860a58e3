using Flink.Resources.Translation;

namespace Flink.Resources;

/// <summary>What is known of a savepoint that was asked for.</summary>
internal enum SavepointLook
{
    /// <summary>Nobody could say.</summary>
    Unknown = 0,

    /// <summary>Flink does not know the trigger id.</summary>
    Absent,

    /// <summary>It is being written.</summary>
    InProgress,

    /// <summary>It is complete.</summary>
    Completed,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>One look at a copy, of all who know something about it. What nobody could say is Unknown or null.</summary>
internal sealed record CopyObservation
{
    /// <summary>Whether the backend knows the application.</summary>
    public LookupStatus Application { get; init; }

    /// <summary>The backend's word on its state.</summary>
    public ApplicationState ApplicationState { get; init; }

    /// <summary>The backend's word on how it ended.</summary>
    public ApplicationResult Result { get; init; }

    /// <summary>Waiting will not cure it.</summary>
    public bool IsStuck { get; init; }

    /// <summary>The backend's own words.</summary>
    public string? Diagnostics { get; init; }

    /// <summary>Flink answered.</summary>
    public bool FlinkAnswers { get; init; }

    /// <summary>Jobs in Flink that are not at their end.</summary>
    public int LiveJobs { get; init; }

    /// <summary>The Flink job: the one asked for, else the newest.</summary>
    public FlinkJobId? Job { get; init; }

    /// <summary>Its state.</summary>
    public FlinkJobState JobState { get; init; }

    /// <summary>All its tasks run.</summary>
    public bool AllTasksRun { get; init; }

    /// <summary>Flink's checkpoint statistics were read.</summary>
    public bool HasCheckpoints { get; init; }

    /// <summary>Completed checkpoints since the start.</summary>
    public long CompletedCheckpoints { get; init; }

    /// <summary>The id of the newest completed checkpoint.</summary>
    public long? LatestCheckpointId { get; init; }

    /// <summary>Where the newest completed checkpoint is.</summary>
    public string? LatestCheckpoint { get; init; }

    /// <summary>When the newest completed checkpoint was triggered.</summary>
    public DateTimeOffset? LatestCheckpointAt { get; init; }

    /// <summary>How long the newest completed checkpoint took.</summary>
    public TimeSpan? CheckpointDuration { get; init; }

    /// <summary>State in bytes, of the newest completed checkpoint.</summary>
    public long? StateBytes { get; init; }

    /// <summary>Checkpoints and savepoints being written.</summary>
    public int InProgress { get; init; }

    /// <summary>What the job was restored from.</summary>
    public string? RestoredFrom { get; init; }

    /// <summary>What it was restored from is a savepoint.</summary>
    public bool? RestoredFromSavepoint { get; init; }

    /// <summary>The savepoint that was asked for.</summary>
    public SavepointLook Savepoint { get; init; }

    /// <summary>Where it is.</summary>
    public string? SavepointLocation { get; init; }

    /// <summary>Why it failed.</summary>
    public string? SavepointCause { get; init; }

    /// <summary>The path that the cause of the failure names: it was written all the same.</summary>
    public string? SavepointNamedByCause { get; init; }

    /// <summary>The checkpoint interval; null when checkpointing is off or was not read.</summary>
    public TimeSpan? CheckpointInterval { get; init; }

    /// <summary>Checkpoints survive the end of the job.</summary>
    public bool? RetainsCheckpoints { get; init; }

    /// <summary>The state backend.</summary>
    public string? StateBackend { get; init; }

    /// <summary>Flink's version.</summary>
    public string? FlinkVersion { get; init; }

    /// <summary>What a job's results may depend on: time zone, charset, Java's major version.</summary>
    public JobEnvironment? Environment { get; init; }

    /// <summary>What could not be read, and why.</summary>
    public string? Trouble { get; init; }
}
