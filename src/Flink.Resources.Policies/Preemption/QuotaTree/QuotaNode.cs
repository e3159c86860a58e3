using System.Collections.Immutable;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>A node of the tree with its quota arithmetic (Kueue: pkg/cache/scheduler, resource node). Usage changes, quota does not.</summary>
internal sealed class QuotaNode(string name, bool isQueue, decimal fairWeight, ImmutableArray<ResourceQuota> quotas)
{
    private Int128[] _nominal = [];
    private Int128?[] _borrowingLimit = [];
    private Int128?[] _lendingLimit = [];
    private bool[] _listed = [];
    private Int128[] _subtreeQuota = [];
    private Int128[] _usage = [];
    private Int128[] _potential = [];
    private FairShare? _share;

    public string Name => name;

    public bool IsQueue => isQueue;

    public decimal FairWeight => fairWeight;

    public ImmutableArray<ResourceQuota> Quotas => quotas;

    public QuotaNode? Parent { get; set; }

    public List<QuotaNode> Children { get; } = [];

    /// <summary>0 at a root.</summary>
    public int Depth { get; set; }

    public Int128 Usage(int fr) => _usage[fr];

    public Int128 Nominal(int fr) => _nominal[fr];

    public Int128 SubtreeQuota(int fr) => _subtreeQuota[fr];

    /// <summary>Is there a quota for it here or below?</summary>
    public bool Lists(int fr) => _listed[fr];

    /// <summary>What is not lent to others; 0 without a lending limit: everything can be lent.</summary>
    public Int128 LocalQuota(int fr) =>
        _lendingLimit[fr] is { } limit ? Int128.Max(0, _subtreeQuota[fr] - limit) : 0;

    /// <summary>Takes over the node's own quota; its children add theirs afterwards.</summary>
    public void Initialize(FlavorIndex index)
    {
        _nominal = new Int128[index.Count];
        _borrowingLimit = new Int128?[index.Count];
        _lendingLimit = new Int128?[index.Count];
        _listed = new bool[index.Count];
        _usage = new Int128[index.Count];
        _potential = new Int128[index.Count];
        foreach (var quota in quotas)
        {
            var fr = index.Add(quota.FlavorResource);
            if (_listed[fr])
            {
                throw new ArgumentException($"'{name}' has two quotas of {quota.FlavorResource}.", nameof(index));
            }
            _nominal[fr] = quota.Nominal;
            _borrowingLimit[fr] = quota.BorrowingLimit;
            _lendingLimit[fr] = quota.LendingLimit;
            _listed[fr] = true;
        }
        _subtreeQuota = [.. _nominal];
    }

    /// <summary>Gives the parent what can be lent of this subtree. Children first.</summary>
    public void LendToParent()
    {
        for (var fr = 0; Parent is not null && fr < _nominal.Length; fr++)
        {
            Parent._subtreeQuota[fr] += _subtreeQuota[fr] - LocalQuota(fr);
            Parent._listed[fr] |= _listed[fr];
        }
    }

    /// <summary>The most that could be had here if nobody else used anything. Parents first.</summary>
    public void ComputePotential()
    {
        for (var fr = 0; fr < _nominal.Length; fr++)
        {
            var potential = Parent is null ? _subtreeQuota[fr] : LocalQuota(fr) + Parent._potential[fr];
            _potential[fr] = Parent is not null && _borrowingLimit[fr] is { } limit
                ? Int128.Min(potential, _subtreeQuota[fr] + limit)
                : potential;
        }
    }

    /// <summary>Adds to the usage, or takes away; what goes beyond the local quota is the parent's usage as well.</summary>
    public void AddUsage(int fr, Int128 amount)
    {
        var delta = amount;
        for (var node = this; node is not null && delta != 0; node = node.Parent)
        {
            var before = node.UsageBeyondLocal(fr);
            node._usage[fr] += delta;
            node._share = null;
            delta = node.UsageBeyondLocal(fr) - before;
        }
    }

    /// <summary>How much more fits here; may be negative.</summary>
    public Int128 Available(int fr)
    {
        if (Parent is null)
        {
            return _subtreeQuota[fr] - _usage[fr];
        }
        // From the root down, without recursion: trees may be deep.
        var path = new Stack<QuotaNode>();
        var node = this;
        for (; node.Parent is not null; node = node.Parent)
        {
            path.Push(node);
        }
        var available = node._subtreeQuota[fr] - node._usage[fr];
        while (path.TryPop(out var below))
        {
            available = below.FreeLocal(fr) + below.CappedByLimit(fr, available);
        }
        return available;
    }

    /// <summary>Usage is at most the quota of the subtree in each of these.</summary>
    public bool IsWithin(int[] frs) => Array.TrueForAll(frs, fr => _usage[fr] <= _subtreeQuota[fr]);

    /// <summary>The local quota that nobody uses.</summary>
    public Int128 FreeLocal(int fr) => Int128.Max(0, LocalQuota(fr) - _usage[fr]);

    /// <summary>The share of now; a root, and a queue that stands alone, have none.</summary>
    public FairShare Share(FlavorIndex index) => _share ??= FairShare.Of(this, index, _usage);

    /// <summary>The share with another usage than that of now.</summary>
    public FairShare ShareWith(FlavorIndex index, Int128[] added)
    {
        Int128[] usage = [.. _usage];
        for (var fr = 0; fr < usage.Length; fr++)
        {
            usage[fr] += added[fr];
        }
        return FairShare.Of(this, index, usage);
    }

    public Int128 Potential(int fr) => _potential[fr];

    private Int128 UsageBeyondLocal(int fr) => Int128.Max(0, _usage[fr] - LocalQuota(fr));

    private Int128 CappedByLimit(int fr, Int128 available) => _borrowingLimit[fr] is { } limit
        ? Int128.Min(available, _subtreeQuota[fr] - LocalQuota(fr) - UsageBeyondLocal(fr) + limit)
        : available;
}
