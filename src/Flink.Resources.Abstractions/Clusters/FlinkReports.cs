using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>The states of a Flink job (JobStatus).</summary>
public enum FlinkJobState
{
    /// <summary>A word this library does not know.</summary>
    Unknown = 0,

    /// <summary>The JobMaster is being created.</summary>
    Initializing,

    /// <summary>Waits for resources.</summary>
    Created,

    /// <summary>Scheduled; its tasks may still be deploying.</summary>
    Running,

    /// <summary>Between a failure and the next attempt to fail for good.</summary>
    Failing,

    /// <summary>Failed for good.</summary>
    Failed,

    /// <summary>Being cancelled.</summary>
    Cancelling,

    /// <summary>Cancelled.</summary>
    Canceled,

    /// <summary>Finished, a stop with savepoint included.</summary>
    Finished,

    /// <summary>Waits for the next attempt.</summary>
    Restarting,

    /// <summary>Its JobManager lost leadership; another one can recover it.</summary>
    Suspended,

    /// <summary>Being taken over after a failover.</summary>
    Reconciling,
}

/// <summary>Facts derived from a job's state.</summary>
public static class FlinkJobStateExtensions
{
    extension(FlinkJobState state)
    {
        /// <summary>Whether the job has ended for good.</summary>
        public bool IsTerminal => state is FlinkJobState.Finished or FlinkJobState.Failed or FlinkJobState.Canceled;
    }
}

/// <summary>A cluster at a glance.</summary>
public sealed record FlinkClusterOverview(string FlinkVersion, int TaskManagers, int SlotsTotal, int SlotsAvailable);

/// <summary>A job as the Dispatcher lists it.</summary>
public sealed record FlinkJobSummary
{
    /// <summary>Its id.</summary>
    public required FlinkJobId Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its state.</summary>
    public required FlinkJobState State { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>All subtasks.</summary>
    public int TasksTotal { get; init; }

    /// <summary>Subtasks in state RUNNING.</summary>
    public int TasksRunning { get; init; }

    /// <summary>Subtasks in state FINISHED.</summary>
    public int TasksFinished { get; init; }

    /// <summary>Whether the job is really up: RUNNING, and every subtask running or finished.</summary>
    public bool AllTasksRun => State == FlinkJobState.Running && TasksTotal > 0 && TasksRunning + TasksFinished == TasksTotal;
}

/// <summary>A job with its vertices.</summary>
public sealed record FlinkJobDetails
{
    /// <summary>Its id.</summary>
    public required FlinkJobId Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its state.</summary>
    public required FlinkJobState State { get; init; }

    /// <summary>Flink's word for its kind (STREAMING, BATCH); null when it does not say.</summary>
    public string? JobType { get; init; }

    /// <summary>The job's maximum parallelism; null when unset.</summary>
    public int? MaximumParallelism { get; init; }

    /// <summary>Its vertices, sources first.</summary>
    public ImmutableArray<FlinkVertex> Vertices { get; init; } = [];
}

/// <summary>A vertex of a job graph.</summary>
public sealed record FlinkVertex
{
    /// <summary>Its id, 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its parallelism.</summary>
    public required int Parallelism { get; init; }

    /// <summary>Its maximum parallelism.</summary>
    public int MaximumParallelism { get; init; }

    /// <summary>Subtasks by state (RUNNING, DEPLOYING, …).</summary>
    public ImmutableSortedDictionary<string, int> Tasks { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Records read; null while Flink says that the number is incomplete.</summary>
    public long? RecordsRead { get; init; }

    /// <summary>Records written; null while Flink says that the number is incomplete.</summary>
    public long? RecordsWritten { get; init; }

    /// <summary>The vertices that this one reads from.</summary>
    public ImmutableArray<string> Inputs { get; init; } = [];
}

/// <summary>A job's checkpoints.</summary>
public sealed record CheckpointStatistics
{
    /// <summary>Completed so far, savepoints included.</summary>
    public long Completed { get; init; }

    /// <summary>Failed so far.</summary>
    public long Failed { get; init; }

    /// <summary>Under way.</summary>
    public int InProgress { get; init; }

    /// <summary>Restores so far.</summary>
    public int Restored { get; init; }

    /// <summary>The newest completed checkpoint.</summary>
    public CheckpointEntry? LatestCompleted { get; init; }

    /// <summary>The newest completed savepoint.</summary>
    public CheckpointEntry? LatestSavepoint { get; init; }

    /// <summary>The newest failed checkpoint.</summary>
    public CheckpointEntry? LatestFailed { get; init; }

    /// <summary>What the job was last restored from.</summary>
    public RestoredCheckpoint? LatestRestored { get; init; }

    /// <summary>The newest ones, newest first.</summary>
    public ImmutableArray<CheckpointEntry> History { get; init; } = [];
}

/// <summary>One checkpoint or savepoint.</summary>
public sealed record CheckpointEntry
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>COMPLETED, FAILED or IN_PROGRESS.</summary>
    public required string Status { get; init; }

    /// <summary>Whether it is a savepoint.</summary>
    public bool IsSavepoint { get; init; }

    /// <summary>When it was triggered.</summary>
    public DateTimeOffset? TriggeredAt { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The bytes that it wrote.</summary>
    public long? CheckpointedBytes { get; init; }

    /// <summary>The whole state's bytes.</summary>
    public long? StateBytes { get; init; }

    /// <summary>Where it is; null when it cannot be addressed.</summary>
    public string? Path { get; init; }

    /// <summary>Why it failed.</summary>
    public string? FailureMessage { get; init; }
}

/// <summary>What a job was restored from.</summary>
public sealed record RestoredCheckpoint(long Id, DateTimeOffset At, bool IsSavepoint, string? Path);

/// <summary>How a job checkpoints.</summary>
public sealed record CheckpointSettings
{
    /// <summary><c>exactly_once</c> or <c>at_least_once</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The time between two; null when only triggered by hand.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>After how long one is given up.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether checkpoints outlive the job.</summary>
    public bool IsExternalized { get; init; }

    /// <summary>Whether they are deleted when the job is cancelled.</summary>
    public bool IsDeletedOnCancellation { get; init; }

    /// <summary>The state backend's name.</summary>
    public string? StateBackend { get; init; }

    /// <summary>The checkpoint storage's name.</summary>
    public string? Storage { get; init; }

    /// <summary>Whether checkpoints are unaligned.</summary>
    public bool IsUnaligned { get; init; }
}

/// <summary>One failure of a job.</summary>
public sealed record FlinkExceptionEntry(string Name, string StackTrace, DateTimeOffset? At, string? Task, string? TaskManager);

/// <summary>The bounds of a vertex' parallelism.</summary>
/// <param name="Lower">At least this, from 1.</param>
/// <param name="Upper">At most this.</param>
public readonly record struct ParallelismBounds(int Lower, int Upper);

/// <summary>A metric over several subtasks or TaskManagers; what was not delivered is null.</summary>
public sealed record AggregatedMetric(double? Minimum, double? Maximum, double? Average, double? Sum);

/// <summary>Whose metrics are meant.</summary>
public abstract record MetricScope
{
    private MetricScope()
    {
    }

    /// <summary>The JobManager's.</summary>
    public sealed record JobManager : MetricScope;

    /// <summary>A job's.</summary>
    public sealed record Job(FlinkJobId JobId) : MetricScope;

    /// <summary>A vertex', over its subtasks.</summary>
    public sealed record Vertex(FlinkJobId JobId, string VertexId) : MetricScope;

    /// <summary>All TaskManagers'.</summary>
    public sealed record TaskManagers : MetricScope;

    /// <summary>One TaskManager's.</summary>
    public sealed record TaskManager(string Id) : MetricScope;
}

/// <summary>A TaskManager.</summary>
public sealed record TaskManagerReport
{
    /// <summary>Its id: the container's on YARN, the pod's name on Kubernetes.</summary>
    public required string Id { get; init; }

    /// <summary>Its slots.</summary>
    public required int Slots { get; init; }

    /// <summary>Its free slots.</summary>
    public required int FreeSlots { get; init; }

    /// <summary>When it was last heard of.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; init; }

    /// <summary>Its whole process' memory as configured.</summary>
    public MemorySize? ProcessMemory { get; init; }

    /// <summary>Its managed memory as configured.</summary>
    public MemorySize? ManagedMemory { get; init; }
}

/// <summary>What a JobManager's process runs in.</summary>
/// <param name="JavaVersion">The JVM's version text.</param>
/// <param name="JvmOptions">The JVM's options.</param>
/// <param name="TimeZone">The time zone's name.</param>
/// <param name="TimeZoneOffset">Its offset.</param>
public sealed record FlinkEnvironment(string? JavaVersion, ImmutableArray<string> JvmOptions, string? TimeZone, TimeSpan? TimeZoneOffset);
