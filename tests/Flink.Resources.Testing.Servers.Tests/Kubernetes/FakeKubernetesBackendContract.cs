using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Testing.Servers.Kubernetes;

public sealed class FakeKubernetesBackendContract : ResourceBackendContract, IAsyncLifetime
{
    private FakeKubernetes? _kubernetes;
    private KubernetesUnderTest? _place;

    protected override BackendUnderTest Place => _place!;

    public async ValueTask InitializeAsync()
    {
        _kubernetes = await KubernetesPlace.StartAsync();
        _place = new KubernetesUnderTest(_kubernetes);
    }

    public ValueTask DisposeAsync() => _kubernetes!.DisposeAsync();

    private sealed class KubernetesUnderTest(FakeKubernetes kubernetes) : BackendUnderTest
    {
        public override IResourceBackend Backend { get; } = KubernetesPlace.Backend(kubernetes, "one");

        public override IResourceBackend Rival { get; } = KubernetesPlace.Backend(kubernetes, "two");

        public override string SnapshotDirectory => "hdfs://nn/savepoints";

        public override TimeSpan Patience => TimeSpan.FromSeconds(20);

        public override JobKey NewJob(string test) => JobKey.Parse($"contract/k8s-{test}");

        public override ApplicationSpec StreamingJob(JobKey job) => KubernetesPlace.Spec(job, TestJobs.Streaming);

        public override ApplicationSpec BatchJob(JobKey job) => KubernetesPlace.Spec(job, TestJobs.Batch);

        public override Task VerifyExactAsync(JobKey job, CancellationToken cancellationToken)
        {
            TestJobs.AssertNoStateLost(kubernetes.Runs, job);
            return Task.CompletedTask;
        }
    }
}
