namespace Flink.Resources.Testing.Servers;

/// <summary>What a fake Kubernetes cluster is like.</summary>
public sealed record FakeKubernetesOptions
{
    /// <summary>The clock of the cluster and its jobs.</summary>
    /// <value>The system's by default.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The namespaces beside those that every cluster has; each has a service account <c>default</c>.</summary>
    /// <value>None by default.</value>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>How many nodes there are.</summary>
    /// <value>2 by default.</value>
    public int Nodes { get; init; } = 2;

    /// <summary>The CPU of each node in thousandths of a core.</summary>
    /// <value>16000 by default.</value>
    public int NodeCpuMillicores { get; init; } = 16000;

    /// <summary>The memory of each node in mebibytes.</summary>
    /// <value>65536 by default.</value>
    public int NodeMemoryMebibytes { get; init; } = 65536;

    /// <summary>How long a pod takes to end once it was deleted.</summary>
    /// <value>50 ms by default.</value>
    public TimeSpan PodEndsAfter { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a quiet watch that asked for bookmarks gets one.</summary>
    /// <value>1 minute by default.</value>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);
}
