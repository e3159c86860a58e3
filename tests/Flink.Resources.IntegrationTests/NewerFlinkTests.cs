namespace Flink.Resources.Integration;

/// <summary>Flink 2 on both clusters, and from one to the other and back.</summary>
public sealed class NewerFlinkTests
{
    public const string Version = "2.3";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flink2_StartedCheckpointedStoppedAndRestoredOnBothClusters_IsExact()
    {
        var (yarn, kubernetes) = (new Flow(Backends.Yarn("newer")), new Flow(Backends.Kubernetes("newer")));
        var job = JobKey.Parse($"contract/newer-{Clusters.Run}");
        var onYarn = TestJobs.KeyedCounter(TestJobs.OnYarn(job) with
        {
            FlinkVersion = Version, Jar = new ArtifactRef(Clusters.Require("TESTBED_FLINK2_HDFS_JOBS_JAR")),
        });
        var onKubernetes = TestJobs.KeyedCounter(TestJobs.OnKubernetes(job) with { FlinkVersion = Version });

        var first = await yarn.StartAsync(onYarn);
        var savepoint = await CheckpointAndStopAsync(await yarn.RunningAsync(first));
        await yarn.RemoveAsync(first);

        var second = await kubernetes.StartAsync(onKubernetes, restore: new RestorePoint.Snapshot(savepoint));
        var there = await kubernetes.RunningAsync(second);
        await Flow.AssertRestoredAsync(there, savepoint);
        var back = await CheckpointAndStopAsync(there);
        var finished = await kubernetes.ReportAsync(second, static r => r.State == ApplicationState.Finished);
        await kubernetes.RemoveAsync(second);

        var third = await yarn.StartAsync(onYarn, epoch: 2, restore: new RestorePoint.Snapshot(back));
        var again = await yarn.RunningAsync(third);
        await Flow.AssertRestoredAsync(again, back);
        await Flow.StopAsync(again);
        await yarn.RemoveAsync(third);

        Assert.Equal(ApplicationResult.Succeeded, finished.Result);
        await Clusters.VerifyAsync(TestJobs.OutputOf(job), Cancellation);
        await yarn.Backend.ForgetAsync(first.Fence, Cancellation);
        await yarn.Backend.ForgetAsync(third.Fence, Cancellation);
        await kubernetes.Backend.ForgetAsync(second.Fence, Cancellation);
    }

    private static async Task<string> CheckpointAndStopAsync(IFlinkCluster cluster)
    {
        await Flow.CheckpointAsync(cluster);
        return await Flow.StopAsync(cluster);
    }
}
