namespace Flink.Resources.Kubernetes;

/// <summary>Where a Kubernetes backend is and how it runs Flink there.</summary>
public sealed class KubernetesOptions
{
    /// <summary>The kubeconfig file.</summary>
    /// <value>Null: <c>KUBECONFIG</c>, then <c>~/.kube/config</c>, then the pod's own service account.</value>
    public string? KubeConfig { get; set; }

    /// <summary>The context of the kubeconfig file.</summary>
    /// <value>Null: its current context.</value>
    public string? Context { get; set; }

    /// <summary>The namespace of fences, and of applications whose queue is not in <see cref="Queues"/>.</summary>
    /// <value>Default <c>default</c>. Everybody who starts jobs through this backend must name the same one.</value>
    public string Namespace { get; set; } = "default";

    /// <summary>The namespace of each queue, by the queue's dotted path; the longest matching prefix wins.</summary>
    public IDictionary<string, string> Queues { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The service account of JobManagers and TaskManagers; it must exist in each namespace.</summary>
    /// <value>Default <c>default</c>.</value>
    public string ServiceAccount { get; set; } = "default";

    /// <summary>How each Flink version runs, by <c>1.20</c> or <c>1.20.5</c>; the exact version wins.</summary>
    public IDictionary<string, KubernetesFlinkProfile> Profiles { get; } = new Dictionary<string, KubernetesFlinkProfile>(StringComparer.Ordinal);

    /// <summary>The PriorityClass of each priority, by its number; a priority takes the class of the largest number not above it.</summary>
    public IDictionary<int, string> PriorityClasses { get; } = new Dictionary<int, string>();

    /// <summary>The PriorityClass of jobs that have no priority, by their queue's dotted path; the longest matching prefix wins.</summary>
    public IDictionary<string, string> QueuePriorityClasses { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Where HA metadata and job results go, such as <c>hdfs://nn:8020/flink/ha</c>. Required: without HA a JobManager whose container
    /// restarts would run its job a second time.</summary>
    public string? HighAvailabilityDirectory { get; set; }

    /// <summary>How many times the asked CPU a container may use.</summary>
    /// <value>Default 1; at least 1.</value>
    public double CpuLimitFactor { get; set; } = 1;

    /// <summary>Who takes fences: the same name after a restart of the same controller, another name for another controller.</summary>
    /// <value>Null: <c>user@machine</c>.</value>
    public string? Holder { get; set; }

    /// <summary>How Flink's REST API is reached.</summary>
    /// <value>Default <see cref="FlinkRestAccess.ApiServerProxy"/>.</value>
    public FlinkRestAccess RestAccess { get; set; }

    /// <summary>How long one attempt of a call may take.</summary>
    /// <value>Default 10 seconds; 0.1 seconds to 5 minutes.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call may take with its repetitions.</summary>
    /// <value>Default 30 seconds; at least <see cref="AttemptTimeout"/>.</value>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>After so many failed attempts (no answer, or 5xx) and no success within 10 seconds nothing is sent for <see cref="CircuitBreak"/>.</summary>
    /// <value>8 by default; 2 to 1000.</value>
    public int CircuitFailures { get; set; } = 8;

    /// <summary>How long the API server is left alone then, before one attempt is let through; a success ends it.</summary>
    /// <value>1 second by default; 0.5 seconds to 1 minute.</value>
    public TimeSpan CircuitBreak { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long RemoveAsync waits for pods to be gone before it answers InProgress.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan RemoveTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long Flink may take to say whether its job has ended when an application is looked up.</summary>
    /// <value>Default 2 seconds.</value>
    public TimeSpan FlinkTimeout { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>How Flink's REST API is reached.</summary>
public enum FlinkRestAccess
{
    /// <summary>Through the API server's service proxy, with the client's own credentials; needs the right <c>services/proxy</c>.</summary>
    ApiServerProxy = 0,

    /// <summary>Directly at the service's cluster-internal name; only from inside of the cluster.</summary>
    Direct,
}

/// <summary>How a Flink version runs on this cluster.</summary>
public sealed class KubernetesFlinkProfile
{
    /// <summary>The image. Required, with a tag or digest.</summary>
    public string? Image { get; set; }

    /// <summary>When the image is pulled: <c>IfNotPresent</c>, <c>Always</c> or <c>Never</c>.</summary>
    /// <value>Default <c>IfNotPresent</c>.</value>
    public string ImagePullPolicy { get; set; } = "IfNotPresent";

    /// <summary>Secrets for pulling the image.</summary>
    public IList<string> ImagePullSecrets { get; } = [];

    /// <summary>Environment variables of all containers.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Flink configuration beneath the specification's.</summary>
    public IDictionary<string, string> Configuration { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether containers start Flink with one JVM, without the ones that Flink's scripts start before to read the configuration. The
    /// image's <c>bin/kubernetes-jobmanager.sh</c> and <c>bin/kubernetes-taskmanager.sh</c> below <c>/opt/flink</c> are not run then.
    /// </summary>
    /// <value>Default true. False for an image whose scripts do more than Flink's.</value>
    public bool DirectStart { get; set; } = true;

    /// <summary>Labels that nodes must have.</summary>
    public IDictionary<string, string> NodeSelector { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Taints that pods tolerate, as <c>key=value:Effect</c> or <c>key:Effect</c>.</summary>
    public IList<string> Tolerations { get; } = [];

    /// <summary>What each zone of a specification means.</summary>
    public IDictionary<string, KubernetesZone> Zones { get; } = new Dictionary<string, KubernetesZone>(StringComparer.Ordinal);
}

/// <summary>A part of the cluster.</summary>
public sealed class KubernetesZone
{
    /// <summary>Labels that nodes must have.</summary>
    public IDictionary<string, string> NodeSelector { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Taints that pods tolerate, as <c>key=value:Effect</c> or <c>key:Effect</c>.</summary>
    public IList<string> Tolerations { get; } = [];
}
