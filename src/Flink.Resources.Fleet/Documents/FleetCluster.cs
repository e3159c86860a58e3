using System.Collections.Immutable;
using Flink.Resources.Kubernetes;

namespace Flink.Resources.Fleet;

/// <summary>A cluster of the fleet.</summary>
public abstract record FleetCluster
{
    private protected FleetCluster()
    {
    }

    /// <summary>Its name, the backend's.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, or is like.</summary>
    public abstract BackendKind Kind { get; }

    /// <summary>Where it stands in the document.</summary>
    public required SourcePosition At { get; init; }

    /// <summary>What <c>hdfs:///</c> means there, such as <c>hdfs://ns1</c>; null when the fleet has no HDFS.</summary>
    public string? FileSystem { get; init; }

    /// <summary>Who takes fences; null for the backend's default.</summary>
    public string? Controller { get; init; }

    /// <summary>Environment variables of all containers there.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = Maps.Empty<string>();

    /// <summary>Flink configuration of all jobs there.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } = Maps.Empty<string>();

    /// <summary>How calls are made; what is null is the backend's default.</summary>
    public CallSettings Calls { get; init; } = new();

    /// <summary>A YARN cluster.</summary>
    public sealed record Yarn : FleetCluster
    {
        /// <inheritdoc/>
        public override BackendKind Kind => BackendKind.Yarn;

        /// <summary>The addresses of its ResourceManagers.</summary>
        public required ImmutableArray<Uri> ResourceManagers { get; init; }

        /// <summary>The addresses of its NameNodes.</summary>
        public required ImmutableArray<Uri> WebHdfs { get; init; }

        /// <summary>The user that applications run as.</summary>
        public required string User { get; init; }

        /// <summary>The HDFS path that belongs to the backend.</summary>
        public required string StagingRoot { get; init; }

        /// <summary>Environment variables that containers have there anyway.</summary>
        public ImmutableArray<string> Provides { get; init; } = [];
    }

    /// <summary>A Kubernetes cluster.</summary>
    public sealed record Kubernetes : FleetCluster
    {
        /// <inheritdoc/>
        public override BackendKind Kind => BackendKind.Kubernetes;

        /// <summary>The kubeconfig file; null for the usual one.</summary>
        public string? KubeConfig { get; init; }

        /// <summary>Its context; null for the current one.</summary>
        public string? Context { get; init; }

        /// <summary>The namespace of fences, and of jobs whose queue names none.</summary>
        public required string Namespace { get; init; }

        /// <summary>The service account of pods.</summary>
        public required string ServiceAccount { get; init; }

        /// <summary>Where HA metadata goes.</summary>
        public required string HighAvailabilityDirectory { get; init; }

        /// <summary>How many times the asked CPU a container may use.</summary>
        public double CpuLimitFactor { get; init; } = 1;

        /// <summary>How Flink's REST API is reached.</summary>
        public FlinkRestAccess RestAccess { get; init; }

        /// <summary>The PriorityClass of each priority.</summary>
        public ImmutableSortedDictionary<int, string> PriorityClasses { get; init; } = ImmutableSortedDictionary<int, string>.Empty;

        /// <summary>When images are pulled: <c>IfNotPresent</c>, <c>Always</c> or <c>Never</c>.</summary>
        public string ImagePullPolicy { get; init; } = "IfNotPresent";

        /// <summary>Secrets for pulling images.</summary>
        public ImmutableArray<string> ImagePullSecrets { get; init; } = [];

        /// <summary>Where pods may run.</summary>
        public FleetZone Nodes { get; init; } = new();

        /// <summary>What each zone means.</summary>
        public ImmutableSortedDictionary<string, FleetZone> Zones { get; init; } = Maps.Empty<FleetZone>();

        /// <summary>How long a removal waits for pods to be gone; null for the backend's default.</summary>
        public TimeSpan? RemoveTimeout { get; init; }

        /// <summary>How long Flink may take to answer; null for the backend's default.</summary>
        public TimeSpan? FlinkTimeout { get; init; }
    }

    /// <summary>A simulated cluster, for trying things out. All simulated clusters of a document share their storage.</summary>
    public sealed record Simulated : FleetCluster
    {
        /// <inheritdoc/>
        public override BackendKind Kind => Like;

        /// <summary>What it is like.</summary>
        public required BackendKind Like { get; init; }

        /// <summary>How many nodes it has.</summary>
        public int Nodes { get; init; } = 10;

        /// <summary>The memory of each node.</summary>
        public MemorySize NodeMemory { get; init; } = MemorySize.FromMebibytes(256 << 10);

        /// <summary>The CPU of each node, in thousandths of a core.</summary>
        public int NodeCpuMillicores { get; init; } = 64_000;
    }
}

/// <summary>How calls are made; what is null is the backend's default.</summary>
public sealed record CallSettings
{
    /// <summary>How long one attempt may take.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>How long a call may take with its repetitions.</summary>
    public TimeSpan? CallTimeout { get; init; }

    /// <summary>After how many failed attempts a server is left alone.</summary>
    public int? CircuitFailures { get; init; }

    /// <summary>For how long.</summary>
    public TimeSpan? CircuitBreak { get; init; }

    /// <summary>How often the cluster is polled while somebody watches. YARN only.</summary>
    public TimeSpan? PollInterval { get; init; }
}

/// <summary>A part of a Kubernetes cluster.</summary>
public sealed record FleetZone
{
    /// <summary>Labels that nodes must have.</summary>
    public ImmutableSortedDictionary<string, string> NodeSelector { get; init; } = Maps.Empty<string>();

    /// <summary>Taints that pods tolerate, as <c>key=value:Effect</c> or <c>key:Effect</c>.</summary>
    public ImmutableArray<string> Tolerations { get; init; } = [];
}
