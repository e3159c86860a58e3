using System.Runtime.InteropServices;

namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>
/// What the whole cluster contributes to the question "does the incoming pod fit here?": pods that repel it anywhere, and pods per
/// topology domain. Counted once, so that simulating a node only looks at that node.
/// </summary>
internal sealed class ClusterFit
{
    private readonly NodePreemptionContext _context;
    private readonly Dictionary<string, ClusterNode> _nodes;
    private readonly Dictionary<(string Key, string Value), int> _repelling = [];
    private readonly HashSet<string> _repellingKeys = new(StringComparer.Ordinal);
    private readonly SpreadCount[] _spreads;

    public ClusterFit(NodePreemptionContext context, Dictionary<string, ClusterNode> nodes)
    {
        _context = context;
        _nodes = nodes;
        foreach (var pod in context.Running)
        {
            if (RepelledDomain(pod) is { } domain)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_repelling, domain, out _)++;
                _repellingKeys.Add(domain.Key);
            }
        }
        _spreads = [.. context.Incoming.TopologySpread.Select(rule => new SpreadCount(context, nodes, rule))];
    }

    /// <summary>The fit test of one node, with all its pods present.</summary>
    public NodeFit At(ClusterNode node, IEnumerable<RunningPod> pods)
    {
        var repelling = 0;
        foreach (var key in _repellingKeys)
        {
            repelling += node.Labels.TryGetValue(key, out var value) ? _repelling.GetValueOrDefault((key, value)) : 0;
        }
        var fit = new NodeFit(this, node, _context.Incoming, repelling, [.. _spreads.Select(s => s.At(node))]);
        foreach (var pod in pods)
        {
            fit.Occupy(pod);
        }
        return fit;
    }

    /// <summary>Does the pod refuse the incoming one on this node?</summary>
    public bool Repels(RunningPod pod, ClusterNode node) => RepelledDomain(pod) is { } domain && IsIn(node, domain);

    private (string Key, string Value)? RepelledDomain(RunningPod pod) =>
        pod.AntiAffinity is { } rule
        && _context.Incoming.Labels.ContainsKey(rule.LabelExists)
        && _nodes[pod.Node].Labels.TryGetValue(rule.TopologyKey, out var value)
            ? (rule.TopologyKey, value)
            : null;

    private static bool IsIn(ClusterNode node, (string Key, string Value) domain) =>
        node.Labels.TryGetValue(domain.Key, out var value) && string.Equals(value, domain.Value, StringComparison.Ordinal);
}

/// <summary>Pods that carry the label of one spread rule, per domain.</summary>
internal sealed class SpreadCount
{
    private readonly TopologySpread _rule;
    private readonly Dictionary<string, long> _domains = new(StringComparer.Ordinal);
    private readonly long _own;
    private readonly (string Domain, long Count)? _fewest;
    private readonly long? _fewestOfOthers;

    public SpreadCount(NodePreemptionContext context, Dictionary<string, ClusterNode> nodes, TopologySpread rule)
    {
        _rule = rule;
        _own = context.Incoming.Labels.ContainsKey(rule.LabelExists) ? 1 : 0;
        foreach (var node in context.Nodes)
        {
            if (node.Labels.TryGetValue(rule.TopologyKey, out var domain))
            {
                _domains.TryAdd(domain, 0);
            }
        }
        foreach (var pod in context.Running)
        {
            if (pod.Labels.ContainsKey(rule.LabelExists) && nodes[pod.Node].Labels.TryGetValue(rule.TopologyKey, out var domain))
            {
                _domains[domain]++;
            }
        }
        foreach (var (domain, count) in _domains)
        {
            if (_fewest is null || count < _fewest.Value.Count)
            {
                _fewestOfOthers = _fewest?.Count;
                _fewest = (domain, count);
            }
            else if (_fewestOfOthers is null || count < _fewestOfOthers)
            {
                _fewestOfOthers = count;
            }
        }
    }

    public SpreadAtNode At(ClusterNode node)
    {
        if (!node.Labels.TryGetValue(_rule.TopologyKey, out var domain))
        {
            return new SpreadAtNode(_rule, null, 0, null);
        }
        var others = string.Equals(_fewest?.Domain, domain, StringComparison.Ordinal) ? _fewestOfOthers : _fewest?.Count;
        return new SpreadAtNode(_rule, _domains[domain], _own, others);
    }
}

/// <summary>One spread rule as seen from one node, whose pods may be taken away and put back.</summary>
/// <param name="rule">The rule.</param>
/// <param name="inDomain">Pods that count in the node's domain; null: the node is in none.</param>
/// <param name="incoming">1 when the incoming pod counts itself.</param>
/// <param name="fewestOfOthers">The fewest in any other domain; null: there is no other.</param>
internal sealed class SpreadAtNode(TopologySpread rule, long? inDomain, long incoming, long? fewestOfOthers)
{
    private long? _inDomain = inDomain;

    public bool Allows() => _inDomain is { } here && here + incoming - Math.Min(here, fewestOfOthers ?? here) <= rule.MaxSkew;

    public void Add(RunningPod pod, int count) => _inDomain += pod.Labels.ContainsKey(rule.LabelExists) ? count : 0;
}

/// <summary>The fit test of one node whose pods are taken away and put back. Sums have 128 bits: nodes may be absurdly over-committed.</summary>
internal sealed class NodeFit(ClusterFit cluster, ClusterNode node, IncomingPod incoming, int repelling, SpreadAtNode[] spreads)
{
    private Int128 _cpu;
    private Int128 _memory;
    private long _pods;
    private int _repelling = repelling;

    /// <summary>Counts a pod that is there from the start; what the cluster counts of it is counted already.</summary>
    public void Occupy(RunningPod pod)
    {
        _cpu += pod.Requests.CpuMilli;
        _memory += pod.Requests.MemoryBytes;
        _pods++;
    }

    public void Remove(RunningPod pod) => Change(pod, -1);

    public void Return(RunningPod pod) => Change(pod, 1);

    public bool Fits() =>
        _pods + 1 <= node.MaxPods
        && (incoming.Requests.CpuMilli <= 0 || _cpu + incoming.Requests.CpuMilli <= node.Allocatable.CpuMilli)
        && (incoming.Requests.MemoryBytes <= 0 || _memory + incoming.Requests.MemoryBytes <= node.Allocatable.MemoryBytes)
        && _repelling == 0
        && Array.TrueForAll(spreads, static s => s.Allows());

    private void Change(RunningPod pod, int sign)
    {
        _cpu += (Int128)pod.Requests.CpuMilli * sign;
        _memory += (Int128)pod.Requests.MemoryBytes * sign;
        _pods += sign;
        _repelling += cluster.Repels(pod, node) ? sign : 0;
        foreach (var spread in spreads)
        {
            spread.Add(pod, sign);
        }
    }
}
