using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Simulation.Contracts;

/// <summary>The promises of a Flink cluster, kept by a simulated one.</summary>
public abstract class SimulatedFlinkContract(string backend) : FlinkClusterContract, IAsyncLifetime
{
    private readonly SimulatedFleet _fleet = SimulatedFleet.Create(1, backend);
    private IFlinkCluster _cluster = null!;
    private IDisposable _clock = null!;

    protected override IFlinkCluster Cluster => _cluster;

    protected override string SnapshotDirectory => Specs.Savepoints;

    protected override TimeProvider TimeProvider => _fleet.TimeProvider;

    public async ValueTask InitializeAsync()
    {
        var job = JobKey.Parse("contract/flink");
        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync(backend, new Fence(job, 1), Specs.Streaming(job), ct);
                (_cluster, _) = await _fleet.RunningAsync(prepared.Application, ct);
            },
            TestContext.Current.CancellationToken);
        _clock = _fleet.StartClock();
    }

    public ValueTask DisposeAsync()
    {
        _clock.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

public sealed class SimulatedYarnFlinkContract() : SimulatedFlinkContract("yarn-east");

public sealed class SimulatedKubernetesFlinkContract() : SimulatedFlinkContract("k8s-east");
