namespace Flink.Resources.Flink;

/// <summary>Flink keys that the Kubernetes backend sets itself, so that fences, addresses and high availability hold. Nobody else may give them.</summary>
internal static class KubernetesOwnedKeys
{
    private static readonly string[] Prefixes =
    [
        "high-availability", "job-result-store.", "$internal.", "kubernetes.internal.", "internal.cluster.",
        "kubernetes.container.image", "kubernetes.pod-template-file", "kubernetes.hostnetwork",
    ];

    private static readonly string[] Keys =
    [
        "kubernetes.cluster-id", "kubernetes.namespace", "kubernetes.service-account", "kubernetes.jobmanager.service-account",
        "kubernetes.taskmanager.service-account", "kubernetes.jobmanager.replicas", "kubernetes.entry.path", "kubernetes.flink.conf.dir",
        "kubernetes.config.file", "execution.target", "execution.shutdown-on-application-finish", "execution.submit-failed-job-on-application-error",
        "pipeline.jars", "rest.port", "rest.bind-port", "rest.address", "rest.bind-address", "blob.server.port", "taskmanager.rpc.port",
        "jobmanager.rpc.port", "jobmanager.rpc.address", "jobmanager.bind-host", "taskmanager.bind-host", "taskmanager.host",
    ];

    /// <summary>Whether the backend sets the key.</summary>
    public static bool Contains(string key) =>
        Keys.Contains(key, StringComparer.Ordinal) || Prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));
}
