using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Integration;

/// <summary>One running job that the facts of a contract share.</summary>
public abstract class RunningJob : IAsyncLifetime
{
    private PreparedApplication? _prepared;

    public IFlinkCluster Cluster { get; private set; } = null!;

    private protected abstract Flow Flow { get; }

    private protected abstract ApplicationSpec Spec { get; }

    public async ValueTask InitializeAsync()
    {
        if (!Clusters.IsConfigured)
        {
            // The facts skip one by one, each with the reason.
            return;
        }
        _prepared = await Flow.StartAsync(Spec);
        Cluster = await Flow.RunningAsync(_prepared);
    }

    public async ValueTask DisposeAsync()
    {
        if (_prepared is not null)
        {
            await Flow.CleanAsync(_prepared);
        }
        GC.SuppressFinalize(this);
    }
}

public sealed class RunningJobOnYarn : RunningJob
{
    private readonly Lazy<Flow> _flow = new(static () => new Flow(Backends.Yarn("cluster")));

    private protected override Flow Flow => _flow.Value;

    private protected override ApplicationSpec Spec => TestJobs.KeyedCounter(TestJobs.OnYarn(JobKey.Parse($"contract/yarn-cluster-{Clusters.Run}")));
}

public sealed class RunningJobOnKubernetes : RunningJob
{
    private readonly Lazy<Flow> _flow = new(static () => new Flow(Backends.Kubernetes("cluster")));

    private protected override Flow Flow => _flow.Value;

    private protected override ApplicationSpec Spec => TestJobs.KeyedCounter(TestJobs.OnKubernetes(JobKey.Parse($"contract/k8s-cluster-{Clusters.Run}")));
}

public sealed class YarnFlinkClusterContract : FlinkClusterContract, IClassFixture<RunningJobOnYarn>
{
    private readonly RunningJobOnYarn _job;

    public YarnFlinkClusterContract(RunningJobOnYarn job)
    {
        Clusters.Require("TESTBED_YARN_RM");
        _job = job;
    }

    protected override IFlinkCluster Cluster => _job.Cluster;

    protected override string SnapshotDirectory => TestJobs.SnapshotDirectory;
}

public sealed class KubernetesFlinkClusterContract : FlinkClusterContract, IClassFixture<RunningJobOnKubernetes>
{
    private readonly RunningJobOnKubernetes _job;

    public KubernetesFlinkClusterContract(RunningJobOnKubernetes job)
    {
        Clusters.Require("TESTBED_YARN_RM");
        _job = job;
    }

    protected override IFlinkCluster Cluster => _job.Cluster;

    protected override string SnapshotDirectory => TestJobs.SnapshotDirectory;
}
