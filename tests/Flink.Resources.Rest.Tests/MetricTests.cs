using System.Collections.Immutable;
using System.Web;

namespace Flink.Resources.Rest;

public sealed class MetricTests
{
    private static readonly MetricScope.Vertex Vertex = new(Clusters.Job, "b71731f1c0df9c3076c4a455334d0ad6");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task JobsMetrics_LeaveOutWhatIsNoNumber(string version)
    {
        var values = await Clusters.Of(StubHandler.Recorded($"{version}/metrics-job"))
            .GetMetricsAsync(new MetricScope.Job(Clusters.Job), ["numRestarts", "lastCheckpointExternalPath", "noSuch", "uptime"], Token);

        Assert.Equal(["numRestarts", "uptime"], values.Keys, StringComparer.Ordinal);
        Assert.Equal(0, values["numRestarts"]);
    }

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task OneMissingMetric_DoesNotHideTheOthers(string version)
    {
        // The trap itself, as recorded: [] for two names of which one is missing.
        Assert.Equal("[]", Recording.Body($"{version}/metrics-vertex-trap"));
        var stub = new StubHandler((request, _) => Task.FromResult(Recording.Answer(
            request.RequestUri!.Query.Length == 0 ? $"{version}/metrics-list-vertex"
            : request.RequestUri.Query.Contains("noSuchMetric", StringComparison.Ordinal) ? $"{version}/metrics-vertex-trap"
            : $"{version}/metrics-vertex")));

        var values = await Clusters.Of(stub).GetAggregatedMetricsAsync(
            Vertex, ["numRecordsInPerSecond", "noSuchMetric", "busyTimeMsPerSecond"], Token);

        Assert.Equal(2, stub.Sent.Count);
        Assert.True(values["numRecordsInPerSecond"].Sum > 0);
        Assert.NotNull(values["busyTimeMsPerSecond"].Average);
    }

    [Fact]
    public async Task MetricThatVanishesMeanwhile_IsFoundByHalves()
    {
        string[] known = ["a", "b", "gone", "c"];
        var stub = new StubHandler((request, _) =>
        {
            var names = Asked(request);
            var body = request.RequestUri!.Query.Length == 0 ? string.Join(',', known.Select(static k => $$"""{"id":"{{k}}"}"""))
                : names.Contains("gone", StringComparer.Ordinal) ? string.Empty
                : string.Join(',', names.Select(static k => $$"""{"id":"{{k}}","min":1.0,"max":"NaN","avg":"Infinity","sum":2}"""));
            return Task.FromResult(StubHandler.Text(200, $"[{body}]", "application/json"));
        });

        var values = await Clusters.Of(stub).GetAggregatedMetricsAsync(Vertex, [.. known], Token);

        Assert.Equal(["a", "b", "c"], values.Keys, StringComparer.Ordinal);
        Assert.All(values.Values, static v => Assert.Equal(new AggregatedMetric(1, null, null, 2), v));
    }

    [Fact]
    public async Task MetricWithoutAnyNumber_IsLeftOut()
    {
        var stub = StubHandler.Always(static () => StubHandler.Text(200, """[{"id":"a","min":"NaN","max":"NaN","avg":"NaN","sum":"NaN"}]""", "application/json"));

        Assert.Empty(await Clusters.Of(stub).GetAggregatedMetricsAsync(new MetricScope.TaskManagers(), ["a"], Token));
    }

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task TaskManagersAndJobManager_HaveMetrics(string version)
    {
        var managers = await Clusters.Of(StubHandler.ByPath(
            ("/taskmanagers/metrics", $"{version}/metrics-taskmanagers-list"), ("sum", $"{version}/metrics-taskmanagers")))
            .GetAggregatedMetricsAsync(new MetricScope.TaskManagers(), ["Status.JVM.Memory.Heap.Used"], Token);
        var one = StubHandler.Recorded($"{version}/metrics-taskmanager");
        var used = await Clusters.Of(one).GetMetricsAsync(new MetricScope.TaskManager("127.0.0.1:40719-5d3f1c"), ["Status.JVM.Memory.Heap.Used"], Token);
        var names = await Clusters.Of(StubHandler.Recorded($"{version}/metrics-jobmanager-list")).ListMetricsAsync(new MetricScope.JobManager(), Token);

        Assert.True(managers["Status.JVM.Memory.Heap.Used"].Maximum > 1e6);
        Assert.True(used["Status.JVM.Memory.Heap.Used"] > 1e6);
        Assert.Equal("/taskmanagers/127.0.0.1%3A40719-5d3f1c/metrics?get=Status.JVM.Memory.Heap.Used", Assert.Single(one.Sent).PathAndQuery);
        Assert.Contains("taskSlotsTotal", names, StringComparer.Ordinal);
    }

    [Fact]
    public async Task ManyNames_AreAskedInPartsThatFlinkTakes()
    {
        var stub = StubHandler.Recorded("1.20.5/metrics-unknown-job");
        ImmutableArray<string> names = [.. Enumerable.Range(0, 300).Select(static i => FormattableString.Invariant($"Source: events.metric{i}"))];

        await Clusters.Of(stub).GetMetricsAsync(new MetricScope.Job(Clusters.Job), names, Token);

        Assert.All(stub.Sent, static r => Assert.InRange(r.PathAndQuery.Length, 1, 3800));
        Assert.Equal(
            names,
            stub.Sent.SelectMany(static r => HttpUtility.ParseQueryString(r.PathAndQuery.Split('?')[1])["get"]!.Split(',')),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task NoNames_AskNobody()
    {
        var stub = StubHandler.Recorded("1.20.5/metrics-job");

        Assert.Empty(await Clusters.Of(stub).GetMetricsAsync(new MetricScope.JobManager(), default, Token));
        Assert.Empty(await Clusters.Of(stub).GetAggregatedMetricsAsync(Vertex, [], Token));
        Assert.Empty(stub.Sent);
    }

    [Fact]
    public async Task ScopesThatCannotBeAsked_AreRefused()
    {
        var cluster = Clusters.Of(StubHandler.Recorded("1.20.5/metrics-job"));

        await Assert.ThrowsAsync<ArgumentException>(() => cluster.GetMetricsAsync(new MetricScope.TaskManagers(), ["a"], Token));
        await Assert.ThrowsAsync<ArgumentException>(() => cluster.GetAggregatedMetricsAsync(new MetricScope.JobManager(), ["a"], Token));
    }

    private static string[] Asked(HttpRequestMessage request) =>
        HttpUtility.ParseQueryString(request.RequestUri!.Query)["get"]?.Split(',') ?? [];
}
