using System.Collections.Immutable;

namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>A node that gives room in slots.</summary>
/// <param name="Name">Its name, unique among the nodes.</param>
/// <param name="Slots">How many slots it has, 0 or more. More may be in use.</param>
public sealed record SlotNode(string Name, long Slots);

/// <summary>A pod that occupies slots of a node.</summary>
public sealed record GangPod
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the node it runs on.</summary>
    public required string Node { get; init; }

    /// <summary>Larger is more important; may be negative. Replaced by the group's where that goes as a whole.</summary>
    public required long Priority { get; init; }

    /// <summary>How many slots it takes, 0 or more.</summary>
    public required long Slots { get; init; }

    /// <summary>When it started, in nanoseconds of any clock that all pods share; null: not yet, which is later than any time.</summary>
    public long? StartTimeNs { get; init; }

    /// <summary>Its labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = PodLabels.None;

    /// <summary>The group it belongs to; null: none. A group that is not described may be taken pod by pod.</summary>
    public string? Group { get; init; }
}

/// <summary>What can be taken of a group.</summary>
public enum GroupDisruption
{
    /// <summary>Each pod by itself, with its own priority.</summary>
    EachPod = 0,

    /// <summary>Only the whole group, with the group's priority.</summary>
    All = 1,
}

/// <summary>A group of running pods.</summary>
/// <param name="Name">Its name, unique among the groups.</param>
/// <param name="Priority">Counts when the group goes as a whole.</param>
/// <param name="Disruption">What can be taken of it.</param>
public sealed record PodGroup(string Name, long Priority, GroupDisruption Disruption);

/// <summary>One pod of the group that wants room.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Slots">How many slots it asks for, 0 or more.</param>
public sealed record GangMember(string Name, long Slots);

/// <summary>The group that wants room, all or nothing.</summary>
public sealed record IncomingGang
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Larger is more important; may be negative.</summary>
    public required long Priority { get; init; }

    /// <summary>May it preempt?</summary>
    public PodPreemptionPolicy PreemptionPolicy { get; init; }

    /// <summary>How many members must find room; null: all.</summary>
    public long? MinCount { get; init; }

    /// <summary>Its members, in the order in which they are placed.</summary>
    public required ImmutableArray<GangMember> Members { get; init => field = value.IsDefault ? [] : value; }
}

/// <summary>Everything that the decision for a group looks at.</summary>
public sealed record GangPreemptionContext
{
    /// <summary>The nodes, in the order in which members are placed on them.</summary>
    public required ImmutableArray<SlotNode> Nodes { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>The pods on them, in any order.</summary>
    public required ImmutableArray<GangPod> Running { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>The groups of those pods, in any order.</summary>
    public ImmutableArray<PodGroup> Groups { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The budgets, in any order.</summary>
    public ImmutableArray<DisruptionBudget> DisruptionBudgets { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The group that wants room.</summary>
    public required IncomingGang Incoming { get; init; }
}

/// <summary>What goes as one: a group that is only taken as a whole, or a single pod.</summary>
public sealed record PreemptionUnit
{
    /// <summary>The name of the group or of the pod.</summary>
    public required string Name { get; init; }

    /// <summary>The priority that counts.</summary>
    public required long Priority { get; init; }

    /// <summary>Its pods, in order of their names.</summary>
    public required ImmutableArray<GangPod> Pods { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>It violates a disruption budget: one of its pods does.</summary>
    public required bool ViolatesBudget { get; init; }
}

/// <summary>The decision for a group.</summary>
/// <param name="Victims">The units that go, most important first; empty: nobody, because nothing helps or nothing is needed.</param>
/// <param name="Reprieved">The units that were looked at and may stay, most important first.</param>
/// <param name="Placed">How many members find room once the victims are gone; 0 when nobody goes.</param>
/// <param name="GroupDisruptions">How many groups, of either mode, lose a pod.</param>
public sealed record GangPreemptionPlan(
    ImmutableArray<PreemptionUnit> Victims, ImmutableArray<PreemptionUnit> Reprieved, int Placed, int GroupDisruptions)
{
    /// <summary>Somebody goes.</summary>
    public bool Preempted => !Victims.IsEmpty;

    /// <summary>How many of the victims violate a disruption budget, counted in units.</summary>
    public int BudgetViolations => Victims.Count(static v => v.ViolatesBudget);
}
