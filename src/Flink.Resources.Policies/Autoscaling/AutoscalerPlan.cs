using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>How far a cycle came.</summary>
public enum AutoscalerStatus
{
    /// <summary>Not run.</summary>
    Unknown = 0,

    /// <summary>Fewer than two samples.</summary>
    NotReady,

    /// <summary>The metrics cannot be used.</summary>
    Failed,

    /// <summary>Evaluated for display; the window is not full.</summary>
    Collecting,

    /// <summary>Nothing is to change.</summary>
    Balanced,

    /// <summary>Something is to change, and a gate refuses.</summary>
    Refused,

    /// <summary>Something is to change.</summary>
    Scale,

    /// <summary>Something is to change; fleet, cluster, quota and plugins are still to be asked. See <see cref="AutoscalerPolicy.Propose"/>.</summary>
    Proposed,
}

/// <summary>What a cycle comes to.</summary>
public sealed record AutoscalerPlan
{
    /// <summary>How far it came.</summary>
    public required AutoscalerStatus Status { get; init; }

    /// <summary>The memory to keep, whether or not the plan is carried out.</summary>
    public required AutoscalerMemory Memory { get; init; }

    /// <summary>Rates and thresholds; null when not ready.</summary>
    public JobEvaluation? Evaluation { get; init; }

    /// <summary>The decision per vertex; null when none was made.</summary>
    public JobDecision? Decision { get; init; }

    /// <summary>The gate that refused.</summary>
    public GateRefusal Refusal { get; init; }

    /// <summary>
    /// What the cluster is, or was, asked for; null when nothing is to change, or the size of a task manager or the slots
    /// in use are not known.
    /// </summary>
    public CapacityRequest? Request { get; init; }

    /// <summary>What is left of <see cref="AutoscalerFacts.Capacity"/>; null when it was not asked.</summary>
    public IScalingCapacity? CapacityAfter { get; init; }

    /// <summary>New memory sizes; null when there are none.</summary>
    public TunedMemory? TunedMemory { get; init; }

    /// <summary>Reports, in the order they arose.</summary>
    public ImmutableArray<ScalingEvent> Events { get; init; } = [];
}
