using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>The nodes of one cluster that take containers, each with its room.</summary>
internal sealed class NodePool
{
    private readonly ImmutableArray<NodeReport> _nodes;
    private readonly ImmutableArray<string> _exclusive;
    private readonly double[] _memory;
    private readonly double[] _cpu;
    private readonly Dictionary<string, int[]> _byFlavour = new(StringComparer.Ordinal);
    private readonly List<(int Node, Amount Amount)> _log = [];
    private int[]? _any;

    public NodePool(IEnumerable<NodeReport> nodes, ImmutableArray<string> exclusive)
    {
        // What is unhealthy or closed takes nothing.
        _nodes = [.. nodes.Where(static n => n.IsSchedulable).OrderBy(static n => n.Name, StringComparer.Ordinal)];
        _exclusive = exclusive;
        _memory = [.. _nodes.Select(static n => (double)(n.Memory.Bytes - n.UsedMemory.Bytes))];
        _cpu = [.. _nodes.Select(static n => (double)(n.CpuMillicores - n.UsedCpuMillicores))];
    }

    /// <summary>How far changes can be taken back.</summary>
    public int Mark => _log.Count;

    /// <summary>What is free on all nodes of a kind together.</summary>
    public Amount Free(string? flavour)
    {
        var sum = default(Amount);
        foreach (var node in Of(flavour))
        {
            sum += new Amount(Math.Max(0, _memory[node]), Math.Max(0, _cpu[node]));
        }
        return sum;
    }

    /// <summary>What was free before anything was placed.</summary>
    public Amount FreeAtStart(string? flavour)
    {
        var sum = default(Amount);
        foreach (var node in Of(flavour))
        {
            var report = _nodes[node];
            sum += new Amount(Math.Max(0, report.Memory.Bytes - report.UsedMemory.Bytes), Math.Max(0, report.CpuMillicores - report.UsedCpuMillicores));
        }
        return sum;
    }

    public bool IsEmpty(string? flavour) => Of(flavour).Length == 0;

    /// <summary>Puts a job's containers onto nodes, the larger ones first. All or none.</summary>
    public bool TryPlace(JobNeed need)
    {
        var mark = Mark;
        var nodes = Of(need.Flavour);
        if (TryPlace(nodes, Amount.Of(need.TaskManager), need.TaskManagers) && TryPlace(nodes, Amount.Of(need.JobManager), 1))
        {
            return true;
        }
        Undo(mark);
        return false;
    }

    public void Undo(int mark)
    {
        for (var i = _log.Count - 1; i >= mark; i--)
        {
            Change(_log[i].Node, _log[i].Amount * -1);
        }
        _log.RemoveRange(mark, _log.Count - mark);
    }

    /// <summary>What was placed stays.</summary>
    public void Keep() => _log.Clear();

    private bool TryPlace(int[] nodes, Amount container, int count)
    {
        foreach (var node in nodes)
        {
            if (count == 0)
            {
                break;
            }
            var fit = Fit(node, container, count);
            if (fit > 0)
            {
                Change(node, container * -fit);
                _log.Add((node, container * -fit));
                count -= fit;
            }
        }
        return count == 0;
    }

    private int Fit(int node, Amount container, int count)
    {
        if (container.Memory > _memory[node] || container.Cpu > _cpu[node])
        {
            return 0;
        }
        var memory = container.Memory > 0 ? Math.Floor(_memory[node] / container.Memory) : count;
        var cpu = container.Cpu > 0 ? Math.Floor(_cpu[node] / container.Cpu) : count;
        return (int)Math.Min(count, Math.Min(memory, cpu));
    }

    private void Change(int node, Amount amount)
    {
        _memory[node] += amount.Memory;
        _cpu[node] += amount.Cpu;
    }

    private int[] Of(string? flavour)
    {
        if (flavour is null)
        {
            return _any ??= Where(n => !_exclusive.Any(e => Has(n, e)));
        }
        return _byFlavour.TryGetValue(flavour, out var nodes) ? nodes : _byFlavour[flavour] = Where(n => Has(n, flavour));
    }

    private int[] Where(Func<NodeReport, bool> which) => [.. Enumerable.Range(0, _nodes.Length).Where(i => which(_nodes[i]))];

    // "gpu" is a YARN node label or the value of any label; "pool=gpu" is one label of a Kubernetes node.
    private static bool Has(NodeReport node, string flavour) => node.Labels.Any(l =>
        string.Equals(l.Value, flavour, StringComparison.Ordinal)
        || (flavour.Length == l.Key.Length + l.Value.Length + 1 && flavour[l.Key.Length] == '='
            && flavour.StartsWith(l.Key, StringComparison.Ordinal) && flavour.EndsWith(l.Value, StringComparison.Ordinal)));
}
