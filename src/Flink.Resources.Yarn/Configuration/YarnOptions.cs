namespace Flink.Resources.Yarn;

/// <summary>How to reach one YARN cluster, and what it offers to Flink applications.</summary>
public sealed class YarnOptions
{
    /// <summary>The web addresses of all ResourceManagers, <c>http://rm1:8088</c>; the active one is found.</summary>
    public IList<Uri> ResourceManagers { get; } = [];

    /// <summary>The web addresses of all NameNodes, <c>http://nn1:9870</c>; the active one is found.</summary>
    public IList<Uri> WebHdfs { get; } = [];

    /// <summary>The file system as Flink names it, <c>hdfs://ns1</c> or <c>hdfs://nn1:8020</c>.</summary>
    public string? FileSystem { get; set; }

    /// <summary>The user that applications run as (simple authentication).</summary>
    public string? User { get; set; }

    /// <summary>An absolute HDFS path that belongs to this backend: fences, staging directories, uploaded artifacts.</summary>
    public string? StagingRoot { get; set; }

    /// <summary>Who takes fences: a controller that restarts over the same journal keeps its id, two controllers have two.</summary>
    /// <value>Machine, process and its start time by default.</value>
    public string? ControllerId { get; set; }

    /// <summary>What there is per Flink version, by <c>1.20</c> or <c>1.20.5</c>; the longest match serves.</summary>
    public IDictionary<string, YarnFlinkProfile> Profiles { get; } = new Dictionary<string, YarnFlinkProfile>(StringComparer.Ordinal);

    /// <summary>One attempt of a call, and a whole write.</summary>
    /// <value>10 seconds by default; 1 second to 5 minutes.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A whole read with its repetitions.</summary>
    /// <value>30 seconds by default; at least <see cref="AttemptTimeout"/>.</value>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>After so many failed attempts (no answer, or 5xx) and no success within 10 seconds nothing is sent for <see cref="CircuitBreak"/>; the ResourceManager and HDFS count apart.</summary>
    /// <value>8 by default; 2 to 1000.</value>
    public int CircuitFailures { get; set; } = 8;

    /// <summary>How long a server is left alone then, before one attempt is let through; a success ends it.</summary>
    /// <value>1 second by default; 0.5 seconds to 1 minute.</value>
    public TimeSpan CircuitBreak { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the cluster is polled while somebody watches.</summary>
    /// <value>5 seconds by default; at least 0.5 seconds.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>One Flink version on a YARN cluster.</summary>
public sealed class YarnFlinkProfile
{
    /// <summary>HDFS directories of Flink's <c>lib</c> and <c>plugins</c>, world-readable (<c>yarn.provided.lib.dirs</c>).</summary>
    public IList<string> LibraryDirectories { get; } = [];

    /// <summary>Environment of all containers; the specification's own wins.</summary>
    /// <value><c>TZ=UTC</c>, <c>LANG=C.UTF-8</c>, <c>LC_ALL=C.UTF-8</c> are added where they are missing.</value>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Flink configuration of all jobs; the specification's own wins.</summary>
    public IDictionary<string, string> Configuration { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
