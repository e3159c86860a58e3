using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>What quota is counted in: a resource of a flavor. Flavors of one resource are counted apart.</summary>
/// <param name="Flavor">The flavor's name, such as <c>spot</c>.</param>
/// <param name="Resource">The resource's name, such as <c>cpu</c>.</param>
public readonly record struct FlavorResource(string Flavor, string Resource);

/// <summary>An amount of one flavor-resource.</summary>
/// <param name="FlavorResource">Of what.</param>
/// <param name="Amount">How much, 0 or more, in the unit of that resource (cpu: thousandths of a core, memory: bytes).</param>
public readonly record struct FlavorAmount(FlavorResource FlavorResource, long Amount);

/// <summary>The quota of a queue or a cohort in one flavor-resource. What is not listed is a quota of 0 without limits.</summary>
public sealed record ResourceQuota
{
    /// <summary>In what.</summary>
    public required FlavorResource FlavorResource { get; init; }

    /// <summary>What is its own, 0 or more.</summary>
    public required long Nominal { get; init; }

    /// <summary>How much it may use above what is its own; null: no limit.</summary>
    public long? BorrowingLimit { get; init; }

    /// <summary>How much of its own others may use; null: all.</summary>
    public long? LendingLimit { get; init; }
}

/// <summary>An inner node of the tree. Its members borrow from each other.</summary>
public sealed record Cohort
{
    /// <summary>Its name, unique among the cohorts.</summary>
    public required string Name { get; init; }

    /// <summary>The cohort it belongs to; null: it is a root. A parent that is only named exists, as a root without quota.</summary>
    public string? Parent { get; init; }

    /// <summary>Its weight in fair sharing, 0 or more; 0: whatever it borrows is infinitely much.</summary>
    /// <value>The default is 1.</value>
    public decimal FairWeight { get; init; } = 1;

    /// <summary>Its own quota, beside that of its members.</summary>
    public ImmutableArray<ResourceQuota> Quotas { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>Which workloads of its own queue may a workload take?</summary>
public enum WithinClusterQueuePolicy
{
    /// <summary>None.</summary>
    Never = 0,

    /// <summary>Those of strictly lower priority.</summary>
    LowerPriority = 1,

    /// <summary>Those of lower priority, and those of equal priority that were created later.</summary>
    LowerOrNewerEqualPriority = 2,
}

/// <summary>Which workloads of queues that borrow may a workload take?</summary>
public enum ReclaimWithinCohortPolicy
{
    /// <summary>None.</summary>
    Never = 0,

    /// <summary>Those of strictly lower priority.</summary>
    LowerPriority = 1,

    /// <summary>All.</summary>
    Any = 2,
}

/// <summary>May a workload take others' while it ends up borrowing itself?</summary>
public enum BorrowWithinCohortPolicy
{
    /// <summary>No.</summary>
    Never = 0,

    /// <summary>Those of strictly lower priority, up to a threshold.</summary>
    LowerPriority = 1,
}

/// <summary>What workloads of a queue may take from others.</summary>
public sealed record ClusterQueuePreemption
{
    /// <summary>In the own queue.</summary>
    public WithinClusterQueuePolicy WithinClusterQueue { get; init; }

    /// <summary>In other queues of the tree.</summary>
    public ReclaimWithinCohortPolicy ReclaimWithinCohort { get; init; }

    /// <summary>In other queues of the tree, while borrowing.</summary>
    public BorrowWithinCohortPolicy BorrowWithinCohort { get; init; }

    /// <summary>Nobody above this priority is taken while borrowing; null: no threshold.</summary>
    public long? MaxPriorityThreshold { get; init; }
}

/// <summary>A leaf of the tree: the queue that workloads are admitted in.</summary>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "Kueue's own word for it.")]
public sealed record ClusterQueue
{
    /// <summary>Its name, unique among the queues.</summary>
    public required string Name { get; init; }

    /// <summary>The cohort it belongs to; null: it stands alone. A cohort that is only named exists, as a root without quota.</summary>
    public string? Cohort { get; init; }

    /// <summary>Its weight in fair sharing, 0 or more; 0: whatever it borrows is infinitely much.</summary>
    /// <value>The default is 1.</value>
    public decimal FairWeight { get; init; } = 1;

    /// <summary>Its quota.</summary>
    public ImmutableArray<ResourceQuota> Quotas { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What its workloads may take from others.</summary>
    public ClusterQueuePreemption Preemption { get; init; } = new();
}

/// <summary>A workload that was admitted and uses quota.</summary>
public sealed record AdmittedWorkload
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Larger is more important; may be negative. With a boost: their sum.</summary>
    public required long Priority { get; init; }

    /// <summary>When it was created, in seconds of any clock that all workloads share; null: unknown, older than any time.</summary>
    public decimal? CreatedAtSec { get; init; }

    /// <summary>When its quota was reserved, in seconds; larger is later, 0 is the instant of the decision.</summary>
    public decimal QuotaReservedAtSec { get; init; }

    /// <summary>It is on its way out already. It still counts.</summary>
    public bool Evicting { get; init; }

    /// <summary>Decides among otherwise equal ones, ascending by ordinal (Kueue: the UID); null: the name.</summary>
    public string? TieBreak { get; init; }

    /// <summary>What it uses. What is listed with 0 counts as listed.</summary>
    public ImmutableArray<FlavorAmount> Usage { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>The workload at the head of its queue that does not fit.</summary>
public sealed record PendingWorkload
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Larger is more important; may be negative. With a boost: their sum.</summary>
    public required long Priority { get; init; }

    /// <summary>When it was created, in seconds; null: unknown, older than any time.</summary>
    public decimal? CreatedAtSec { get; init; }

    /// <summary>What it asks for. Amounts of 0 ask for nothing.</summary>
    public required ImmutableArray<FlavorAmount> Requests { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>Where it would fit if somebody went; the rest of the request is expected to fit, but takes quota too.</summary>
    public required ImmutableArray<FlavorResource> NeedsPreemption { get; init => field = value.IsDefault ? [] : value; }
}

/// <summary>Everything that a decision in a quota tree looks at. The order of the lists means nothing.</summary>
public sealed record QuotaTreeContext
{
    /// <summary>The cohorts.</summary>
    public ImmutableArray<Cohort> Cohorts { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The queues.</summary>
    public required ImmutableArray<ClusterQueue> Queues { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>The workloads in them.</summary>
    public required ImmutableArray<AdmittedWorkload> Running { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>The workload that wants room.</summary>
    public required PendingWorkload Incoming { get; init; }
}

/// <summary>Why a workload goes.</summary>
public enum QuotaPreemptionReason
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>It is less important, in the same queue.</summary>
    InClusterQueue = 1,

    /// <summary>Its queue borrowed what the preemptor's side owns.</summary>
    InCohortReclamation = 2,

    /// <summary>Its queue borrowed, it is less important, and the preemptor may borrow itself.</summary>
    InCohortReclaimWhileBorrowing = 3,

    /// <summary>Its side has the larger share.</summary>
    InCohortFairSharing = 4,
}

/// <summary>A workload that goes.</summary>
/// <param name="Workload">Who.</param>
/// <param name="Reason">Why.</param>
public sealed record QuotaVictim(AdmittedWorkload Workload, QuotaPreemptionReason Reason);

/// <summary>A decision in a quota tree.</summary>
/// <param name="Fits">The pending workload fits once the victims are gone. False: it cannot be helped, nobody goes.</param>
/// <param name="Victims">Who goes, in the order in which they were chosen; undoing any one of them would make the workload not fit.</param>
/// <param name="Returned">Who was chosen at first and turned out not to be needed.</param>
/// <param name="Candidates">Everybody who was considered, in order.</param>
public sealed record QuotaPreemptionPlan(
    bool Fits, ImmutableArray<QuotaVictim> Victims, ImmutableArray<AdmittedWorkload> Returned, ImmutableArray<AdmittedWorkload> Candidates);
