using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Nodes, queues and applications in a few bulk lists; one refresh at a time serves all callers.</summary>
internal sealed class Snapshots(Site site) : IDisposable
{
    private readonly SemaphoreSlim _refresh = new(1, 1);
    private BackendSnapshot? _last;
    private long _taken;

    public async Task<BackendSnapshot> GetAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var asked = site.TimeProvider.GetTimestamp();
        await _refresh.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // What was taken after the call is fresh enough for any age.
            if (_last is { } last && (_taken >= asked || site.TimeProvider.GetElapsedTime(_taken) < maxAge))
            {
                return last;
            }
            var taken = site.TimeProvider.GetTimestamp();
            _last = await ReadAsync(_last, cancellationToken).ConfigureAwait(false);
            _taken = taken;
            return _last;
        }
        finally
        {
            _refresh.Release();
        }
    }

    public void Dispose() => _refresh.Dispose();

    public async IAsyncEnumerable<BackendSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), site.TimeProvider);
        do
        {
            yield return await GetAsync(TimeSpan.FromSeconds(4), cancellationToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<BackendSnapshot> ReadAsync(BackendSnapshot? last, CancellationToken cancellationToken)
    {
        var pods = ListAsync(Paths.AllPods, string.Empty, PodFacts.Read, cancellationToken);
        var nodes = ListAsync(Paths.Nodes, string.Empty, static n => NodeOf(n), cancellationToken);
        var quotas = ListAsync(Paths.AllQuotas, string.Empty, static q => (q.Text("metadata", "namespace"), Hard: Amount(q.At("status", "hard")), Used: Amount(q.At("status", "used"))), cancellationToken);
        var scopes = ListAsync(Paths.Namespaces, string.Empty, static n => (Name: n.Name(), IsOpen: n.Text("status", "phase") == "Active"), cancellationToken);
        var apps = ListAsync(Paths.AllDeployments, "&labelSelector=type%3Dflink-native-kubernetes", static d => Slim(d), cancellationToken);
        var fences = FencesAsync(cancellationToken);
        await Task.WhenAll(pods, nodes, quotas, scopes, apps, fences).ConfigureAwait(false);
        var now = site.TimeProvider.GetUtcNow();
        var podList = await pods.ConfigureAwait(false);
        var applications = await ApplicationsAsync(await apps.ConfigureAwait(false), podList, await fences.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var queues = Queues(await scopes.ConfigureAwait(false), await quotas.ConfigureAwait(false), podList, applications.Items);
        return new BackendSnapshot(
            site.Name,
            (last?.Version ?? 0) + 1,
            Section((await nodes.ConfigureAwait(false)).Items?.Select(n => WithUse(n, podList.Items ?? [])), (await nodes.ConfigureAwait(false)).Why ?? podList.Why, last?.Nodes, now),
            Section(queues, (await scopes.ConfigureAwait(false)).Why ?? (await quotas.ConfigureAwait(false)).Why ?? podList.Why, last?.Queues, now),
            Section(applications.Items, applications.Why ?? podList.Why, last?.Applications, now));
    }

    private async Task<(List<T>? Items, string? Why)> ListAsync<T>(
        string collection, string query, Func<JsonObject, T> project, CancellationToken cancellationToken)
    {
        try
        {
            return ((await site.Calls.ListAsync(collection, query, project, cancellationToken).ConfigureAwait(false)).Items, null);
        }
        catch (ResourceBackendException exception)
        {
            return (null, exception.Message);
        }
    }

    private async Task<(List<FenceRecord>? Items, string? Why)> FencesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await site.Fences.ListAsync(cancellationToken).ConfigureAwait(false), null);
        }
        catch (ResourceBackendException exception)
        {
            return (null, exception.Message);
        }
    }

    private async Task<(List<ApplicationReport>? Items, string? Why)> ApplicationsAsync(
        (List<JsonObject>? Items, string? Why) apps, (List<PodFacts>? Items, string? Why) pods, (List<FenceRecord>? Items, string? Why) fences,
        CancellationToken cancellationToken)
    {
        if (apps.Items is null || fences.Items is null)
        {
            return (null, apps.Why ?? fences.Why);
        }
        try
        {
            var identity = await site.IdentityAsync(cancellationToken).ConfigureAwait(false);
            var byId = fences.Items.ToDictionary(static f => f.ClusterId, StringComparer.Ordinal);
            var byApp = (pods.Items ?? []).ToLookup(static p => (p.Namespace, p.App));
            return ([.. apps.Items.Select(d => Report(d, identity, byId, byApp[(d.Text("metadata", "namespace") ?? string.Empty, d.Name())]))
                .Where(static r => r.State != ApplicationState.Finished)], null);
        }
        catch (ResourceBackendException exception)
        {
            return (null, exception.Message);
        }
    }

    private ApplicationReport Report(
        JsonObject deployment, BackendIdentity identity, Dictionary<string, FenceRecord> fences, IEnumerable<PodFacts> pods)
    {
        var scope = deployment.Text("metadata", "namespace") ?? string.Empty;
        var handle = site.Handle(scope, deployment.Name(), identity);
        var record = fences.GetValueOrDefault(deployment.Name()) is { } found && found.Namespace == scope ? found : null;
        var held = pods.Where(static p => p.Holds).ToList();
        var running = deployment.Number("status", "readyReplicas") > 0;
        var (why, stuck) = running ? (null, false)
            : pods.Select(static p => p.Why).FirstOrDefault(static w => w.Why is not null) is { Why: not null } podWhy ? podWhy
            : held.Count == 0 ? Diagnosis.Refused(deployment, handle) : default;
        return new ApplicationReport
        {
            Application = handle,
            Fence = record?.Fence,
            Name = record?.Fence.Job.Value ?? deployment.Name(),
            State = record is { HasEnded: true } ? ApplicationState.Finished : running ? ApplicationState.Running : ApplicationState.Starting,
            Result = record?.Result ?? ApplicationResult.Unknown,
            NativeState = running ? "Available" : "Pending",
            Diagnostics = why,
            IsStuck = stuck,
            Queue = record?.Queue ?? scope,
            StartedAt = deployment.Time("metadata", "creationTimestamp"),
            Containers = held.Count,
            AllocatedMemory = held.Select(static p => p.Requested).Aggregate(default(ResourceAmount), Quantity.Plus).Memory,
            AllocatedCpuMillicores = held.Sum(static p => p.Requested.CpuMillicores),
            RestAddress = site.RestAddress(handle),
        };
    }

    private List<QueueReport>? Queues(
        (List<(string Name, bool IsOpen)>? Items, string? Why) scopes,
        (List<(string? Namespace, ResourceAmount? Hard, ResourceAmount? Used)>? Items, string? Why) quotas,
        (List<PodFacts>? Items, string? Why) pods, List<ApplicationReport>? applications)
    {
        if (scopes.Items is null || quotas.Items is null || pods.Items is null)
        {
            return null;
        }
        var options = site.Options;
        var used = pods.Items.Where(static p => p.Holds).ToLookup(static p => p.Namespace, StringComparer.Ordinal);
        QueueReport Queue(string path, (string Name, bool IsOpen) scope) => new()
        {
            Path = path,
            IsOpen = scope.IsOpen,
            IsLeaf = !options.Queues.Keys.Any(k => k.StartsWith(path + ".", StringComparison.Ordinal)),
            Maximum = quotas.Items.Where(q => q.Namespace == scope.Name).Select(static q => q.Hard).OfType<ResourceAmount>().Cast<ResourceAmount?>().FirstOrDefault(),
            Used = used[scope.Name].Select(static p => p.Requested).Aggregate(default(ResourceAmount), Quantity.Plus),
            Applications = applications?.Count(a => a.Application.Namespace == scope.Name) ?? 0,
        };
        var named = options.Queues.Join(scopes.Items, static q => q.Value, static s => s.Name, (q, s) => Queue(q.Key, s), StringComparer.Ordinal);
        var plain = scopes.Items.Where(s => !options.Queues.Values.Contains(s.Name, StringComparer.Ordinal)).Select(s => Queue(s.Name, s));
        return [.. named.Concat(plain).OrderBy(static q => q.Path, StringComparer.Ordinal)];
    }

    private static SnapshotSection<T> Section<T>(IEnumerable<T>? items, string? why, SnapshotSection<T>? last, DateTimeOffset now) =>
        items is null || why is not null
            ? new SnapshotSection<T>(last?.Items ?? [], last?.AsOf, why ?? "It could not be read.")
            : new SnapshotSection<T>([.. items], now, null);

    private static NodeReport NodeOf(JsonObject node)
    {
        var amount = Quantity.Amount(node.At("status", "allocatable"));
        var ready = node.Condition("Ready").Text("status") == "True";
        var closed = node.IsTrue("spec", "unschedulable");
        return new NodeReport
        {
            Name = node.Name(),
            IsSchedulable = ready && !closed,
            NativeState = (ready ? "Ready" : "NotReady") + (closed ? ",SchedulingDisabled" : string.Empty),
            Memory = amount.Memory,
            UsedMemory = default,
            CpuMillicores = amount.CpuMillicores,
            UsedCpuMillicores = 0,
            Labels = node.At("metadata", "labels") is JsonObject labels
                ? labels.ToImmutableSortedDictionary(static l => l.Key, static l => l.Value?.ToString() ?? string.Empty, StringComparer.Ordinal)
                : ImmutableSortedDictionary<string, string>.Empty,
        };
    }

    private static NodeReport WithUse(NodeReport node, List<PodFacts> pods)
    {
        var sum = pods.Where(p => p.Holds && p.Node == node.Name).Select(static p => p.Requested).Aggregate(default(ResourceAmount), Quantity.Plus);
        return node with { UsedMemory = sum.Memory, UsedCpuMillicores = sum.CpuMillicores };
    }

    private static ResourceAmount? Amount(JsonNode? resources) =>
        (resources.Text("limits.memory") ?? resources.Text("requests.memory") ?? resources.Text("memory"),
         resources.Text("requests.cpu") ?? resources.Text("limits.cpu") ?? resources.Text("cpu")) switch
        {
            (null, null) => null,
            var (memory, cpu) => Quantity.Amount(new JsonObject { ["memory"] = memory, ["cpu"] = cpu }),
        };

    private static JsonObject Slim(JsonObject item)
    {
        (item["metadata"] as JsonObject)?.Remove("managedFields");
        (item["spec"] as JsonObject)?.Remove("template");
        return (JsonObject)item.DeepClone();
    }

    /// <summary>What a snapshot keeps of a pod.</summary>
    private sealed record PodFacts(
        string Namespace, string? Node, string App, bool Holds, ResourceAmount Requested, (string? Why, bool Stuck) Why)
    {
        public static PodFacts Read(JsonObject pod) => new(
            pod.Text("metadata", "namespace") ?? string.Empty, pod.Text("spec", "nodeName"), pod.Label("app") ?? string.Empty,
            !PodReading.HasEnded(pod) && pod.Text("spec", "nodeName") is not null, PodReading.Requested(pod),
            pod.Label("component") == "jobmanager" ? PodReading.Why(pod) : default);
    }
}
