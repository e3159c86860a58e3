using System.Net;
using Flink.Resources.Rest;

namespace Flink.Resources.Testing.Servers.Flink;

/// <summary>The real REST client over the fake.</summary>
public sealed class FakeFlinkTests
{
    private static readonly TriggerId Trigger = new(new string('a', 32));
    private static readonly FakeJob Quick = new() { RunsAfter = TimeSpan.Zero, SavepointTakes = TimeSpan.FromMilliseconds(20) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<ServerFault> Faults => [.. Enum.GetValues<ServerFault>()];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Stop_WithAFault_IsRefusedOnlyWithoutEffect_AndOneOperationByTheSameCallAgain(ServerFault fault)
    {
        await using var flink = await FakeFlink.StartAsync(cancellationToken: Cancellation);
        var job = new FlinkJobId(flink.Run("clicks", Quick));
        var cluster = Connect(flink);
        flink.Next(fault, static r => r.IsWrite);

        var first = await cluster.StopWithSavepointAsync(job, new SavepointRequest(Trigger, "hdfs://nn/sp"), Cancellation);
        var known = await cluster.FindSavepointAsync(job, Trigger, Cancellation);
        var second = await cluster.StopWithSavepointAsync(job, new SavepointRequest(Trigger, "hdfs://nn/sp"), Cancellation);
        var location = await CompletedAsync(cluster, job);

        Assert.True(first is TriggerOutcome.Accepted == (fault == ServerFault.None), first.ToString());
        Assert.True(first is not TriggerOutcome.Refused || known.Status == LookupStatus.Absent, $"It had an effect: {first}");
        Assert.IsType<TriggerOutcome.Accepted>(second);
        Assert.Equal(location, Assert.Single(flink.Runs).StoppedInto);
    }

    [Fact]
    public async Task Stop_WhoseAnswerIsLost_IsTheSameOperationWhenAskedAgain()
    {
        await using var flink = await FakeFlink.StartAsync(cancellationToken: Cancellation);
        var job = new FlinkJobId(flink.Run("clicks", Quick));
        var cluster = Connect(flink);
        flink.Next(ServerFault.TimeoutAfterEffect, static r => r.IsWrite);

        var first = await cluster.StopWithSavepointAsync(job, new SavepointRequest(Trigger, "hdfs://nn/sp"), Cancellation);
        var second = await cluster.StopWithSavepointAsync(job, new SavepointRequest(Trigger, "hdfs://nn/sp"), Cancellation);
        var location = await CompletedAsync(cluster, job);

        Assert.IsType<TriggerOutcome.Indeterminate>(first);
        Assert.IsType<TriggerOutcome.Accepted>(second);
        var run = Assert.Single(flink.Runs);
        Assert.Equal(location, run.StoppedInto);
        Assert.Equal(FlinkJobState.Finished, Assert.Single(await cluster.GetJobsAsync(Cancellation)).State);
    }

    [Fact]
    public async Task Savepoint_BeforeAllTasksRun_FailsAsFlinkSaysIt()
    {
        await using var flink = await FakeFlink.StartAsync(cancellationToken: Cancellation);
        var job = new FlinkJobId(flink.Run("clicks", new FakeJob { RunsAfter = TimeSpan.FromHours(1) }));
        var cluster = Connect(flink);

        await cluster.TriggerSavepointAsync(job, new SavepointRequest(Trigger, "hdfs://nn/sp"), Cancellation);
        var status = (await cluster.FindSavepointAsync(job, Trigger, Cancellation)).Match<SavepointStatus?>(static s => s, static _ => null, static _ => null);

        Assert.Contains("Not all required tasks are currently running", Assert.IsType<SavepointStatus.Failed>(status).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_ThatFails_SaysWhy()
    {
        await using var flink = await FakeFlink.StartAsync(cancellationToken: Cancellation);
        var job = new FlinkJobId(flink.Run("clicks", Quick with { EndsAfter = TimeSpan.Zero, FailsBecause = "java.lang.IllegalStateException: no more records" }));
        var cluster = Connect(flink);

        var exceptions = (await cluster.FindExceptionsAsync(job, 5, Cancellation)).Match(static e => e, static _ => [], static _ => []);

        Assert.Equal(FlinkJobState.Failed, Assert.Single(await cluster.GetJobsAsync(Cancellation)).State);
        Assert.Contains("no more records", Assert.Single(exceptions).StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_AreUnderstoodByTheRealClient()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["execution.checkpointing.interval"] = "10ms", ["execution.checkpointing.dir"] = "hdfs://nn/cp", ["s3.secret-key"] = "x",
        };
        await using var flink = await FakeFlink.StartAsync(settings, cancellationToken: Cancellation);
        var job = new FlinkJobId(flink.Run("clicks", Quick, "hdfs://nn/sp/savepoint-1"));
        var cluster = Connect(flink);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);

        var details = (await cluster.FindJobAsync(job, Cancellation)).Match<FlinkJobDetails?>(static d => d, static _ => null, static _ => null);
        var checkpoints = (await cluster.FindCheckpointsAsync(job, Cancellation)).Match<CheckpointStatistics?>(static c => c, static _ => null, static _ => null);

        Assert.Equal(2, details?.Vertices.Length);
        Assert.StartsWith($"hdfs://nn/cp/{job}/chk-", checkpoints?.LatestCompleted?.Path, StringComparison.Ordinal);
        Assert.Equal("hdfs://nn/sp/savepoint-1", checkpoints?.LatestRestored?.Path);
        Assert.Equal("******", (await cluster.GetConfigurationAsync(Cancellation))["s3.secret-key"]);
        Assert.Equal("1.20.5", (await cluster.GetOverviewAsync(Cancellation)).FlinkVersion);
        Assert.Single(await cluster.GetTaskManagersAsync(Cancellation));
        Assert.Equal(LookupStatus.Absent, (await cluster.FindJobAsync(new FlinkJobId(new string('0', 32)), Cancellation)).Status);
        Assert.IsType<TriggerOutcome.Refused>(await cluster.RescaleAsync(
            job, System.Collections.Immutable.ImmutableSortedDictionary<string, ParallelismBounds>.Empty.Add(new string('0', 32), new ParallelismBounds(1, 2)), Cancellation));
        Assert.IsType<TriggerOutcome.Accepted>(await cluster.CancelAsync(job, Cancellation));
        Assert.Equal(FlinkJobState.Canceled, Assert.Single(await cluster.GetJobsAsync(Cancellation)).State);
    }

    [Fact]
    public async Task Fault_HappensOnceToTheRequestThatIsMeant_AndIsSeenInTheLog()
    {
        await using var flink = await FakeFlink.StartAsync(cancellationToken: Cancellation);
        using var http = new HttpClient { BaseAddress = flink.Address };
        flink.RetryAfter = TimeSpan.FromSeconds(7);
        flink.Next(ServerFault.TooManyRequests, static r => r.Path == "/overview");

        using var other = await http.GetAsync("config", Cancellation);
        using var first = await http.GetAsync("overview", Cancellation);
        using var second = await http.GetAsync("overview", Cancellation);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (other.StatusCode, first.StatusCode, second.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(7), first.Headers.RetryAfter?.Delta);
        Assert.Equal(["/config", "/overview", "/overview"], flink.Requests.Select(static r => r.Path), StringComparer.Ordinal);
    }

    [Fact]
    public async Task TruncatedBody_EndsInTheMiddle()
    {
        await using var flink = await FakeFlink.StartAsync(cancellationToken: Cancellation);
        using var http = new HttpClient { BaseAddress = flink.Address };
        flink.Next(ServerFault.TruncatedBody);

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("overview", Cancellation));
    }

    internal static IFlinkCluster Connect(FakeFlink flink) => FlinkRest.Connect(
        new ApplicationHandle { Backend = "test", Identity = new BackendIdentity("here"), Id = "session" },
        flink.Address,
        new HttpMessageInvoker(new SocketsHttpHandler()),
        TimeProvider.System,
        new FlinkRestOptions { AttemptTimeout = TimeSpan.FromSeconds(1), CallTimeout = TimeSpan.FromSeconds(3) });

    private static async Task<string> CompletedAsync(IFlinkCluster cluster, FlinkJobId job)
    {
        string? location = null;
        await Servers.Faults.Scene.UntilAsync(async () =>
        {
            location = (await cluster.FindSavepointAsync(job, Trigger, Cancellation))
                .Match(static s => (s as SavepointStatus.Completed)?.Location, static _ => null, static _ => null);
            return location is not null;
        });
        return location!;
    }
}
