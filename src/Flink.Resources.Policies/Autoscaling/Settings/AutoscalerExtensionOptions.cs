using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// The configuration keys of <see cref="AutoscalerExtensions"/>. They have a prefix of their own:
/// <c>job.autoscaler.*</c> stays what the Flink autoscaler reads.
/// </summary>
public static class AutoscalerExtensionOptions
{
    /// <summary>What all keys begin with.</summary>
    public const string Prefix = "flink-resources.autoscaler.";

    /// <summary><c>flink-resources.autoscaler.cap-at-partitions.enabled</c>.</summary>
    public static AutoscalerOption CapAtPartitions { get; } = Switch(AutoscalerAdditions.CapAtPartitions);

    /// <summary><c>flink-resources.autoscaler.quota-counts-everything.enabled</c>.</summary>
    public static AutoscalerOption QuotaCountsEverything { get; } = Switch(AutoscalerAdditions.QuotaCountsEverything);

    /// <summary><c>flink-resources.autoscaler.expected-rate-of-applied-parallelism.enabled</c>.</summary>
    public static AutoscalerOption ExpectedRateOfAppliedParallelism { get; } =
        Switch(AutoscalerAdditions.ExpectedRateOfAppliedParallelism);

    /// <summary><c>flink-resources.autoscaler.scaling-curve.enabled</c>.</summary>
    public static AutoscalerOption ScalingCurve { get; } = Switch(AutoscalerAdditions.ScalingCurve);

    /// <summary><c>flink-resources.autoscaler.scaling-curve.min-observations</c>.</summary>
    public static AutoscalerOption ScalingCurveMinObservations { get; } =
        new(Prefix + AutoscalerAdditions.ScalingCurve + ".min-observations", AutoscalerOptionKind.WholeNumber);

    /// <summary><c>flink-resources.autoscaler.scaling-curve.max-age</c>.</summary>
    public static AutoscalerOption ScalingCurveMaxAge { get; } =
        new(Prefix + AutoscalerAdditions.ScalingCurve + ".max-age", AutoscalerOptionKind.Duration);

    /// <summary><c>flink-resources.autoscaler.bottleneck-propagation.enabled</c>.</summary>
    public static AutoscalerOption BottleneckPropagation { get; } = Switch(AutoscalerAdditions.BottleneckPropagation);

    /// <summary>
    /// <c>flink-resources.autoscaler.bottleneck-propagation.external-sinks</c>: vertex ids, each alone or with the records
    /// per second the other system takes (<c>id=5000</c>).
    /// </summary>
    public static AutoscalerOption ExternalSinks { get; } =
        new(Prefix + AutoscalerAdditions.BottleneckPropagation + ".external-sinks", AutoscalerOptionKind.List);

    /// <summary><c>flink-resources.autoscaler.agreeing-windows.enabled</c>.</summary>
    public static AutoscalerOption AgreeingWindows { get; } = Switch(AutoscalerAdditions.AgreeingWindows);

    /// <summary><c>flink-resources.autoscaler.skip-disturbed-windows.enabled</c>.</summary>
    public static AutoscalerOption SkipDisturbedWindows { get; } = Switch(AutoscalerAdditions.SkipDisturbedWindows);

    /// <summary><c>flink-resources.autoscaler.cpu-throttling.enabled</c>.</summary>
    public static AutoscalerOption CpuThrottling { get; } = Switch(AutoscalerAdditions.CpuThrottling);

    /// <summary><c>flink-resources.autoscaler.way-back.enabled</c>.</summary>
    public static AutoscalerOption WayBack { get; } = Switch(AutoscalerAdditions.WayBack);

    /// <summary><c>flink-resources.autoscaler.way-back.health-drop</c>.</summary>
    public static AutoscalerOption WayBackHealthDrop { get; } =
        new(Prefix + AutoscalerAdditions.WayBack + ".health-drop", AutoscalerOptionKind.Number);

    /// <summary><c>flink-resources.autoscaler.way-back.back-off</c>.</summary>
    public static AutoscalerOption WayBackBackOff { get; } =
        new(Prefix + AutoscalerAdditions.WayBack + ".back-off", AutoscalerOptionKind.Duration);

    /// <summary><c>flink-resources.autoscaler.backend-capacity.enabled</c>.</summary>
    public static AutoscalerOption BackendCapacity { get; } = Switch(AutoscalerAdditions.BackendCapacity);

    /// <summary><c>flink-resources.autoscaler.fleet-arbiter.enabled</c>.</summary>
    public static AutoscalerOption FleetArbiter { get; } = Switch(AutoscalerAdditions.FleetArbiter);

    /// <summary><c>flink-resources.autoscaler.data-skew-report.enabled</c>.</summary>
    public static AutoscalerOption DataSkewReport { get; } = Switch(AutoscalerAdditions.DataSkewReport);

    /// <summary><c>flink-resources.autoscaler.data-skew-report.threshold</c>.</summary>
    public static AutoscalerOption DataSkewThreshold { get; } =
        new(Prefix + AutoscalerAdditions.DataSkewReport + ".threshold", AutoscalerOptionKind.Number);

    /// <summary>All of them.</summary>
    public static ImmutableArray<AutoscalerOption> All { get; } =
    [
        CapAtPartitions, QuotaCountsEverything, ExpectedRateOfAppliedParallelism, ScalingCurve, ScalingCurveMinObservations,
        ScalingCurveMaxAge, BottleneckPropagation, ExternalSinks, AgreeingWindows, SkipDisturbedWindows, CpuThrottling,
        WayBack, WayBackHealthDrop, WayBackBackOff, BackendCapacity, FleetArbiter, DataSkewReport, DataSkewThreshold,
    ];

    private static AutoscalerOption Switch(string addition) => new(Prefix + addition + ".enabled", AutoscalerOptionKind.Boolean);
}
