using System.Collections.Immutable;

namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>Amounts that a pod asks for, or that a node can give.</summary>
/// <param name="CpuMilli">Thousandths of a core, 0 or more.</param>
/// <param name="MemoryBytes">Bytes, 0 or more.</param>
public readonly record struct PodResources(long CpuMilli, long MemoryBytes);

/// <summary>A node and what can be allocated on it. It may be over-committed: nothing is checked against the pods that run there.</summary>
public sealed record ClusterNode
{
    /// <summary>Its name, unique among the nodes.</summary>
    public required string Name { get; init; }

    /// <summary>What its pods may ask for in sum.</summary>
    public required PodResources Allocatable { get; init; }

    /// <summary>How many pods it takes, 0 or more.</summary>
    public required long MaxPods { get; init; }

    /// <summary>Its labels: the values of topology keys.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = PodLabels.None;
}

/// <summary>Refuses pods that carry a label on all nodes of the own node's topology domain (required anti-affinity of a running pod).</summary>
/// <param name="LabelExists">The label key of the pods that are refused, whatever its value.</param>
/// <param name="TopologyKey">The node label whose equal values make a domain.</param>
public sealed record PodAntiAffinity(string LabelExists, string TopologyKey);

/// <summary>A hard topology spread constraint of an incoming pod.</summary>
/// <param name="MaxSkew">How many more matching pods the fullest domain may have than the emptiest, 0 or more.</param>
/// <param name="TopologyKey">The node label whose values are the domains. A node without it is in no domain and takes no such pod.</param>
/// <param name="LabelExists">The label key that makes a pod count.</param>
public sealed record TopologySpread(long MaxSkew, string TopologyKey, string LabelExists);

/// <summary>A pod that occupies room on a node.</summary>
public sealed record RunningPod
{
    /// <summary>Its name; where nothing else decides, the name that sorts first (ordinal) counts as the more important one.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the node it runs on.</summary>
    public required string Node { get; init; }

    /// <summary>Larger is more important; may be negative.</summary>
    public required long Priority { get; init; }

    /// <summary>What it asks for. It also takes one of the node's pods.</summary>
    public required PodResources Requests { get; init; }

    /// <summary>When it started, in nanoseconds of any clock that all pods share; null: not yet, which is later than any time.</summary>
    public long? StartTimeNs { get; init; }

    /// <summary>Its labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = PodLabels.None;

    /// <summary>It is being deleted because the scheduler preempted it. A pod that terminates for another reason is not marked.</summary>
    public bool TerminatingByPreemption { get; init; }

    /// <summary>Which pods it refuses in its domain; null: none.</summary>
    public PodAntiAffinity? AntiAffinity { get; init; }
}

/// <summary>May the pod take room from others?</summary>
public enum PodPreemptionPolicy
{
    /// <summary>From pods of lower priority: the default of Kubernetes.</summary>
    LowerPriority = 0,

    /// <summary>It waits; nobody is harmed.</summary>
    Never = 1,
}

/// <summary>The pod that did not fit anywhere.</summary>
public sealed record IncomingPod
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Larger is more important; may be negative.</summary>
    public required long Priority { get; init; }

    /// <summary>What it asks for. A resource of which it asks 0 is not tested, which matters on over-committed nodes.</summary>
    public required PodResources Requests { get; init; }

    /// <summary>May it preempt?</summary>
    public PodPreemptionPolicy PreemptionPolicy { get; init; }

    /// <summary>Its labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = PodLabels.None;

    /// <summary>The node that an earlier preemption chose for it; null: none. It may be gone.</summary>
    public string? NominatedNode { get; init; }

    /// <summary>Its hard spread constraints.</summary>
    public ImmutableArray<TopologySpread> TopologySpread { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>How many pods matching a selector may be disrupted. Respected as best effort: a node with violations is still a candidate.</summary>
public sealed record DisruptionBudget
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Label = value pairs that a pod must all carry. An empty selector matches nothing.</summary>
    public required ImmutableDictionary<string, string> Selector { get; init; }

    /// <summary>How many disruptions are still allowed.</summary>
    public required long DisruptionsAllowed { get; init; }

    /// <summary>Names of pods that the budget has counted already: they cost it nothing again. They may be gone.</summary>
    public ImmutableHashSet<string> AlreadyDisrupted { get; init; } = [];

    internal bool IsChargedBy(string pod, ImmutableDictionary<string, string> labels)
    {
        if (Selector.IsEmpty || labels.IsEmpty || AlreadyDisrupted.Contains(pod))
        {
            return false;
        }
        foreach (var (key, value) in Selector)
        {
            if (!labels.TryGetValue(key, out var carried) || !string.Equals(carried, value, StringComparison.Ordinal))
            {
                return false;
            }
        }
        return true;
    }
}

/// <summary>Which pods of lower priority are victims at all. Every condition that is set must hold.</summary>
public sealed record VictimFilter
{
    /// <summary>Labels that a victim carries, all of them; empty: any pod.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = PodLabels.None;

    /// <summary>The node that victims run on; null: any.</summary>
    public string? Node { get; init; }

    /// <summary>An incoming pod below this priority harms nobody; null: no limit.</summary>
    public long? MinPreemptorPriority { get; init; }

    /// <summary>Nobody above this priority is a victim; null: no limit.</summary>
    public long? MaxVictimPriority { get; init; }

    internal bool Accepts(IncomingPod preemptor, RunningPod pod) =>
        (Node is null || string.Equals(Node, pod.Node, StringComparison.Ordinal))
        && !(preemptor.Priority < MinPreemptorPriority)
        && !(pod.Priority > MaxVictimPriority)
        && PodLabels.Contains(pod.Labels, Labels);
}

/// <summary>The order in which pods are worth keeping. Whatever the order, only pods of lower priority are victims.</summary>
public enum PodImportance
{
    /// <summary>Higher priority first, then the earlier start: kube-scheduler's own.</summary>
    PriorityThenOldestStart = 0,

    /// <summary>The earlier start first, whatever the priority.</summary>
    OldestStart = 1,

    /// <summary>By name, ordinal.</summary>
    NameAscending = 2,
}

/// <summary>How nodes are searched and pods are ranked. Names of nodes that are not there are harmless.</summary>
public sealed record NodePreemptionSettings
{
    /// <summary>Share of the nodes that is wanted as candidates, in percent.</summary>
    /// <value>The default is 10, as in kube-scheduler.</value>
    public long MinCandidateNodesPercentage { get; init; } = 10;

    /// <summary>Number of candidates that is wanted at least.</summary>
    /// <value>The default is 100, as in kube-scheduler.</value>
    public long MinCandidateNodesAbsolute { get; init; } = 100;

    /// <summary>Where the scan starts, taken modulo the number of nodes. The real scheduler draws it at random.</summary>
    /// <value>The default is 0.</value>
    public long SearchOffset { get; init; }

    /// <summary>The only nodes that may be chosen (an extender's veto); null: all.</summary>
    public ImmutableHashSet<string>? AllowedNodes { get; init; }

    /// <summary>Nodes where removing pods cannot help ("unschedulable and unresolvable").</summary>
    public ImmutableHashSet<string> UnresolvableNodes { get; init; } = [];

    /// <summary>Nodes where the simulation fails: no candidates, and they spoil nothing.</summary>
    public ImmutableHashSet<string> ErroringNodes { get; init; } = [];

    /// <summary>No node fits, whoever is removed.</summary>
    public bool RejectAllAfterRemoval { get; init; }

    /// <summary>Which pods are victims at all; null: every one of lower priority.</summary>
    public VictimFilter? VictimFilter { get; init; }

    /// <summary>Which pods are kept first.</summary>
    public PodImportance Importance { get; init; }
}

/// <summary>Everything that a decision on node level looks at.</summary>
public sealed record NodePreemptionContext
{
    /// <summary>The nodes, in the order in which they are scanned.</summary>
    public required ImmutableArray<ClusterNode> Nodes { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>The pods on them, in any order.</summary>
    public required ImmutableArray<RunningPod> Running { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>The budgets, in any order.</summary>
    public ImmutableArray<DisruptionBudget> DisruptionBudgets { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The pod that wants room.</summary>
    public required IncomingPod Incoming { get; init; }

    /// <summary>How to search.</summary>
    public NodePreemptionSettings Settings { get; init; } = new();
}

internal static class PodLabels
{
    public static readonly ImmutableDictionary<string, string> None = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    public static bool Contains(ImmutableDictionary<string, string> labels, ImmutableDictionary<string, string> wanted)
    {
        foreach (var (key, value) in wanted)
        {
            if (!labels.TryGetValue(key, out var carried) || !string.Equals(carried, value, StringComparison.Ordinal))
            {
                return false;
            }
        }
        return true;
    }
}
