namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>Why a candidate may be taken; the order of the pools.</summary>
internal enum CandidatePool
{
    /// <summary>A subtree of the preemptor takes back what is its own.</summary>
    Hierarchical = 0,

    /// <summary>Found while that is not so.</summary>
    Priority = 1,

    /// <summary>In the preemptor's own queue.</summary>
    SameQueue = 2,
}

/// <summary>A workload that may be taken.</summary>
/// <param name="Workload">Who.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="Pool">Why.</param>
/// <param name="MetAt">The lowest common ancestor of the two queues; null in the own queue.</param>
/// <param name="MayBeTakenWhileBorrowing">Counts in the priority pool only.</param>
internal sealed record ClassicalCandidate(
    AdmittedWorkload Workload, QuotaNode Queue, CandidatePool Pool, QuotaNode? MetAt, bool MayBeTakenWhileBorrowing)
{
    public QuotaPreemptionReason Reason => Pool switch
    {
        CandidatePool.SameQueue => QuotaPreemptionReason.InClusterQueue,
        CandidatePool.Priority when MayBeTakenWhileBorrowing => QuotaPreemptionReason.InCohortReclaimWhileBorrowing,
        _ => QuotaPreemptionReason.InCohortReclamation,
    };
}

/// <summary>The three pools of classical preemption, in the order in which they are taken.</summary>
internal static class ClassicalCandidates
{
    public static List<ClassicalCandidate> Find(QuotaSimulation simulation)
    {
        var pools = PoolsOfAncestors(simulation);
        var lowestCommonAncestors = new Dictionary<QuotaNode, QuotaNode?>();
        var result = new List<ClassicalCandidate>();
        foreach (var workload in simulation.Context.Running)
        {
            var queue = simulation.QueueOf(workload);
            if (queue == simulation.Own)
            {
                if (simulation.IsCandidateOfOwnQueue(workload))
                {
                    result.Add(new(workload, queue, CandidatePool.SameQueue, null, false));
                }
                continue;
            }
            if (!lowestCommonAncestors.TryGetValue(queue, out var metAt))
            {
                lowestCommonAncestors.Add(queue, metAt = MetAt(queue, pools, simulation.Needed));
            }
            if (metAt is not null && simulation.IsCandidateOfOtherQueue(workload))
            {
                result.Add(new(workload, queue, pools[metAt], metAt, MayBeTakenWhileBorrowing(simulation, workload)));
            }
        }
        result.Sort((a, b) => Compare(simulation.Own, a, b));
        return result;
    }

    /// <summary>
    /// What is first met at an ancestor is taken back when, at a node further down the own path, the part of the request that
    /// reaches this node is within the subtree's quota.
    /// </summary>
    private static Dictionary<QuotaNode, CandidatePool> PoolsOfAncestors(QuotaSimulation simulation)
    {
        var pools = new Dictionary<QuotaNode, CandidatePool>();
        var rest = simulation.Requested.ToDictionary(static fr => fr, simulation.Request);
        var advantage = false;
        for (var node = simulation.Own; node.Parent is not null; node = node.Parent)
        {
            advantage = advantage || rest.All(r => node.Usage(r.Key) + r.Value <= node.SubtreeQuota(r.Key));
            pools.Add(node.Parent, advantage ? CandidatePool.Hierarchical : CandidatePool.Priority);
            foreach (var fr in simulation.Requested)
            {
                rest[fr] = Int128.Max(0, rest[fr] - node.FreeLocal(fr));
            }
        }
        return pools;
    }

    /// <summary>The lowest ancestor shared with the preemptor's queue; null in another tree, or where quota protects the queue.</summary>
    private static QuotaNode? MetAt(QuotaNode queue, Dictionary<QuotaNode, CandidatePool> ancestors, int[] needed)
    {
        for (var node = queue; node is not null; node = node.Parent)
        {
            if (ancestors.ContainsKey(node))
            {
                return node;
            }
            if (node.IsWithin(needed))
            {
                return null;
            }
        }
        return null;
    }

    private static bool MayBeTakenWhileBorrowing(QuotaSimulation simulation, AdmittedWorkload workload) =>
        simulation.Policy.BorrowWithinCohort == BorrowWithinCohortPolicy.LowerPriority
        && workload.Priority < simulation.Context.Incoming.Priority
        && !(workload.Priority > simulation.Policy.MaxPriorityThreshold);

    private static int Compare(QuotaNode own, ClassicalCandidate a, ClassicalCandidate b)
    {
        var order = b.Workload.Evicting.CompareTo(a.Workload.Evicting);
        order = order != 0 ? order : a.Pool.CompareTo(b.Pool);
        return order != 0 ? order : CandidateOrder.Compare(own, a.Workload, b.Workload);
    }
}
