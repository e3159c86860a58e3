namespace Flink.Resources.Autoscaling;

/// <summary>An amount of a node: cores and bytes.</summary>
/// <param name="Cpu">Cores.</param>
/// <param name="MemoryBytes">Bytes.</param>
public readonly record struct NodeAmount(double Cpu, double MemoryBytes)
{
    /// <summary>The sum, resource by resource.</summary>
    public static NodeAmount operator +(NodeAmount left, NodeAmount right) => Add(left, right);

    /// <summary>The difference, resource by resource.</summary>
    public static NodeAmount operator -(NodeAmount left, NodeAmount right) => Subtract(left, right);

    /// <summary>The sum, resource by resource.</summary>
    public static NodeAmount Add(NodeAmount left, NodeAmount right) => new(left.Cpu + right.Cpu, left.MemoryBytes + right.MemoryBytes);

    /// <summary>The difference, resource by resource.</summary>
    public static NodeAmount Subtract(NodeAmount left, NodeAmount right) => new(left.Cpu - right.Cpu, left.MemoryBytes - right.MemoryBytes);

    /// <summary>Whether both resources are at least those of another amount.</summary>
    public bool Covers(NodeAmount other) => Cpu >= other.Cpu && MemoryBytes >= other.MemoryBytes;
}

/// <summary>
/// What is reserved on one node while a change is tried out: pending until it is committed or cancelled. Not
/// thread-safe.
/// </summary>
public sealed class NodeReservation
{
    private readonly NodeAmount _allocatable;
    private readonly NodeAmount _used;
    private NodeAmount _committed;
    private NodeAmount _pending;

    /// <summary>A node as the cluster reports it.</summary>
    /// <param name="allocatable">What it has.</param>
    /// <param name="used">What is in use.</param>
    public NodeReservation(NodeAmount allocatable, NodeAmount used) => (_allocatable, _used) = (allocatable, used);

    internal NodeReservation Copy() => new(_allocatable, _used) { _committed = _committed, _pending = _pending };

    /// <summary>In use, with what is committed and pending.</summary>
    public NodeAmount Used => _used + _committed + _pending;

    /// <summary>Reserves when there is room.</summary>
    /// <returns>Whether there was.</returns>
    public bool TryReserve(NodeAmount instance)
    {
        if (!(_allocatable - Used).Covers(instance))
        {
            return false;
        }
        _pending += instance;
        return true;
    }

    /// <summary>Gives up what is pending.</summary>
    public void Cancel() => _pending = default;

    /// <summary>Makes what is pending stay.</summary>
    public void Commit()
    {
        _committed += _pending;
        _pending = default;
    }

    /// <summary>Frees an instance, at most what is in use. What is pending may become negative.</summary>
    public void Release(NodeAmount instance)
    {
        var used = Used;
        _pending -= new NodeAmount(Math.Min(instance.Cpu, used.Cpu), Math.Min(instance.MemoryBytes, used.MemoryBytes));
    }
}
