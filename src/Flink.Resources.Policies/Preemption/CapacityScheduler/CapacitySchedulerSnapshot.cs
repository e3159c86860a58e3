using System.Collections.Immutable;

namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>
/// What YARN's capacity monitor (<c>ProportionalCapacityPreemptionPolicy</c>, Hadoop 3.4) sees in one round of one node partition.
/// All amounts are vectors with one number per resource, in the same order everywhere, the first one being memory.
/// </summary>
public sealed record CapacitySchedulerSnapshot
{
    /// <summary>All resources of the partition; not empty, each number 0 or more.</summary>
    public required ImmutableArray<long> ClusterResource { get; init; }

    /// <summary>The monitor's settings.</summary>
    public required CapacityMonitorSettings Settings { get; init; }

    /// <summary>The queue tree; the order means nothing.</summary>
    public required ImmutableArray<CapacityQueueReport> Queues { get; init; }

    /// <summary>The applications of the leaves, within a queue the oldest first.</summary>
    public required ImmutableArray<CapacityApp> Apps { get; init; }

    /// <summary>By leaf: what one user may hold in it. Asked only for leaves that share out between their apps; a leaf not listed has no limit.</summary>
    public ImmutableDictionary<string, ImmutableArray<long>> UserLimits { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<long>>(StringComparer.Ordinal);
}

/// <summary>How YARN compares vectors of resources (<c>yarn.scheduler.capacity.resource-calculator</c>).</summary>
public enum CapacityCalculator
{
    /// <summary>Not stated.</summary>
    Unknown = 0,

    /// <summary><c>DefaultResourceCalculator</c>: only memory, the first number, counts; scaling rounds to nearest.</summary>
    Memory,

    /// <summary><c>DominantResourceCalculator</c>: shares sorted from large to small; scaling rounds up.</summary>
    Dominant,
}

/// <summary>Settings of the monitor, prefix <c>yarn.resourcemanager.monitor.capacity.preemption.</c>; none is checked for its range.</summary>
public sealed record CapacityMonitorSettings
{
    /// <summary>How vectors are compared.</summary>
    public required CapacityCalculator Calculator { get; init; }

    /// <summary><c>total_preemption_per_round</c>: at most this fraction of the cluster is taken in a round. YARN's default 0.1.</summary>
    public float TotalPreemptionPerRound { get; init; } = 0.1f;

    /// <summary><c>natural_termination_factor</c>: the part of the excess that is taken in one round. YARN's default 0.2.</summary>
    public double NaturalTerminationFactor { get; init; } = 0.2;

    /// <summary><c>max_ignored_over_capacity</c>: the dead zone; a queue is left alone up to guarantee · (1 + this). YARN's default 0.1.</summary>
    public double MaxIgnoredOverCapacity { get; init; } = 0.1;

    /// <summary><c>max_wait_before_kill</c>: from asking for a container to killing it. YARN's default 15 s.</summary>
    public TimeSpan MaxWaitBeforeKill { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>observe_only</c>: state the ideals, choose nothing.</summary>
    public bool ObserveOnly { get; init; }

    /// <summary><c>preemption-to-balance-queue-after-satisfied.enabled</c>: also balance leaves that have their guarantee.</summary>
    public bool BalanceBeyondGuaranteed { get; init; }

    /// <summary>The part of a leaf's guarantee that its application masters keep (maximum AM share), YARN's default 0.1.</summary>
    public double MaxMasterShare { get; init; } = 0.1;

    /// <summary><c>conservative-drf</c> between queues: stop as soon as one resource has nothing left to obtain.</summary>
    public bool CrossQueueConservative { get; init; }

    /// <summary>Preemption inside a queue; null when it is off, as it is by default.</summary>
    public IntraQueueSettings? IntraQueue { get; init; }
}

/// <summary>What counts first inside a queue (<c>intra-queue-preemption.preemption-order-policy</c>).</summary>
public enum IntraQueueOrder
{
    /// <summary>Not stated.</summary>
    Unknown = 0,

    /// <summary><c>priority_first</c>: a more important app takes from less important ones of any user.</summary>
    PriorityFirst,

    /// <summary><c>userlimit_first</c>: across users only what somebody holds above the limit of a user moves.</summary>
    UserLimitFirst,
}

/// <summary>Preemption inside a queue, prefix <c>intra-queue-preemption.</c>.</summary>
/// <param name="Order">What counts first.</param>
/// <param name="MaxAllowableLimit">At most this fraction of the queue's guarantee moves per round. YARN's default 0.2.</param>
/// <param name="MinimumThreshold">A queue that uses less than this fraction of its guarantee is left alone. YARN's default 0.5.</param>
public sealed record IntraQueueSettings(IntraQueueOrder Order, float MaxAllowableLimit = 0.2f, double MinimumThreshold = 0.5);

/// <summary>A queue of the tree.</summary>
public sealed record CapacityQueueReport
{
    /// <summary>Its full path.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of its parent; null for a root.</summary>
    public string? Parent { get; init; }

    /// <summary>What it may always claim.</summary>
    public required ImmutableArray<long> Guaranteed { get; init; }

    /// <summary>What it may hold at most.</summary>
    public required ImmutableArray<long> Maximum { get; init; }

    /// <summary>What it holds.</summary>
    public required ImmutableArray<long> Used { get; init; }

    /// <summary>What a leaf asks for beyond that; a parent's is the sum of its leaves, whatever stands here.</summary>
    public required ImmutableArray<long> Pending { get; init; }

    /// <summary>What a leaf has reserved on nodes: it is not asked for a second time.</summary>
    public required ImmutableArray<long> Reserved { get; init; }

    /// <summary>Larger is served first among siblings that are equally far from their guarantee's side.</summary>
    public long Priority { get; init; }

    /// <summary><c>disable_preemption</c>, inheritance already applied; counts for leaves.</summary>
    public bool PreemptionDisabled { get; init; }

    /// <summary>
    /// Its absolute capacity as a fraction of the cluster. When all queues that ask have one, Hadoop 3.4 weighs a resource by it in which
    /// one of them has a capacity but no guarantee; null: such a queue is offered nothing of that resource.
    /// </summary>
    public float? AbsoluteCapacity { get; init; }
}

/// <summary>An application of a leaf; all its containers have one size.</summary>
public sealed record CapacityApp
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of its leaf; an app of a parent queue takes no part.</summary>
    public required string Queue { get; init; }

    /// <summary>Larger is more important.</summary>
    public required long Priority { get; init; }

    /// <summary>Its user.</summary>
    public required string User { get; init; }

    /// <summary>Running containers, 0 or more.</summary>
    public required long Containers { get; init; }

    /// <summary>The size of each.</summary>
    public required ImmutableArray<long> ContainerSize { get; init; }

    /// <summary>Further containers, reserved and not running, 0 or more.</summary>
    public long ReservedContainers { get; init; }

    /// <summary>Whether the oldest running container is the application master.</summary>
    public bool FirstContainerIsMaster { get; init; }

    /// <summary>What it asks for.</summary>
    public required ImmutableArray<long> Pending { get; init; }
}
