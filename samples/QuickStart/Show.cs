using Flink.Resources;

namespace QuickStart;

/// <summary>Each step, waited for, with its state on the screen while it changes.</summary>
internal static class Show
{
    private static readonly long _start = TimeProvider.System.GetTimestamp();
    private static string _last = string.Empty;

    /// <summary>What can't be done is said in one line, without a stack trace, and the exit code is 2.</summary>
    public static void ErrorsPlainly() => AppDomain.CurrentDomain.UnhandledException += static (_, e) =>
    {
        Console.Error.WriteLine(string.Join("; ", ((Exception)e.ExceptionObject).Message.Split('\n', StringSplitOptions.TrimEntries)));
        Environment.Exit(2);
    };

    public static async Task<PreparedApplication> StartAsync(
        IResourceBackend backend, Fence fence, ApplicationSpec spec, RestorePoint restore, CancellationToken cancellationToken)
    {
        var outcome = await backend.PrepareAsync(fence, spec, cancellationToken);
        if (outcome is not PrepareOutcome.Prepared { Application: var prepared })
        {
            throw new InvalidOperationException(outcome is PrepareOutcome.Refused refused ? string.Join('\n', refused.Errors) : outcome.ToString());
        }
        Say($"prepared {prepared.Application.Id} on {backend.Info.Name}");
        var started = await backend.StartAsync(prepared, restore, cancellationToken);
        if (started is StartOutcome.Refused { Cause: var cause })
        {
            throw new InvalidOperationException(cause);
        }
        Say(started is StartOutcome.Accepted ? "start accepted" : started.ToString()!);
        return prepared;
    }

    public static async Task<IFlinkCluster> RunningAsync(IResourceBackend backend, PreparedApplication prepared, CancellationToken cancellationToken)
    {
        while (true)
        {
            var report = (await backend.FindAsync(prepared.Fence, cancellationToken)).Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
            Say($"{report?.State} ({report?.NativeState}) {report?.Diagnostics}");
            if (report is { State: ApplicationState.Finished } or { IsStuck: true })
            {
                throw new InvalidOperationException(report.Diagnostics);
            }
            if (report?.State == ApplicationState.Running && await RunsAsync(backend, prepared, cancellationToken) is { } cluster)
            {
                return cluster;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }
    }

    public static async Task<string> SavepointAsync(IFlinkCluster cluster, FlinkJobId job, TriggerId trigger, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = (await cluster.FindSavepointAsync(job, trigger, cancellationToken)).Match<SavepointStatus?>(static s => s, static _ => null, static _ => null);
            switch (status)
            {
                case SavepointStatus.Completed completed:
                    Say($"stopped with savepoint {completed.Location}");
                    return completed.Location;
                case SavepointStatus.Failed failed:
                    throw new InvalidOperationException(failed.Cause);
                default:
                    await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
                    break;
            }
        }
    }

    public static async Task RestoredAsync(IFlinkCluster cluster, CancellationToken cancellationToken)
    {
        var job = (await cluster.GetJobsAsync(cancellationToken))[0].Id;
        var path = (await cluster.FindCheckpointsAsync(job, cancellationToken)).Match(static c => c.LatestRestored?.Path, static _ => null, static _ => null);
        Say($"running again, restored from {path}");
    }

    public static async Task RemoveAsync(IResourceBackend backend, PreparedApplication prepared, CancellationToken cancellationToken)
    {
        while (await backend.RemoveAsync(prepared.Application, HaMetadata.Purge, cancellationToken) is not (RemoveOutcome.Removed or RemoveOutcome.AlreadyGone))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }
        DeathProbe probe;
        while ((probe = await backend.ProbeDeathAsync(new CopyRef(prepared.Application), cancellationToken)).Verdict != DeathVerdict.Dead)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }
        Say($"removed {prepared.Application.Id}, dead: {probe.Evidence.Seen}");
        await backend.ForgetAsync(prepared.Fence, cancellationToken);
    }

    private static async Task<IFlinkCluster?> RunsAsync(IResourceBackend backend, PreparedApplication prepared, CancellationToken cancellationToken)
    {
        try
        {
            var cluster = (await backend.ConnectAsync(prepared.Application, cancellationToken)).Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
            var runs = cluster is not null && await cluster.GetJobsAsync(cancellationToken) is [{ AllTasksRun: true }];
            if (runs)
            {
                Say("all tasks run");
            }
            return runs ? cluster : null;
        }
        catch (ResourceBackendException)
        {
            // A JobManager that is coming up answers now and then; the next round asks again.
            return null;
        }
    }

    public static void Say(string line)
    {
        line = line.TrimEnd();
        if (line != _last)
        {
            Console.WriteLine(string.Create(null, $"{TimeProvider.System.GetElapsedTime(_start).TotalSeconds,6:0.0} s  {line}"));
            _last = line;
        }
    }
}
