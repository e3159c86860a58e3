using System.Numerics;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>
/// The rules once more, as plainly as possible: recursive definitions over the records, nothing is remembered between two questions.
/// </summary>
internal sealed class QuotaOracle(QuotaTreeContext context)
{
    private readonly HashSet<AdmittedWorkload> _removed = new(ReferenceEqualityComparer.Instance);
    private bool _requestCounts;

    /// <summary>A queue or a cohort.</summary>
    public sealed record Node(string Name, bool IsQueue);

    private Node Own => new(context.Incoming.Queue, true);

    private ClusterQueuePreemption Policy => context.Queues.Single(q => q.Name == Own.Name).Preemption;

    private FlavorResource[] Needed => [.. context.Incoming.NeedsPreemption.Distinct()];

    private Dictionary<FlavorResource, long> Requests => context.Incoming.Requests.GroupBy(r => r.FlavorResource)
        .Select(g => (g.Key, Sum: g.Sum(r => r.Amount))).Where(g => g.Sum > 0).ToDictionary(g => g.Key, g => g.Sum);

    public List<Node> AllNodes => [.. context.Queues.Select(q => new Node(q.Name, true)), .. context.Cohorts.Select(c => new Node(c.Name, false))
        .Union(context.Cohorts.Select(c => c.Parent).Concat(context.Queues.Select(q => q.Cohort)).OfType<string>().Select(n => new Node(n, false)))];

    public List<string> Classical()
    {
        var candidates = ClassicalCandidates();
        foreach (var borrowing in Attempts(candidates))
        {
            _removed.Clear();
            var taken = new List<(AdmittedWorkload Workload, string Reason)>();
            foreach (var (workload, pool, metAt, whileBorrowing) in candidates.TakeWhile(_ => !Fits(borrowing)))
            {
                var isSafe = pool < 2 && Path(new(workload.Queue, true)).TakeWhile(n => n != metAt).Any(IsWithin);
                if (isSafe || (pool == 1 && borrowing && !whileBorrowing))
                {
                    continue;
                }
                _removed.Add(workload);
                taken.Add((workload, pool == 2 ? "InClusterQueue" : pool == 1 && whileBorrowing ? "InCohortReclaimWhileBorrowing" : "InCohortReclamation"));
            }
            if (Fits(borrowing))
            {
                return FillBack(taken, borrowing);
            }
        }
        return [];
    }

    public List<string> Fair(IReadOnlyList<FairSharingStrategy> strategies)
    {
        if (Fits(true))
        {
            return [];
        }
        var root = Path(Own).Last();
        var candidates = context.Running.Where(w => w.Queue == Own.Name ? IsOwnCandidate(w)
            : IsOtherCandidate(w) && Path(new(w.Queue, true)).Last() == root && Needed.Any(fr => Usage(new(w.Queue, true), fr) > Nominal(new(w.Queue, true), fr))).ToList();
        _requestCounts = true;
        var withinNominal = Needed.All(fr => Usage(Own, fr) <= Nominal(Own, fr));
        var taken = new List<(AdmittedWorkload, string)>();
        var refused = new List<AdmittedWorkload>();
        var fits = FirstStrategy(Sorted(candidates), strategies, withinNominal, taken, refused)
            || (strategies.Count > 1 && SecondStrategy(refused, taken));
        _requestCounts = false;
        return fits ? FillBack(taken, true) : [];
    }

    public (BigInteger Numerator, BigInteger Denominator, bool Infinite, bool Borrowing, string Dominant) Share(Node node)
    {
        if (Parent(node) is not { } parent)
        {
            return (0, 1, false, false, "");
        }
        var over = AllFlavors.Where(fr => Lists(node, fr) && Usage(node, fr) > Subtree(node, fr))
            .Select(fr => (fr.Resource, Amount: (BigInteger)Usage(node, fr) - Subtree(node, fr))).ToList();
        var ratios = over.GroupBy(o => o.Resource, StringComparer.Ordinal)
            .Select(g => (Resource: g.Key, Over: 1000 * g.Aggregate(BigInteger.Zero, (s, o) => s + o.Amount),
                Lendable: AllFlavors.Where(fr => fr.Resource == g.Key).Aggregate(BigInteger.Zero, (s, fr) => s + Potential(parent, fr))))
            .Where(r => !r.Lendable.IsZero).OrderBy(r => r.Resource, StringComparer.Ordinal).ToList();
        if (ratios.Count == 0)
        {
            return (0, 1, false, over.Count > 0, "");
        }
        var best = ratios.Aggregate((a, b) => b.Over * a.Lendable > a.Over * b.Lendable ? b : a);
        var weight = node.IsQueue ? context.Queues.Single(q => q.Name == node.Name).FairWeight
            : context.Cohorts.SingleOrDefault(c => c.Name == node.Name)?.FairWeight ?? 1;
        return weight == 0
            ? (best.Over, best.Lendable, true, true, best.Resource)
            : (best.Over * 100, best.Lendable * (BigInteger)(weight * 100), false, true, best.Resource);
    }

    public bool Fits(bool borrowing)
    {
        var counted = _requestCounts;
        _requestCounts = false;
        var fits = Requests.All(r => r.Value <= Math.Max(0, Available(Own, r.Key)) && (borrowing || Usage(Own, r.Key) + r.Value <= Nominal(Own, r.Key)));
        _requestCounts = counted;
        return fits;
    }

    /// <summary>Would it fit with these gone, and not borrowing?</summary>
    public (bool Borrowing, bool NotBorrowing) FitsWithout(IEnumerable<AdmittedWorkload> gone)
    {
        _removed.Clear();
        _removed.UnionWith(gone);
        return (Fits(true), Fits(false));
    }

    private List<string> FillBack(List<(AdmittedWorkload Workload, string Reason)> taken, bool borrowing)
    {
        foreach (var (workload, _) in taken.SkipLast(1).Reverse())
        {
            _removed.Remove(workload);
            if (!Fits(borrowing))
            {
                _removed.Add(workload);
            }
        }
        return [.. taken.Where(t => _removed.Contains(t.Workload)).Select(t => $"{t.Workload.Name}={t.Reason}")];
    }

    private List<(AdmittedWorkload Workload, int Pool, Node? MetAt, bool WhileBorrowing)> ClassicalCandidates()
    {
        var result = new List<(AdmittedWorkload Workload, int Pool, Node? MetAt, bool WhileBorrowing)>();
        foreach (var workload in Sorted(context.Running))
        {
            var queue = new Node(workload.Queue, true);
            if (queue == Own)
            {
                if (IsOwnCandidate(workload))
                {
                    result.Add((workload, 2, null, false));
                }
                continue;
            }
            var common = Path(queue).FirstOrDefault(n => Path(Own).Contains(n));
            if (common is null || !IsOtherCandidate(workload) || Path(queue).TakeWhile(n => n != common).Any(IsWithin))
            {
                continue;
            }
            var mayWhileBorrowing = Policy.BorrowWithinCohort == BorrowWithinCohortPolicy.LowerPriority && workload.Priority < context.Incoming.Priority
                && (Policy.MaxPriorityThreshold is null || workload.Priority <= Policy.MaxPriorityThreshold);
            result.Add((workload, HasAdvantage(common) ? 0 : 1, common, mayWhileBorrowing));
        }
        return [.. result.OrderByDescending(c => c.Workload.Evicting).ThenBy(c => c.Pool)];
    }

    private bool HasAdvantage(Node ancestor)
    {
        var rest = Requests;
        foreach (var node in Path(Own).TakeWhile(n => n != ancestor))
        {
            if (rest.All(r => Usage(node, r.Key) + r.Value <= Subtree(node, r.Key)))
            {
                return true;
            }
            rest = rest.ToDictionary(r => r.Key, r => Math.Max(0, r.Value - Math.Max(0, Local(node, r.Key) - Usage(node, r.Key))));
        }
        return false;
    }

    private bool[] Attempts(List<(AdmittedWorkload Workload, int Pool, Node? MetAt, bool WhileBorrowing)> candidates)
    {
        var forbidden = Policy.BorrowWithinCohort == BorrowWithinCohortPolicy.Never;
        if (!candidates.Any(c => c.Pool < 2) || (forbidden && !Needed.All(fr => Usage(Own, fr) < Nominal(Own, fr))))
        {
            return [true];
        }
        return forbidden && !candidates.Any(c => c.Pool == 0) ? [false, true] : [true, false];
    }

    private bool FirstStrategy(List<AdmittedWorkload> candidates, IReadOnlyList<FairSharingStrategy> strategies, bool withinNominal,
        List<(AdmittedWorkload, string)> taken, List<AdmittedWorkload> refused)
    {
        var dropped = new HashSet<Node>();
        while (NextQueue(candidates, dropped) is { } queue)
        {
            foreach (var workload in candidates.Where(c => c.Queue == queue.Name).ToList())
            {
                candidates.Remove(workload);
                if (queue != Own && !withinNominal && (strategies.Count == 0 || !Passes(queue, workload, strategies[0])))
                {
                    refused.Add(workload);
                    continue;
                }
                _removed.Add(workload);
                taken.Add((workload, queue == Own ? "InClusterQueue" : withinNominal ? "InCohortReclamation" : "InCohortFairSharing"));
                break;
            }
            if (taken.Count > 0 && Fits(true))
            {
                return true;
            }
        }
        return false;
    }

    private bool SecondStrategy(List<AdmittedWorkload> refused, List<(AdmittedWorkload, string)> taken)
    {
        var dropped = new HashSet<Node>();
        while (NextQueue(refused, dropped) is { } queue)
        {
            dropped.Add(queue);
            var workload = refused.First(c => c.Queue == queue.Name);
            if (Passes(queue, workload, FairSharingStrategy.LessThanInitialShare))
            {
                _removed.Add(workload);
                taken.Add((workload, "InCohortFairSharing"));
                if (Fits(true))
                {
                    return true;
                }
            }
        }
        return false;
    }

    private bool Passes(Node queue, AdmittedWorkload workload, FairSharingStrategy strategy)
    {
        var common = Path(queue).First(n => Path(Own).Contains(n));
        var (own, other) = (Path(Own).TakeWhile(n => n != common).Last(), Path(queue).TakeWhile(n => n != common).Last());
        if (strategy == FairSharingStrategy.LessThanInitialShare)
        {
            return Compare(Share(own), Share(other)) < 0;
        }
        _removed.Add(workload);
        var passes = Compare(Share(own), Share(other)) <= 0;
        _removed.Remove(workload);
        return passes;
    }

    /// <summary>One step of the tournament after the other: what drops out, drops out for good.</summary>
    private Node? NextQueue(List<AdmittedWorkload> candidates, HashSet<Node> dropped)
    {
        bool HasNone(Node queue) => !candidates.Any(c => c.Queue == queue.Name);
        var root = Path(Own).Last();
        if (root.IsQueue)
        {
            return dropped.Contains(root) || HasNone(root) ? null : root;
        }
        bool IsOut(Node n) => dropped.Contains(n) || (!Share(n).Borrowing && !Path(Own).Contains(n)) || (n.IsQueue && HasNone(n));
        AdmittedWorkload? Best(Node n) => Sorted(candidates.Where(c => n.IsQueue ? c.Queue == n.Name
            : Path(new(c.Queue, true)).Contains(n) && !Path(new(c.Queue, true)).TakeWhile(p => p != n).Any(IsOut))).FirstOrDefault();
        Node? Largest(IEnumerable<Node> nodes) => nodes.Aggregate((Node?)null, (best, n) =>
            best is null || Compare(Share(n), Share(best)) > 0
            || (Compare(Share(n), Share(best)) == 0 && IsBefore(Best(n), Best(best))) ? n : best);
        while (!dropped.Contains(root))
        {
            for (var node = root; ;)
            {
                var children = AllNodes.Where(n => Parent(n) == node).OrderBy(n => n.Name, StringComparer.Ordinal).ToList();
                dropped.UnionWith(children.Where(IsOut));
                children.RemoveAll(dropped.Contains);
                var (queue, cohort) = (Largest(children.Where(c => c.IsQueue)), Largest(children.Where(c => !c.IsQueue)));
                if (children.Count == 0)
                {
                    dropped.Add(node);
                    break;
                }
                if (cohort is null || (queue is not null && Compare(Share(queue), Share(cohort)) > 0))
                {
                    return queue;
                }
                node = cohort;
            }
        }
        return null;
    }

    private bool IsBefore(AdmittedWorkload? a, AdmittedWorkload? b) => a is not null && (b is null || Sorted([a, b])[0] == a);

    private static int Compare((BigInteger Numerator, BigInteger Denominator, bool Infinite, bool, string) a,
        (BigInteger Numerator, BigInteger Denominator, bool Infinite, bool, string) b) =>
        a.Infinite != b.Infinite ? a.Infinite.CompareTo(b.Infinite) : (a.Numerator * b.Denominator).CompareTo(b.Numerator * a.Denominator);

    private List<AdmittedWorkload> Sorted(IEnumerable<AdmittedWorkload> workloads) =>
    [
        .. workloads.OrderByDescending(w => w.Evicting).ThenBy(w => w.Queue == Own.Name).ThenBy(w => w.Priority)
            .ThenByDescending(w => w.QuotaReservedAtSec).ThenBy(w => w.TieBreak ?? w.Name, StringComparer.Ordinal).ThenBy(w => w.Name, StringComparer.Ordinal),
    ];

    private bool IsOwnCandidate(AdmittedWorkload w) => UsesNeeded(w) && Policy.WithinClusterQueue switch
    {
        WithinClusterQueuePolicy.LowerPriority => w.Priority < context.Incoming.Priority,
        WithinClusterQueuePolicy.LowerOrNewerEqualPriority => w.Priority < context.Incoming.Priority || (w.Priority == context.Incoming.Priority
            && (w.CreatedAtSec ?? decimal.MinValue) > (context.Incoming.CreatedAtSec ?? decimal.MinValue)),
        _ => false,
    };

    private bool IsOtherCandidate(AdmittedWorkload w) => UsesNeeded(w) && Policy.ReclaimWithinCohort switch
    {
        ReclaimWithinCohortPolicy.LowerPriority => w.Priority < context.Incoming.Priority,
        ReclaimWithinCohortPolicy.Any => true,
        _ => false,
    };

    private bool UsesNeeded(AdmittedWorkload w) => w.Usage.Any(u => Needed.Contains(u.FlavorResource));

    private bool IsWithin(Node node) => Needed.All(fr => Usage(node, fr) <= Subtree(node, fr));

    private static IEnumerable<FlavorResource> AllFlavors => [QuotaScenarios.Cpu, QuotaScenarios.FastCpu, QuotaScenarios.Memory];

    private Node? Parent(Node node) => (node.IsQueue ? context.Queues.Single(q => q.Name == node.Name).Cohort
        : context.Cohorts.SingleOrDefault(c => c.Name == node.Name)?.Parent) is { } name ? new Node(name, false) : null;

    private IEnumerable<Node> Path(Node node)
    {
        for (var next = node; next is not null; next = Parent(next))
        {
            yield return next;
        }
    }

    private ResourceQuota? Quota(Node node, FlavorResource fr) => (node.IsQueue ? context.Queues.Single(q => q.Name == node.Name).Quotas
        : context.Cohorts.SingleOrDefault(c => c.Name == node.Name)?.Quotas ?? []).SingleOrDefault(q => q.FlavorResource == fr);

    private IEnumerable<Node> Children(Node node) => node.IsQueue ? [] : AllNodes.Where(n => Parent(n) == node);

    private bool Lists(Node node, FlavorResource fr) => Quota(node, fr) is not null || Children(node).Any(c => Lists(c, fr));

    private long Nominal(Node node, FlavorResource fr) => Quota(node, fr)?.Nominal ?? 0;

    private long Subtree(Node node, FlavorResource fr) => Nominal(node, fr) + Children(node).Sum(c => Subtree(c, fr) - Local(c, fr));

    private long Local(Node node, FlavorResource fr) => Quota(node, fr)?.LendingLimit is { } limit ? Math.Max(0, Subtree(node, fr) - limit) : 0;

    private long Usage(Node node, FlavorResource fr) => !node.IsQueue
        ? Children(node).Sum(c => Math.Max(0, Usage(c, fr) - Local(c, fr)))
        : context.Running.Where(w => w.Queue == node.Name && !_removed.Contains(w)).SelectMany(w => w.Usage).Where(u => u.FlavorResource == fr).Sum(u => u.Amount)
            + (_requestCounts && node == Own ? Requests.GetValueOrDefault(fr) : 0);

    private long Available(Node node, FlavorResource fr)
    {
        if (Parent(node) is not { } parent)
        {
            return Subtree(node, fr) - Usage(node, fr);
        }
        var fromParent = Available(parent, fr);
        if (Quota(node, fr)?.BorrowingLimit is { } limit)
        {
            fromParent = Math.Min(fromParent, Subtree(node, fr) - Local(node, fr) - Math.Max(0, Usage(node, fr) - Local(node, fr)) + limit);
        }
        return Math.Max(0, Local(node, fr) - Usage(node, fr)) + fromParent;
    }

    private long Potential(Node node, FlavorResource fr)
    {
        if (Parent(node) is not { } parent)
        {
            return Subtree(node, fr);
        }
        var potential = Local(node, fr) + Potential(parent, fr);
        return Quota(node, fr)?.BorrowingLimit is { } limit ? Math.Min(potential, Subtree(node, fr) + limit) : potential;
    }
}
