namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>
/// Finds the queue that loses next: from the root, follow the child of largest share. What does not borrow, or has nobody left to give,
/// drops out for good; the preemptor's own queue and the cohorts above it stay in without borrowing.
/// </summary>
internal sealed class FairTournament(QuotaSimulation simulation, Dictionary<QuotaNode, List<AdmittedWorkload>> candidates)
{
    private readonly FlavorIndex _index = simulation.Forest.Index;
    private readonly HashSet<QuotaNode> _ownPath = OwnPath(simulation.Own);
    private readonly HashSet<QuotaNode> _dropped = [];
    private readonly Dictionary<QuotaNode, int> _next = [];

    public bool HasCandidates(QuotaNode queue) => candidates.TryGetValue(queue, out var list) && Next(queue) < list.Count;

    /// <summary>The queue's next candidate, which is then used up.</summary>
    public AdmittedWorkload Pop(QuotaNode queue)
    {
        var workload = Peek(queue);
        _next[queue] = Next(queue) + 1;
        return workload;
    }

    public void Drop(QuotaNode queue) => _dropped.Add(queue);

    /// <summary>The queue that loses next; null: nobody is left.</summary>
    public QuotaNode? NextQueue()
    {
        var root = FairSharing.Root(simulation.Own);
        if (root.IsQueue)
        {
            return StaysIn(root) ? root : null;
        }
        var node = root;
        while (!_dropped.Contains(root))
        {
            var queue = Leader(node, isQueue: true);
            var cohort = Leader(node, isQueue: false);
            if (queue is null && cohort is null)
            {
                _dropped.Add(node);
                node = root;
            }
            else if (cohort is null || (queue is not null && queue.Share(_index).ComparedTo(cohort.Share(_index)) > 0))
            {
                return queue;
            }
            else
            {
                node = cohort;
            }
        }
        return null;
    }

    private static HashSet<QuotaNode> OwnPath(QuotaNode own)
    {
        var path = new HashSet<QuotaNode>();
        for (var node = own; node is not null; node = node.Parent)
        {
            path.Add(node);
        }
        return path;
    }

    private int Next(QuotaNode queue) => _next.GetValueOrDefault(queue);

    private AdmittedWorkload Peek(QuotaNode queue) => candidates[queue][Next(queue)];

    private bool StaysIn(QuotaNode node)
    {
        if (_dropped.Contains(node))
        {
            return false;
        }
        var stays = (_ownPath.Contains(node) || node.Share(_index).Borrowing) && (!node.IsQueue || HasCandidates(node));
        if (!stays)
        {
            _dropped.Add(node);
        }
        return stays;
    }

    /// <summary>The child of largest share; of equal ones, that with the better next candidate.</summary>
    private QuotaNode? Leader(QuotaNode parent, bool isQueue)
    {
        QuotaNode? leader = null;
        foreach (var child in parent.Children)
        {
            if (child.IsQueue != isQueue || !StaysIn(child))
            {
                continue;
            }
            var order = leader is null ? 1 : child.Share(_index).ComparedTo(leader.Share(_index));
            if (order > 0 || (order == 0 && IsBetter(BestCandidate(child), BestCandidate(leader!))))
            {
                leader = child;
            }
        }
        return leader;
    }

    private bool IsBetter(AdmittedWorkload? a, AdmittedWorkload? b) =>
        a is not null && (b is null || CandidateOrder.Compare(simulation.Own, a, b) < 0);

    private AdmittedWorkload? BestCandidate(QuotaNode node)
    {
        AdmittedWorkload? best = null;
        var open = new Stack<QuotaNode>([node]);
        while (open.TryPop(out var next))
        {
            if (!StaysIn(next))
            {
                continue;
            }
            if (next.IsQueue && IsBetter(Peek(next), best))
            {
                best = Peek(next);
            }
            next.Children.ForEach(open.Push);
        }
        return best;
    }
}
