using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Flink.Resources.Kubernetes;

/// <summary>Makes a snapshot of what the informers know: each pod is looked at once, however many nodes and queues there are.</summary>
internal sealed class SnapshotBuilder
{
    private readonly Site _site;
    private readonly ClusterView _view;
    private readonly Dictionary<string, ResourceAmount> _byNode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceAmount> _byNamespace = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string App), AppPods> _byApp = [];

    public SnapshotBuilder(Site site, ClusterView view)
    {
        _site = site;
        _view = view;
        foreach (var pod in view.Pods.Items.Values)
        {
            Count(pod);
        }
    }

    /// <summary>Makes the snapshot.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="identity">The cluster's identity; null when it is not known.</param>
    /// <param name="whyNoIdentity">Why it is not known.</param>
    public BackendSnapshot Build(long version, BackendIdentity? identity, string? whyNoIdentity)
    {
        var applications = identity is { } known ? Applications(known) : [];
        return new BackendSnapshot(
            _site.Name,
            version,
            Section([.. _view.Nodes.Items.Values.Select(WithUse).OrderBy(static n => n.Name, StringComparer.Ordinal)], null, Part(_view.Nodes), Part(_view.Pods)),
            Section(Queues(applications), null, Part(_view.Namespaces), Part(_view.Quotas), Part(_view.Pods)),
            Section(applications, identity is null ? whyNoIdentity : null, Part(_view.Deployments), Part(_view.Fences), Part(_view.Pods)));
    }

    private void Count(PodFact pod)
    {
        if (pod.App.Length > 0)
        {
            ref var app = ref CollectionsMarshal.GetValueRefOrAddDefault(_byApp, (pod.Namespace, pod.App), out _);
            app = app.With(pod);
        }
        if (pod is { Holds: true, Node: { } node })
        {
            Add(_byNode, node, pod.Requested);
            Add(_byNamespace, pod.Namespace, pod.Requested);
        }
    }

    private static void Add(Dictionary<string, ResourceAmount> sums, string key, ResourceAmount amount)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        sum = Quantity.Plus(sum, amount);
    }

    private NodeReport WithUse(NodeFact node)
    {
        var used = _byNode.GetValueOrDefault(node.Report.Name);
        return node.Report with { UsedMemory = used.Memory, UsedCpuMillicores = used.CpuMillicores };
    }

    private ImmutableArray<ApplicationReport> Applications(BackendIdentity identity)
    {
        var fences = new Dictionary<string, FenceRecord>(StringComparer.Ordinal);
        foreach (var fence in _view.Fences.Items.Values)
        {
            fences.TryAdd(fence.ClusterId, fence);
        }
        return [.. _view.Deployments.Items.Values
            .Select(d => Report(d, identity, fences.GetValueOrDefault(d.Name) is { } found && found.Namespace == d.Namespace ? found : null))
            .Where(static r => r.State != ApplicationState.Finished)
            .OrderBy(static r => r.Application.Namespace, StringComparer.Ordinal).ThenBy(static r => r.Application.Id, StringComparer.Ordinal)];
    }

    private ApplicationReport Report(DeploymentFact deployment, BackendIdentity identity, FenceRecord? record)
    {
        var handle = _site.Handle(deployment.Namespace, deployment.Name, identity);
        var pods = _byApp.GetValueOrDefault((deployment.Namespace, deployment.Name));
        var (why, stuck) = deployment.IsUp ? (null, false)
            : pods.Why is not null ? (pods.Why, pods.IsStuck)
            : pods.Holding == 0 ? (deployment.Why, deployment.IsStuck) : default;
        return new ApplicationReport
        {
            Application = handle,
            Fence = record?.Fence,
            Name = record?.Fence.Job.Value ?? deployment.Name,
            State = record is { HasEnded: true } ? ApplicationState.Finished : deployment.IsUp ? ApplicationState.Running : ApplicationState.Starting,
            Result = record?.Result ?? ApplicationResult.Unknown,
            NativeState = deployment.IsUp ? "Available" : "Pending",
            Diagnostics = why,
            IsStuck = stuck,
            Queue = record?.Queue ?? deployment.Namespace,
            StartedAt = deployment.CreatedAt,
            Containers = pods.Holding,
            AllocatedMemory = pods.Requested.Memory,
            AllocatedCpuMillicores = pods.Requested.CpuMillicores,
            RestAddress = _site.RestAddress(handle),
        };
    }

    private ImmutableArray<QueueReport> Queues(ImmutableArray<ApplicationReport> applications)
    {
        var options = _site.Options;
        var counts = applications.CountBy(static a => a.Application.Namespace ?? string.Empty, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var quotas = _view.Quotas.Items.Values.ToLookup(static q => q.Namespace, StringComparer.Ordinal);
        var parents = options.Queues.Keys.SelectMany(Parents).ToHashSet(StringComparer.Ordinal);
        var mapped = options.Queues.Values.ToHashSet(StringComparer.Ordinal);
        var all = _view.Nodes.Items.Values.Select(static n => new ResourceAmount(n.Report.Memory, n.Report.CpuMillicores)).Aggregate(default(ResourceAmount), Quantity.Plus);
        QueueReport Queue(string path, NamespaceFact scope) => new()
        {
            Path = path,
            IsOpen = scope.IsOpen,
            IsLeaf = !parents.Contains(path),
            Maximum = Maximum(quotas[scope.Name], all),
            Used = _byNamespace.GetValueOrDefault(scope.Name),
            Applications = counts.GetValueOrDefault(scope.Name),
        };
        var scopes = _view.Namespaces.Items.Values;
        var named = options.Queues.Join(scopes, static q => q.Value, static s => s.Name, (q, s) => Queue(q.Key, s), StringComparer.Ordinal);
        var plain = scopes.Where(s => !mapped.Contains(s.Name)).Select(s => Queue(s.Name, s));
        return [.. named.Concat(plain).OrderBy(static q => q.Path, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            yield return path[..dot];
        }
    }

    /// <summary>All quotas of a namespace hold at once. What none of them limits, the cluster's nodes do.</summary>
    private static ResourceAmount? Maximum(IEnumerable<QuotaFact> quotas, ResourceAmount cluster)
    {
        MemorySize? memory = null;
        long? cpu = null;
        foreach (var quota in quotas)
        {
            memory = memory < quota.Memory ? memory : quota.Memory ?? memory;
            cpu = cpu < quota.CpuMillicores ? cpu : quota.CpuMillicores ?? cpu;
        }
        return memory is null && cpu is null ? null : new ResourceAmount(memory ?? cluster.Memory, cpu ?? cluster.CpuMillicores);
    }

    private static (DateTimeOffset? HeardAt, string? Why) Part<T>(InformerView<T> view)
        where T : class => (view.HeardAt, view.StaleBecause);

    /// <summary>A section is as old as its oldest part; without one of them it says nothing.</summary>
    private static SnapshotSection<T> Section<T>(
        ImmutableArray<T> items, string? why, params ReadOnlySpan<(DateTimeOffset? HeardAt, string? Why)> parts)
    {
        DateTimeOffset? oldest = DateTimeOffset.MaxValue;
        foreach (var (heardAt, because) in parts)
        {
            oldest = heardAt is null || oldest is null ? null : heardAt < oldest ? heardAt : oldest;
            why ??= because;
        }
        return new SnapshotSection<T>(oldest is null ? [] : items, oldest, why);
    }

    /// <summary>The pods of one application.</summary>
    private readonly record struct AppPods(int Holding, ResourceAmount Requested, string? Why, bool IsStuck)
    {
        public AppPods With(PodFact pod)
        {
            var told = Why is null && pod.Why is not null ? this with { Why = pod.Why, IsStuck = pod.IsStuck } : this;
            return pod.Holds ? told with { Holding = Holding + 1, Requested = Quantity.Plus(Requested, pod.Requested) } : told;
        }
    }
}
