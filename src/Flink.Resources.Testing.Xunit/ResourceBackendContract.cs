using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Flink.Resources.Testing.Xunit;

/// <summary>The promises of <see cref="IResourceBackend"/>. Derive it once per backend.</summary>
public abstract class ResourceBackendContract
{
    /// <summary>The place that is tested.</summary>
    protected abstract BackendUnderTest Place { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IResourceBackend Backend => Place.Backend;

    /// <summary>A job that nobody started is absent, with evidence.</summary>
    [Fact]
    public async Task Find_NeverPrepared_IsAbsentWithEvidence()
    {
        var found = await Backend.FindAsync(new Fence(Place.NewJob("never"), 1), Cancellation);

        Assert.Equal(LookupStatus.Absent, found.Status);
        Assert.NotEqual(Evidence.None, found.Evidence);
    }

    /// <summary>Every mistake is named at once, and nothing is touched.</summary>
    [Fact]
    public async Task Prepare_ManyMistakes_NamesThemAllAndTouchesNothing()
    {
        var job = Place.NewJob("mistakes");
        var good = Place.StreamingJob(job);
        var bad = good with
        {
            Parallelism = 0,
            TaskManager = good.TaskManager with { Slots = 0 },
            Configuration = good.Configuration.SetItem("parallelism.default", "4").SetItem("execution.state-recovery.path", "hdfs:///x"),
        };

        var outcome = await Backend.PrepareAsync(new Fence(job, 1), bad, Cancellation);

        var refused = Assert.IsType<PrepareOutcome.Refused>(outcome);
        Assert.True(refused.Errors.Length >= 4, string.Join('\n', refused.Errors));
        Assert.Contains(refused.Errors, static e => e.Field.Contains("Parallelism", StringComparison.Ordinal));
        Assert.Contains(refused.Errors, static e => e.Field.Contains("Slots", StringComparison.Ordinal));
        Assert.Contains(refused.Errors, static e => e.Field.Contains("parallelism.default", StringComparison.Ordinal));
        Assert.Contains(refused.Errors, static e => e.Field.Contains("execution.state-recovery.path", StringComparison.Ordinal));
        Assert.Equal(LookupStatus.Absent, (await Backend.FindAsync(new Fence(job, 1), Cancellation)).Status);
    }

    /// <summary>Python jobs are refused by name.</summary>
    [Fact]
    public async Task Prepare_PythonJob_IsRefusedByName()
    {
        var job = Place.NewJob("python");
        var spec = Place.StreamingJob(job) with { EntryClass = "org.apache.flink.client.python.PythonDriver" };

        var refused = Assert.IsType<PrepareOutcome.Refused>(await Backend.PrepareAsync(new Fence(job, 1), spec, Cancellation));

        Assert.Contains(refused.Errors, static e => e.ToString().Contains("Python", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Preparing again gives the same identity; a rival is told who holds the fence; an older epoch is refused.</summary>
    [Fact]
    public async Task Prepare_AgainOrByARival_TheFenceDecides()
    {
        var job = Place.NewJob("fence");
        var fence = new Fence(job, 2);
        var spec = Place.StreamingJob(job);

        var first = await PrepareAsync(fence, spec);
        var again = await PrepareAsync(fence, spec);
        var rival = await Place.Rival.PrepareAsync(fence, spec with { Parallelism = spec.Parallelism + 1 }, Cancellation);
        var older = await Backend.PrepareAsync(fence with { Epoch = 1 }, spec, Cancellation);
        var found = await Backend.FindAsync(fence, Cancellation);

        Assert.Equal(first.Application, again.Application);
        Assert.NotEmpty(Assert.IsType<PrepareOutcome.FenceTaken>(rival).Holder);
        Assert.IsType<PrepareOutcome.FenceTaken>(older);
        Assert.Equal(ApplicationState.Prepared, Require(found).State);
        await ForgetAsync(first);
    }

    /// <summary>Two processes prepare the same start at once: one wins, the other is told who.</summary>
    [Fact]
    public async Task Prepare_TwoAtOnce_OneWins()
    {
        var job = Place.NewJob("race");
        var fence = new Fence(job, 1);
        var spec = Place.StreamingJob(job);

        var outcomes = await Task.WhenAll(
            Backend.PrepareAsync(fence, spec, Cancellation), Place.Rival.PrepareAsync(fence, spec, Cancellation));

        var winner = Assert.Single(outcomes.OfType<PrepareOutcome.Prepared>());
        Assert.NotEmpty(Assert.Single(outcomes.OfType<PrepareOutcome.FenceTaken>()).Holder);
        await ForgetAsync(winner.Application);
    }

    /// <summary>
    /// The life of a streaming job: started twice is one application, its state survives a stop with savepoint and a restore, the
    /// output is exact, and removal leaves it dead and not startable.
    /// </summary>
    [Fact]
    public async Task Life_StreamingJob_StartStopRestoreRemoveIsExact()
    {
        var job = Place.NewJob("life");
        var spec = Place.StreamingJob(job);
        var first = await PrepareAsync(new Fence(job, 1), spec);
        var lossy = new FaultingBackend(Backend, Place.TimeProvider);
        lossy.Next(BackendCall.Start, BackendCallFault.LostAnswer);

        Assert.IsType<StartOutcome.Indeterminate>(await lossy.StartAsync(first, RestorePoint.None, Cancellation));
        Assert.IsType<StartOutcome.AlreadyStarted>(await Backend.StartAsync(first, RestorePoint.None, Cancellation));
        var cluster = await RunningAsync(first);
        Assert.Single(await OfJobAsync(first));
        var flinkJob = Assert.Single(await cluster.GetJobsAsync(Cancellation)).Id;
        Assert.Equal(DeathVerdict.Alive, (await Backend.ProbeDeathAsync(new CopyRef(first.Application), Cancellation)).Verdict);
        var savepoint = await StopAsync(cluster, flinkJob);
        var stopped = await FinishedAsync(first);
        await RemoveAsync(first);

        var second = await PrepareAsync(new Fence(job, 2), spec);
        Assert.IsType<StartOutcome.Accepted>(
            await Backend.StartAsync(second, new RestorePoint.Snapshot(savepoint), Cancellation));
        var restored = await RunningAsync(second);
        var checkpoints = await restored.FindCheckpointsAsync(
            Assert.Single(await restored.GetJobsAsync(Cancellation)).Id, Cancellation);
        await Place.VerifyExactAsync(job, Cancellation);
        await RemoveAsync(second);
        var after = await Backend.StartAsync(second, RestorePoint.None, Cancellation);

        Assert.Equal(ApplicationResult.Succeeded, stopped.Result);
        Assert.Equal(
            savepoint.TrimEnd('/'), Require(checkpoints).LatestRestored?.Path?.TrimEnd('/'), StringComparer.Ordinal);
        Assert.IsType<StartOutcome.AlreadyStarted>(after);
        Assert.NotEqual(LookupStatus.Found, (await Backend.ConnectAsync(second.Application, Cancellation)).Status);
        await Backend.ForgetAsync(first.Fence, Cancellation);
        await Backend.ForgetAsync(second.Fence, Cancellation);
    }

    /// <summary>A finished batch job is still found with its result, and never runs again.</summary>
    [Fact]
    public async Task Life_BatchJob_FinishedIsFoundWithItsResultAndNotStartable()
    {
        var job = Place.NewJob("batch");
        var prepared = await PrepareAsync(new Fence(job, 1), Place.BatchJob(job));

        Assert.IsType<StartOutcome.Accepted>(await Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        var finished = await FinishedAsync(prepared);
        var again = await Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        await RemoveAsync(prepared);
        var removed = Require(await Backend.FindAsync(prepared.Fence, Cancellation));
        var afterRemoval = await Backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Assert.Equal(ApplicationResult.Succeeded, finished.Result);
        Assert.IsType<StartOutcome.AlreadyStarted>(again);
        Assert.Equal(ApplicationResult.Succeeded, removed.Result);
        Assert.IsType<StartOutcome.AlreadyStarted>(afterRemoval);
        await Backend.ForgetAsync(prepared.Fence, Cancellation);
    }

    /// <summary>A wrong entry class ends as failed with the cause in plain words, in seconds.</summary>
    [Fact]
    public async Task Start_WrongEntryClass_FailsWithTheCause()
    {
        var job = Place.NewJob("entry");
        var prepared = await PrepareAsync(
            new Fence(job, 1), Place.BatchJob(job) with { EntryClass = "no.such.Main" });

        Assert.IsType<StartOutcome.Accepted>(await Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        var report = await WaitForAsync(prepared, static r => r.IsStuck || r.State == ApplicationState.Finished);
        await RemoveAsync(prepared);

        Assert.False(string.IsNullOrWhiteSpace(report.Diagnostics));
        Assert.NotEqual(ApplicationResult.Succeeded, report.Result);
        await Backend.ForgetAsync(prepared.Fence, Cancellation);
    }

    /// <summary>The snapshot shows nodes and queues, and says how fresh they are.</summary>
    [Fact]
    public async Task GetSnapshot_OfAHealthyPlace_ShowsNodesAndQueues()
    {
        var snapshot = await Backend.GetSnapshotAsync(TimeSpan.FromSeconds(5), Cancellation);

        Assert.Contains(snapshot.Nodes.Items, static n => n.Memory.Bytes > 0 && n.CpuMillicores > 0);
        Assert.NotEmpty(snapshot.Queues.Items);
        Assert.Null(snapshot.Nodes.StaleBecause);
        Assert.Null(snapshot.Queues.StaleBecause);
        Assert.Null(snapshot.Applications.StaleBecause);
    }

    private async Task<PreparedApplication> PrepareAsync(Fence fence, ApplicationSpec spec)
    {
        var outcome = await Backend.PrepareAsync(fence, spec, Cancellation);
        return outcome switch
        {
            PrepareOutcome.Prepared prepared => prepared.Application,
            PrepareOutcome.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Errors)),
            _ => throw new InvalidOperationException($"Prepare ended as {outcome}."),
        };
    }

    private async Task<IFlinkCluster> RunningAsync(PreparedApplication prepared)
    {
        await WaitForAsync(prepared, static r => r.State == ApplicationState.Running);
        IFlinkCluster? up = null;
        await PollAsync(async () =>
        {
            up = (await Backend.ConnectAsync(prepared.Application, Cancellation))
                .Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
            return up is not null && await AllTasksRunAsync(up);
        });
        return up!;
    }

    /// <summary>A JobManager that is coming up may answer, elect its leader, and only then answer for good.</summary>
    private static async Task<bool> AllTasksRunAsync(IFlinkCluster cluster)
    {
        try
        {
            return await cluster.GetJobsAsync(Cancellation) is [{ AllTasksRun: true }];
        }
        catch (ResourceBackendException exception) when (exception.Fault is BackendFault.Unavailable or BackendFault.Timeout)
        {
            return false;
        }
    }

    private async Task<string> StopAsync(IFlinkCluster cluster, FlinkJobId job)
    {
        var trigger = new TriggerId(Convert.ToHexStringLower(Digits(job.Value)));
        var request = new SavepointRequest(trigger, Place.SnapshotDirectory);
        string? location = null;
        await PollAsync(async () =>
        {
            // Flink refuses while a task is still coming up; asking with the same trigger id again is the same operation.
            Assert.IsType<TriggerOutcome.Accepted>(await cluster.StopWithSavepointAsync(job, request, Cancellation));
            var status = await cluster.FindSavepointAsync(job, trigger, Cancellation);
            return status.Match(
                found =>
                {
                    location = (found as SavepointStatus.Completed)?.Location;
                    return found is SavepointStatus.Failed failed
                        ? throw new InvalidOperationException(failed.Cause)
                        : location is not null;
                },
                static _ => false,
                static _ => false);
        });
        return location!;
    }

    private static byte[] Digits(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];

    private Task<ApplicationReport> FinishedAsync(PreparedApplication prepared) =>
        WaitForAsync(prepared, static r => r.State == ApplicationState.Finished);

    private async Task<ApplicationReport> WaitForAsync(PreparedApplication prepared, Func<ApplicationReport, bool> until)
    {
        ApplicationReport? last = null;
        await PollAsync(async () =>
        {
            last = (await Backend.FindAsync(prepared.Fence, Cancellation))
                .Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
            return last is not null && until(last);
        });
        return last!;
    }

    private async Task<List<ApplicationReport>> OfJobAsync(PreparedApplication prepared)
    {
        var snapshot = await Backend.GetSnapshotAsync(TimeSpan.Zero, Cancellation);
        return [.. snapshot.Applications.Items.Where(a => a.Fence?.Job == prepared.Fence.Job)];
    }

    private async Task RemoveAsync(PreparedApplication prepared)
    {
        await PollAsync(async () => await Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation)
            is RemoveOutcome.Removed or RemoveOutcome.AlreadyGone);
        await PollAsync(async () =>
            (await Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation)).Verdict == DeathVerdict.Dead);
    }

    private async Task ForgetAsync(PreparedApplication prepared)
    {
        await Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation);
        await Backend.ForgetAsync(prepared.Fence, Cancellation);
        Assert.Equal(LookupStatus.Absent, (await Backend.FindAsync(prepared.Fence, Cancellation)).Status);
    }

    private async Task PollAsync(Func<Task<bool>> done)
    {
        var clock = Place.TimeProvider;
        var start = clock.GetTimestamp();
        while (!await done())
        {
            Assert.True(clock.GetElapsedTime(start) < Place.Patience, $"Nothing came of it within {Place.Patience}.");
            await Task.Delay(TimeSpan.FromMilliseconds(500), clock, Cancellation);
        }
    }

    private static T Require<T>(Lookup<T> lookup) => lookup.Match(
        static value => value,
        static evidence => throw new InvalidOperationException($"Absent: {evidence.Seen}"),
        static evidence => throw new InvalidOperationException($"Unknown: {evidence.Seen}"));
}
