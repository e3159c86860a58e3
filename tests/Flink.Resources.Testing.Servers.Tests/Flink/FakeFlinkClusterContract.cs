using Flink.Resources.Rest;
using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Testing.Servers.Flink;

/// <summary>The contract of a Flink cluster, kept by the REST client over the fake.</summary>
public sealed class FakeFlinkClusterContract : FlinkClusterContract, IAsyncLifetime
{
    private FakeFlink _flink = null!;
    private IFlinkCluster _cluster = null!;

    protected override IFlinkCluster Cluster => _cluster;

    protected override string SnapshotDirectory => "hdfs://nn/savepoints";

    protected override bool HasMetrics => false;

    public async ValueTask InitializeAsync()
    {
        _flink = await FakeFlink.StartAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["execution.checkpointing.interval"] = "1s",
                ["execution.checkpointing.dir"] = "hdfs://nn/checkpoints",
            },
            cancellationToken: TestContext.Current.CancellationToken);
        _flink.Run("clicks", new FakeJob { RunsAfter = TimeSpan.Zero });
        _cluster = FakeFlinkTests.Connect(_flink);
    }

    public ValueTask DisposeAsync() => _flink.DisposeAsync();
}
