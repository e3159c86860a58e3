namespace Flink.Resources.Integration;

/// <summary>State that was written on one cluster is read on the other, exact.</summary>
public sealed class CrossBackendTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restore_FiftyMegabytesOfRocksDB_FromYarnOnKubernetesAndBackIsExact()
    {
        var yarn = new Flow(Backends.Yarn("cross"));
        var kubernetes = new Flow(Backends.Kubernetes("cross"));
        var job = JobKey.Parse($"contract/cross-{Clusters.Run}");
        var onYarn = TestJobs.KeyedCounter(TestJobs.OnYarn(job), rate: 1000, keys: 1000, stateBytes: 50_000);
        var onKubernetes = TestJobs.KeyedCounter(TestJobs.OnKubernetes(job), rate: 1000, keys: 1000, stateBytes: 50_000);

        var first = await yarn.StartAsync(onYarn);
        var savepoint = await StopWhenFullAsync(await yarn.RunningAsync(first));
        await yarn.RemoveAsync(first);

        var second = await kubernetes.StartAsync(onKubernetes, restore: new RestorePoint.Snapshot(savepoint));
        var there = await kubernetes.RunningAsync(second);
        await Flow.AssertRestoredAsync(there, savepoint);
        await Clusters.VerifyAsync(TestJobs.OutputOf(job), Cancellation);
        var back = await StopWhenFullAsync(there);
        await kubernetes.RemoveAsync(second);

        var third = await yarn.StartAsync(onYarn, epoch: 2, restore: new RestorePoint.Snapshot(back));
        var again = await yarn.RunningAsync(third);
        await Flow.AssertRestoredAsync(again, back);
        await Flow.StopAsync(again);
        await yarn.RemoveAsync(third);
        await Clusters.VerifyAsync(TestJobs.OutputOf(job), Cancellation);

        await yarn.Backend.ForgetAsync(first.Fence, Cancellation);
        await yarn.Backend.ForgetAsync(third.Fence, Cancellation);
        await kubernetes.Backend.ForgetAsync(second.Fence, Cancellation);
    }

    /// <summary>Each of the 1,000 keys carries 50,000 bytes once it has been seen: after a completed checkpoint of that size.</summary>
    private static async Task<string> StopWhenFullAsync(IFlinkCluster cluster)
    {
        await Flow.CheckpointAsync(cluster, atLeastBytes: 40_000_000);
        return await Flow.StopAsync(cluster);
    }
}
