namespace Flink.Resources.Rest;

public sealed class ConnectTests
{
    [Theory]
    [InlineData("http://jm:8081", "/overview")]
    [InlineData("http://jm:8081/", "/overview")]
    [InlineData("http://api/api/v1/namespaces/n/services/x-rest:rest/proxy", "/api/v1/namespaces/n/services/x-rest:rest/proxy/overview")]
    [InlineData("https://api/api/v1/namespaces/n/services/x-rest:rest/proxy/", "/api/v1/namespaces/n/services/x-rest:rest/proxy/overview")]
    public async Task Prefix_IsKept(string address, string expected)
    {
        var stub = StubHandler.Recorded("1.20.5/overview");

        var overview = await Clusters.Of(stub, address: address).GetOverviewAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, Assert.Single(stub.Sent).PathAndQuery);
        Assert.Equal(new FlinkClusterOverview("1.20.5", 1, 4, 2), overview);
    }

    [Theory]
    [InlineData("ftp://jm:8081")]
    [InlineData("http://me:secret@jm:8081")]
    [InlineData("http://jm:8081/?token=secret")]
    public void Address_IsRefusedWithoutItsSecret(string address)
    {
        var exception = Assert.Throws<ArgumentException>(() => Clusters.Of(StubHandler.Recorded("1.20.5/overview"), address: address));

        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_AreChecked()
    {
        Assert.Equal(TimeSpan.FromSeconds(10), new FlinkRestOptions().AttemptTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), new FlinkRestOptions().CallTimeout);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FlinkRestOptions { AttemptTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FlinkRestOptions { CallTimeout = TimeSpan.FromDays(2) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FlinkRestOptions { ReadAttempts = 0 });
    }

    [Fact]
    public async Task UnsetIds_AreRefusedBeforeAnythingIsSent()
    {
        var stub = StubHandler.Recorded("1.20.5/stop-trigger");
        var cluster = Clusters.Of(stub);
        var token = TestContext.Current.CancellationToken;

        await Assert.ThrowsAsync<ArgumentException>(() => cluster.FindJobAsync(default, token));
        await Assert.ThrowsAsync<ArgumentException>(() => cluster.FindSavepointAsync(Clusters.Job, default, token));
        await Assert.ThrowsAsync<ArgumentException>(() => cluster.StopWithSavepointAsync(Clusters.Job, new SavepointRequest(default, "s3://b/x"), token));
        await Assert.ThrowsAsync<ArgumentException>(() => cluster.StopWithSavepointAsync(Clusters.Job, new SavepointRequest(Clusters.Trigger, " "), token));
        await Assert.ThrowsAsync<ArgumentException>(() => cluster.GetMetricsAsync(new MetricScope.JobManager(), ["a,b"], token));
        Assert.Empty(stub.Sent);
    }
}
