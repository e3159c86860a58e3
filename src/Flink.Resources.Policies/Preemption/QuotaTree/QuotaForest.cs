namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>All trees of a situation, with the usage of the moment. Workloads are taken out and put back while a decision is sought.</summary>
internal sealed class QuotaForest
{
    private readonly Dictionary<string, QuotaNode> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QuotaNode> _cohorts = new(StringComparer.Ordinal);

    public QuotaForest(IEnumerable<Cohort> cohorts, IEnumerable<ClusterQueue> queues, IEnumerable<FlavorResource> others)
    {
        var parents = new List<(QuotaNode Node, string? Parent)>();
        foreach (var cohort in cohorts)
        {
            var node = new QuotaNode(cohort.Name, false, NotNegative(cohort.FairWeight, cohort.Name), cohort.Quotas);
            AddOnce(_cohorts, node, "cohorts");
            parents.Add((node, cohort.Parent));
        }
        foreach (var queue in queues)
        {
            var node = new QuotaNode(queue.Name, true, NotNegative(queue.FairWeight, queue.Name), queue.Quotas);
            AddOnce(_queues, node, "queues");
            parents.Add((node, queue.Cohort));
        }
        foreach (var (node, parent) in parents)
        {
            Connect(node, parent);
        }
        Nodes = ParentsFirst();
        if (Nodes.Count < _cohorts.Count + _queues.Count)
        {
            throw new ArgumentException("The cohorts form a circle.", nameof(cohorts));
        }
        Initialize(others);
    }

    public FlavorIndex Index { get; } = new();

    /// <summary>Every node, parents before their children; otherwise by name, so that nothing depends on the order of lists.</summary>
    public IReadOnlyList<QuotaNode> Nodes { get; }

    public QuotaNode Queue(string name) =>
        _queues.TryGetValue(name, out var queue) ? queue : throw new ArgumentException($"There is no queue '{name}'.", nameof(name));

    private static decimal NotNegative(decimal weight, string name) =>
        weight >= 0 ? weight : throw new ArgumentException($"The weight of '{name}' is negative.", nameof(weight));

    private static void AddOnce(Dictionary<string, QuotaNode> nodes, QuotaNode node, string what)
    {
        if (!nodes.TryAdd(node.Name, node))
        {
            throw new ArgumentException($"There are two {what} '{node.Name}'.", nameof(node));
        }
    }

    private void Connect(QuotaNode node, string? parent)
    {
        if (parent is null)
        {
            return;
        }
        if (!_cohorts.TryGetValue(parent, out var cohort))
        {
            // A cohort that is only named exists.
            _cohorts.Add(parent, cohort = new QuotaNode(parent, false, 1, []));
        }
        node.Parent = cohort;
        cohort.Children.Add(node);
    }

    private List<QuotaNode> ParentsFirst()
    {
        var roots = _cohorts.Values.Concat(_queues.Values).Where(static n => n.Parent is null);
        var result = new List<QuotaNode>(roots.OrderBy(static n => n.Name, StringComparer.Ordinal));
        for (var i = 0; i < result.Count; i++)
        {
            result[i].Children.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            foreach (var child in result[i].Children)
            {
                child.Depth = result[i].Depth + 1;
                result.Add(child);
            }
        }
        return result;
    }

    private void Initialize(IEnumerable<FlavorResource> others)
    {
        foreach (var flavorResource in Nodes.SelectMany(static n => n.Quotas).Select(static q => q.FlavorResource).Concat(others))
        {
            Index.Add(flavorResource);
        }
        foreach (var node in Nodes)
        {
            node.Initialize(Index);
        }
        for (var i = Nodes.Count - 1; i >= 0; i--)
        {
            Nodes[i].LendToParent();
        }
        foreach (var node in Nodes)
        {
            node.ComputePotential();
        }
    }
}
