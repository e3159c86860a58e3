using System.Collections.Immutable;

namespace Flink.Resources.Testing.Servers;

/// <summary>The jobs of these tests.</summary>
internal static class TestJobs
{
    public const string Streaming = "test.Streaming";
    public const string Batch = "test.Batch";

    public static void AddTo(FakeJobs jobs)
    {
        jobs.Add(Streaming, FakeJob.Streaming);
        jobs.Add(Batch, FakeJob.Batch);
    }

    public static ApplicationSpec Spec(JobKey job, string jar, string entryClass) => new()
    {
        Job = job,
        Kind = entryClass == Batch ? JobKind.Batch : JobKind.Streaming,
        Queue = "root.nearline",
        FlinkVersion = "1.20",
        Jar = new ArtifactRef(jar),
        EntryClass = entryClass,
        Parallelism = 1,
        Configuration = ImmutableSortedDictionary<string, string>.Empty.Add("execution.checkpointing.interval", "2s"),
        JobManager = new ContainerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1280), Slots = 1 },
    };

    /// <summary>No two copies of a job at once, and each run starts from the savepoint that the one before stopped into.</summary>
    public static void AssertNoStateLost(IEnumerable<FakeRun> runs, JobKey job)
    {
        FakeRun? before = null;
        foreach (var run in runs.Where(r => r.Job == job.Value).OrderBy(static r => r.StartedAt))
        {
            if (before is not null)
            {
                Assert.True(before.EndedAt <= run.StartedAt, $"{before} and {run} ran at once.");
                Assert.Equal(before.StoppedInto, run.RestoredFrom);
            }
            before = run;
        }
        Assert.NotNull(before);
    }
}
