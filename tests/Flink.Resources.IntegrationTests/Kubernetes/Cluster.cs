using k8s;
using k8s.Models;

namespace Flink.Resources.Integration.Kubernetes;

/// <summary>What tests do to the cluster behind the backend's back.</summary>
internal static class Cluster
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly Lazy<k8s.Kubernetes> _client = new(static () =>
        new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(Clusters.Require("KUBECONFIG"))));

    public static k8s.Kubernetes Client => _client.Value;

    /// <summary>A namespace whose quota allows almost nothing.</summary>
    public static async Task<string> CreateNarrowNamespaceAsync(string test)
    {
        var name = $"fr-{test}-{Clusters.Run}".ToLowerInvariant();
        await Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } }, cancellationToken: Cancellation);
        await Client.CoreV1.CreateNamespacedResourceQuotaAsync(
            new V1ResourceQuota
            {
                Metadata = new V1ObjectMeta { Name = "narrow" },
                Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity>(StringComparer.Ordinal) { ["requests.memory"] = new("256Mi") } },
            },
            name, cancellationToken: Cancellation);
        return name;
    }

    public static Task DeleteNamespaceAsync(string name) =>
        Client.CoreV1.DeleteNamespaceAsync(name, cancellationToken: Cancellation);

    /// <summary>Names of everything that carries an application's label.</summary>
    public static async Task<List<string>> ObjectsOfAsync(string scope, string clusterId)
    {
        var selector = $"app={clusterId}";
        var pods = await Client.CoreV1.ListNamespacedPodAsync(scope, labelSelector: selector, cancellationToken: Cancellation);
        var maps = await Client.CoreV1.ListNamespacedConfigMapAsync(scope, labelSelector: selector, cancellationToken: Cancellation);
        var services = await Client.CoreV1.ListNamespacedServiceAsync(scope, labelSelector: selector, cancellationToken: Cancellation);
        var deployments = await Client.AppsV1.ListNamespacedDeploymentAsync(scope, labelSelector: selector, cancellationToken: Cancellation);
        return
        [
            .. pods.Items.Select(static p => p.Name()), .. maps.Items.Select(static m => m.Name()),
            .. services.Items.Select(static s => s.Name()), .. deployments.Items.Select(static d => d.Name()),
        ];
    }

    /// <summary>Deletes the Deployment and all pods of an application by force, as an impatient administrator does.</summary>
    public static async Task DeleteByForceAsync(string scope, string clusterId)
    {
        await Client.AppsV1.DeleteNamespacedDeploymentAsync(
            clusterId, scope, propagationPolicy: "Background", cancellationToken: Cancellation);
        await Flow.PollAsync(async () =>
        {
            var pods = await Client.CoreV1.ListNamespacedPodAsync(scope, labelSelector: $"app={clusterId}", cancellationToken: Cancellation);
            foreach (var pod in pods.Items)
            {
                await Client.CoreV1.DeleteNamespacedPodAsync(pod.Name(), scope, gracePeriodSeconds: 0, cancellationToken: Cancellation);
            }
            // A ReplicaSet that is not collected yet makes a new pod for each one.
            var sets = await Client.AppsV1.ListNamespacedReplicaSetAsync(scope, labelSelector: $"app={clusterId}", cancellationToken: Cancellation);
            return pods.Items.Count + sets.Items.Count == 0;
        });
    }
}
