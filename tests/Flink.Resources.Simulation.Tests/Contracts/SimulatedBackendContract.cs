using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Simulation.Contracts;

/// <summary>The promises of a backend, kept by a simulated one; time passes whenever the test waits for it.</summary>
public abstract class SimulatedBackendContract : ResourceBackendContract, IDisposable
{
    private readonly PlaceUnderTest _place;
    private readonly IDisposable _clock;

    private protected SimulatedBackendContract(string name)
    {
        var fleet = SimulatedFleet.Create(1, name);
        fleet.AddJar(Specs.Jar, "jobs.KeyedCounter");
        _place = new PlaceUnderTest(fleet, name);
        _clock = fleet.StartClock();
    }

    protected override BackendUnderTest Place => _place;

    public void Dispose()
    {
        _clock.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class PlaceUnderTest(SimulatedFleet fleet, string name) : BackendUnderTest
    {
        public override IResourceBackend Backend => fleet.Backend(name);

        public override IResourceBackend Rival => fleet.Backend(name, "rival");

        public override string SnapshotDirectory => Specs.Savepoints;

        public override TimeProvider TimeProvider => fleet.TimeProvider;

        public override JobKey NewJob(string test) => JobKey.Parse($"contract/{test}");

        public override ApplicationSpec StreamingJob(JobKey job) => Specs.Streaming(job);

        public override ApplicationSpec BatchJob(JobKey job) => Specs.Batch(job);

        public override async Task VerifyExactAsync(JobKey job, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromMinutes(1), fleet.TimeProvider, cancellationToken);
            var account = fleet.Account(job);
            Assert.True(account.IsExact, account.ToString());
            Assert.True(account.Committed > 50_000, account.ToString());
        }
    }
}

public sealed class SimulatedYarnContract() : SimulatedBackendContract("yarn-east");

public sealed class SimulatedKubernetesContract() : SimulatedBackendContract("k8s-east");
