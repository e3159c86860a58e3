namespace Flink.Resources.Simulation;

/// <summary>A machine.</summary>
internal sealed class SimulatedNode(string name, MemorySize memory, long cpu)
{
    public string Name { get; } = name;

    public MemorySize Memory { get; } = memory;

    public long Cpu { get; } = cpu;

    public long UsedMemory { get; set; }

    public long UsedCpu { get; set; }

    /// <summary>Whether its agent (NodeManager, kubelet) reports.</summary>
    public bool Reports { get; set; } = true;

    /// <summary>When it was declared lost, or found again.</summary>
    public long ChangedAt { get; set; }

    public bool IsLost { get; set; }

    public HashSet<string> Images { get; } = new(StringComparer.Ordinal);

    public HashSet<SimulatedContainer> Containers { get; } = [];

    public bool Fits(SimulatedContainer container) =>
        !IsLost && Reports && UsedMemory + container.Memory <= Memory.Bytes && UsedCpu + container.Cpu <= Cpu;
}

/// <summary>What a container is doing.</summary>
internal enum ContainerState
{
    Waiting,
    Starting,
    Running,
    Ending,
    Ended,
}

/// <summary>A container, or a pod.</summary>
internal sealed class SimulatedContainer(string id, SimulatedApplication application, bool isJobManager, ContainerResources size, Action<SimulatedContainer> whenUp)
{
    public string Id { get; } = id;

    public SimulatedApplication Application { get; } = application;

    public bool IsJobManager { get; } = isJobManager;

    public long Memory { get; } = size.Memory.Bytes;

    public long Cpu { get; } = size.CpuMillicores;

    public Action<SimulatedContainer> WhenUp { get; } = whenUp;

    public ContainerState State { get; set; } = ContainerState.Waiting;

    public SimulatedNode? Node { get; set; }

    public string? WaitsFor { get; set; }

    public bool IsStuck { get; set; }

    public long StartedAt { get; set; }

    public int Restarts { get; set; }

    /// <summary>The cluster has forgotten it, and its processes run on.</summary>
    public bool IsZombie { get; set; }

    /// <summary>Its machine stopped, which the cluster has not seen yet.</summary>
    public bool IsDead { get; set; }

    public bool IsAlive => State is ContainerState.Starting or ContainerState.Running or ContainerState.Ending;
}
