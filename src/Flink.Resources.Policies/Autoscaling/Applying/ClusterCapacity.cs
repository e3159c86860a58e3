using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>A node of a cluster.</summary>
/// <param name="Group">The node group it belongs to.</param>
/// <param name="Allocatable">What it has.</param>
/// <param name="Used">What is in use.</param>
public sealed record ClusterNode(string Group, NodeAmount Allocatable, NodeAmount Used);

/// <summary>
/// Whether a cluster has room, in the view of one moment. Node groups of a cluster autoscaler count as grown to their
/// maximum. Accepted placements stay reserved, so that two jobs are not promised the same room. Not thread-safe.
/// </summary>
public sealed class ClusterCapacity
{
    private readonly List<NodeReservation> _nodes;
    private readonly List<(NodeAmount Allocatable, long Left)> _growing = [];

    /// <summary>A view of the nodes.</summary>
    /// <param name="nodes">The nodes, in the order in which they are filled.</param>
    /// <param name="maxNodes">By node group the number of nodes a cluster autoscaler may grow it to.</param>
    public ClusterCapacity(ImmutableArray<ClusterNode> nodes, IEnumerable<KeyValuePair<string, long>> maxNodes)
    {
        ArgumentNullException.ThrowIfNull(maxNodes);
        _nodes = [.. nodes.Select(static n => new NodeReservation(n.Allocatable, n.Used))];
        foreach (var (group, most) in maxNodes.OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            var present = nodes.Count(n => string.Equals(n.Group, group, StringComparison.Ordinal));
            if (present > 0 && most > present)
            {
                _growing.Add((nodes.First(n => string.Equals(n.Group, group, StringComparison.Ordinal)).Allocatable, most - present));
            }
        }
    }

    private ClusterCapacity(ClusterCapacity other)
    {
        _nodes = other._nodes.ConvertAll(static n => n.Copy());
        _growing = [.. other._growing];
    }

    internal ClusterCapacity Copy() => new(this);

    /// <summary>
    /// Releases the current instances, each on the first node that uses that much, and places the new ones first-fit.
    /// All or nothing: when one finds no room everything is as before.
    /// </summary>
    /// <returns>Whether all found room; then they stay reserved.</returns>
    public bool TrySchedule(CapacityRequest request)
    {
        var instance = new NodeAmount(request.Cpu, request.MemoryBytes);
        Release(instance, request.Current);
        var placed = Place(instance, request.New);
        foreach (var node in _nodes)
        {
            if (placed)
            {
                node.Commit();
            }
            else
            {
                node.Cancel();
            }
        }
        return placed;
    }

    private void Release(NodeAmount instance, long count)
    {
        if (instance == default)
        {
            return;
        }
        for (; count > 0 && _nodes.Find(n => n.Used.Covers(instance)) is { } node; count--)
        {
            node.Release(instance);
        }
    }

    private bool Place(NodeAmount instance, long count)
    {
        var position = 0;
        while (count > 0)
        {
            if (position == _nodes.Count && !Grow(instance))
            {
                return false;
            }
            if (!_nodes[position].TryReserve(instance))
            {
                // Instances are equal: who has no room for this one has none for the next.
                position++;
                continue;
            }
            count = instance == default ? 0 : count - 1;
        }
        return true;
    }

    // Empty nodes are made one by one, and only if they help: a group may be allowed to grow beyond all memory.
    private bool Grow(NodeAmount instance)
    {
        var index = _growing.FindIndex(g => g.Allocatable.Covers(instance));
        if (index < 0)
        {
            return false;
        }
        var (allocatable, left) = _growing[index];
        _nodes.Add(new(allocatable, default));
        if (left == 1)
        {
            _growing.RemoveAt(index);
        }
        else
        {
            _growing[index] = (allocatable, left - 1);
        }
        return true;
    }
}
