using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>What is known of a job in one cycle.</summary>
public sealed record AutoscalerFacts
{
    /// <summary>Its graph, with the parallelism it runs with.</summary>
    public required JobTopology Topology { get; init; }

    /// <summary>Its metrics over the window.</summary>
    public required MetricSummary Metrics { get; init; }

    /// <summary>Whether the window is full; before that nothing is decided.</summary>
    public required bool IsWindowFull { get; init; }

    /// <summary>Since when it is RUNNING.</summary>
    public required DateTimeOffset RunningSince { get; init; }

    /// <summary>The time of the cycle.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The same instant as wall-clock time of the zone in which excluded periods are meant.</summary>
    public required DateTime LocalTime { get; init; }

    /// <summary>Vertices left alone in this cycle: finished, or without a busy time.</summary>
    public ImmutableArray<string> ExcludedNow { get; init; } = [];

    /// <summary>Size of a task manager.</summary>
    public TaskManagerSize TaskManager { get; init; }

    /// <summary>Memory pools by specification; null when it is not valid or not known.</summary>
    public TaskManagerMemory? TaskManagerMemory { get; init; }

    /// <summary>Vertices by slot sharing group.</summary>
    public ImmutableArray<ImmutableArray<string>> SlotSharingGroups { get; init; } = [];

    /// <summary>Failed checkpoints and lost task managers, in any order; see <see cref="AutoscalerAdditions.SkipDisturbedWindows"/>.</summary>
    public ImmutableArray<Disturbance> Disturbances { get; init; } = [];

    /// <summary>
    /// By vertex the share of scheduling periods over the window in which its containers were throttled, 0 to 1; what the
    /// backend does not report is missing. See <see cref="ThrottlingCorrection"/>.
    /// </summary>
    public ImmutableDictionary<string, double> CpuThrottling { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>Spread over the subtasks of a vertex, where known; see <see cref="DataSkew"/>.</summary>
    public ImmutableDictionary<string, SubtaskSpread> Subtasks { get; init; } = ImmutableDictionary<string, SubtaskSpread>.Empty;

    /// <summary>The job's health score now, 0 to 10; null when not known. See <see cref="WayBack"/>.</summary>
    public double? Health { get; init; }

    /// <summary>Room where the job runs; null when not known. See <see cref="AutoscalerAdditions.BackendCapacity"/>.</summary>
    public IScalingCapacity? Capacity { get; init; }

    /// <summary>What the fleet's arbiter says about this proposal; null before it was asked.</summary>
    public FleetVerdict? Verdict { get; init; }
}
