using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flink.Resources.Kubernetes;

public sealed class SnapshotsTests : IDisposable
{
    private readonly ScriptedApi _api = new();
    private readonly SteppedTime _time = new();
    private readonly KubernetesOptions _options = Specs.Options();
    private readonly CancellationTokenSource _limit = TestLimit.Create();
    private readonly Snapshots _snapshots;

    public SnapshotsTests()
    {
        _options.AttemptTimeout = TimeSpan.FromMinutes(2);
        _options.CallTimeout = TimeSpan.FromMinutes(10);
        _snapshots = new Snapshots(new Site("k8s-east", _api, () => _options, _time, NullLogger.Instance));
        _api.Lists(Paths.Namespaces, Answers.List("1", Named("kube-system", "uid-1"), Named("realtime", "uid-2"), Named("other", "uid-3")));
        _api.Lists(Paths.Nodes, Answers.List("1", Node("n1"), Node("n2")));
        _api.Lists(Paths.AllDeployments, Answers.List("1", Deployment("ads-clicks-e3", ready: 1), Deployment("ads-views-e1", ready: 0)));
        _api.Lists(Paths.ConfigMaps("jobs"), Answers.List("1", FenceMap("ads/clicks", 3, "ads-clicks-e3")));
        _api.Lists(Paths.AllQuotas, Answers.List("1", Quota("a", "10Gi", null), Quota("b", "4Gi", null)));
        _api.Lists(Paths.AllPods, Answers.List(
            "1", Pod("p1", "realtime", "n1", "ads-clicks-e3"), Pod("p2", "realtime", "n2", "ads-clicks-e3"), Pod("p3", "other", "n1", "web"), Pod("p4", "realtime", null, "ads-views-e1")));
    }

    private CancellationToken Cancellation => _limit.Token;

    public void Dispose()
    {
        _snapshots.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task Get_CountsEachPodOnItsNodeInItsQueueAndItsApplication()
    {
        var snapshot = await _snapshots.GetAsync(TimeSpan.Zero, Cancellation);

        Assert.Equal([("n1", 400L), ("n2", 200L)], snapshot.Nodes.Items.Select(static n => (n.Name, n.UsedCpuMillicores)));
        Assert.Equal(
            [("kube-system", 0L, 0), ("other", 200L, 0), ("root.realtime", 400L, 2)],
            snapshot.Queues.Items.Select(static q => (q.Path, q.Used.CpuMillicores, q.Applications)));
        Assert.Equal(
            [("ads-clicks-e3", ApplicationState.Running, 2), ("ads-views-e1", ApplicationState.Starting, 0)],
            snapshot.Applications.Items.Select(static a => (a.Application.Id, a.State, a.Containers)));
        Assert.Equal(new Fence(JobKey.Parse("ads/clicks"), 3), snapshot.Applications.Items[0].Fence);
        Assert.All([snapshot.Nodes.StaleBecause, snapshot.Queues.StaleBecause, snapshot.Applications.StaleBecause], Assert.Null);
        Assert.Equal(_time.GetUtcNow(), snapshot.Applications.AsOf);
    }

    [Fact]
    public async Task Get_SeveralQuotas_AllHoldAndWhatTheyDoNotLimitIsTheClusters()
    {
        var snapshot = await _snapshots.GetAsync(TimeSpan.Zero, Cancellation);

        var maximum = Assert.Single(snapshot.Queues.Items, static q => q.Path == "root.realtime").Maximum;
        Assert.Equal(new ResourceAmount(MemorySize.FromMebibytes(4096), 8000), maximum);
        Assert.Null(Assert.Single(snapshot.Queues.Items, static q => q.Path == "other").Maximum);
    }

    [Fact]
    public async Task Get_MayNotListPods_SaysSoInEachSectionAndShowsNothingHalfKnown()
    {
        _options.Queues.Clear();
        using var snapshots = new Snapshots(new Site("k8s-east", ForbiddenPods(), () => _options, _time, NullLogger.Instance));

        var snapshot = await snapshots.GetAsync(TimeSpan.Zero, Cancellation);

        Assert.Contains("403", snapshot.Nodes.StaleBecause, StringComparison.Ordinal);
        Assert.Contains("403", snapshot.Queues.StaleBecause, StringComparison.Ordinal);
        Assert.Contains("403", snapshot.Applications.StaleBecause, StringComparison.Ordinal);
        Assert.Empty(snapshot.Nodes.Items);
        Assert.Null(snapshot.Nodes.AsOf);
    }

    [Fact]
    public async Task Get_NothingChanged_IsTheSameSnapshot()
    {
        var first = await _snapshots.GetAsync(TimeSpan.Zero, Cancellation);

        Assert.Same(first, await _snapshots.GetAsync(TimeSpan.FromSeconds(5), Cancellation));
    }

    [Fact]
    public async Task Watch_TwoChangesAtOnce_AreOneNewerSnapshotAfterTheInterval()
    {
        await using var watch = _snapshots.WatchAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await watch.MoveNextAsync());
        var first = watch.Current;
        var listed = _api.Listed.Count;
        var pods = await _api.NextWatchAsync(Paths.AllPods, Cancellation);

        var next = watch.MoveNextAsync().AsTask();
        await pods.SendsAsync(
            Answers.Event("ADDED", Pod("p5", "other", "n2", "web", "2")), Answers.Event("DELETED", Pod("p1", "realtime", "n1", "ads-clicks-e3", "3")));
        while (_snapshots.Informers.Pods.View.Version < 3)
        {
            await Task.Yield();
        }
        Assert.False(next.IsCompleted);
        var pause = await _time.PassAsync(Cancellation);
        Assert.True(await next);

        Assert.Equal(Snapshots.Coalesced, pause);
        Assert.True(watch.Current.Version > first.Version);
        Assert.Equal([("n1", 200L), ("n2", 400L)], watch.Current.Nodes.Items.Select(static n => (n.Name, n.UsedCpuMillicores)));
        Assert.Equal(listed, _api.Listed.Count);
    }

    [Fact]
    public async Task Watch_ItsTokenEndsIt()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var watch = _snapshots.WatchAsync(cancel.Token).GetAsyncEnumerator(cancel.Token);
        Assert.True(await watch.MoveNextAsync());

        var next = watch.MoveNextAsync().AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public void NodeFact_SameLabelsInANewObject_IsTheSame()
    {
        var left = NodeFact.Read((JsonObject)JsonNode.Parse(Node("n1"))!);

        Assert.Equal(left, NodeFact.Read((JsonObject)JsonNode.Parse(Node("n1"))!));
        Assert.NotEqual(left, NodeFact.Read((JsonObject)JsonNode.Parse(Node("n1").Replace("\"r1\"", "\"r2\"", StringComparison.Ordinal))!));
    }

    private static ScriptedApi ForbiddenPods()
    {
        var api = new ScriptedApi();
        api.Lists(Paths.Namespaces, Answers.List("1", Named("kube-system", "uid-1")));
        api.Lists(Paths.Nodes, Answers.List("1", Node("n1")));
        api.Lists(Paths.AllPods, Answers.Status(403, "Forbidden", "pods is forbidden"));
        return api;
    }

    private static string Named(string name, string uid) =>
        $$$"""{"metadata":{"name":"{{{name}}}","uid":"{{{uid}}}"},"status":{"phase":"Active"}}""";

    private static string Node(string name) =>
        $$$"""{"metadata":{"name":"{{{name}}}","labels":{"rack":"r1"}},"status":{"allocatable":{"cpu":"4","memory":"16Gi"},"conditions":[{"type":"Ready","status":"True"}]}}""";

    private static string Deployment(string name, int ready) =>
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"realtime"},"status":{"readyReplicas":{{{ready}}} }}""";

    private static string Quota(string name, string memory, string? scope) =>
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"realtime"},"spec":{"scopes":[{{{scope}}}]},"status":{"hard":{"limits.memory":"{{{memory}}}"} } }""";

    private static string FenceMap(string job, int epoch, string id) =>
        $$$"""{"metadata":{"name":"flink-fence-{{{id}}}","namespace":"jobs","resourceVersion":"1"},"data":{"job":"{{{job}}}","epoch":"{{{epoch}}}","namespace":"realtime","clusterId":"{{{id}}}","queue":"root.realtime","state":"Started"}}""";

    private static string Pod(string name, string scope, string? node, string app, string version = "1")
    {
        var place = node is null ? string.Empty : $"\"nodeName\":\"{node}\",";
        return $$$"""{"metadata":{"name":"{{{name}}}","namespace":"{{{scope}}}","resourceVersion":"{{{version}}}","labels":{"app":"{{{app}}}"}},"spec":{ {{{place}}} "containers":[{"resources":{"requests":{"cpu":"200m","memory":"1Gi"} } }]},"status":{"phase":"Running"}}""";
    }
}
