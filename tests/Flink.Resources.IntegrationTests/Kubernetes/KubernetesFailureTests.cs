using System.Diagnostics;

namespace Flink.Resources.Integration.Kubernetes;

/// <summary>The truth while Kubernetes' own daemons are killed, and one application or none afterwards.</summary>
[Collection(nameof(ClusterFailures))]
public sealed class KubernetesFailureTests
{
    private readonly Flow _flow = new(Backends.Kubernetes("failure", static o =>
    {
        o.AttemptTimeout = TimeSpan.FromSeconds(3);
        o.CallTimeout = TimeSpan.FromSeconds(6);
    }));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IResourceBackend Backend => _flow.Backend;

    [Fact]
    public async Task ApiServer_KilledBeforeAndDuringSubmitWhileRunningAndDuringStop_IsUnknownAndThenOneOrNone()
    {
        var prepared = await _flow.PrepareAsync(Job("api"));
        var (dead, unseen) = await ClusterFailures.WithoutAsync("apiserver", async () => (
            await Backend.StartAsync(prepared, RestorePoint.None, Cancellation),
            await Backend.FindAsync(prepared.Fence, Cancellation)));
        await Flow.PollAsync(async () => (await Backend.FindAsync(prepared.Fence, Cancellation)).Status == LookupStatus.Found);

        var during = await ClusterFailures.KillDuringAsync(
            "apiserver", () => Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        await Flow.PollAsync(async () =>
            await Backend.StartAsync(prepared, RestorePoint.None, Cancellation) is StartOutcome.Accepted or StartOutcome.AlreadyStarted);
        var cluster = await _flow.RunningAsync(prepared);
        var copies = await OfJobAsync(prepared);

        var (unseenRunning, death) = await ClusterFailures.WithoutAsync("apiserver", async () => (
            await Backend.FindAsync(prepared.Fence, Cancellation),
            await Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation)));
        await _flow.ReportAsync(prepared, static r => r.State == ApplicationState.Running);

        var job = Assert.Single(await cluster.GetJobsAsync(Cancellation)).Id;
        var trigger = Flow.NewTrigger();
        var stopping = await ClusterFailures.KillDuringAsync(
            "apiserver", () => cluster.StopWithSavepointAsync(job, new SavepointRequest(trigger, TestJobs.SnapshotDirectory), Cancellation));
        var (savepoint, stopped) = await StopInTheEndAsync(prepared, cluster, job, trigger);

        var removed = await ClusterFailures.KillDuringAsync(
            "apiserver", () => Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation));
        await _flow.RemoveAsync(prepared);
        var after = await Backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Assert.IsType<StartOutcome.Indeterminate>(dead);
        Assert.Equal(LookupStatus.Unknown, unseen.Status);
        Assert.True(during is StartOutcome.Indeterminate or StartOutcome.Accepted, during.ToString());
        Assert.Single(copies);
        Assert.Equal(LookupStatus.Unknown, unseenRunning.Status);
        Assert.Equal(DeathVerdict.Unknown, death.Verdict);
        Assert.True(stopping is TriggerOutcome.Indeterminate or TriggerOutcome.Accepted, stopping.ToString());
        Assert.StartsWith(TestJobs.SnapshotDirectory, savepoint, StringComparison.Ordinal);
        Assert.Equal(ApplicationResult.Succeeded, stopped.Result);
        Assert.False(removed is RemoveOutcome.AlreadyGone or RemoveOutcome.Refused, removed.ToString());
        Assert.IsType<StartOutcome.AlreadyStarted>(after);
        await Backend.ForgetAsync(prepared.Fence, Cancellation);
    }

    [Fact]
    public async Task Kubelet_KilledBeforeAndDuringSubmitAndDuringStop_IsNeverTakenForNothingAndThenOneOrNone()
    {
        var flow = new Flow(Backends.Kubernetes("kubelet", static o => o.RemoveTimeout = TimeSpan.FromSeconds(4)));
        var first = await flow.PrepareAsync(Job("kubelet-points"));
        var (started, waiting, alive) = await ClusterFailures.WithoutAsync("kubelet", async () => (
            await flow.Backend.StartAsync(first, RestorePoint.None, Cancellation),
            await flow.Backend.FindAsync(first.Fence, Cancellation),
            await flow.Backend.ProbeDeathAsync(new CopyRef(first.Application), Cancellation)));
        await flow.RunningAsync(first);
        var copies = await OfJobAsync(first);

        var removing = flow.Backend.RemoveAsync(first.Application, HaMetadata.Purge, Cancellation);
        var (removed, lives, death) = await ClusterFailures.WithoutAsync("kubelet", async () =>
        {
            var outcome = await removing;
            var seen = await flow.Backend.ProbeDeathAsync(new CopyRef(first.Application), Cancellation);
            return (outcome, JobManagersOnThisMachine(first.Application.Id) > 0, seen);
        });
        await flow.RemoveAsync(first);
        var left = JobManagersOnThisMachine(first.Application.Id);

        var second = await flow.PrepareAsync(Job("kubelet-points"), epoch: 2);
        var during = await ClusterFailures.KillDuringAsync("kubelet", () => flow.Backend.StartAsync(second, RestorePoint.None, Cancellation));
        await flow.ReportAsync(second, static r => r.State == ApplicationState.Running);
        var again = await OfJobAsync(second);

        Assert.IsType<StartOutcome.Accepted>(started);
        Assert.Equal(ApplicationState.Starting, waiting.Match(static r => r.State, static _ => default, static _ => default));
        Assert.Equal(DeathVerdict.Alive, alive.Verdict);
        Assert.Single(copies);
        Assert.False(removed is RemoveOutcome.AlreadyGone or RemoveOutcome.Refused, removed.ToString());
        Assert.False(lives && death.Verdict == DeathVerdict.Dead, death.Evidence.Seen);
        Assert.Equal(0, left);
        Assert.IsType<StartOutcome.Accepted>(during);
        Assert.Equal(second.Fence, Assert.Single(again).Fence);
        await flow.CleanAsync(second);
        await flow.Backend.ForgetAsync(first.Fence, Cancellation);
    }

    [Fact]
    public async Task Kubelet_KilledAndItsPodsDeletedByForce_ContainersMayLiveSoItIsUnknown()
    {
        var prepared = await _flow.StartAsync(Job("kubelet"));
        await _flow.RunningAsync(prepared);
        var (probe, lives, afterRemoval) = await ClusterFailures.WithoutAsync("kubelet", async () =>
        {
            await Cluster.DeleteByForceAsync(prepared.Application.Namespace!, prepared.Application.Id);
            var seen = await Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation);
            var isAlive = JobManagersOnThisMachine(prepared.Application.Id) > 0;
            await Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation);
            return (seen, isAlive, await Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation));
        });
        await _flow.RemoveAsync(prepared);

        Assert.True(lives, "The test must leave the containers alive.");
        Assert.Equal(DeathVerdict.Unknown, probe.Verdict);
        Assert.NotEqual(DeathVerdict.Dead, afterRemoval.Verdict);
        Assert.Equal(0, JobManagersOnThisMachine(prepared.Application.Id));
        await Backend.ForgetAsync(prepared.Fence, Cancellation);
    }

    [Fact]
    public async Task JobManager_KilledBetweenFinishedAndRemoval_NeverRunsTheJobAgain()
    {
        var prepared = await _flow.StartAsync(TestJobs.BoundedBatch(TestJobs.OnKubernetes(Key("finished"))));
        var finished = await _flow.ReportAsync(prepared, static r => r.State == ApplicationState.Finished);
        KillJobManager(prepared.Application.Id);
        var cluster = (await Backend.ConnectAsync(prepared.Application, Cancellation)).Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
        await Flow.PollAsync(() => Task.FromResult(JobManagersOnThisMachine(prepared.Application.Id) == 1));
        await Flow.PollAsync(async () => !(await cluster!.GetJobsAsync(Cancellation)).IsDefault);
        var seen = new List<FlinkJobState>();
        for (var i = 0; i < 20; i++)
        {
            seen.AddRange((await QuietlyAsync(cluster!)).Select(static j => j.State));
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancellation);
        }
        var after = await Backend.FindAsync(prepared.Fence, Cancellation);

        Assert.Equal(ApplicationResult.Succeeded, finished.Result);
        Assert.DoesNotContain(FlinkJobState.Running, seen);
        Assert.Equal(ApplicationResult.Succeeded, after.Match(static r => r.Result, static _ => default, static _ => default));
        await _flow.CleanAsync(prepared);
    }

    /// <summary>
    /// A JobManager that loses its API server for longer than its lease begins anew from its newest checkpoint, and a savepoint asked
    /// for meanwhile has failed, or was completed and the job came back before Flink had stored its end: the report says Running, and it
    /// is stopped again under a new trigger id.
    /// </summary>
    private async Task<(string Savepoint, ApplicationReport Report)> StopInTheEndAsync(PreparedApplication prepared, IFlinkCluster cluster, FlinkJobId job, TriggerId trigger)
    {
        string? location = null;
        ApplicationReport? report = null;
        await Flow.PollAsync(async () =>
        {
            if (location is not null)
            {
                report = (await Backend.FindAsync(prepared.Fence, Cancellation)).Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
                if (report?.State != ApplicationState.Finished && await QuietlyAsync(cluster) is [{ AllTasksRun: true }])
                {
                    (location, trigger) = (null, Flow.NewTrigger());
                }
                return report?.State == ApplicationState.Finished;
            }
            await cluster.StopWithSavepointAsync(job, new SavepointRequest(trigger, TestJobs.SnapshotDirectory), Cancellation);
            var status = (await cluster.FindSavepointAsync(job, trigger, Cancellation)).Match<SavepointStatus?>(static s => s, static _ => null, static _ => null);
            if (status is SavepointStatus.Failed)
            {
                await _flow.RunningAsync(prepared);
                trigger = Flow.NewTrigger();
            }
            location = (status as SavepointStatus.Completed)?.Location;
            return false;
        });
        return (location!, report!);
    }

    private static async Task<IReadOnlyList<FlinkJobSummary>> QuietlyAsync(IFlinkCluster cluster)
    {
        try
        {
            return await cluster.GetJobsAsync(Cancellation);
        }
        catch (ResourceBackendException)
        {
            return [];
        }
    }

    private static JobKey Key(string test) => JobKey.Parse($"contract/k8s-{test}-{Clusters.Run}");

    private static ApplicationSpec Job(string test) => TestJobs.KeyedCounter(TestJobs.OnKubernetes(Key(test)));

    private static void KillJobManager(string clusterId)
    {
        foreach (var id in JobManagers(clusterId))
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
    }

    private static int JobManagersOnThisMachine(string clusterId) => JobManagers(clusterId).Count;

    /// <summary>Java processes of the application's JobManager container, by the log file in their command line.</summary>
    private static List<int> JobManagers(string clusterId)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), System.Globalization.CultureInfo.InvariantCulture, out var id)
                && CommandLine(directory) is var line
                && line.Contains("KubernetesApplicationClusterEntrypoint", StringComparison.Ordinal)
                && line.Contains(clusterId, StringComparison.Ordinal))
            {
                found.Add(id);
            }
        }
        return found;
    }

    private static string CommandLine(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline"));
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    private async Task<List<ApplicationReport>> OfJobAsync(PreparedApplication prepared)
    {
        var snapshot = await Backend.GetSnapshotAsync(TimeSpan.Zero, Cancellation);
        return [.. snapshot.Applications.Items.Where(a => a.Fence?.Job == prepared.Fence.Job)];
    }
}
