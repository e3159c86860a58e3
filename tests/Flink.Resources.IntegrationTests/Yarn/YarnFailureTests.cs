using System.Xml.Linq;

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
        var (dead, unseen) = await ClusterFailures.WithoutAsync("resourcemanager", async () => (
            await Backend.StartAsync(prepared, RestorePoint.None, Cancellation),
            await Backend.FindAsync(prepared.Fence, Cancellation)));
        await Flow.PollAsync(async () => (await Backend.FindAsync(prepared.Fence, Cancellation)).Status != LookupStatus.Unknown);

        var during = await ClusterFailures.KillDuringAsync(
            "resourcemanager", () => Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
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
        var (unseen, death, again) = await ClusterFailures.WithoutAsync("resourcemanager", async () => (
            await Backend.FindAsync(prepared.Fence, Cancellation),
            await Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation),
            await Backend.StartAsync(prepared, RestorePoint.None, Cancellation)));
        var running = await _flow.ReportAsync(prepared, static r => r.State == ApplicationState.Running);

        var removed = await ClusterFailures.KillDuringAsync(
            "resourcemanager", () => Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation));
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
    public async Task NameNode_KilledBeforeAndDuringSubmitWhileRunningAndDuringStop_IsUnknownAndThenOneOrNone()
    {
        var spec = Job("nn");
        var (blind, unseen) = await ClusterFailures.WithoutAsync("namenode", async () => (
            await Backend.PrepareAsync(new Fence(spec.Job, 1), spec, Cancellation),
            await Backend.FindAsync(new Fence(spec.Job, 1), Cancellation)));
        PrepareOutcome? outcome = null;
        await Flow.PollAsync(async () =>
            (outcome = await Backend.PrepareAsync(new Fence(spec.Job, 1), spec, Cancellation)) is PrepareOutcome.Prepared);
        var prepared = ((PrepareOutcome.Prepared)outcome!).Application;

        var dead = await ClusterFailures.WithoutAsync(
            "namenode", () => Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        var during = await ClusterFailures.KillDuringAsync(
            "namenode", () => Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        await RepeatStartAsync(prepared);
        await _flow.ReportAsync(prepared, static r => r.State == ApplicationState.Running);
        var copies = await OfJobAsync(prepared);

        var (fenceUnread, byHandle) = await ClusterFailures.WithoutAsync("namenode", async () => (
            await Backend.FindAsync(prepared.Fence, Cancellation),
            await Backend.FindAsync(prepared.Application, Cancellation)));
        await Flow.PollAsync(async () => (await Backend.FindAsync(prepared.Fence, Cancellation)).Status == LookupStatus.Found);

        var removed = await ClusterFailures.KillDuringAsync(
            "namenode", () => Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation));
        await _flow.RemoveAsync(prepared);
        var after = await Backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Assert.IsType<PrepareOutcome.Indeterminate>(blind);
        Assert.Equal(LookupStatus.Unknown, unseen.Status);
        Assert.IsType<StartOutcome.Indeterminate>(dead);
        Assert.True(during is StartOutcome.Indeterminate or StartOutcome.Accepted, during.ToString());
        Assert.Single(copies);
        Assert.Equal(LookupStatus.Unknown, fenceUnread.Status);
        Assert.NotEqual(LookupStatus.Absent, byHandle.Status);
        Assert.False(removed is RemoveOutcome.AlreadyGone or RemoveOutcome.Refused, removed.ToString());
        Assert.IsType<StartOutcome.AlreadyStarted>(after);
        Assert.Empty(await OfJobAsync(prepared));
        await Backend.ForgetAsync(prepared.Fence, Cancellation);
    }

    [Fact]
    public async Task ResourceManager_RestartedWithAnEmptiedStateStoreWhileTheJobRuns_IsUnknownAndNotStartedAgain()
    {
        var prepared = await _flow.StartAsync(Job("rm-store"));
        await _flow.RunningAsync(prepared);
        await ClusterFailures.WithoutAsync("resourcemanager", static () =>
        {
            Directory.Delete(StateStore(), recursive: true);
            return Task.FromResult(true);
        });
        // It answers, and it knows nothing.
        await Flow.PollAsync(async () => (await Backend.GetSnapshotAsync(TimeSpan.Zero, Cancellation)).Applications.StaleBecause is null);

        var byFence = await Backend.FindAsync(prepared.Fence, Cancellation);
        var byHandle = await Backend.FindAsync(prepared.Application, Cancellation);
        var death = await Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation);
        var again = await Backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Assert.Empty(await OfJobAsync(prepared));
        Assert.Equal(LookupStatus.Unknown, byFence.Status);
        Assert.Equal(LookupStatus.Unknown, byHandle.Status);
        Assert.Equal(DeathVerdict.Unknown, death.Verdict);
        Assert.IsType<StartOutcome.Indeterminate>(again);
    }

    /// <summary>Where the ResourceManager of this machine keeps what it knows, by its own configuration.</summary>
    private static string StateStore()
    {
        var site = XDocument.Load(Path.Combine(Clusters.Require("HADOOP_CONF_DIR"), "yarn-site.xml"));
        var store = site.Descendants("property")
            .Single(static p => p.Element("name")?.Value == "yarn.resourcemanager.fs.state-store.uri").Element("value")!.Value;
        return new Uri(store).LocalPath;
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
