namespace Flink.Resources.Health;

/// <summary>When gates open.</summary>
public sealed record HealthGateOptions
{
    /// <summary>G1: not running for longer. Zero to one day.</summary>
    /// <value>120 s.</value>
    public TimeSpan NotRunning { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>G2: no completed checkpoint within so many intervals. 1 to 1000.</summary>
    /// <value>3.</value>
    public int CheckpointIntervals { get; init; } = 3;

    /// <summary>G2: and within at least this. Zero to one day.</summary>
    /// <value>10 min.</value>
    public TimeSpan NoCheckpoint { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The window of G3, G5, G8 and G10. 1 min to one day.</summary>
    /// <value>10 min.</value>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>G3: so many restarts in the window. 1 to 1000.</summary>
    /// <value>5.</value>
    public int Restarts { get; init; } = 5;

    /// <summary>G5: the delay in terms of what is allowed. 1 to 1000.</summary>
    /// <value>2.</value>
    public double LagFactor { get; init; } = 2;

    /// <summary>G7: so many kills for memory. 1 to 1000.</summary>
    /// <value>3.</value>
    public int OutOfMemoryKills { get; init; } = 3;

    /// <summary>G8: late records dropped, in terms of the baseline. 1 to 1000.</summary>
    /// <value>10.</value>
    public double LateDropFactor { get; init; } = 10;

    /// <summary>G8: so many late records at least, where the baseline has none. 1 to 1 000 000.</summary>
    /// <value>100.</value>
    public int LeastLateDrops { get; init; } = 100;

    /// <summary>G10: so many losses of the JobManager or of its leadership in the window. 1 to 1000.</summary>
    /// <value>3.</value>
    public int JobManagerLosses { get; init; } = 3;
}
