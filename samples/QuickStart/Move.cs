using Flink.Resources;
using Microsoft.Extensions.Configuration;

namespace QuickStart;

/// <summary><c>start JOB --backend yarn|k8s</c>, <c>move JOB --to yarn|k8s</c>, <c>remove JOB</c>: a job that stays, and goes to the other cluster.</summary>
internal static class Move
{
    public static async Task<int> StartAsync(IResourceBackend backend, JobKey job, IConfigurationSection settings, CancellationToken stop)
    {
        var prepared = await Show.StartAsync(backend, new Fence(job, 1), Job.On(backend.Info.Kind, job, settings), RestorePoint.None, stop);
        await Show.RunningAsync(backend, prepared, stop);
        return 0;
    }

    public static async Task<int> RunAsync(
        IBackendCatalog backends, IMigrations migrations, JobKey job, string to, IConfigurationSection settings, CancellationToken stop)
    {
        var target = backends.GetRequired(to);
        // A move that a cut-off program left is carried on; else a new one begins.
        var run = await migrations.FindUnfinishedAsync(job, stop) ?? await migrations.CreateAsync(await RequestAsync(backends, target, job, settings, stop), stop);
        var end = await migrations.RunAsync(run, new Progress(), stop);
        Show.Say(end.State == MigrationState.Committed
            ? $"{job} runs on {target.Info.Name}, restored from {end.Origin!.Uri}"
            : $"{end.State}, live: {end.Live}. {end.Reason}");
        if (end is { State: MigrationState.Committed, Downtime: { } downtime })
        {
            var probe = await backends.GetRequired(end.Source.Application.Backend).ProbeDeathAsync(end.Source, stop);
            Show.Say($"no output for {downtime.TotalSeconds:0.0} s at most; the source is {probe.Verdict}: {probe.Evidence.Seen}");
        }
        return end.State == MigrationState.Committed ? 0 : 1;
    }

    public static async Task<int> RemoveAsync(IBackendCatalog backends, JobKey job, CancellationToken stop)
    {
        foreach (var backend in backends.Backends)
        {
            foreach (var fence in await FencesAsync(backend, job, stop))
            {
                await Show.RemoveAsync(backend, new PreparedApplication { Fence = fence.Fence, Application = fence.Application, Payload = string.Empty }, stop);
            }
        }
        return 0;
    }

    private static async Task<MoveRequest> RequestAsync(
        IBackendCatalog backends, IResourceBackend target, JobKey job, IConfigurationSection settings, CancellationToken stop)
    {
        foreach (var source in backends.Backends.Where(b => b != target))
        {
            foreach (var fence in await FencesAsync(source, job, stop))
            {
                var found = await source.FindAsync(fence.Fence, stop);
                if (found.Match(static r => r.State == ApplicationState.Running, static _ => false, static _ => false))
                {
                    return new MoveRequest
                    {
                        Job = job,
                        Source = new CopyRef(fence.Application),
                        SourceSpec = Job.On(source.Info.Kind, job, settings),
                        TargetBackend = target.Info.Name,
                        TargetSpec = Job.On(target.Info.Kind, job, settings),
                        SnapshotDirectory = $"{settings["StateRoot"]}/savepoints",
                        Options = new MoveOptions { Soak = TimeSpan.FromSeconds(10) },
                    };
                }
            }
        }
        throw new InvalidOperationException($"{job} runs on none of the other clusters. Start it first: start {job} --backend …");
    }

    private static async Task<IReadOnlyList<FenceReport>> FencesAsync(IResourceBackend backend, JobKey job, CancellationToken stop) =>
        backend.TryGetFeature<IFenceRegistry>(out var registry)
            ? (await registry.FindFencesAsync(job, stop)).Match<IReadOnlyList<FenceReport>>(static f => f, static _ => [], static e => throw new InvalidOperationException(e.Seen))
            : [];

    private sealed class Progress : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value) => Show.Say($"{value.State} {value.Reason}");
    }
}
