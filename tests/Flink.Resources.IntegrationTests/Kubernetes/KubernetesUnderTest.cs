using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Integration.Kubernetes;

internal sealed class KubernetesUnderTest : BackendUnderTest
{
    private readonly Lazy<IResourceBackend> _backend = new(static () => Backends.Kubernetes("one"));
    private readonly Lazy<IResourceBackend> _rival = new(static () => Backends.Kubernetes("two"));

    public override IResourceBackend Backend => _backend.Value;

    public override IResourceBackend Rival => _rival.Value;

    public override string SnapshotDirectory => TestJobs.SnapshotDirectory;

    public override JobKey NewJob(string test) => JobKey.Parse($"contract/k8s-{test}-{Clusters.Run}");

    public override ApplicationSpec StreamingJob(JobKey job) => TestJobs.KeyedCounter(TestJobs.OnKubernetes(job));

    public override ApplicationSpec BatchJob(JobKey job) => TestJobs.BoundedBatch(TestJobs.OnKubernetes(job));

    public override Task VerifyExactAsync(JobKey job, CancellationToken cancellationToken) =>
        Clusters.VerifyAsync(TestJobs.OutputOf(job), cancellationToken);
}
