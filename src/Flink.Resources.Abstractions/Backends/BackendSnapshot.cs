using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>Nodes, queues and applications of a backend as seen at one time; each section knows its own freshness.</summary>
public sealed class BackendSnapshot
{
    /// <summary>Creates a snapshot.</summary>
    public BackendSnapshot(
        string backend,
        long version,
        SnapshotSection<NodeReport> nodes,
        SnapshotSection<QueueReport> queues,
        SnapshotSection<ApplicationReport> applications)
    {
        Backend = backend;
        Version = version;
        Nodes = nodes;
        Queues = queues;
        Applications = applications;
    }

    /// <summary>The backend's name.</summary>
    public string Backend { get; }

    /// <summary>Grows with each new snapshot of this process.</summary>
    public long Version { get; }

    /// <summary>The nodes.</summary>
    public SnapshotSection<NodeReport> Nodes { get; }

    /// <summary>The queues, all levels.</summary>
    public SnapshotSection<QueueReport> Queues { get; }

    /// <summary>All Flink applications that run or wait, also those not started by this library.</summary>
    public SnapshotSection<ApplicationReport> Applications { get; }
}

/// <summary>One part of a snapshot.</summary>
/// <param name="Items">What was seen last.</param>
/// <param name="AsOf">When; null when it was never seen.</param>
/// <param name="StaleBecause">Why it could not be refreshed; null when it is fresh.</param>
public sealed record SnapshotSection<T>(ImmutableArray<T> Items, DateTimeOffset? AsOf, string? StaleBecause);

/// <summary>A node of a cluster.</summary>
public sealed record NodeReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it takes new containers.</summary>
    public required bool IsSchedulable { get; init; }

    /// <summary>The backend's own word for its state.</summary>
    public required string NativeState { get; init; }

    /// <summary>All memory that containers may use.</summary>
    public required MemorySize Memory { get; init; }

    /// <summary>Memory in use by containers.</summary>
    public required MemorySize UsedMemory { get; init; }

    /// <summary>All CPU that containers may use, in thousandths of a core.</summary>
    public required long CpuMillicores { get; init; }

    /// <summary>CPU in use by containers, in thousandths of a core.</summary>
    public required long UsedCpuMillicores { get; init; }

    /// <summary>Labels: a YARN node label under the key <c>zone</c>; all labels of a Kubernetes node.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>A queue of a cluster.</summary>
public sealed record QueueReport
{
    /// <summary>Its dotted path.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it takes new applications.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Whether it has no children.</summary>
    public required bool IsLeaf { get; init; }

    /// <summary>What it may always claim; null when not limited or unknown.</summary>
    public ResourceAmount? Guaranteed { get; init; }

    /// <summary>What it may use at most; null when not limited or unknown.</summary>
    public ResourceAmount? Maximum { get; init; }

    /// <summary>What it uses now.</summary>
    public required ResourceAmount Used { get; init; }

    /// <summary>Applications in it.</summary>
    public required int Applications { get; init; }
}

/// <summary>Memory and CPU.</summary>
/// <param name="Memory">Memory.</param>
/// <param name="CpuMillicores">CPU in thousandths of a core.</param>
public readonly record struct ResourceAmount(MemorySize Memory, long CpuMillicores);
