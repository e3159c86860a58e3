namespace Flink.Resources.Integration.Kubernetes;

/// <summary>A watch on the real API server tells of an application by itself.</summary>
public sealed class WatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_AnApplicationStartsRunsAndIsRemoved_EachIsToldWithoutAsking()
    {
        var flow = new Flow(Backends.Kubernetes("watch"));
        var spec = TestJobs.KeyedCounter(TestJobs.OnKubernetes(JobKey.Parse($"contract/watch-{Clusters.Run}")));
        await using var watch = flow.Backend.WatchAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await watch.MoveNextAsync());
        var before = watch.Current;
        Assert.Null(before.Applications.StaleBecause);
        Assert.Null(Of(before, spec.Job));

        var prepared = await flow.StartAsync(spec);
        var appeared = await UntilAsync(watch, s => Of(s, spec.Job) is not null);
        var running = await UntilAsync(watch, s => Of(s, spec.Job) is { State: ApplicationState.Running, Containers: >= 2 });
        await flow.RemoveAsync(prepared);
        var gone = await UntilAsync(watch, s => Of(s, spec.Job) is null);

        Assert.Equal(prepared.Application, Of(appeared, spec.Job)!.Application);
        Assert.True(Of(running, spec.Job)!.AllocatedMemory.Mebibytes >= 1024 + 1280);
        Assert.True(before.Version < appeared.Version && appeared.Version <= running.Version && running.Version < gone.Version);
        await flow.Backend.ForgetAsync(prepared.Fence, Cancellation);
    }

    private static ApplicationReport? Of(BackendSnapshot snapshot, JobKey job) =>
        snapshot.Applications.Items.FirstOrDefault(a => a.Fence?.Job == job);

    private static async Task<BackendSnapshot> UntilAsync(IAsyncEnumerator<BackendSnapshot> watch, Func<BackendSnapshot, bool> done)
    {
        while (!done(watch.Current))
        {
            Assert.True(await watch.MoveNextAsync());
        }
        return watch.Current;
    }
}
