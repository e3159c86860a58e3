namespace Flink.Resources.Health;

/// <summary>
/// The series that the built-in items and gates read. The names and units are the same whatever the job runs on; beside each stands where Flink,
/// YARN or Kubernetes show it.
/// </summary>
public static class HealthMetrics
{
    /// <summary>1 when the job is RUNNING and all its vertices are, else 0; one sample per look that was answered. Job status and vertex states.</summary>
    public const string Running = "running";

    /// <summary>Seconds that a checkpoint took, at its completion. <c>lastCheckpointDuration</c>, the history of checkpoints.</summary>
    public const string CheckpointCompleted = "checkpointCompleted";

    /// <summary>A failed checkpoint; the value means nothing. The history of checkpoints.</summary>
    public const string CheckpointFailed = "checkpointFailed";

    /// <summary>A restart of the job other than its start; the value means nothing. <c>numRestarts</c>.</summary>
    public const string Restart = "restart";

    /// <summary>Highest share of backpressured time of all vertices, 0 to 1. <c>backPressuredTimeMsPerSecond</c>.</summary>
    public const string Backpressure = "backpressure";

    /// <summary>Seconds behind the source. <c>currentEmitEventTimeLag</c>, else <c>watermarkLag</c>, else <c>pendingRecords</c> by rate.</summary>
    public const string Lag = "lagSeconds";

    /// <summary>Records per second that the sources read. <c>numRecordsOutPerSecond</c> of the sources.</summary>
    public const string Consumed = "consumedPerSecond";

    /// <summary>Records per second that arrive in what the sources read. Offsets of the topics.</summary>
    public const string Produced = "producedPerSecond";

    /// <summary>Records per second that reach the sinks. <c>numRecordsInPerSecond</c> of the vertices that nobody reads from.</summary>
    public const string Emitted = "emittedPerSecond";

    /// <summary>Highest share of busy time of all vertices, 0 to 1. <c>busyTimeMsPerSecond</c>. Says how much faster the job could be.</summary>
    public const string Busy = "busyShare";

    /// <summary>Bytes of state that a checkpoint covers, at its completion. The history of checkpoints.</summary>
    public const string StateBytes = "stateBytes";

    /// <summary>Cores that the job holds on its cluster, used or not. YARN's allocation, the pods' requests.</summary>
    public const string CpuHeld = "cpuHeld";

    /// <summary>Bytes that the job holds on its cluster, used or not. YARN's allocation, the pods' requests.</summary>
    public const string MemoryHeld = "memoryHeld";

    /// <summary>Cores used by all processes of the job. Process CPU time or cgroup, never the load of a host.</summary>
    public const string CpuCores = "cpuCores";

    /// <summary>Bytes used by all processes of the job.</summary>
    public const string MemoryBytes = "memoryBytes";

    /// <summary>Highest share of time spent on garbage collection of all processes, 0 to 1. <c>Status.JVM.GarbageCollector.*</c>.</summary>
    public const string GarbageCollection = "gcShare";

    /// <summary>An unplanned loss of a container or pod; the value means nothing. YARN container exits, pod events.</summary>
    public const string Loss = "loss";

    /// <summary>Errors per minute in the logs.</summary>
    public const string Errors = "errorsPerMinute";

    /// <summary>Records dropped as too late since the sample before. <c>numLateRecordsDropped</c>.</summary>
    public const string LateDrops = "lateDrops";

    /// <summary>A loss of the JobManager or of its leadership; the value means nothing. Attempts of the application, restarts of the pod.</summary>
    public const string JobManagerLoss = "jobManagerLoss";

    /// <summary>A cycle's end: 1 when it succeeded, else 0.</summary>
    public const string Cycle = "cycle";

    /// <summary>Seconds that a cycle took, at its end.</summary>
    public const string CycleDuration = "cycleSeconds";

    /// <summary>Age of the newest result in seconds.</summary>
    public const string Freshness = "freshnessSeconds";

    /// <summary>A run's end: 1 when it succeeded, else 0.</summary>
    public const string Run = "run";

    /// <summary>Seconds that a run took, at its end.</summary>
    public const string RunDuration = "runSeconds";

    /// <summary>A comparison of a run's output with that of the source: 1 when rows, partitions and sums are equal, else 0.</summary>
    public const string OutputEqual = "outputEqual";
}
