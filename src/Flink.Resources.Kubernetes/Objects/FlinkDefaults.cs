using System.Globalization;
using Flink.Resources.Flink;

namespace Flink.Resources.Kubernetes;

/// <summary>Flink configuration of a Kubernetes application: defaults that may be overridden, and keys that are ours.</summary>
internal static class FlinkDefaults
{
    /// <summary>Whether a key is set by the backend and must not be given.</summary>
    public static bool IsOwned(string key) => KubernetesOwnedKeys.Contains(key);

    /// <summary>Variables that make all containers tell the same time in the same language as the same user.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Environment { get; } =
    [
        new("TZ", "UTC"), new("LANG", "C.UTF-8"), new("LC_ALL", "C.UTF-8"), new("HADOOP_USER_NAME", "flink"),
    ];

    /// <summary>Defaults that profile and specification may override.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Overridable(KubernetesOptions options)
    {
        var factor = options.CpuLimitFactor.ToString(CultureInfo.InvariantCulture);
        yield return new("kubernetes.jobmanager.cpu.limit-factor", factor);
        yield return new("kubernetes.taskmanager.cpu.limit-factor", factor);
    }

    /// <summary>Keys that only the backend sets.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Owned(string clusterId, string scope, KubernetesOptions options, KubernetesFlinkProfile profile)
    {
        var storage = options.HighAvailabilityDirectory!.TrimEnd('/');
        yield return new("kubernetes.cluster-id", clusterId);
        yield return new("kubernetes.namespace", scope);
        yield return new("kubernetes.service-account", options.ServiceAccount);
        yield return new("kubernetes.container.image.ref", profile.Image!);
        yield return new("kubernetes.container.image.pull-policy", profile.ImagePullPolicy);
        yield return new("execution.target", "kubernetes-application");
        yield return new("internal.cluster.execution-mode", "NORMAL");
        yield return new(
            "kubernetes.internal.jobmanager.entrypoint.class", "org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint");
        yield return new("rest.port", "8081");
        yield return new("rest.bind-port", "8081");
        yield return new("blob.server.port", "6124");
        yield return new("taskmanager.rpc.port", "6122");
        yield return new("jobmanager.rpc.port", "6123");
        // The JobManager stays after its job's end and, when its container restarts, finds the result and does not run the job again.
        yield return new("execution.shutdown-on-application-finish", "false");
        yield return new("execution.submit-failed-job-on-application-error", "true");
        yield return new("high-availability.type", "kubernetes");
        yield return new("high-availability.storageDir", storage);
        yield return new("high-availability.cluster-id", clusterId);
        yield return new("high-availability.jobmanager.port", "6123");
        yield return new("job-result-store.delete-on-commit", "false");
        yield return new("job-result-store.storage-path", $"{storage}/job-result-store/{clusterId}");
    }

    /// <summary>The keys of a restore point, in the words of the version.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Restore(string flinkVersion, RestorePoint restore)
    {
        if (restore is not RestorePoint.Snapshot snapshot)
        {
            yield break;
        }
        var parts = flinkVersion.Split('.');
        var old = parts is ["1", var minor, ..] && int.TryParse(minor, CultureInfo.InvariantCulture, out var number) && number < 20;
        var claim = snapshot.Claim == ClaimMode.Claim ? "CLAIM" : "NO_CLAIM";
        var ignore = snapshot.AllowNonRestoredState ? "true" : "false";
        yield return new(old ? "execution.savepoint.path" : "execution.state-recovery.path", snapshot.Uri);
        yield return new(old ? "execution.savepoint-restore-mode" : "execution.state-recovery.claim-mode", claim);
        yield return new(old ? "execution.savepoint.ignore-unclaimed-state" : "execution.state-recovery.ignore-unclaimed-state", ignore);
    }
}
