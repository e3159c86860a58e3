using System.Collections.Immutable;
using Flink.Resources.Testing.Xunit;
using Flink.Resources.Yarn;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Integration.Yarn;

internal sealed class YarnUnderTest : BackendUnderTest
{
    private readonly Lazy<IResourceBackend> _backend = new(static () => Create("one"));
    private readonly Lazy<IResourceBackend> _rival = new(static () => Create("two"));

    public override IResourceBackend Backend => _backend.Value;

    public override IResourceBackend Rival => _rival.Value;

    public override string SnapshotDirectory => $"{Clusters.Hdfs}/tmp/flink-resources-tests/savepoints";

    public override JobKey NewJob(string test) => JobKey.Parse($"contract/yarn-{test}-{Clusters.Run}");

    public override ApplicationSpec StreamingJob(JobKey job) => Job(job) with
    {
        Kind = JobKind.Streaming,
        EntryClass = "testbed.jobs.KeyedCounter",
        Arguments =
        [
            "--rate", "500", "--keys", "100", "--splits", "2", "--stateBytes", "1000", "--verify", OutputOf(job),
        ],
        Configuration = ImmutableSortedDictionary<string, string>.Empty
            .Add("execution.checkpointing.interval", "2s")
            .Add("execution.checkpointing.dir", $"{Clusters.Hdfs}/tmp/flink-resources-tests/checkpoints/{job.Name}")
            .Add("state.backend.type", "rocksdb"),
    };

    public override ApplicationSpec BatchJob(JobKey job) => Job(job) with
    {
        Kind = JobKind.Batch,
        EntryClass = "testbed.jobs.BoundedBatch",
    };

    public override Task VerifyExactAsync(JobKey job, CancellationToken cancellationToken) =>
        Clusters.VerifyAsync(OutputOf(job), cancellationToken);

    private static string OutputOf(JobKey job) => $"{Clusters.Hdfs}/tmp/flink-resources-tests/out/{job.Name}";

    private static ApplicationSpec Job(JobKey job) => new()
    {
        Job = job,
        Kind = JobKind.Batch,
        Queue = "root.nearline",
        FlinkVersion = "1.20",
        Jar = new ArtifactRef(Clusters.Require("TESTBED_FLINK_HDFS_JOBS_JAR")),
        Parallelism = 1,
        JobManager = new ContainerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1280), Slots = 1 },
    };

    private static IResourceBackend Create(string controller)
    {
        var services = new ServiceCollection();
        services.AddFlinkResources().AddYarn("yarn-east", options => Configure(options, controller));
        return services.BuildServiceProvider().GetRequiredService<IBackendCatalog>().GetRequired("yarn-east");
    }

    private static void Configure(YarnOptions options, string controller)
    {
        options.ResourceManagers.Add(new Uri(Clusters.Require("TESTBED_YARN_RM")));
        options.WebHdfs.Add(new Uri(new Uri(Clusters.Require("TESTBED_WEBHDFS")).GetLeftPart(UriPartial.Authority)));
        options.FileSystem = Clusters.Hdfs;
        options.User = "root";
        options.StagingRoot = "/tmp/flink-resources-tests/yarn";
        options.ControllerId = $"{controller}-{Clusters.Run}";
        var profile = new YarnFlinkProfile();
        profile.LibraryDirectories.Add(Clusters.Require("TESTBED_FLINK_HDFS_LIB"));
        profile.LibraryDirectories.Add(Clusters.Require("TESTBED_FLINK_HDFS_PLUGINS"));
        options.Profiles["1.20"] = profile;
    }
}
