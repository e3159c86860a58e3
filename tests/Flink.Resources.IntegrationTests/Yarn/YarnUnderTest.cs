using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Integration.Yarn;

internal sealed class YarnUnderTest : BackendUnderTest
{
    private readonly Lazy<IResourceBackend> _backend = new(static () => Backends.Yarn("one"));
    private readonly Lazy<IResourceBackend> _rival = new(static () => Backends.Yarn("two"));

    public override IResourceBackend Backend => _backend.Value;

    public override IResourceBackend Rival => _rival.Value;

    public override string SnapshotDirectory => TestJobs.SnapshotDirectory;

    public override JobKey NewJob(string test) => JobKey.Parse($"contract/yarn-{test}-{Clusters.Run}");

    public override ApplicationSpec StreamingJob(JobKey job) => TestJobs.KeyedCounter(TestJobs.OnYarn(job));

    public override ApplicationSpec BatchJob(JobKey job) => TestJobs.BoundedBatch(TestJobs.OnYarn(job));

    public override Task VerifyExactAsync(JobKey job, CancellationToken cancellationToken) =>
        Clusters.VerifyAsync(TestJobs.OutputOf(job), cancellationToken);
}
