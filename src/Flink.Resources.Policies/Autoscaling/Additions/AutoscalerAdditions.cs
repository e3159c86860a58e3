using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// Names of what this library adds to the Flink autoscaler. The name is a part of the configuration key
/// (<c>flink-resources.autoscaler.NAME.enabled</c>) and stands in every <see cref="ScalingNote"/>.
/// </summary>
public static class AutoscalerAdditions
{
    /// <summary>A source gets no more subtasks than it has partitions.</summary>
    public const string CapAtPartitions = "cap-at-partitions";

    /// <summary>Quotas count all vertices and round up.</summary>
    public const string QuotaCountsEverything = "quota-counts-everything";

    /// <summary>The expected rate follows what is applied.</summary>
    public const string ExpectedRateOfAppliedParallelism = "expected-rate-of-applied-parallelism";

    /// <summary>A step that a fitted curve says is not worth it is refused.</summary>
    public const string ScalingCurve = "scaling-curve";

    /// <summary>Upstream grows only to what a bottleneck can take.</summary>
    public const string BottleneckPropagation = "bottleneck-propagation";

    /// <summary>Two consecutive windows must agree.</summary>
    public const string AgreeingWindows = "agreeing-windows";

    /// <summary>Windows with a failed checkpoint or a lost task manager decide nothing.</summary>
    public const string SkipDisturbedWindows = "skip-disturbed-windows";

    /// <summary>True processing rates are corrected by the throttling of the container.</summary>
    public const string CpuThrottling = "cpu-throttling";

    /// <summary>A scaling after which the health drops is undone.</summary>
    public const string WayBack = "way-back";

    /// <summary>The backend is asked for room.</summary>
    public const string BackendCapacity = "backend-capacity";

    /// <summary>Jobs share a pool by priority.</summary>
    public const string FleetArbiter = "fleet-arbiter";

    /// <summary>Skew between subtasks is reported.</summary>
    public const string DataSkewReport = "data-skew-report";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        CapAtPartitions, QuotaCountsEverything, ExpectedRateOfAppliedParallelism, ScalingCurve, BottleneckPropagation,
        AgreeingWindows, SkipDisturbedWindows, CpuThrottling, WayBack, BackendCapacity, FleetArbiter, DataSkewReport,
    ];
}

/// <summary>What an addition did to, or has to say about, a vertex.</summary>
/// <param name="Addition">Its name, one of <see cref="AutoscalerAdditions"/>.</param>
/// <param name="Text">Half a sentence for a person.</param>
public sealed record ScalingNote(string Addition, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"[{Addition}: {Text}]";
}
