using Microsoft.Extensions.Time.Testing;

namespace Flink.Resources.Rest;

/// <summary>The network between: time-outs before and after the effect, cut-off bodies, repetition of reads only.</summary>
public sealed class FaultTests
{
    private static readonly SavepointRequest Request = new(Clusters.Trigger, "hdfs://nn/sp");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_IsRepeatedUntilItSucceeds()
    {
        var left = 2;
        var stub = new StubHandler((_, _) => Task.FromResult(
            left-- > 0 ? StubHandler.Text(503, "<html>starting</html>") : Recording.Answer("1.20.5/overview")));
        var clock = new FakeTimeProvider();

        var overview = await RunAsync(clock, Clusters.Of(stub, new FlinkRestOptions(), clock: clock).GetOverviewAsync(Token));

        Assert.Equal("1.20.5", overview.FlinkVersion);
        Assert.Equal(3, stub.Sent.Count);
    }

    [Theory]
    [InlineData(401, 1)]
    [InlineData(403, 1)]
    [InlineData(500, 4)]
    [InlineData(503, 4)]
    public async Task Read_IsRepeatedOnlyWhereThatHelps(int status, int attempts)
    {
        var stub = StubHandler.Always(() => StubHandler.Text(status, "<html></html>"));
        var clock = new FakeTimeProvider();

        await Assert.ThrowsAsync<ResourceBackendException>(
            () => RunAsync(clock, Clusters.Of(stub, new FlinkRestOptions(), clock: clock).GetJobsAsync(Token)));

        Assert.Equal(attempts, stub.Sent.Count);
    }

    [Fact]
    public async Task Read_ThatIsAskedToWaitTooLong_FailsAtOnceWithTheReason()
    {
        var stub = StubHandler.Always(static () =>
        {
            var response = StubHandler.Text(429, "slow down");
            response.Headers.RetryAfter = new(TimeSpan.FromHours(1));
            return response;
        });

        var exception = await Assert.ThrowsAsync<ResourceBackendException>(() => Clusters.Of(stub, new FlinkRestOptions()).GetJobsAsync(Token));

        Assert.Equal((BackendFault.Throttled, TimeSpan.FromHours(1)), (exception.Fault, exception.RetryAfter));
        Assert.Single(stub.Sent);
    }

    [Fact]
    public async Task Read_WithoutAnswer_EndsInTime()
    {
        var stub = new StubHandler(static async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            throw new InvalidOperationException();
        });
        var clock = new FakeTimeProvider();
        var start = clock.GetUtcNow();

        var exception = await Assert.ThrowsAsync<ResourceBackendException>(
            () => RunAsync(clock, Clusters.Of(stub, new FlinkRestOptions(), clock: clock).GetJobsAsync(Token)));

        Assert.Equal(BackendFault.Timeout, exception.Fault);
        Assert.InRange(clock.GetUtcNow() - start, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(45));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_WithoutAnswer_IsIndeterminate(bool hasEffect)
    {
        var effects = 0;
        var stub = new StubHandler(async (_, token) =>
        {
            effects += hasEffect ? 1 : 0;
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            throw new InvalidOperationException();
        });
        var clock = new FakeTimeProvider();

        var outcome = await RunAsync(
            clock, Clusters.Of(stub, new FlinkRestOptions(), clock: clock).StopWithSavepointAsync(Clusters.Job, Request, Token));

        var evidence = Assert.IsType<TriggerOutcome.Indeterminate>(outcome).Evidence;
        Assert.Contains("may have taken effect", evidence.Seen, StringComparison.Ordinal);
        Assert.Equal("http://jm:8081/", evidence.Source);
        Assert.Equal(hasEffect ? 1 : 0, effects);
        Assert.Single(stub.Sent);
    }

    [Fact]
    public async Task Cut_IsMalformedForReadsAndIndeterminateForWrites()
    {
        var stub = StubHandler.Always(static () => new HttpResponseMessage(System.Net.HttpStatusCode.OK) { Content = new CutContent() });
        var cluster = Clusters.Of(stub);

        var exception = await Assert.ThrowsAsync<ResourceBackendException>(() => cluster.FindJobAsync(Clusters.Job, Token));
        var outcome = await cluster.CancelAsync(Clusters.Job, Token);

        Assert.Equal(BackendFault.Malformed, exception.Fault);
        Assert.IsType<TriggerOutcome.Indeterminate>(outcome);
    }

    [Fact]
    public async Task Unreachable_IsUnreachableForReadsAndIndeterminateForWrites()
    {
        var stub = new StubHandler(static (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        var cluster = Clusters.Of(stub);

        var exception = await Assert.ThrowsAsync<ResourceBackendException>(() => cluster.FindJobAsync(Clusters.Job, Token));

        Assert.Equal(BackendFault.Unreachable, exception.Fault);
        Assert.IsType<TriggerOutcome.Indeterminate>(await cluster.CancelAsync(Clusters.Job, Token));
    }

    [Fact]
    public async Task TimeoutOfTheClientItself_IsNoCancellation()
    {
        var stub = new StubHandler(static (_, _) => throw new TaskCanceledException("HttpClient.Timeout", new TimeoutException()));
        var cluster = Clusters.Of(stub);

        var exception = await Assert.ThrowsAsync<ResourceBackendException>(() => cluster.FindJobAsync(Clusters.Job, Token));

        Assert.Equal(BackendFault.Timeout, exception.Fault);
        Assert.IsType<TriggerOutcome.Indeterminate>(await cluster.CancelAsync(Clusters.Job, Token));
    }

    [Fact]
    public async Task Cancellation_IsTheCallersOwn()
    {
        using var source = new CancellationTokenSource();
        var stub = new StubHandler(async (_, token) =>
        {
            await source.CancelAsync();
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException();
        });
        var cluster = Clusters.Of(stub, new FlinkRestOptions());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.GetJobsAsync(source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.CancelAsync(Clusters.Job, source.Token));
        Assert.Single(stub.Sent);
    }

    private static async Task<T> RunAsync<T>(FakeTimeProvider clock, Task<T> task)
    {
        while (!task.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Token);
            clock.Advance(TimeSpan.FromMilliseconds(200));
        }
        return await task;
    }

    private sealed class CutContent : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync("{\"jid\":\""u8.ToArray());
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
