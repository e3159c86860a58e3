namespace Flink.Resources.Rest;

/// <summary>Answers of real clusters, Flink 1.20.5 and 2.3.0.</summary>
public sealed class ReadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task Jobs_AreMapped(string version)
    {
        var none = await Clusters.Of(StubHandler.Recorded($"{version}/jobs-none")).GetJobsAsync(Token);
        var job = Assert.Single(await Clusters.Of(StubHandler.Recorded($"{version}/jobs")).GetJobsAsync(Token));

        Assert.Empty(none);
        Assert.Equal("KeyedCounter", job.Name);
        Assert.Equal(FlinkJobState.Running, job.State);
        Assert.Equal((4, 4, 0), (job.TasksTotal, job.TasksRunning, job.TasksFinished));
        Assert.True(job.AllTasksRun);
        Assert.NotNull(job.StartedAt);
        Assert.Null(job.EndedAt);
    }

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task Job_HasItsVertices(string version)
    {
        var job = Found(await Clusters.Of(StubHandler.Recorded($"{version}/job")).FindJobAsync(Clusters.Job, Token));

        Assert.Equal(FlinkJobState.Running, job.State);
        Assert.Equal("STREAMING", job.JobType);
        Assert.Null(job.MaximumParallelism);
        Assert.Equal(2, job.Vertices.Length);
        Assert.StartsWith("Source: events", job.Vertices[0].Name, StringComparison.Ordinal);
        Assert.Equal(2, job.Vertices[0].Tasks["RUNNING"]);
        Assert.Equal(128, job.Vertices[0].MaximumParallelism);
        Assert.Equal([job.Vertices[0].Id], job.Vertices[1].Inputs);
        Assert.True(job.Vertices[0].RecordsWritten > 0);
    }

    [Fact]
    public async Task IncompleteNumbers_AreMissing()
    {
        var body = Recording.Body("1.20.5/job").Replace("\"write-records-complete\":true", "\"write-records-complete\":false", StringComparison.Ordinal);

        var job = Found(await Clusters.Of(StubHandler.Always(() => StubHandler.Text(200, body, "application/json"))).FindJobAsync(Clusters.Job, Token));

        Assert.All(job.Vertices, static v => Assert.Null(v.RecordsWritten));
        Assert.All(job.Vertices, static v => Assert.NotNull(v.RecordsRead));
    }

    [Theory]
    [InlineData("job-finished", FlinkJobState.Finished)]
    [InlineData("job-failed", FlinkJobState.Failed)]
    public async Task EndedJob_IsTerminal(string name, FlinkJobState state)
    {
        var job = Found(await Clusters.Of(StubHandler.Recorded($"1.20.5/{name}")).FindJobAsync(Clusters.Job, Token));

        Assert.Equal(state, job.State);
        Assert.True(job.State.IsTerminal);
    }

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task Checkpoints_AreMapped(string version)
    {
        var statistics = Found(await Clusters.Of(StubHandler.Recorded($"{version}/checkpoints-after-savepoint")).FindCheckpointsAsync(Clusters.Job, Token));
        var off = Found(await Clusters.Of(StubHandler.Recorded($"{version}/checkpoints-off")).FindCheckpointsAsync(Clusters.Job, Token));

        Assert.True(statistics.Completed > 0);
        Assert.Contains("/chk-", statistics.LatestCompleted!.Path, StringComparison.Ordinal);
        Assert.Contains("/savepoint-", statistics.LatestSavepoint!.Path, StringComparison.Ordinal);
        Assert.True(statistics.LatestSavepoint.IsSavepoint);
        Assert.Equal("FAILED", statistics.LatestFailed!.Status);
        Assert.NotEmpty(statistics.LatestFailed.FailureMessage!);
        Assert.NotEmpty(statistics.History);
        Assert.Null(off.LatestCompleted);
    }

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task CheckpointSettings_AreMapped(string version)
    {
        var settings = Found(await Clusters.Of(StubHandler.Recorded($"{version}/checkpoints-config")).FindCheckpointSettingsAsync(Clusters.Job, Token));
        var off = Found(await Clusters.Of(StubHandler.Recorded($"{version}/checkpoints-config-off")).FindCheckpointSettingsAsync(Clusters.Job, Token));

        Assert.Equal("exactly_once", settings.Mode);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.Interval);
        Assert.True(settings.IsExternalized);
        Assert.False(settings.IsDeletedOnCancellation);
        Assert.Null(off.Interval);
    }

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task Exceptions_AreMapped(string version)
    {
        var stub = StubHandler.Recorded($"{version}/exceptions");

        var exceptions = Found(await Clusters.Of(stub).FindExceptionsAsync(Clusters.Job, 3, Token));
        var none = Found(await Clusters.Of(StubHandler.Recorded($"{version}/exceptions-none")).FindExceptionsAsync(Clusters.Job, 3, Token));

        Assert.EndsWith("/exceptions?maxExceptions=3", stub.Sent[0].PathAndQuery, StringComparison.Ordinal);
        Assert.NotEmpty(exceptions);
        Assert.All(exceptions, static e => Assert.NotNull(e.At));
        Assert.Empty(none);
    }

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task TaskManagersAndEnvironment_AreMapped(string version)
    {
        var manager = Assert.Single(await Clusters.Of(StubHandler.Recorded($"{version}/taskmanagers")).GetTaskManagersAsync(Token));
        var environment = await Clusters.Of(StubHandler.ByPath(
            ("/environment", $"{version}/environment"), ("/config", $"{version}/config"))).GetEnvironmentAsync(Token);
        var configuration = await Clusters.Of(StubHandler.Recorded($"{version}/jobmanager-config")).GetConfigurationAsync(Token);

        Assert.Equal((4, 2), (manager.Slots, manager.FreeSlots));
        Assert.Equal(1728L << 20, manager.ProcessMemory!.Value.Bytes);
        Assert.Equal(2026, manager.LastHeartbeatAt!.Value.Year);
        Assert.Contains("17", environment.JavaVersion, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, environment.TimeZoneOffset);
        Assert.Equal("4", configuration["taskmanager.numberOfTaskSlots"]);
        Assert.Equal("******", configuration["s3.secret-key"]);
    }

    [Fact]
    public async Task Requirements_OfTheAdaptiveScheduler()
    {
        var bounds = Found(await Clusters.Of(StubHandler.Recorded("1.20.5-adaptive/requirements")).FindResourceRequirementsAsync(Clusters.Job, Token));

        Assert.Equal(2, bounds.Count);
        Assert.All(bounds.Values, static b => Assert.Equal(new ParallelismBounds(1, 2), b));
    }

    [Theory]
    [InlineData("1.20.5")]
    [InlineData("2.3.0")]
    public async Task Requirements_OfTheDefaultScheduler_AreAbsentAtOnce(string version)
    {
        var stub = StubHandler.Recorded($"{version}/requirements-default-scheduler");

        var bounds = await Clusters.Of(stub, new FlinkRestOptions()).FindResourceRequirementsAsync(Clusters.Job, Token);

        Assert.Equal(LookupStatus.Absent, bounds.Status);
        Assert.Contains("jobmanager.scheduler", bounds.Evidence.Seen, StringComparison.Ordinal);
        Assert.Single(stub.Sent);
    }

    internal static T Found<T>(Lookup<T> lookup) =>
        lookup.Match(static v => v, static e => throw new InvalidOperationException(e.Seen), static e => throw new InvalidOperationException(e.Seen));
}
