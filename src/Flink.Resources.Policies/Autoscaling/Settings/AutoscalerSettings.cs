using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>How the busy time of a vertex is aggregated over its subtasks.</summary>
public enum BusyTimeAggregator
{
    /// <summary>The busiest subtask.</summary>
    Max = 0,

    /// <summary>The mean, from the accumulated busy time.</summary>
    Avg,

    /// <summary>The least busy subtask.</summary>
    Min,
}

/// <summary>How a parallelism is aligned with key groups or source partitions.</summary>
public enum AlignmentMode
{
    /// <summary>Up to the next parallelism that lowers the share of the busiest subtask.</summary>
    Balanced = 0,

    /// <summary>Up to the next divisor.</summary>
    EvenlySpread,

    /// <summary>Not at all.</summary>
    Off,

    /// <summary>What the deprecated key means by <c>EVENLY_SPREAD</c>: divisors upwards, then downwards.</summary>
    LegacyEvenlySpread,

    /// <summary>What the deprecated key means by <c>MAXIMIZE_UTILISATION</c>.</summary>
    LegacyMaximizeUtilisation,
}

/// <summary>
/// The settings of the autoscaler of one job. Every default is the one of the Flink autoscaler; read them from a job's
/// Flink configuration with <see cref="AutoscalerSettingsReader"/>.
/// </summary>
public sealed record AutoscalerSettings
{
    /// <summary>Collect, evaluate and scale. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>False: everything is computed and reported, nothing is applied. Default true.</summary>
    public bool ScalingEnabled { get; init; } = true;

    /// <summary>Samples taken before the job has run this long do not start the window. Default 5 min.</summary>
    public TimeSpan StabilizationInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Length of the history averages and rates use. Default 15 min.</summary>
    public TimeSpan MetricsWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How busy time is aggregated over subtasks. Default the busiest.</summary>
    public BusyTimeAggregator BusyTimeAggregator { get; init; }

    /// <summary>Wanted share of the true processing rate in use. Default 0.7.</summary>
    public double UtilizationTarget { get; init; } = 0.7;

    /// <summary>Above it a vertex is too slow; default target plus boundary.</summary>
    public double? UtilizationMax { get; init; }

    /// <summary>Below it a vertex is too fast; default target minus boundary.</summary>
    public double? UtilizationMin { get; init; }

    /// <summary>Distance of the bounds from the target where they are not set. Default 0.3.</summary>
    public double UtilizationBoundary { get; init; } = 0.3;

    /// <summary>Time in which lag is worked off; zero: lag plays no part. Default 30 min.</summary>
    public TimeSpan CatchUpDuration { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Expected downtime of one rescale. Default 5 min.</summary>
    public TimeSpan RestartTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Use measured restarts. Default false.</summary>
    public bool RestartTracking { get; init; }

    /// <summary>Ceiling of measured restarts. Default 15 min.</summary>
    public TimeSpan RestartTrackingLimit { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Lag worth more input than this is a backlog. Default 5 min.</summary>
    public TimeSpan BacklogLagThreshold { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Sources with at least this much lag are measured directly. Default 30 s.</summary>
    public TimeSpan ObservedRateLagThreshold { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A busy-based rate more than this above the observed one is not believed. Default 0.15.</summary>
    public double ObservedRateSwitchThreshold { get; init; } = 0.15;

    /// <summary>Fewer observations give no observed rate. Default 2.</summary>
    public int ObservedRateMinObservations { get; init; } = 2;

    /// <summary>Lower limit of a vertex. Default 1.</summary>
    public int VertexMinParallelism { get; init; } = 1;

    /// <summary>Upper limit of a vertex. Default 200.</summary>
    public int VertexMaxParallelism { get; init; } = 200;

    /// <summary>At most times one plus this in one step. Default 100000.</summary>
    public double ScaleUpMaxFactor { get; init; } = 100_000;

    /// <summary>At least times one minus this in one step. Default 0.6.</summary>
    public double ScaleDownMaxFactor { get; init; } = 0.6;

    /// <summary>Wait this long before scaling down; zero or less: at once. Default 1 h.</summary>
    public TimeSpan ScaleDownInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Alignment with key groups and partitions. Default balanced.</summary>
    public AlignmentMode AlignmentMode { get; init; }

    /// <summary>Vertices that are never scaled.</summary>
    public ImmutableArray<string> ExcludedVertices { get; init; } = [];

    /// <summary>Times without scaling; see <see cref="Autoscaling.ExcludedPeriods"/>.</summary>
    public ImmutableArray<string> ExcludedPeriods { get; init; } = [];

    /// <summary>Block scale-ups after one that brought too little. Default false.</summary>
    public bool EffectivenessDetection { get; init; }

    /// <summary>Share of the expected gain a scale-up must bring. Default 0.1.</summary>
    public double EffectivenessThreshold { get; init; } = 0.1;

    /// <summary>Learn sub-linear scaling from history. Default false.</summary>
    public bool ObservedScalability { get; init; }

    /// <summary>Fewer entries teach nothing. Default 3.</summary>
    public int ObservedScalabilityMinObservations { get; init; } = 3;

    /// <summary>The smallest coefficient believed. Default 0.5.</summary>
    public double ObservedScalabilityCoefficientMin { get; init; } = 0.5;

    /// <summary>More time in garbage collection than this: no scaling. Default 1.0.</summary>
    public double GcPressureThreshold { get; init; } = 1;

    /// <summary>A fuller heap than this: no scaling. Default 1.0.</summary>
    public double HeapUsageThreshold { get; init; } = 1;

    /// <summary>Tune the memory of task managers along with the parallelism. Default false.</summary>
    public bool MemoryTuning { get; init; }

    /// <summary>Head-room on heap and metaspace. Default 0.2.</summary>
    public double MemoryTuningOverhead { get; init; } = 0.2;

    /// <summary>Give all spare memory to managed memory. Default false.</summary>
    public bool MaximizeManagedMemory { get; init; }

    /// <summary>More heap per task manager when their number shrinks. Default true.</summary>
    public bool ScaleDownCompensation { get; init; } = true;

    /// <summary>Ceiling of cores for the job's task managers together.</summary>
    public double? QuotaCpu { get; init; }

    /// <summary>Ceiling of bytes for the job's task managers together.</summary>
    public long? QuotaMemoryBytes { get; init; }

    /// <summary>Scaling history entries kept. Default 3.</summary>
    public int HistoryMaxCount { get; init; } = 3;

    /// <summary>Scaling history age kept. Default 24 h.</summary>
    public TimeSpan HistoryMaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The same event is not repeated within it. Default 30 min.</summary>
    public TimeSpan EventInterval { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Limit of one REST call. Default 10 s.</summary>
    public TimeSpan RestClientTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Evaluators to use, by name; none: all the policy was made with. See <see cref="IMetricEvaluator"/>.</summary>
    public ImmutableArray<string> CustomEvaluators { get; init; } = [];

    /// <summary>Filters to use, by name; none: all the policy was made with. See <see cref="IDecisionFilter"/>.</summary>
    public ImmutableArray<string> CustomExecutors { get; init; } = [];

    /// <summary>An alignment in place of <see cref="AlignmentMode"/>; null: none. Default none.</summary>
    public IParallelismAligner? CustomAlignment { get; init; }

    /// <summary>Slots of a task manager. Default 1.</summary>
    public int SlotsPerTaskManager { get; init; } = 1;

    /// <summary>Network buffers per channel. Default 2.</summary>
    public int BuffersPerChannel { get; init; } = 2;

    /// <summary>Floating network buffers per gate. Default 8.</summary>
    public int FloatingBuffersPerGate { get; init; } = 8;

    /// <summary>Size of a network buffer. Default 32 KiB.</summary>
    public long SegmentSizeBytes { get; init; } = 32_768;

    /// <summary>Additions to the behaviour of the Flink autoscaler, all off by default.</summary>
    public AutoscalerExtensions Extensions { get; init; } = AutoscalerExtensions.None;

    internal long CatchUpSeconds => CatchUpDuration.Ticks / TimeSpan.TicksPerSecond;
}
