using System.Collections.Immutable;

namespace Flink.Resources.Simulation;

/// <summary>How a fleet is made.</summary>
public sealed record SimulatedFleetOptions
{
    /// <summary>Decides every random choice: the same seed and the same calls give the same events.</summary>
    public long Seed { get; init; }

    /// <summary>The backends.</summary>
    public ImmutableArray<SimulatedBackendOptions> Backends { get; init; } = [];

    /// <summary>When virtual time begins.</summary>
    /// <value>Default 5 January 2026, a Monday, 00:00 UTC.</value>
    public DateTimeOffset StartsAt { get; init; } = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How much virtual time one call of RunAsync may take before it ends with <see cref="TimeoutException"/>.</summary>
    /// <value>Default 30 days.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The share of calls that fail, 0 to 1, as the seed decides; how, too.</summary>
    /// <value>Default 0.</value>
    public double FaultProbability { get; init; }

    /// <summary>The faults that <see cref="FaultProbability"/> chooses from.</summary>
    /// <value>Default all.</value>
    public ImmutableArray<SimulatedFault> Faults { get; init; } = [.. Enum.GetValues<SimulatedFault>().Where(static f => f != SimulatedFault.None)];

    /// <summary>How many events are kept; older ones go. The digest covers all.</summary>
    /// <value>Default 100,000.</value>
    public int EventsKept { get; init; } = 100_000;
}

/// <summary>One simulated place.</summary>
public sealed record SimulatedBackendOptions
{
    /// <summary>Its name, a lower-case DNS label.</summary>
    public required string Name { get; init; }

    /// <summary>What it is like: <see cref="BackendKind.Yarn"/> or <see cref="BackendKind.Kubernetes"/>.</summary>
    public required BackendKind Kind { get; init; }

    /// <summary>How many nodes it has.</summary>
    /// <value>Default 10.</value>
    public int Nodes { get; init; } = 10;

    /// <summary>The memory of each node.</summary>
    /// <value>Default 256 GiB.</value>
    public MemorySize NodeMemory { get; init; } = MemorySize.FromMebibytes(256 << 10);

    /// <summary>The CPU of each node, in thousandths of a core.</summary>
    /// <value>Default 64,000.</value>
    public long NodeCpuMillicores { get; init; } = 64_000;

    /// <summary>Its queues (on Kubernetes: namespaces with a quota) by dotted path, with what each may use at most; null for no limit. Empty: every queue exists.</summary>
    public ImmutableSortedDictionary<string, ResourceAmount?> Queues { get; init; } =
        ImmutableSortedDictionary<string, ResourceAmount?>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Flink versions for which there is no image; a start waits for it in vain.</summary>
    public ImmutableHashSet<string> MissingImages { get; init; } = [];

    /// <summary>How long a node takes to pull an image that it does not have. Kubernetes only.</summary>
    /// <value>Default 20 s.</value>
    public TimeSpan ImagePull { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>From the container's start to the JobManager's first answer.</summary>
    /// <value>Default 8 s; each start differs by up to a fifth.</value>
    public TimeSpan JobManagerStart { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>From the container's start to the TaskManager's registration.</summary>
    /// <value>Default 6 s; each start differs by up to a fifth.</value>
    public TimeSpan TaskManagerStart { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long a request and its answer take, each way at most half of it.</summary>
    /// <value>Default 20 ms.</value>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>After what time a call without an answer is given up.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After what silence a node is taken for lost.</summary>
    /// <value>Default 40 s on Kubernetes; YARN's own 10 minutes are this times 15.</value>
    public TimeSpan NodeExpiry { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Where checkpoints go when a job does not say.</summary>
    /// <value>Default <c>hdfs://sim/checkpoints</c>, which all simulated backends read.</value>
    public string CheckpointDirectory { get; init; } = "hdfs://sim/checkpoints";

    /// <summary>How often jobs checkpoint that do not say.</summary>
    /// <value>Default 10 s; zero or less: not at all.</value>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);
}
