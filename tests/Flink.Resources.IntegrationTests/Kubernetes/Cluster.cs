using k8s;
using k8s.Autorest;
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
        // A ReplicaSet that is not collected yet makes a new pod for each one: it is looked at first, and nothing must be left twice in a row.
        var empty = 0;
        await Flow.PollAsync(async () =>
        {
            var sets = await Client.AppsV1.ListNamespacedReplicaSetAsync(scope, labelSelector: $"app={clusterId}", cancellationToken: Cancellation);
            var pods = await Client.CoreV1.ListNamespacedPodAsync(scope, labelSelector: $"app={clusterId}", cancellationToken: Cancellation);
            foreach (var pod in pods.Items)
            {
                await DeletePodByForceAsync(scope, pod.Name());
            }
            empty = pods.Items.Count + sets.Items.Count == 0 ? empty + 1 : 0;
            return empty == 2;
        });
    }

    private static async Task DeletePodByForceAsync(string scope, string pod)
    {
        try
        {
            await Client.CoreV1.DeleteNamespacedPodAsync(pod, scope, gracePeriodSeconds: 0, cancellationToken: Cancellation);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // Somebody else removed it meanwhile.
        }
    }

    /// <summary>A Deployment and a leader's ConfigMap, as a cluster leaves them that somebody removed in part.</summary>
    /// <returns>Their names.</returns>
    public static async Task<string[]> PlantLeftoversAsync(string scope, string clusterId)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["app"] = clusterId, ["type"] = "flink-native-kubernetes" };
        var map = $"{clusterId}-cluster-config-map";
        await Client.CoreV1.CreateNamespacedConfigMapAsync(
            new V1ConfigMap
            {
                Metadata = new V1ObjectMeta
                {
                    Name = map, Labels = new Dictionary<string, string>(labels, StringComparer.Ordinal) { ["configmap-type"] = "high-availability" },
                },
            },
            scope, cancellationToken: Cancellation);
        await Client.AppsV1.CreateNamespacedDeploymentAsync(
            new V1Deployment
            {
                Metadata = new V1ObjectMeta { Name = clusterId, Labels = labels },
                Spec = new V1DeploymentSpec
                {
                    Replicas = 0,
                    Selector = new V1LabelSelector { MatchLabels = labels },
                    Template = new V1PodTemplateSpec
                    {
                        Metadata = new V1ObjectMeta { Labels = labels },
                        Spec = new V1PodSpec { Containers = [new V1Container { Name = "old", Image = Clusters.Require("TESTBED_FLINK_IMAGE") }] },
                    },
                },
            },
            scope, cancellationToken: Cancellation);
        return [map, clusterId];
    }

    /// <summary>Removes what was planted.</summary>
    public static async Task RemoveLeftoversAsync(string scope, string[] names)
    {
        await Client.CoreV1.DeleteNamespacedConfigMapAsync(names[0], scope, cancellationToken: Cancellation);
        await Client.AppsV1.DeleteNamespacedDeploymentAsync(names[1], scope, cancellationToken: Cancellation);
    }
}
