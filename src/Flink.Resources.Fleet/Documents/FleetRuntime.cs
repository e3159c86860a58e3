using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>One Flink version and where each kind of cluster has it.</summary>
public sealed record FleetRuntime
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands in the document.</summary>
    public required SourcePosition At { get; init; }

    /// <summary>Flink's version, such as <c>1.20.5</c>. No two runtimes have the same.</summary>
    public required string Version { get; init; }

    /// <summary>The image for Kubernetes; null when it does not run there.</summary>
    public string? Image { get; init; }

    /// <summary>Native libraries and programs that the image is said to have: paths of files or folders, or names.</summary>
    public ImmutableArray<string> ImageFiles { get; init; } = [];

    /// <summary>The HDFS directories of Flink's <c>lib</c> and <c>plugins</c> for YARN; empty when it does not run there.</summary>
    public ImmutableArray<string> Libraries { get; init; } = [];

    /// <summary>Environment variables of all containers.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = Maps.Empty<string>();

    /// <summary>Flink configuration of all jobs.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } = Maps.Empty<string>();

    /// <summary>Whether containers start Flink with one JVM; false for an image whose scripts do more than Flink's. Kubernetes only.</summary>
    public bool DirectStart { get; init; } = true;
}

/// <summary>What a queue is on each cluster.</summary>
public sealed record QueueEntry
{
    /// <summary>Its dotted path, the same on all clusters.</summary>
    public required string Path { get; init; }

    /// <summary>Where it stands in the document.</summary>
    public required SourcePosition At { get; init; }

    /// <summary>What it is on each cluster, by the cluster's name; a cluster that is missing has it as it is called.</summary>
    public ImmutableSortedDictionary<string, QueueOnCluster> Clusters { get; init; } = Maps.Empty<QueueOnCluster>();
}

/// <summary>What a queue is on one cluster.</summary>
/// <param name="Namespace">Its namespace; null for the cluster's. Kubernetes only.</param>
/// <param name="PriorityClass">The PriorityClass of its jobs that have no priority of their own; null for none. Kubernetes only.</param>
/// <param name="Queue">The path that it has there; null when it is the same. YARN only.</param>
public sealed record QueueOnCluster(string? Namespace = null, string? PriorityClass = null, string? Queue = null);
