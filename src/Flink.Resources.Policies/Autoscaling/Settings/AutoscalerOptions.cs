using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>Every configuration key the autoscaling policy reads, spelled as the Flink autoscaler spells it.</summary>
public static class AutoscalerOptions
{
    /// <summary><c>job.autoscaler.enabled</c>.</summary>
    public static AutoscalerOption Enabled { get; } =
        new("job.autoscaler.enabled", AutoscalerOptionKind.Boolean);

    /// <summary><c>job.autoscaler.scaling.enabled</c>.</summary>
    public static AutoscalerOption ScalingEnabled { get; } =
        new("job.autoscaler.scaling.enabled", AutoscalerOptionKind.Boolean);

    /// <summary><c>job.autoscaler.stabilization.interval</c>.</summary>
    public static AutoscalerOption StabilizationInterval { get; } =
        new("job.autoscaler.stabilization.interval", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.metrics.window</c>.</summary>
    public static AutoscalerOption MetricsWindow { get; } =
        new("job.autoscaler.metrics.window", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.metrics.busy-time.aggregator</c>.</summary>
    public static AutoscalerOption BusyTimeAggregator { get; } =
        new("job.autoscaler.metrics.busy-time.aggregator", AutoscalerOptionKind.Word);

    /// <summary><c>job.autoscaler.utilization.target</c>.</summary>
    public static AutoscalerOption UtilizationTarget { get; } =
        new("job.autoscaler.utilization.target", AutoscalerOptionKind.Number, "job.autoscaler.target.utilization");

    /// <summary><c>job.autoscaler.utilization.max</c>.</summary>
    public static AutoscalerOption UtilizationMax { get; } =
        new("job.autoscaler.utilization.max", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.utilization.min</c>.</summary>
    public static AutoscalerOption UtilizationMin { get; } =
        new("job.autoscaler.utilization.min", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.target.utilization.boundary</c>.</summary>
    public static AutoscalerOption UtilizationBoundary { get; } =
        new("job.autoscaler.target.utilization.boundary", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.catch-up.duration</c>.</summary>
    public static AutoscalerOption CatchUpDuration { get; } =
        new("job.autoscaler.catch-up.duration", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.restart.time</c>.</summary>
    public static AutoscalerOption RestartTime { get; } =
        new("job.autoscaler.restart.time", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.restart.time-tracking.enabled</c>.</summary>
    public static AutoscalerOption RestartTracking { get; } =
        new("job.autoscaler.restart.time-tracking.enabled", AutoscalerOptionKind.Boolean);

    /// <summary><c>job.autoscaler.restart.time-tracking.limit</c>.</summary>
    public static AutoscalerOption RestartTrackingLimit { get; } =
        new("job.autoscaler.restart.time-tracking.limit", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.backlog-processing.lag-threshold</c>.</summary>
    public static AutoscalerOption BacklogLagThreshold { get; } =
        new("job.autoscaler.backlog-processing.lag-threshold", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.observed-true-processing-rate.lag-threshold</c>.</summary>
    public static AutoscalerOption ObservedRateLagThreshold { get; } =
        new("job.autoscaler.observed-true-processing-rate.lag-threshold", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.observed-true-processing-rate.switch-threshold</c>.</summary>
    public static AutoscalerOption ObservedRateSwitchThreshold { get; } =
        new("job.autoscaler.observed-true-processing-rate.switch-threshold", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.observed-true-processing-rate.min-observations</c>.</summary>
    public static AutoscalerOption ObservedRateMinObservations { get; } =
        new("job.autoscaler.observed-true-processing-rate.min-observations", AutoscalerOptionKind.WholeNumber);

    /// <summary><c>job.autoscaler.vertex.min-parallelism</c>.</summary>
    public static AutoscalerOption VertexMinParallelism { get; } =
        new("job.autoscaler.vertex.min-parallelism", AutoscalerOptionKind.WholeNumber);

    /// <summary><c>job.autoscaler.vertex.max-parallelism</c>.</summary>
    public static AutoscalerOption VertexMaxParallelism { get; } =
        new("job.autoscaler.vertex.max-parallelism", AutoscalerOptionKind.WholeNumber);

    /// <summary><c>job.autoscaler.scale-up.max-factor</c>.</summary>
    public static AutoscalerOption ScaleUpMaxFactor { get; } =
        new("job.autoscaler.scale-up.max-factor", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.scale-down.max-factor</c>.</summary>
    public static AutoscalerOption ScaleDownMaxFactor { get; } =
        new("job.autoscaler.scale-down.max-factor", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.scale-down.interval</c>.</summary>
    public static AutoscalerOption ScaleDownInterval { get; } =
        new("job.autoscaler.scale-down.interval", AutoscalerOptionKind.Duration, "job.autoscaler.scale-up.grace-period");

    /// <summary><c>job.autoscaler.scaling.parallelism-alignment.mode</c>.</summary>
    public static AutoscalerOption AlignmentMode { get; } =
        new("job.autoscaler.scaling.parallelism-alignment.mode", AutoscalerOptionKind.Word);

    /// <summary><c>job.autoscaler.scaling.key-group.partitions.adjust.mode</c>.</summary>
    public static AutoscalerOption DeprecatedAdjustMode { get; } =
        new("job.autoscaler.scaling.key-group.partitions.adjust.mode", AutoscalerOptionKind.Word);

    /// <summary><c>job.autoscaler.vertex.exclude.ids</c>.</summary>
    public static AutoscalerOption ExcludedVertices { get; } =
        new("job.autoscaler.vertex.exclude.ids", AutoscalerOptionKind.List);

    /// <summary><c>job.autoscaler.excluded.periods</c>.</summary>
    public static AutoscalerOption ExcludedPeriods { get; } =
        new("job.autoscaler.excluded.periods", AutoscalerOptionKind.List);

    /// <summary><c>job.autoscaler.scaling.effectiveness.detection.enabled</c>.</summary>
    public static AutoscalerOption EffectivenessDetection { get; } =
        new("job.autoscaler.scaling.effectiveness.detection.enabled", AutoscalerOptionKind.Boolean);

    /// <summary><c>job.autoscaler.scaling.effectiveness.threshold</c>.</summary>
    public static AutoscalerOption EffectivenessThreshold { get; } =
        new("job.autoscaler.scaling.effectiveness.threshold", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.observed-scalability.enabled</c>.</summary>
    public static AutoscalerOption ObservedScalability { get; } =
        new("job.autoscaler.observed-scalability.enabled", AutoscalerOptionKind.Boolean);

    /// <summary><c>job.autoscaler.observed-scalability.min-observations</c>.</summary>
    public static AutoscalerOption ObservedScalabilityMinObservations { get; } =
        new("job.autoscaler.observed-scalability.min-observations", AutoscalerOptionKind.WholeNumber);

    /// <summary><c>job.autoscaler.observed-scalability.coefficient-min</c>.</summary>
    public static AutoscalerOption ObservedScalabilityCoefficientMin { get; } =
        new("job.autoscaler.observed-scalability.coefficient-min", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.memory.gc-pressure.threshold</c>.</summary>
    public static AutoscalerOption GcPressureThreshold { get; } =
        new("job.autoscaler.memory.gc-pressure.threshold", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.memory.heap-usage.threshold</c>.</summary>
    public static AutoscalerOption HeapUsageThreshold { get; } =
        new("job.autoscaler.memory.heap-usage.threshold", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.memory.tuning.enabled</c>.</summary>
    public static AutoscalerOption MemoryTuning { get; } =
        new("job.autoscaler.memory.tuning.enabled", AutoscalerOptionKind.Boolean);

    /// <summary><c>job.autoscaler.memory.tuning.overhead</c>.</summary>
    public static AutoscalerOption MemoryTuningOverhead { get; } =
        new("job.autoscaler.memory.tuning.overhead", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.memory.tuning.maximize-managed-memory</c>.</summary>
    public static AutoscalerOption MaximizeManagedMemory { get; } =
        new("job.autoscaler.memory.tuning.maximize-managed-memory", AutoscalerOptionKind.Boolean);

    /// <summary><c>job.autoscaler.memory.tuning.scale-down-compensation.enabled</c>.</summary>
    public static AutoscalerOption ScaleDownCompensation { get; } =
        new("job.autoscaler.memory.tuning.scale-down-compensation.enabled", AutoscalerOptionKind.Boolean);

    /// <summary><c>job.autoscaler.quota.cpu</c>.</summary>
    public static AutoscalerOption QuotaCpu { get; } =
        new("job.autoscaler.quota.cpu", AutoscalerOptionKind.Number);

    /// <summary><c>job.autoscaler.quota.memory</c>.</summary>
    public static AutoscalerOption QuotaMemory { get; } =
        new("job.autoscaler.quota.memory", AutoscalerOptionKind.Memory);

    /// <summary><c>job.autoscaler.history.max.count</c>.</summary>
    public static AutoscalerOption HistoryMaxCount { get; } =
        new("job.autoscaler.history.max.count", AutoscalerOptionKind.WholeNumber);

    /// <summary><c>job.autoscaler.history.max.age</c>.</summary>
    public static AutoscalerOption HistoryMaxAge { get; } =
        new("job.autoscaler.history.max.age", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.scaling.event.interval</c>.</summary>
    public static AutoscalerOption EventInterval { get; } =
        new("job.autoscaler.scaling.event.interval", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.flink.rest-client.timeout</c>.</summary>
    public static AutoscalerOption RestClientTimeout { get; } =
        new("job.autoscaler.flink.rest-client.timeout", AutoscalerOptionKind.Duration);

    /// <summary><c>job.autoscaler.metrics.custom-evaluators</c>.</summary>
    public static AutoscalerOption CustomEvaluators { get; } =
        new("job.autoscaler.metrics.custom-evaluators", AutoscalerOptionKind.List);

    /// <summary><c>job.autoscaler.scaling.custom-executors</c>.</summary>
    public static AutoscalerOption CustomExecutors { get; } =
        new("job.autoscaler.scaling.custom-executors", AutoscalerOptionKind.List);

    /// <summary><c>taskmanager.numberOfTaskSlots</c>.</summary>
    public static AutoscalerOption SlotsPerTaskManager { get; } =
        new("taskmanager.numberOfTaskSlots", AutoscalerOptionKind.WholeNumber);

    /// <summary><c>taskmanager.network.memory.buffers-per-channel</c>.</summary>
    public static AutoscalerOption BuffersPerChannel { get; } =
        new("taskmanager.network.memory.buffers-per-channel", AutoscalerOptionKind.WholeNumber);

    /// <summary><c>taskmanager.network.memory.floating-buffers-per-gate</c>.</summary>
    public static AutoscalerOption FloatingBuffersPerGate { get; } =
        new("taskmanager.network.memory.floating-buffers-per-gate", AutoscalerOptionKind.WholeNumber);

    /// <summary><c>taskmanager.memory.segment-size</c>.</summary>
    public static AutoscalerOption SegmentSize { get; } =
        new("taskmanager.memory.segment-size", AutoscalerOptionKind.Memory);

    /// <summary>All of them.</summary>
    public static ImmutableArray<AutoscalerOption> All { get; } =
    [
        Enabled, ScalingEnabled, StabilizationInterval, MetricsWindow, BusyTimeAggregator, UtilizationTarget,
        UtilizationMax, UtilizationMin, UtilizationBoundary, CatchUpDuration, RestartTime, RestartTracking,
        RestartTrackingLimit, BacklogLagThreshold, ObservedRateLagThreshold, ObservedRateSwitchThreshold,
        ObservedRateMinObservations, VertexMinParallelism, VertexMaxParallelism, ScaleUpMaxFactor,
        ScaleDownMaxFactor, ScaleDownInterval, AlignmentMode, DeprecatedAdjustMode, ExcludedVertices,
        ExcludedPeriods, EffectivenessDetection, EffectivenessThreshold, ObservedScalability,
        ObservedScalabilityMinObservations, ObservedScalabilityCoefficientMin, GcPressureThreshold,
        HeapUsageThreshold, MemoryTuning, MemoryTuningOverhead, MaximizeManagedMemory, ScaleDownCompensation,
        QuotaCpu, QuotaMemory, HistoryMaxCount, HistoryMaxAge, EventInterval, RestClientTimeout, CustomEvaluators, CustomExecutors,
        SlotsPerTaskManager, BuffersPerChannel, FloatingBuffersPerGate, SegmentSize,
    ];
}
