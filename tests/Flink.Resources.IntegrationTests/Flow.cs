using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Integration;

/// <summary>The steps of a job's life on one backend, each waited for.</summary>
internal sealed class Flow(IResourceBackend backend)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public IResourceBackend Backend => backend;

    public async Task<PreparedApplication> PrepareAsync(ApplicationSpec spec, long epoch = 1) =>
        await backend.PrepareAsync(new Fence(spec.Job, epoch), spec, Cancellation) switch
        {
            PrepareOutcome.Prepared prepared => prepared.Application,
            PrepareOutcome.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Errors)),
            var other => throw new InvalidOperationException($"Prepare ended as {other}."),
        };

    public async Task<PreparedApplication> StartAsync(ApplicationSpec spec, long epoch = 1, RestorePoint? restore = null)
    {
        var prepared = await PrepareAsync(spec, epoch);
        Assert.IsType<StartOutcome.Accepted>(await backend.StartAsync(prepared, restore ?? RestorePoint.None, Cancellation));
        return prepared;
    }

    /// <summary>Waits until every task of the one job runs.</summary>
    public async Task<IFlinkCluster> RunningAsync(PreparedApplication prepared)
    {
        IFlinkCluster? up = null;
        await PollAsync(async () =>
        {
            var report = (await backend.FindAsync(prepared.Fence, Cancellation)).Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
            Assert.False(report?.State == ApplicationState.Finished, $"It ended: {report?.Diagnostics}");
            up = (await backend.ConnectAsync(prepared.Application, Cancellation)).Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
            return report?.State == ApplicationState.Running && up is not null && await up.GetJobsAsync(Cancellation) is [{ AllTasksRun: true }];
        });
        return up!;
    }

    /// <summary>Waits for a report.</summary>
    public async Task<ApplicationReport> ReportAsync(PreparedApplication prepared, Func<ApplicationReport, bool> until)
    {
        ApplicationReport? last = null;
        await PollAsync(async () =>
        {
            last = (await backend.FindAsync(prepared.Fence, Cancellation)).Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
            return last is not null && until(last);
        });
        return last!;
    }

    /// <summary>Stops with a savepoint and gives its location.</summary>
    public static async Task<string> StopAsync(IFlinkCluster cluster)
    {
        var job = Assert.Single(await cluster.GetJobsAsync(Cancellation)).Id;
        var trigger = NewTrigger();
        string? location = null;
        await PollAsync(async () =>
        {
            await cluster.StopWithSavepointAsync(job, new SavepointRequest(trigger, TestJobs.SnapshotDirectory), Cancellation);
            var status = (await cluster.FindSavepointAsync(job, trigger, Cancellation)).Match<SavepointStatus?>(static s => s, static _ => null, static _ => null);
            Assert.False(status is SavepointStatus.Failed, (status as SavepointStatus.Failed)?.Cause);
            location = (status as SavepointStatus.Completed)?.Location;
            return location is not null;
        });
        return location!;
    }

    public static TriggerId NewTrigger() =>
        new(Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)));

    /// <summary>The newest completed checkpoint of the one job, once there is one.</summary>
    public static async Task<CheckpointEntry> CheckpointAsync(IFlinkCluster cluster, long atLeastBytes = 0)
    {
        var job = Assert.Single(await cluster.GetJobsAsync(Cancellation)).Id;
        CheckpointEntry? latest = null;
        await PollAsync(async () => (latest = (await cluster.FindCheckpointsAsync(job, Cancellation))
            .Match(static c => c.LatestCompleted, static _ => null, static _ => null)) is { } seen && seen.StateBytes >= atLeastBytes);
        return latest!;
    }

    /// <summary>The one job says that it began with this snapshot.</summary>
    public static async Task AssertRestoredAsync(IFlinkCluster cluster, string savepoint)
    {
        var job = Assert.Single(await cluster.GetJobsAsync(Cancellation)).Id;
        var restored = (await cluster.FindCheckpointsAsync(job, Cancellation)).Match<string?>(static c => c.LatestRestored?.Path, static _ => null, static _ => null);
        Assert.Equal(savepoint.TrimEnd('/'), restored?.TrimEnd('/'));
    }

    /// <summary>Removes it and waits until it is proved dead.</summary>
    public async Task RemoveAsync(PreparedApplication prepared)
    {
        await PollAsync(async () => await backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation)
            is RemoveOutcome.Removed or RemoveOutcome.AlreadyGone);
        await PollAsync(async () =>
            (await backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation)).Verdict == DeathVerdict.Dead);
    }

    /// <summary>Removes it and gives the fence up, so that nothing is left.</summary>
    public async Task CleanAsync(PreparedApplication prepared)
    {
        await RemoveAsync(prepared);
        await backend.ForgetAsync(prepared.Fence, Cancellation);
    }

    public static async Task PollAsync(Func<Task<bool>> done, TimeSpan? patience = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        var why = "it never became true";
        while (TimeProvider.System.GetElapsedTime(start) < (patience ?? _patience))
        {
            try
            {
                if (await done())
                {
                    return;
                }
            }
            catch (ResourceBackendException exception)
                when (exception.Fault is BackendFault.Unavailable or BackendFault.Timeout or BackendFault.Unreachable)
            {
                why = exception.Message;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancellation);
        }
        Assert.Fail($"Nothing came of it within {patience ?? _patience}: {why}.");
    }

    /// <summary>Removes what is left of a job on all clusters, and its fences.</summary>
    public static async Task CleanAsync(IBackendCatalog catalog, JobKey job)
    {
        foreach (var backend in catalog.Backends)
        {
            Assert.True(backend.TryGetFeature<IFenceRegistry>(out var registry));
            var flow = new Flow(backend);
            foreach (var fence in (await registry.FindFencesAsync(job, Cancellation)).Match(static f => f, static _ => [], static _ => []))
            {
                await flow.CleanAsync(new PreparedApplication { Fence = fence.Fence, Application = fence.Application, Payload = string.Empty });
            }
        }
    }
}
