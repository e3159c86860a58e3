namespace Flink.Resources.Testing.Servers;

/// <summary>What a fake YARN cluster is like.</summary>
public sealed record FakeYarnOptions
{
    /// <summary>The clock of the cluster and its jobs.</summary>
    /// <value>The system's by default.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The leaf queues, by their dotted paths.</summary>
    /// <value><c>root.default</c>, <c>root.realtime</c>, <c>root.nearline</c> and <c>root.batch</c> by default.</value>
    public IReadOnlyList<string> Queues { get; init; } = ["root.default", "root.realtime", "root.nearline", "root.batch"];

    /// <summary>How many NodeManagers there are.</summary>
    /// <value>2 by default.</value>
    public int Nodes { get; init; } = 2;

    /// <summary>The memory of each NodeManager in mebibytes; no container can be larger.</summary>
    /// <value>8192 by default.</value>
    public int NodeMemoryMebibytes { get; init; } = 8192;

    /// <summary>The virtual cores of each NodeManager.</summary>
    /// <value>16 by default.</value>
    public int NodeCores { get; init; } = 16;
}
