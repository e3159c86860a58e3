using System.Collections.Immutable;

namespace Flink.Resources.Integration;

/// <summary>The jobs of the clusters' own jar, for either cluster.</summary>
internal static class TestJobs
{
    public static string SnapshotDirectory => $"{Clusters.Hdfs}/tmp/flink-resources-tests/savepoints";

    public static string OutputOf(JobKey job) => $"{Clusters.Hdfs}/tmp/flink-resources-tests/out/{job.Name}";

    /// <summary>Counts per key, forever, and writes what <c>verify</c> proves exact.</summary>
    public static ApplicationSpec KeyedCounter(ApplicationSpec place, int rate = 500, int keys = 100, int stateBytes = 1000) => place with
    {
        Kind = JobKind.Streaming,
        EntryClass = "testbed.jobs.KeyedCounter",
        Arguments =
        [
            "--rate", Text(rate), "--keys", Text(keys), "--splits", "2", "--stateBytes", Text(stateBytes), "--verify", OutputOf(place.Job),
        ],
        Configuration = place.Configuration
            .SetItem("execution.checkpointing.interval", "2s")
            .SetItem("execution.checkpointing.dir", $"{Clusters.Hdfs}/tmp/flink-resources-tests/checkpoints/{place.Job.Name}")
            .SetItem("state.backend.type", "rocksdb"),
    };

    public static ApplicationSpec BoundedBatch(ApplicationSpec place) => place with
    {
        Kind = JobKind.Batch,
        EntryClass = "testbed.jobs.BoundedBatch",
    };

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What a job asks of YARN.</summary>
    public static ApplicationSpec OnYarn(JobKey job) => new()
    {
        Job = job,
        Kind = JobKind.Batch,
        Queue = "root.nearline",
        FlinkVersion = "1.20",
        Jar = new ArtifactRef(Clusters.Require("TESTBED_FLINK_HDFS_JOBS_JAR")),
        Parallelism = 1,
        Configuration = ImmutableSortedDictionary<string, string>.Empty,
        JobManager = new ContainerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1280), Slots = 1 },
    };

    /// <summary>What the same job asks of Kubernetes: little CPU, so that many run side by side on a small node.</summary>
    public static ApplicationSpec OnKubernetes(JobKey job) => OnYarn(job) with
    {
        Queue = "root.nearline",
        Jar = new ArtifactRef(Clusters.JarInImage),
        JobManager = new ContainerResources { CpuMillicores = 100, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 100, Memory = MemorySize.FromMebibytes(1280), Slots = 1 },
    };
}
