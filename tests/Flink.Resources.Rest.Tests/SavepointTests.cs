namespace Flink.Resources.Rest;

public sealed class SavepointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.20.5/savepoint-completed")]
    [InlineData("1.20.5/stop-completed")]
    [InlineData("2.3.0/savepoint-completed")]
    [InlineData("2.3.0/stop-completed")]
    public async Task Completed_HasItsLocation(string name)
    {
        var completed = Assert.IsType<SavepointStatus.Completed>(await FindAsync(StubHandler.Recorded(name)));

        Assert.StartsWith("file:/tmp/rec/savepoints/savepoint-", completed.Location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.20.5/stop-completed-in-progress")]
    [InlineData("2.3.0/stop-completed-in-progress")]
    public async Task InProgress_IsSaid(string name) =>
        Assert.IsType<SavepointStatus.InProgress>(await FindAsync(StubHandler.Recorded(name)));

    [Theory]
    [InlineData("1.20.5/savepoint-too-early", "Not all required tasks are currently running.")]
    [InlineData("2.3.0/savepoint-too-early", "Not all required tasks are currently running.")]
    [InlineData("1.20.5/savepoint-bad-directory", "Failed to create savepoint directory at file:/proc/nosuch")]
    [InlineData("2.3.0/savepoint-bad-directory", "Failed to create savepoint directory at file:/proc/nosuch")]
    [InlineData("1.20.5/stop-finished-job-status", "Could not find Flink job")]
    [InlineData("1.20.5/stop-unknown-job-status", "Could not find Flink job")]
    public async Task Failed_HasOneShortCause(string name, string cause)
    {
        var failed = Assert.IsType<SavepointStatus.Failed>(await FindAsync(StubHandler.Recorded(name)));

        Assert.Contains(cause, failed.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("\tat ", failed.Cause, StringComparison.Ordinal);
        Assert.InRange(failed.Cause.Length, 10, 501);
        Assert.Null(failed.SavepointNamedByCause);
    }

    [Theory]
    [InlineData("1.20.5/stop-failed-with-savepoint")]
    [InlineData("2.3.0/stop-failed-with-savepoint")]
    public async Task FailedStop_HandsItsSavepointOver(string name)
    {
        var failed = Assert.IsType<SavepointStatus.Failed>(await FindAsync(StubHandler.Recorded(name)));

        Assert.StartsWith("file:/tmp/rec/savepoints/savepoint-", failed.SavepointNamedByCause, StringComparison.Ordinal);
        Assert.DoesNotContain(",", failed.SavepointNamedByCause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.20.5/stop-failed-with-savepoint")]
    [InlineData("2.3.0/stop-failed-with-savepoint")]
    public async Task FailedStop_HandsItOverFromTheSerializedTextToo(string name)
    {
        var whole = Assert.IsType<SavepointStatus.Failed>(await FindAsync(StubHandler.Recorded(name)));
        var body = Recording.Body(name).Replace("A savepoint has been created at", "…", StringComparison.Ordinal);

        var failed = Assert.IsType<SavepointStatus.Failed>(await FindAsync(StubHandler.Always(() => StubHandler.Text(200, body))));

        Assert.NotNull(failed.SavepointNamedByCause);
        Assert.Equal(whole.SavepointNamedByCause, failed.SavepointNamedByCause);
    }

    [Theory]
    [InlineData("hdfs://host.testbed:8020/sp/savepoint-76a030-c8007e20c518")]
    [InlineData("hdfs:/sp/savepoint-1")]
    [InlineData("s3://bucket/a,b/savepoint-1")]
    [InlineData("s3p://bucket/with space/savepoint-1")]
    [InlineData("file:/tmp/savepoint-1")]
    [InlineData("file:///tmp/savepoint-1")]
    public async Task NamedPath_IsReadWhateverItsScheme(string path)
    {
        Assert.Equal(path, await NamedAsync($"X: A savepoint has been created at: {path}, but the corresponding job 1 failed during stopping."));
        Assert.Equal(path, await NamedAsync($"X: A savepoint has been created at: {path}\\n\\tat a.b.C"));
    }

    [Theory]
    [InlineData("X: A savepoint has been created at: , but the corresponding job 1 failed")]
    [InlineData("X: A savepoint has been created at: null, but the corresponding job 1 failed")]
    [InlineData("X: A savepoint has been created at: ")]
    [InlineData("X: something else hdfs://a/savepoint-1")]
    public async Task WhatIsNoPath_IsNotHandedOver(string stack) => Assert.Null(await NamedAsync(stack));

    [Fact]
    public async Task CompletedWithoutLocation_IsFailed() => Assert.IsType<SavepointStatus.Failed>(await FindAsync(
        StubHandler.Always(() => StubHandler.Text(200, "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"new\":[1,{}]}}"))));

    private static async Task<string?> NamedAsync(string stack)
    {
        const string Frame = """{"status":{"id":"COMPLETED"},"operation":{"failure-cause":{"class":"X","stack-trace":"STACK","serialized-throwable":"AAAA"}}}""";
        var body = Frame.Replace("STACK", stack, StringComparison.Ordinal);
        return Assert.IsType<SavepointStatus.Failed>(await FindAsync(StubHandler.Always(() => StubHandler.Text(200, body)))).SavepointNamedByCause;
    }

    private static async Task<SavepointStatus> FindAsync(StubHandler stub) =>
        ReadTests.Found(await Clusters.Of(stub).FindSavepointAsync(Clusters.Job, Clusters.Trigger, Token));
}
