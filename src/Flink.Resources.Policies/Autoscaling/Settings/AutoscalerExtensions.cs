using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// What this library adds to the behaviour of the Flink autoscaler. Everything is off by default, so that the same
/// settings mean the same. <see cref="AutoscalerExtensionOptions"/> are the configuration keys; each addition that has
/// an effect says so in the decision (<see cref="ScalingNote"/>).
/// </summary>
public sealed record AutoscalerExtensions
{
    /// <summary>No additions.</summary>
    public static AutoscalerExtensions None { get; } = new();

    /// <summary>A source gets no more subtasks than it has partitions.</summary>
    public bool CapAtPartitions { get; init; }

    /// <summary>Quotas count all vertices of a slot sharing group and round task managers up.</summary>
    public bool QuotaCountsEverything { get; init; }

    /// <summary>The expected rate follows the parallelism that is applied, also after a delayed scale-down.</summary>
    public bool ExpectedRateOfAppliedParallelism { get; init; }

    /// <summary>
    /// Fit a concave curve per vertex from measured rates, and refuse a scale-up whose predicted gain is under the
    /// effectiveness threshold.
    /// </summary>
    public bool ScalingCurve { get; init; }

    /// <summary>Different parallelisms that must have been measured before the curve is used; at least 2. Default 3.</summary>
    public int ScalingCurveMinObservations { get; init; } = 3;

    /// <summary>Older measurements are forgotten; above 0. Default 7 d.</summary>
    public TimeSpan ScalingCurveMaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Upstream of a vertex that cannot grow, scale only to what that vertex can take.</summary>
    public bool BottleneckPropagation { get; init; }

    /// <summary>Vertices held back by other systems; with <see cref="BottleneckPropagation"/>. Default none.</summary>
    public ImmutableArray<ExternalSink> ExternalSinks { get; init; } = [];

    /// <summary>A step is taken only when two consecutive windows propose its direction.</summary>
    public bool AgreeingWindows { get; init; }

    /// <summary>A window holding a failed checkpoint or the loss of a task manager decides nothing.</summary>
    public bool SkipDisturbedWindows { get; init; }

    /// <summary>Correct true processing rates by container CPU throttling where it is reported.</summary>
    public bool CpuThrottling { get; init; }

    /// <summary>Undo a scaling after which the health score drops within the stabilization interval.</summary>
    public bool WayBack { get; init; }

    /// <summary>The drop of the health score that counts, in points of ten; above 0, at most 10. Default 2.</summary>
    public double WayBackHealthDrop { get; init; } = 2;

    /// <summary>How long an undone step is blocked; not negative. Default 1 h.</summary>
    public TimeSpan WayBackBackOff { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Ask <see cref="AutoscalerFacts.Capacity"/> instead of the nodes of one cluster.</summary>
    public bool BackendCapacity { get; init; }

    /// <summary>Heed the verdict of <see cref="Autoscaling.FleetArbiter"/> before the cluster is asked.</summary>
    public bool FleetArbiter { get; init; }

    /// <summary>Report skew between subtasks; never scale for it.</summary>
    public bool DataSkewReport { get; init; }

    /// <summary>How many times the mean the greatest subtask must get to be reported; at least 1. Default 2.</summary>
    public double DataSkewThreshold { get; init; } = 2;

    internal bool ChangesDecisions => BottleneckPropagation || AgreeingWindows || WayBack;
}
