namespace Flink.Resources.Health;

/// <summary>The names of the built-in items.</summary>
public static class HealthItemKeys
{
    /// <summary>Share of the looks at which the job and all its vertices ran.</summary>
    public const string Availability = "avail";

    /// <summary>Share of checkpoints that completed.</summary>
    public const string CheckpointSuccess = "ckptOk";

    /// <summary>Duration of checkpoints, relative to the baseline.</summary>
    public const string CheckpointDuration = "ckptDur";

    /// <summary>Restarts of the job per hour.</summary>
    public const string Restarts = "restarts";

    /// <summary>Backpressure above the baseline.</summary>
    public const string Backpressure = "backp";

    /// <summary>Delay behind the source, relative to what is allowed.</summary>
    public const string Lag = "lag";

    /// <summary>Records consumed, relative to those produced.</summary>
    public const string Throughput = "thru";

    /// <summary>CPU per record and memory, relative to the baseline.</summary>
    public const string Resources = "res";

    /// <summary>Share of time spent on garbage collection.</summary>
    public const string GarbageCollection = "gc";

    /// <summary>Unplanned losses of containers or pods per hour and ten workers.</summary>
    public const string Churn = "churn";

    /// <summary>Errors in logs per minute, relative to the baseline.</summary>
    public const string Errors = "err";

    /// <summary>Near-real-time jobs: share of cycles that succeeded. Takes the place of <see cref="Availability"/>.</summary>
    public const string CycleSuccess = "cycleOk";

    /// <summary>Near-real-time jobs: duration of cycles, relative to the baseline. Takes the place of <see cref="Throughput"/>.</summary>
    public const string CycleDuration = "cycleDur";

    /// <summary>Near-real-time jobs: age of the newest result, relative to what is allowed. Takes the place of <see cref="Lag"/>.</summary>
    public const string Freshness = "fresh";

    /// <summary>Batch jobs: share of runs that succeeded.</summary>
    public const string RunSuccess = "runOk";

    /// <summary>Batch jobs: run time, relative to the baseline.</summary>
    public const string RunDuration = "runDur";

    /// <summary>Batch jobs: share of comparisons of the output that came out equal.</summary>
    public const string Output = "output";
}
