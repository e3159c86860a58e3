namespace Flink.Resources.Integration.Yarn;

/// <summary>The truth while YARN's own daemons are killed, and one application or none afterwards.</summary>
[Collection(nameof(ClusterFailures))]
public sealed class YarnFailureTests
{
    private readonly Flow _flow = new(Backends.Yarn("failure", static o =>
    {
        o.AttemptTimeout = TimeSpan.FromSeconds(3);
        o.CallTimeout = TimeSpan.FromSeconds(6);
    }));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IResourceBackend Backend => _flow.Backend;

    [Fact]
    public async Task ResourceManager_KilledBeforeAndDuringSubmit_IsUnknownAndThenOneApplication()
    {
        var prepared = await _flow.PrepareAsync(Job("rm-submit"));
        await ClusterFailures.KillAsync("resourcemanager");
        var dead = await Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        var unseen = await Backend.FindAsync(prepared.Fence, Cancellation);
        await ClusterFailures.StartAsync("resourcemanager");
        await Flow.PollAsync(async () => (await Backend.FindAsync(prepared.Fence, Cancellation)).Status != LookupStatus.Unknown);

        var starting = Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        await ClusterFailures.KillAsync("resourcemanager");
        var during = await starting;
        await ClusterFailures.StartAsync("resourcemanager");
        await RepeatStartAsync(prepared);
        await _flow.RunningAsync(prepared);

        Assert.IsType<StartOutcome.Indeterminate>(dead);
        Assert.Equal(LookupStatus.Unknown, unseen.Status);
        Assert.True(during is StartOutcome.Indeterminate or StartOutcome.Accepted, during.ToString());
        Assert.Single(await OfJobAsync(prepared));
        await _flow.CleanAsync(prepared);
    }

    [Fact]
    public async Task ResourceManager_KilledWhileRunningAndDuringStop_IsUnknownAndThenTheSameApplicationEnds()
    {
        var prepared = await _flow.StartAsync(Job("rm-run"));
        await _flow.RunningAsync(prepared);
        await ClusterFailures.KillAsync("resourcemanager");
        var unseen = await Backend.FindAsync(prepared.Fence, Cancellation);
        var death = await Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation);
        var again = await Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        await ClusterFailures.StartAsync("resourcemanager");
        var running = await _flow.ReportAsync(prepared, static r => r.State == ApplicationState.Running);

        var removing = Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation);
        await ClusterFailures.KillAsync("resourcemanager");
        var removed = await removing;
        await ClusterFailures.StartAsync("resourcemanager");
        await _flow.RemoveAsync(prepared);
        var after = await Backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Assert.Equal(LookupStatus.Unknown, unseen.Status);
        Assert.Equal(DeathVerdict.Unknown, death.Verdict);
        Assert.True(again is StartOutcome.Indeterminate or StartOutcome.AlreadyStarted, again.ToString());
        Assert.Equal(prepared.Application, running.Application);
        Assert.False(removed is RemoveOutcome.AlreadyGone or RemoveOutcome.Refused, removed.ToString());
        Assert.IsType<StartOutcome.AlreadyStarted>(after);
        await Backend.ForgetAsync(prepared.Fence, Cancellation);
    }

    [Fact]
    public async Task NameNode_KilledBeforeSubmitAndWhileRunning_IsUnknownAndThenOneApplication()
    {
        var spec = Job("nn");
        await ClusterFailures.KillAsync("namenode");
        var blind = await Assert.ThrowsAsync<ResourceBackendException>(() => Backend.PrepareAsync(new Fence(spec.Job, 1), spec, Cancellation));
        var unseen = await Backend.FindAsync(new Fence(spec.Job, 1), Cancellation);
        await ClusterFailures.StartAsync("namenode");
        PreparedApplication? prepared = null;
        await Flow.PollAsync(async () => (prepared = await _flow.PrepareAsync(spec)) is not null);

        await ClusterFailures.KillAsync("namenode");
        var dead = await Backend.StartAsync(prepared!, RestorePoint.None, Cancellation);
        await ClusterFailures.StartAsync("namenode");
        await RepeatStartAsync(prepared!);
        await _flow.ReportAsync(prepared!, static r => r.State == ApplicationState.Running);
        Assert.Single(await OfJobAsync(prepared!));

        await ClusterFailures.KillAsync("namenode");
        var fenceUnread = await Backend.FindAsync(prepared!.Fence, Cancellation);
        var byHandle = await Backend.FindAsync(prepared.Application, Cancellation);
        await ClusterFailures.StartAsync("namenode");

        Assert.True(blind.Fault is BackendFault.Unreachable or BackendFault.Timeout or BackendFault.Unavailable, blind.Message);
        Assert.Equal(LookupStatus.Unknown, unseen.Status);
        Assert.IsType<StartOutcome.Indeterminate>(dead);
        Assert.Equal(LookupStatus.Unknown, fenceUnread.Status);
        Assert.NotEqual(LookupStatus.Absent, byHandle.Status);
        await Flow.PollAsync(async () => (await Backend.FindAsync(prepared.Fence, Cancellation)).Status == LookupStatus.Found);
        await _flow.CleanAsync(prepared);
    }

    private static ApplicationSpec Job(string test) =>
        TestJobs.KeyedCounter(TestJobs.OnYarn(JobKey.Parse($"contract/yarn-{test}-{Clusters.Run}")));

    private async Task RepeatStartAsync(PreparedApplication prepared) => await Flow.PollAsync(async () =>
        await Backend.StartAsync(prepared, RestorePoint.None, Cancellation) is StartOutcome.Accepted or StartOutcome.AlreadyStarted);

    private async Task<List<ApplicationReport>> OfJobAsync(PreparedApplication prepared)
    {
        var snapshot = await Backend.GetSnapshotAsync(TimeSpan.Zero, Cancellation);
        Assert.Null(snapshot.Applications.StaleBecause);
        return [.. snapshot.Applications.Items.Where(a => a.Fence?.Job == prepared.Fence.Job)];
    }
}
