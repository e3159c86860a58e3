using Microsoft.Extensions.Logging;

namespace Flink.Resources.Kubernetes;

/// <summary>The informers of one cluster, one per kind, shared by all who look at it.</summary>
internal sealed class ClusterInformers : IDisposable
{
    private readonly IInformer[] _all;

    public ClusterInformers(Site site, InformerTiming? timing = null)
    {
        Informer<T> Follow<T>(string collection, string query, Func<System.Text.Json.Nodes.JsonObject, T?> project)
            where T : class => new(
            site.Calls, new InformerSource<T>(collection, query, project), timing ?? new InformerTiming(), site.TimeProvider, Changes,
            (kind, why) => Tell(site, kind, why));

        // Pods of others count as well: they hold room on nodes and in namespaces. Pods that ended hold nothing.
        Pods = Follow<PodFact>(
            Paths.AllPods, $"&fieldSelector={Uri.EscapeDataString("status.phase!=Succeeded,status.phase!=Failed")}", PodFact.Read);
        Nodes = Follow<NodeFact>(Paths.Nodes, string.Empty, NodeFact.Read);
        Namespaces = Follow<NamespaceFact>(Paths.Namespaces, string.Empty, NamespaceFact.Read);
        Quotas = Follow<QuotaFact>(Paths.AllQuotas, string.Empty, QuotaFact.Read);
        Deployments = Follow<DeploymentFact>(
            Paths.AllDeployments, $"&labelSelector={Uri.EscapeDataString("type=flink-native-kubernetes")}", DeploymentFact.Read);
        Fences = Follow<FenceRecord>(
            Paths.ConfigMaps(site.Options.Namespace), $"&labelSelector={Uri.EscapeDataString($"{FenceStore.FenceLabel}=true")}", FenceStore.Read);
        _all = [Pods, Nodes, Namespaces, Quotas, Deployments, Fences];
    }

    /// <summary>Told of each change of any of them.</summary>
    public ChangeSignal Changes { get; } = new();

    public Informer<PodFact> Pods { get; }

    public Informer<NodeFact> Nodes { get; }

    public Informer<NamespaceFact> Namespaces { get; }

    public Informer<QuotaFact> Quotas { get; }

    public Informer<DeploymentFact> Deployments { get; }

    public Informer<FenceRecord> Fences { get; }

    /// <summary>Ends when nothing is older than that, or could not be had.</summary>
    public Task UpToDateAsync(TimeSpan maxAge, CancellationToken cancellationToken) =>
        Task.WhenAll(_all.Select(i => i.UpToDateAsync(maxAge, cancellationToken)));

    /// <summary>Ends when each was read once, or could not be.</summary>
    public Task FirstAsync(CancellationToken cancellationToken) => Task.WhenAll(_all.Select(i => i.FirstAsync(cancellationToken)));

    public ClusterView View() => new(Pods.View, Nodes.View, Namespaces.View, Quotas.View, Deployments.View, Fences.View);

    public void Dispose()
    {
        foreach (var informer in _all)
        {
            informer.Dispose();
        }
    }

    private static void Tell(Site site, string kind, string? why)
    {
        if (why is null)
        {
            site.Logger.InformerLive(site.Name, kind);
        }
        else
        {
            site.Logger.InformerStale(site.Name, kind, why);
        }
    }
}

/// <summary>What all informers of a cluster know at one time.</summary>
internal sealed record ClusterView(
    InformerView<PodFact> Pods,
    InformerView<NodeFact> Nodes,
    InformerView<NamespaceFact> Namespaces,
    InformerView<QuotaFact> Quotas,
    InformerView<DeploymentFact> Deployments,
    InformerView<FenceRecord> Fences)
{
    /// <summary>The uid of kube-system, when it was seen.</summary>
    public BackendIdentity? Identity =>
        Namespaces.Items.GetValueOrDefault("/kube-system") is { Uid.Length: > 0 } system ? new BackendIdentity(system.Uid) : null;
}
