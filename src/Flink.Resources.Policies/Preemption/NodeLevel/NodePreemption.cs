using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>
/// Decides as kube-scheduler 1.36 does which pods of lower priority give way to one pod: simulate nodes, keep whoever can stay, choose
/// the node that hurts least (pkg/scheduler/framework/preemption and plugins/defaultpreemption). Pure functions: same context, same answer;
/// the order of lists means nothing, except that nodes are scanned in theirs.
/// </summary>
/// <remarks>
/// One pod is placed on one node: removing a pod of another node to satisfy anti-affinity or spreading does not happen.
/// </remarks>
public static class NodePreemption
{
    /// <summary>
    /// May the pod preempt? No with <see cref="PodPreemptionPolicy.Never"/>, and no while a pod that it could take is still leaving its
    /// nominated node because of a preemption; unless that node is unresolvable by now.
    /// </summary>
    /// <param name="context">The situation.</param>
    /// <exception cref="ArgumentException">The context names a node that is not there, or one twice.</exception>
    public static bool IsEligible(NodePreemptionContext context)
    {
        NodesOf(context);
        return MayPreempt(context);
    }

    /// <summary>Is the pod of lower priority, and accepted by the filter of victims?</summary>
    /// <param name="context">The situation.</param>
    /// <param name="pod">A running pod.</param>
    public static bool CanBeVictim(NodePreemptionContext context, RunningPod pod)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(pod);
        return pod.Priority < context.Incoming.Priority && context.Settings.VictimFilter?.Accepts(context.Incoming, pod) != false;
    }

    /// <summary>
    /// Simulates nodes until enough candidates are found, at least one of them without budget violations: first those without, then those
    /// with. Does not ask whether the pod is eligible.
    /// </summary>
    /// <param name="context">The situation.</param>
    /// <exception cref="ArgumentException">The context names a node that is not there, or one twice.</exception>
    public static ImmutableArray<NodeCandidate> FindCandidates(NodePreemptionContext context) => Scan(context, NodesOf(context));

    /// <summary>
    /// The candidate that hurts least. Each rule decides only among those still tied: fewest budget violations; lowest priority of the most
    /// important victim; smallest sum of priorities, each raised by 2^31 so that many unimportant victims cost more than few; fewest victims;
    /// latest start of the earliest-started victim among those of highest priority; name of the node.
    /// </summary>
    /// <param name="candidates">The candidates, in any order.</param>
    /// <returns>The winner; null when there is none.</returns>
    public static NodeCandidate? Choose(ImmutableArray<NodeCandidate> candidates)
    {
        NodeCandidate? best = null;
        foreach (var candidate in candidates)
        {
            if (best is null || CompareHarm(candidate, best) < 0)
            {
                best = candidate;
            }
        }
        return best;
    }

    /// <summary>The whole decision: eligible, scan, strike out what is not allowed, choose.</summary>
    /// <param name="context">The situation.</param>
    /// <exception cref="ArgumentException">The context names a node that is not there, or one twice.</exception>
    public static NodePreemptionPlan Plan(NodePreemptionContext context)
    {
        var nodes = NodesOf(context);
        if (!MayPreempt(context))
        {
            return new NodePreemptionPlan(false, [], null);
        }
        var candidates = Scan(context, nodes);
        if (context.Settings.AllowedNodes is { } allowed)
        {
            candidates = [.. candidates.Where(c => allowed.Contains(c.Node))];
        }
        return new NodePreemptionPlan(true, candidates, Choose(candidates));
    }

    private static Dictionary<string, ClusterNode> NodesOf(NodePreemptionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var nodes = new Dictionary<string, ClusterNode>(StringComparer.Ordinal);
        foreach (var node in context.Nodes)
        {
            if (!nodes.TryAdd(node.Name, node))
            {
                throw new ArgumentException($"There are two nodes '{node.Name}'.", nameof(context));
            }
        }
        foreach (var pod in context.Running)
        {
            if (!nodes.ContainsKey(pod.Node))
            {
                throw new ArgumentException($"Pod '{pod.Name}' runs on node '{pod.Node}', which is not there.", nameof(context));
            }
        }
        return nodes;
    }

    private static bool MayPreempt(NodePreemptionContext context)
    {
        if (context.Incoming.PreemptionPolicy == PodPreemptionPolicy.Never)
        {
            return false;
        }
        var nominated = context.Incoming.NominatedNode;
        return nominated is null || context.Settings.UnresolvableNodes.Contains(nominated)
            || !context.Running.Any(p => p.TerminatingByPreemption && string.Equals(p.Node, nominated, StringComparison.Ordinal)
                && CanBeVictim(context, p));
    }

    private static ImmutableArray<NodeCandidate> Scan(NodePreemptionContext context, Dictionary<string, ClusterNode> nodes)
    {
        var settings = context.Settings;
        ClusterNode[] scanned = [.. context.Nodes.Where(n => !settings.UnresolvableNodes.Contains(n.Name))];
        if (scanned.Length == 0)
        {
            return [];
        }
        var simulation = new NodeSimulation(context, new ClusterFit(context, nodes), PodsByNode(context));
        var wanted = WantedCandidates(settings, scanned.Length);
        var start = (int)(((settings.SearchOffset % scanned.Length) + scanned.Length) % scanned.Length);
        var clean = new List<NodeCandidate>();
        var violating = new List<NodeCandidate>();
        for (var i = 0; i < scanned.Length; i++)
        {
            var node = scanned[(start + i) % scanned.Length];
            if (settings.ErroringNodes.Contains(node.Name) || simulation.Run(node) is not { } candidate)
            {
                continue;
            }
            var list = candidate.BudgetViolations == 0 ? clean : violating;
            if (list.Count < wanted)
            {
                list.Add(candidate);
            }
            if (clean.Count > 0 && clean.Count + violating.Count >= wanted)
            {
                break;
            }
        }
        return [.. clean, .. violating];
    }

    private static long WantedCandidates(NodePreemptionSettings settings, int nodes)
    {
        var share = (Int128)nodes * settings.MinCandidateNodesPercentage / 100;
        return (long)Int128.Min(nodes, Int128.Max(share, settings.MinCandidateNodesAbsolute));
    }

    private static Dictionary<string, List<RunningPod>> PodsByNode(NodePreemptionContext context)
    {
        var result = new Dictionary<string, List<RunningPod>>(StringComparer.Ordinal);
        foreach (var pod in context.Running)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(result, pod.Node, out _) ??= []).Add(pod);
        }
        return result;
    }

    private static int CompareHarm(NodeCandidate a, NodeCandidate b)
    {
        var order = a.BudgetViolations.CompareTo(b.BudgetViolations);
        order = order != 0 ? order : a.Victims[0].Priority.CompareTo(b.Victims[0].Priority);
        order = order != 0 ? order : SumOfPriorities(a).CompareTo(SumOfPriorities(b));
        order = order != 0 ? order : a.Victims.Length.CompareTo(b.Victims.Length);
        order = order != 0 ? order : PodOrder.CompareStart(EarliestStart(b), EarliestStart(a));
        return order != 0 ? order : string.CompareOrdinal(a.Node, b.Node);
    }

    private static Int128 SumOfPriorities(NodeCandidate candidate)
    {
        Int128 sum = 0;
        foreach (var victim in candidate.Victims)
        {
            sum += victim.Priority + ((Int128)1 << 31);
        }
        return sum;
    }

    private static long? EarliestStart(NodeCandidate candidate)
    {
        // Not simply the first victim: with a custom order of importance it need not be one of highest priority.
        var highest = candidate.Victims.Max(static v => v.Priority);
        long? earliest = null;
        foreach (var victim in candidate.Victims)
        {
            if (victim.Priority == highest && PodOrder.CompareStart(victim.StartTimeNs, earliest) < 0)
            {
                earliest = victim.StartTimeNs;
            }
        }
        return earliest;
    }

    /// <summary>Who has to go on one node.</summary>
    private sealed class NodeSimulation(NodePreemptionContext context, ClusterFit cluster, Dictionary<string, List<RunningPod>> pods)
    {
        private readonly Comparison<RunningPod> _order = PodOrder.By(context.Settings.Importance);

        public NodeCandidate? Run(ClusterNode node)
        {
            var present = pods.GetValueOrDefault(node.Name) ?? [];
            var removable = present.FindAll(p => CanBeVictim(context, p));
            if (removable.Count == 0 || context.Settings.RejectAllAfterRemoval)
            {
                return null;
            }
            var fit = cluster.At(node, present);
            removable.ForEach(fit.Remove);
            if (!fit.Fits())
            {
                return null;
            }
            removable.Sort(_order);
            return Reprieve(node, removable, fit);
        }

        private NodeCandidate? Reprieve(ClusterNode node, List<RunningPod> removable, NodeFit fit)
        {
            var violates = Charge(removable);
            var stays = new bool[removable.Count];
            // Violators come back first, even if others are more important.
            foreach (var violators in (ReadOnlySpan<bool>)[true, false])
            {
                for (var i = 0; i < removable.Count; i++)
                {
                    if (violates[i] == violators)
                    {
                        stays[i] = CanStay(removable[i], fit);
                    }
                }
            }
            var victims = removable.Where((_, i) => !stays[i]).ToImmutableArray();
            var violations = Enumerable.Range(0, stays.Length).Count(i => !stays[i] && violates[i]);
            // When all of them can stay, the pod fits without preempting: no candidate.
            return victims.IsEmpty ? null : new NodeCandidate(node.Name, victims, [.. removable.Where((_, i) => stays[i])], violations);
        }

        private bool[] Charge(List<RunningPod> removable)
        {
            var ledger = new BudgetLedger(context.DisruptionBudgets);
            return [.. removable.Select(p => ledger.Charge(p.Name, p.Labels))];
        }

        private static bool CanStay(RunningPod pod, NodeFit fit)
        {
            fit.Return(pod);
            if (fit.Fits())
            {
                return true;
            }
            fit.Remove(pod);
            return false;
        }
    }
}
