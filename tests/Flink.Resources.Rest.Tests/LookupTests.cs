namespace Flink.Resources.Rest;

/// <summary>Absent is what Flink itself says; nobody else can say it.</summary>
public sealed class LookupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.20.5/unknown-trigger")]
    [InlineData("2.3.0/unknown-trigger")]
    [InlineData("1.20.5/unknown-trigger-of-unknown-job")]
    public async Task UnknownTrigger_IsAbsent(string name)
    {
        var status = await Clusters.Of(StubHandler.Recorded(name)).FindSavepointAsync(Clusters.Job, Clusters.Trigger, Token);

        Assert.Equal(LookupStatus.Absent, status.Status);
        Assert.Contains("There is no savepoint operation", status.Evidence.Seen, StringComparison.Ordinal);
        Assert.DoesNotContain("\tat ", status.Evidence.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task UnknownJob_IsAbsent(string version)
    {
        var job = await Clusters.Of(StubHandler.Recorded($"{version}/unknown-job")).FindJobAsync(Clusters.Job, Token);
        var checkpoints = await Clusters.Of(StubHandler.Recorded($"{version}/unknown-job-checkpoints")).FindCheckpointsAsync(Clusters.Job, Token);
        var exceptions = await Clusters.Of(StubHandler.Recorded($"{version}/unknown-job-exceptions")).FindExceptionsAsync(Clusters.Job, 1, Token);
        var requirements = await Clusters.Of(StubHandler.Recorded($"{version}/unknown-job-requirements")).FindResourceRequirementsAsync(Clusters.Job, Token);

        Assert.Equal(LookupStatus.Absent, job.Status);
        Assert.Equal(LookupStatus.Absent, checkpoints.Status);
        Assert.Equal(LookupStatus.Absent, exceptions.Status);
        Assert.Equal(LookupStatus.Absent, requirements.Status);
    }

    [Theory]
    [InlineData(401, "{}", BackendFault.Unauthenticated)]
    [InlineData(403, "<html>Forbidden</html>", BackendFault.Forbidden)]
    [InlineData(404, "<html>Not found</html>", BackendFault.Malformed)]
    [InlineData(404, "", BackendFault.Malformed)]
    [InlineData(404, "{\"kind\":\"Status\",\"code\":404}", BackendFault.Malformed)]
    [InlineData(404, "{\"errors\":[\"no such route\"]}", BackendFault.Malformed)]
    [InlineData(404, "{\"errors\":[]}", BackendFault.Malformed)]
    [InlineData(404, "{\"errors\":[\"Not found: /prefix/jobs\"]}", BackendFault.Malformed)]
    [InlineData(404, "{\"errors\":[\"org.apache.flink.runtime.rest.NotFoundEx", BackendFault.Malformed)]
    [InlineData(409, "{\"errors\":[\"busy\"]}", BackendFault.Conflict)]
    [InlineData(429, "slow down", BackendFault.Throttled)]
    [InlineData(500, "{\"errors\":[\"Internal server error.\"]}", BackendFault.Unavailable)]
    [InlineData(503, "<html>starting</html>", BackendFault.Unavailable)]
    [InlineData(200, "<html>login</html>", BackendFault.Malformed)]
    [InlineData(200, "{\"status\":{\"id\":\"IN_PROG", BackendFault.Malformed)]
    [InlineData(200, "{}", BackendFault.Malformed)]
    [InlineData(200, "null", BackendFault.Malformed)]
    [InlineData(200, "{\"status\":{\"id\":\"WHATEVER\"}}", BackendFault.Malformed)]
    public async Task Others_AreFaults(int status, string body, BackendFault fault)
    {
        var cluster = Clusters.Of(StubHandler.Always(() => StubHandler.Text(status, body)));

        var exception = await Assert.ThrowsAsync<ResourceBackendException>(
            () => cluster.FindSavepointAsync(Clusters.Job, Clusters.Trigger, Token));

        Assert.Equal(fault, exception.Fault);
        Assert.Equal(status, exception.StatusCode);
        Assert.Equal("test", exception.Backend);
    }

    [Theory]
    [InlineData("1.20.5/unknown-path")]
    [InlineData("2.3.0/unknown-path")]
    public async Task FlinksAnswerToAWrongPath_IsNotAbsent(string name)
    {
        var exception = await Assert.ThrowsAsync<ResourceBackendException>(
            () => Clusters.Of(StubHandler.Recorded(name)).FindJobAsync(Clusters.Job, Token));

        Assert.Equal(BackendFault.Malformed, exception.Fault);
        Assert.Contains("is the address the root", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"jobs\":null}")]
    [InlineData("{\"jobs\":[{\"jid\":\"x\",\"state\":\"RUNNING\"}]}")]
    [InlineData("[]")]
    public async Task AnotherServersAnswer_IsNotAnEmptyList(string body)
    {
        var cluster = Clusters.Of(StubHandler.Always(() => StubHandler.Text(200, body, "application/json")));

        var exception = await Assert.ThrowsAsync<ResourceBackendException>(() => cluster.GetJobsAsync(Token));

        Assert.Equal(BackendFault.Malformed, exception.Fault);
    }
}
