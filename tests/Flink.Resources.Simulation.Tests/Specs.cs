using System.Collections.Immutable;

namespace Flink.Resources.Simulation;

/// <summary>Jobs, and the few steps that all tests take.</summary>
internal static class Specs
{
    public const string Jar = "hdfs://sim/jobs.jar";
    public const string Savepoints = "hdfs://sim/savepoints";

    public static ApplicationSpec Streaming(JobKey job, params (string Key, string Value)[] configuration) => new()
    {
        Job = job,
        Kind = JobKind.Streaming,
        Queue = "root.realtime",
        FlinkVersion = "1.20.5",
        Jar = new ArtifactRef(Jar),
        EntryClass = "jobs.KeyedCounter",
        Parallelism = 2,
        JobManager = new ContainerResources { CpuMillicores = 500, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1728), Slots = 2 },
        Configuration = configuration.ToImmutableSortedDictionary(static c => c.Key, static c => c.Value, StringComparer.Ordinal),
    };

    public static ApplicationSpec Batch(JobKey job, params (string Key, string Value)[] configuration) =>
        Streaming(job, configuration) with { Kind = JobKind.Batch };

    public static TriggerId Trigger(int number) => new(number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture));

    public static T Require<T>(Lookup<T> lookup) => lookup.Match(
        static value => value,
        static evidence => throw new InvalidOperationException($"Absent: {evidence.Seen}"),
        static evidence => throw new InvalidOperationException($"Unknown: {evidence.Seen}"));

    public static async Task<PreparedApplication> PreparedAsync(this IResourceBackend backend, Fence fence, ApplicationSpec spec, CancellationToken ct) =>
        Assert.IsType<PrepareOutcome.Prepared>(await backend.PrepareAsync(fence, spec, ct)).Application;

    public static async Task<PreparedApplication> StartedAsync(
        this SimulatedFleet fleet, string backend, Fence fence, ApplicationSpec spec, CancellationToken ct, RestorePoint? restore = null)
    {
        var prepared = await fleet.Backend(backend).PreparedAsync(fence, spec, ct);
        Assert.IsType<StartOutcome.Accepted>(await fleet.Backend(backend).StartAsync(prepared, restore ?? RestorePoint.None, ct));
        return prepared;
    }

    public static async Task<(IFlinkCluster Cluster, FlinkJobId Job)> RunningAsync(this SimulatedFleet fleet, ApplicationHandle application, CancellationToken ct)
    {
        for (var i = 0; i < 2000; i++)
        {
            var cluster = (await fleet.Backend(application.Backend).ConnectAsync(application, ct)).Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
            try
            {
                if (cluster is not null && await cluster.GetJobsAsync(ct) is [{ AllTasksRun: true } job])
                {
                    return (cluster, job.Id);
                }
            }
            catch (ResourceBackendException)
            {
                // It is coming up, or one of the planted faults.
            }
            await fleet.RunAsync(TimeSpan.FromMilliseconds(500), ct);
        }
        throw new TimeoutException($"{application} does not run: {string.Join('\n', fleet.Events.TakeLast(10))}");
    }

    public static async Task<SavepointStatus> StopAsync(this SimulatedFleet fleet, IFlinkCluster cluster, FlinkJobId job, int trigger, CancellationToken ct)
    {
        var request = new SavepointRequest(Trigger(trigger), Savepoints);
        Assert.IsType<TriggerOutcome.Accepted>(await cluster.StopWithSavepointAsync(job, request, ct));
        while (true)
        {
            if (Require(await cluster.FindSavepointAsync(job, request.Trigger, ct)) is var status and not SavepointStatus.InProgress)
            {
                return status;
            }
            await fleet.RunAsync(TimeSpan.FromMilliseconds(200), ct);
        }
    }

    public static async Task RemovedAsync(this SimulatedFleet fleet, ApplicationHandle application, CancellationToken ct, HaMetadata metadata = HaMetadata.Purge)
    {
        var backend = fleet.Backend(application.Backend);
        for (var i = 0; i < 200; i++)
        {
            if (await backend.RemoveAsync(application, metadata, ct) is RemoveOutcome.Removed or RemoveOutcome.AlreadyGone
                && (await backend.ProbeDeathAsync(new CopyRef(application), ct)).Verdict == DeathVerdict.Dead)
            {
                return;
            }
            await fleet.RunAsync(TimeSpan.FromSeconds(1), ct);
        }
        throw new TimeoutException($"{application} does not die.");
    }

    /// <summary>A whole move: start, let it run, stop with savepoint, prove the end, start on the other side, let it run.</summary>
    public static async Task<PreparedApplication> MovedAsync(this SimulatedFleet fleet, JobKey job, string from, string to, CancellationToken ct)
    {
        var source = await fleet.StartedAsync(from, new Fence(job, 1), Streaming(job), ct);
        var (cluster, id) = await fleet.RunningAsync(source.Application, ct);
        await fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        var stopped = Assert.IsType<SavepointStatus.Completed>(await fleet.StopAsync(cluster, id, 1, ct));
        await fleet.RemovedAsync(source.Application, ct);
        var target = await fleet.StartedAsync(to, new Fence(job, 2), Streaming(job), ct, new RestorePoint.Snapshot(stopped.Location));
        var (restored, restoredJob) = await fleet.RunningAsync(target.Application, ct);
        Assert.Equal(stopped.Location, Require(await restored.FindCheckpointsAsync(restoredJob, ct)).LatestRestored?.Path);
        await fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        return target;
    }
}
