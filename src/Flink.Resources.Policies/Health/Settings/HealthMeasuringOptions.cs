namespace Flink.Resources.Health;

/// <summary>How what was seen becomes readings; mostly floors against noise.</summary>
public sealed record HealthMeasuringOptions
{
    /// <summary>Durations of checkpoints, cycles and runs below this are all the same. Zero to one day.</summary>
    /// <value>10 s.</value>
    public TimeSpan DurationFloor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The least delay that is allowed to every job. More than zero, at most one day.</summary>
    /// <value>30 s.</value>
    public TimeSpan LagFloor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The allowed delay in terms of the baseline's p95. 1 to 100.</summary>
    /// <value>1.5.</value>
    public double LagBaselineFactor { get; init; } = 1.5;

    /// <summary>The least baseline of errors, per minute. More than 0, at most 1 000 000.</summary>
    /// <value>1.</value>
    public double ErrorsPerMinuteFloor { get; init; } = 1;

    /// <summary>So many checkpoints, cycles or runs are looked at, even if they are older than the window. 1 to 1000.</summary>
    /// <value>5.</value>
    public int LeastOutcomes { get; init; } = 5;

    /// <summary>The window of checkpoints is at least so many checkpoint intervals. 1 to 1000.</summary>
    /// <value>5.</value>
    public int CheckpointIntervals { get; init; } = 5;

    /// <summary>From so many events on a number per hour is computed from the time observed; fewer count as they are. 1 to 1000.</summary>
    /// <value>2.</value>
    public int ScaledFromEvents { get; init; } = 2;

    /// <summary>
    /// One interruption up to this, give or take a tenth, in the window is left to the items that count restarts and losses. A fraction of the window so small is
    /// one sample, and a single lost TaskManager is no ill health. Zero (every sample counts) to 10 min.
    /// </summary>
    /// <value>60 s.</value>
    public TimeSpan SingleInterruption { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>CPU per record is compared while at least this share of the baseline's rate is processed; below, fixed costs prevail. 0 to 1.</summary>
    /// <value>0.1.</value>
    public double LeastRateForCpu { get; init; } = 0.1;

    /// <summary>The least that the first, full checkpoint after a restore may take before it counts. Zero to one day.</summary>
    /// <value>10 min.</value>
    public TimeSpan FirstCheckpoint { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What the first, full checkpoint may take in terms of state size by write rate. 1 to 100.</summary>
    /// <value>3.</value>
    public double FirstCheckpointFactor { get; init; } = 3;

    /// <summary>Warming up ends after this even without a checkpoint. Zero to one day.</summary>
    /// <value>10 min.</value>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Delay must be within what is allowed for so long to end catching up. Zero to one day.</summary>
    /// <value>5 min.</value>
    public TimeSpan CaughtUpFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The deadline of catching up in terms of its computed length. 1 to 100.</summary>
    /// <value>2.</value>
    public double CatchUpFactor { get; init; } = 2;

    /// <summary>The latest deadline of catching up. More than zero, at most 7 days.</summary>
    /// <value>2 h.</value>
    public TimeSpan LongestCatchUp { get; init; } = TimeSpan.FromHours(2);

    /// <summary>A bucket of the baseline needs so many samples. 1 to 1000.</summary>
    /// <value>3.</value>
    public int LeastBaselineSamples { get; init; } = 3;
}
