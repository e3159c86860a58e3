namespace Flink.Resources.Simulation;

/// <summary>How a simulated job behaves. Whatever is not said behaves well.</summary>
public sealed record SimulatedJob
{
    /// <summary>Records that the source produces in a second, at least 0.</summary>
    /// <value>Default 2,000.</value>
    public double RecordsPerSecond { get; init; } = 2_000;

    /// <summary>Records that one subtask processes in a second. Times the parallelism it is the job's capacity; below the source's rate the job falls behind.</summary>
    /// <value>Default 10,000.</value>
    public double CapacityPerSubtask { get; init; } = 10_000;

    /// <summary>Records after which a batch job is through.</summary>
    /// <value>Default 50,000. Of no meaning for other kinds.</value>
    public long BatchRecords { get; init; } = 50_000;

    /// <summary>What becomes of output that is written twice.</summary>
    /// <value>Default <see cref="SinkClass.Transactional"/>: it becomes visible with checkpoints.</value>
    public SinkClass Sink { get; init; } = SinkClass.Transactional;

    /// <summary>Where a job without a snapshot begins to read.</summary>
    /// <value>Default the oldest record.</value>
    public StartPosition StartPosition { get; init; } = StartPosition.Earliest;

    /// <summary>The size of its state.</summary>
    /// <value>Default 50 MiB.</value>
    public MemorySize State { get; init; } = MemorySize.FromMebibytes(50);

    /// <summary>How fast state is written to and read from snapshots, per second.</summary>
    /// <value>Default 100 MiB.</value>
    public MemorySize StateBandwidth { get; init; } = MemorySize.FromMebibytes(100);

    /// <summary>How long a checkpoint takes after the first one, which is full.</summary>
    /// <value>Default 500 ms.</value>
    public TimeSpan CheckpointDuration { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether its checkpoints fail.</summary>
    public bool CheckpointsFail { get; init; }

    /// <summary>How many savepoints fail before one is written. A stop with savepoint counts; the job runs on.</summary>
    public int SavepointFailures { get; init; }

    /// <summary>What goes wrong in a stop with savepoint after the savepoint was written.</summary>
    public StopFault StopFault { get; init; }

    /// <summary>It starts from nothing whatever it is told to restore.</summary>
    public bool IgnoresRestorePath { get; init; }

    /// <summary>After what time in state RUNNING it fails for good; null: never.</summary>
    public TimeSpan? FailsAfter { get; init; }

    /// <summary>After what time in state RUNNING a task fails and the job restarts from its last checkpoint, again and again; null: never.</summary>
    public TimeSpan? RestartsEvery { get; init; }

    /// <summary>How long it waits before it restarts.</summary>
    /// <value>Default 1 s.</value>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time zone of its JVM.</summary>
    /// <value>Default <c>UTC</c>.</value>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The share of time that its collector takes, 0 to 1.</summary>
    /// <value>Default 0.02.</value>
    public double GarbageCollection { get; init; } = 0.02;
}

/// <summary>Where a job without a snapshot begins to read.</summary>
public enum StartPosition
{
    /// <summary>At the oldest record: everything is processed again.</summary>
    Earliest = 0,

    /// <summary>At the newest record: what came before is never processed.</summary>
    Latest,
}

/// <summary>What goes wrong in a stop with savepoint after the savepoint was written.</summary>
public enum StopFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A sink throws in its commit and the job fails for good; the cause names the savepoint.</summary>
    FailsAfterSavepoint,

    /// <summary>A sink throws in its commit and the job runs on from its last checkpoint; the cause names the savepoint.</summary>
    RunsOnAfterSavepoint,
}
