using System.Collections.Immutable;

namespace Flink.Resources.Rest;

public sealed class WriteTests
{
    private static readonly SavepointRequest Request = new(Clusters.Trigger, "hdfs://nn/sp");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Savepoint_IsSentAsFlinkSpellsIt()
    {
        var stub = StubHandler.Recorded("1.20.5/savepoint-trigger");

        var outcome = await Clusters.Of(stub).TriggerSavepointAsync(Clusters.Job, Request with { Format = SavepointFormat.Canonical }, Token);

        Assert.IsType<TriggerOutcome.Accepted>(outcome);
        Assert.Equal(
            new SentRequest(
                "POST",
                $"/jobs/{Clusters.Job}/savepoints",
                $$"""{"target-directory":"hdfs://nn/sp","cancel-job":false,"formatType":"CANONICAL","triggerId":"{{Clusters.Trigger}}"}"""),
            Assert.Single(stub.Sent));
    }

    [Fact]
    public async Task Stop_IsSentAsFlinkSpellsIt()
    {
        var stub = StubHandler.Recorded("1.20.5/savepoint-trigger-again");

        var outcome = await Clusters.Of(stub).StopWithSavepointAsync(Clusters.Job, Request, Token);

        Assert.IsType<TriggerOutcome.Accepted>(outcome);
        Assert.Equal(
            new SentRequest(
                "POST",
                $"/jobs/{Clusters.Job}/stop",
                $$"""{"targetDirectory":"hdfs://nn/sp","drain":false,"formatType":"NATIVE","triggerId":"{{Clusters.Trigger}}"}"""),
            Assert.Single(stub.Sent));
    }

    [Fact]
    public async Task AnotherOperationsId_IsNotAccepted()
    {
        var outcome = await Clusters.Of(StubHandler.Recorded("1.20.5/stop-trigger")).StopWithSavepointAsync(Clusters.Job, Request, Token);

        Assert.Contains(new string('d', 32), Assert.IsType<TriggerOutcome.Indeterminate>(outcome).Evidence.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.20.5/cancel-unknown-job", "Job could not be found.")]
    [InlineData("2.3.0/cancel-unknown-job", "Job could not be found.")]
    [InlineData("1.20.5/cancel-finished", "Job cancellation failed because the job has already reached another terminal state (FINISHED).")]
    [InlineData("2.3.0/cancel-finished", "Job cancellation failed because the job has already reached another terminal state (FINISHED).")]
    [InlineData("1.20.5/savepoint-bad-body", "Request did not match expected format SavepointTriggerRequestBody.")]
    public async Task Refusal_IsFlinksFirstLine(string name, string cause) =>
        Assert.Equal(new TriggerOutcome.Refused(cause), await Clusters.Of(StubHandler.Recorded(name)).CancelAsync(Clusters.Job, Token));

    [Fact]
    public async Task CancelAndShutDown_AreAccepted()
    {
        var cancel = StubHandler.Recorded("1.20.5/cancel");
        var shutDown = StubHandler.Recorded("1.20.5-adaptive/shutdown");

        Assert.IsType<TriggerOutcome.Accepted>(await Clusters.Of(cancel).CancelAsync(Clusters.Job, Token));
        Assert.IsType<TriggerOutcome.Accepted>(await Clusters.Of(shutDown).ShutDownAsync(Token));
        Assert.Equal(new SentRequest("PATCH", $"/jobs/{Clusters.Job}?mode=cancel", string.Empty), Assert.Single(cancel.Sent));
        Assert.Equal(new SentRequest("DELETE", "/cluster", string.Empty), Assert.Single(shutDown.Sent));
    }

    [Theory]
    [InlineData("1.20.5/rescale-default-scheduler", "set jobmanager.scheduler to adaptive")]
    [InlineData("2.3.0/rescale-default-scheduler", "set jobmanager.scheduler to adaptive")]
    [InlineData("1.20.5-adaptive/rescale-unknown-job", "Could not find Flink job")]
    [InlineData("1.20.5-adaptive/rescale-unknown-vertex", "was not found in the JobGraph")]
    [InlineData("1.20.5-adaptive/rescale-wrong-bounds", "lower bound [3]")]
    [InlineData("1.20.5-adaptive/rescale-beyond-maximum", "The newly requested parallelism 100000")]
    public async Task Rescale_IsRefusedInPlainWords(string name, string cause)
    {
        var outcome = await Clusters.Of(StubHandler.Recorded(name)).RescaleAsync(Clusters.Job, Bounds(), Token);

        Assert.Contains(cause, Assert.IsType<TriggerOutcome.Refused>(outcome).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rescale_SendsBounds()
    {
        var stub = StubHandler.Recorded("1.20.5-adaptive/rescale");

        Assert.IsType<TriggerOutcome.Accepted>(await Clusters.Of(stub).RescaleAsync(Clusters.Job, Bounds(), Token));

        Assert.Equal("""{"0c80f7e50ab54b30f6a2580946f9e942":{"parallelism":{"lowerBound":1,"upperBound":4}}}""", Assert.Single(stub.Sent).Body);
    }

    [Theory]
    [InlineData(401, "", true)]
    [InlineData(403, "<html>no</html>", true)]
    [InlineData(405, "<html>no</html>", true)]
    [InlineData(429, "slow down", true)]
    [InlineData(404, "<html>Not found</html>", false)]
    [InlineData(408, "{\"errors\":[\"Job cancellation timed out.\"]}", false)]
    [InlineData(500, "{\"errors\":[\"Internal server error.\"]}", false)]
    [InlineData(502, "<html>bad gateway</html>", false)]
    [InlineData(503, "", false)]
    [InlineData(504, "{\"errors\":[\"x\"]}", false)]
    [InlineData(302, "", false)]
    [InlineData(200, "<html>login</html>", false)]
    [InlineData(202, "{\"request-id\":\"aaa", false)]
    [InlineData(202, "{}", false)]
    public async Task OtherAnswers_AreIndeterminateUnlessNothingWasHandedOn(int status, string body, bool isRefused)
    {
        var stub = StubHandler.Always(() => StubHandler.Text(status, body));

        var outcome = await Clusters.Of(stub, new FlinkRestOptions()).StopWithSavepointAsync(Clusters.Job, Request, Token);

        Assert.True(isRefused ? outcome is TriggerOutcome.Refused : outcome is TriggerOutcome.Indeterminate, outcome.ToString());
        Assert.Single(stub.Sent);
    }

    [Fact]
    public async Task Redirect_ThatBecameAGet_IsIndeterminate()
    {
        var stub = new StubHandler((request, _) =>
        {
            var response = Recording.Answer("1.20.5/cancel");
            response.RequestMessage = new HttpRequestMessage(HttpMethod.Get, request.RequestUri);
            return Task.FromResult(response);
        });

        Assert.IsType<TriggerOutcome.Indeterminate>(await Clusters.Of(stub).CancelAsync(Clusters.Job, Token));
    }

    private static ImmutableSortedDictionary<string, ParallelismBounds> Bounds() =>
        ImmutableSortedDictionary<string, ParallelismBounds>.Empty.Add("0c80f7e50ab54b30f6a2580946f9e942", new ParallelismBounds(1, 4));
}
