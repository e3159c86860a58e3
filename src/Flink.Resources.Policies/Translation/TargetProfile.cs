using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>What is there where a job shall run, as data. What a map does not name is not guessed.</summary>
public sealed record TargetProfile
{
    /// <summary>The kind of place: <see cref="BackendKind.Yarn"/> or <see cref="BackendKind.Kubernetes"/>.</summary>
    public required BackendKind Backend { get; init; }

    /// <summary>The Flink version that shall run the job.</summary>
    public required string FlinkVersion { get; init; }

    /// <summary>Java's major version there.</summary>
    public required int JavaMajor { get; init; }

    /// <summary>The queue there for each queue here, by dotted path. <c>root.ads.*</c> names all below; its value may end with <c>.*</c> and keeps the rest then.</summary>
    public ImmutableSortedDictionary<string, string> Queues { get; init; } = Empty;

    /// <summary>The zone there for each node label (YARN) or node selector (Kubernetes, <c>key:value,key2:value2</c>) here.</summary>
    public ImmutableSortedDictionary<string, TargetZone> Zones { get; init; } =
        ImmutableSortedDictionary<string, TargetZone>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The PriorityClass of each priority; a priority takes the class of the largest number not above it. Kubernetes only.</summary>
    public ImmutableSortedDictionary<int, string> PriorityClasses { get; init; } = ImmutableSortedDictionary<int, string>.Empty;

    /// <summary>How many Kubernetes cores one YARN vcore is worth, in both directions. Above 0.</summary>
    public decimal CoresPerVcore
    {
        get;
        init => field = value is > 0 and <= 1000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A vcore is worth more than 0 and at most 1000 cores.");
    } = 1;

    /// <summary>The content of the image, or of the library directories, as SHA-256 by path.</summary>
    public ImmutableSortedDictionary<string, string> Content { get; init; } = Empty;

    /// <summary>Where a file of the job is there, by its URI here: the decisions about jars and shipped files.</summary>
    public ImmutableSortedDictionary<string, ArtifactRef> Artifacts { get; init; } =
        ImmutableSortedDictionary<string, ArtifactRef>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Where a path of the hosts here is there (<c>/etc/krb5.conf</c>); longest prefix first.</summary>
    public ImmutableSortedDictionary<string, string> Paths { get; init; } = Empty;

    /// <summary>Beginnings of paths and URIs that only the source reaches, such as <c>hdfs://yarn-only:8020/</c>.</summary>
    public ImmutableArray<string> UnreachablePrefixes { get; init; } = [];

    /// <summary>The extended resource there for each one here (<c>yarn.io/gpu</c> and <c>nvidia.com/gpu</c>).</summary>
    public ImmutableSortedDictionary<string, string> ResourceNames { get; init; } = Empty;

    /// <summary>Keys that the place brings itself, secrets among them; a final <c>*</c> names all that begin so.</summary>
    public ImmutableSortedSet<string> SuppliedKeys { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);

    /// <summary>What somebody decided about single keys; it goes before the table.</summary>
    public ImmutableSortedDictionary<string, KeyDecision> Decisions { get; init; } =
        ImmutableSortedDictionary<string, KeyDecision>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The high availability that the place uses: <c>kubernetes</c>, <c>zookeeper</c>, <c>none</c>; null when that is still to be decided.</summary>
    public string? HighAvailability { get; init; }

    /// <summary>Where HA metadata goes on YARN with ZooKeeper; null keeps the source's directory with a folder of its own. The Kubernetes backend has its own.</summary>
    public string? HighAvailabilityDirectory { get; init; }

    /// <summary>The fast local directory of containers; null when there is none to be named.</summary>
    public string? LocalDirectory { get; init; }

    /// <summary>The directory of logs that outlive pods (<c>kubernetes.flink.log.dir</c>); null for the image's.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>The ConfigMap with Hadoop's client files, which YARN's nodes supplied silently; null when the job needs none.</summary>
    public string? HadoopConfigMap { get; init; }

    /// <summary>The user that Hadoop sees there whatever a job asks for; null when the job's is taken.</summary>
    public string? User { get; init; }

    /// <summary>Whether session clusters can be had; without them the jobs of a session are split first.</summary>
    public bool HasSessions { get; init; }

    /// <summary>Whether a house build of Flink has per-job mode there.</summary>
    public bool HasPerJobMode { get; init; }

    /// <summary>The most memory of one container; null when not limited.</summary>
    public MemorySize? MaximumMemory { get; init; }

    /// <summary>The most CPU of one container in thousandths of a core; null when not limited.</summary>
    public int? MaximumCpuMillicores { get; init; }

    /// <summary>Cluster ids that are taken there.</summary>
    public ImmutableSortedSet<string> TakenClusterIds { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, string> Empty => ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);
}

/// <summary>A part of the target cluster.</summary>
/// <param name="Zone">Its name in the backend's profile, or the YARN node label.</param>
/// <param name="NodeSelector">Flink's text for it (<c>disk:ssd</c>), used when only TaskManagers go there; null when not known.</param>
public sealed record TargetZone(string Zone, string? NodeSelector = null);

/// <summary>What somebody decided about one key.</summary>
public abstract record KeyDecision
{
    private KeyDecision()
    {
    }

    /// <summary>The key is not needed there.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Drop(string Reason) : KeyDecision;

    /// <summary>Other keys take its place.</summary>
    /// <param name="Keys">They.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Replace(ImmutableSortedDictionary<string, string> Keys, string Reason) : KeyDecision;
}
