using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Testing.Servers.Yarn;

public sealed class FakeYarnBackendContract : ResourceBackendContract, IAsyncLifetime
{
    private FakeYarn? _yarn;
    private YarnUnderTest? _place;

    protected override BackendUnderTest Place => _place!;

    public async ValueTask InitializeAsync()
    {
        _yarn = await YarnPlace.StartAsync();
        _place = new YarnUnderTest(_yarn);
    }

    public ValueTask DisposeAsync() => _yarn!.DisposeAsync();

    private sealed class YarnUnderTest(FakeYarn yarn) : BackendUnderTest
    {
        public override IResourceBackend Backend { get; } = YarnPlace.Backend(yarn, "one");

        public override IResourceBackend Rival { get; } = YarnPlace.Backend(yarn, "two");

        public override string SnapshotDirectory => $"{yarn.FileSystem}/savepoints";

        public override TimeSpan Patience => TimeSpan.FromSeconds(20);

        public override JobKey NewJob(string test) => JobKey.Parse($"contract/yarn-{test}");

        public override ApplicationSpec StreamingJob(JobKey job) => YarnPlace.Spec(yarn, job, TestJobs.Streaming);

        public override ApplicationSpec BatchJob(JobKey job) => YarnPlace.Spec(yarn, job, TestJobs.Batch);

        public override Task VerifyExactAsync(JobKey job, CancellationToken cancellationToken)
        {
            TestJobs.AssertNoStateLost(yarn.Runs, job);
            return Task.CompletedTask;
        }
    }
}
