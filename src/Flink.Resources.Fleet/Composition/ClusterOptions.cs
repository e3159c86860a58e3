using Flink.Resources.Kubernetes;
using Flink.Resources.Yarn;

namespace Flink.Resources.Fleet;

/// <summary>From clusters and runtimes of a document to the options of backends.</summary>
internal static class ClusterOptions
{
    public static void Apply(FleetDocument document, FleetCluster.Yarn cluster, YarnOptions options)
    {
        Add(options.ResourceManagers, cluster.ResourceManagers);
        Add(options.WebHdfs, cluster.WebHdfs);
        options.FileSystem = cluster.FileSystem;
        options.User = cluster.User;
        options.StagingRoot = cluster.StagingRoot;
        options.ControllerId = cluster.Controller;
        options.AttemptTimeout = cluster.Calls.AttemptTimeout ?? options.AttemptTimeout;
        options.CallTimeout = cluster.Calls.CallTimeout ?? options.CallTimeout;
        options.CircuitFailures = cluster.Calls.CircuitFailures ?? options.CircuitFailures;
        options.CircuitBreak = cluster.Calls.CircuitBreak ?? options.CircuitBreak;
        options.PollInterval = cluster.Calls.PollInterval ?? options.PollInterval;
        foreach (var runtime in document.Runtimes.Values.Where(static r => !r.Libraries.IsEmpty))
        {
            var profile = new YarnFlinkProfile();
            // hdfs:///x is a path of the cluster's own file system.
            Add(profile.LibraryDirectories, runtime.Libraries.Select(static l => l.StartsWith("hdfs:///", StringComparison.Ordinal) ? l["hdfs://".Length..] : l));
            Overlay(profile.Environment, runtime.Environment, cluster.Environment);
            Overlay(profile.Configuration, runtime.Configuration, cluster.Configuration);
            options.Profiles[runtime.Version] = profile;
        }
    }

    public static void Apply(FleetDocument document, FleetCluster.Kubernetes cluster, KubernetesOptions options)
    {
        options.KubeConfig = cluster.KubeConfig;
        options.Context = cluster.Context;
        options.Namespace = cluster.Namespace;
        options.ServiceAccount = cluster.ServiceAccount;
        options.HighAvailabilityDirectory = cluster.HighAvailabilityDirectory;
        options.CpuLimitFactor = cluster.CpuLimitFactor;
        options.RestAccess = cluster.RestAccess;
        options.Holder = cluster.Controller;
        options.AttemptTimeout = cluster.Calls.AttemptTimeout ?? options.AttemptTimeout;
        options.CallTimeout = cluster.Calls.CallTimeout ?? options.CallTimeout;
        options.CircuitFailures = cluster.Calls.CircuitFailures ?? options.CircuitFailures;
        options.CircuitBreak = cluster.Calls.CircuitBreak ?? options.CircuitBreak;
        options.RemoveTimeout = cluster.RemoveTimeout ?? options.RemoveTimeout;
        options.FlinkTimeout = cluster.FlinkTimeout ?? options.FlinkTimeout;
        Overlay(options.PriorityClasses, cluster.PriorityClasses);
        foreach (var queue in document.Queues.Values)
        {
            if (queue.Clusters.TryGetValue(cluster.Name, out var there))
            {
                Set(options.Queues, queue.Path, there.Namespace);
                Set(options.QueuePriorityClasses, queue.Path, there.PriorityClass);
            }
        }
        foreach (var runtime in document.Runtimes.Values.Where(static r => r.Image is not null))
        {
            options.Profiles[runtime.Version] = Profile(runtime, cluster);
        }
    }

    private static KubernetesFlinkProfile Profile(FleetRuntime runtime, FleetCluster.Kubernetes cluster)
    {
        var profile = new KubernetesFlinkProfile { Image = runtime.Image, ImagePullPolicy = cluster.ImagePullPolicy, DirectStart = runtime.DirectStart };
        Add(profile.ImagePullSecrets, cluster.ImagePullSecrets);
        Overlay(profile.Environment, runtime.Environment, cluster.Environment);
        Overlay(profile.Configuration, runtime.Configuration, cluster.Configuration);
        Overlay(profile.NodeSelector, cluster.Nodes.NodeSelector);
        Add(profile.Tolerations, cluster.Nodes.Tolerations);
        foreach (var (name, zone) in cluster.Zones)
        {
            var there = new KubernetesZone();
            Overlay(there.NodeSelector, zone.NodeSelector);
            Add(there.Tolerations, zone.Tolerations);
            profile.Zones[name] = there;
        }
        return profile;
    }

    private static void Add<T>(IList<T> list, IEnumerable<T> values)
    {
        foreach (var value in values)
        {
            list.Add(value);
        }
    }

    private static void Overlay<TKey>(IDictionary<TKey, string> target, params ReadOnlySpan<IReadOnlyDictionary<TKey, string>> layers)
    {
        foreach (var layer in layers)
        {
            foreach (var (key, value) in layer)
            {
                target[key] = value;
            }
        }
    }

    private static void Set(IDictionary<string, string> target, string key, string? value)
    {
        if (value is not null)
        {
            target[key] = value;
        }
    }
}
