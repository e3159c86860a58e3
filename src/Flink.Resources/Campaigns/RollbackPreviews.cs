using System.Collections.Immutable;
using Flink.Resources.Planning;
using Flink.Resources.Rollback;

namespace Flink.Resources;

/// <summary>Says what going back would do. Looks, and changes nothing.</summary>
internal sealed class RollbackPreviews(IMigrations migrations, RollbackTargets targets, IBackendCatalog backends, TimeProvider timeProvider)
{
    private static readonly TimeSpan SnapshotAge = TimeSpan.FromSeconds(30);
    private readonly CopyObserver _observer = new(backends, timeProvider);

    public async Task<ImmutableArray<RollbackPreview>> OfAsync(RollbackScope scope, CancellationToken cancellationToken)
    {
        var found = await targets.FindAsync(scope, cancellationToken).ConfigureAwait(false);
        var snapshots = new Dictionary<string, Task<BackendSnapshot>>(StringComparer.Ordinal);
        var promised = new Dictionary<Placement, ResourceAmount>();
        var previews = ImmutableArray.CreateBuilder<RollbackPreview>(found.Length);
        foreach (var target in found)
        {
            var run = await migrations.FindAsync(target.Run, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"The journal holds no run '{target.Run}'.");
            previews.Add(await OfAsync(target, run, snapshots, promised, cancellationToken).ConfigureAwait(false));
        }
        return previews.MoveToImmutable();
    }

    private async Task<RollbackPreview> OfAsync(
        RollbackTarget target, MigrationRun run, Dictionary<string, Task<BackendSnapshot>> snapshots, Dictionary<Placement, ResourceAmount> promised, CancellationToken cancellationToken)
    {
        var way = JobReturn.WayOf(run);
        var to = PlacementMemory.SourceOf(run.Request);
        var (choice, effect) = way switch
        {
            RollbackWay.None => (RollbackChoice.Parked, "Nothing is done."),
            RollbackWay.CallOff => (RollbackChoice.ReturnToOrigin, "The source runs untouched: nothing is lost or repeated."),
            RollbackWay.MoveBack => (RollbackChoice.CarryForward, "It is stopped with a savepoint and goes on from it: nothing is lost or repeated."),
            _ when run.Rollback is { } decided => (decided.Choice, decided.Effect ?? string.Empty),
            _ => await ForecastAsync(run, cancellationToken).ConfigureAwait(false),
        };
        var (hasRoom, room) = way is RollbackWay.None or RollbackWay.CallOff ? (true, "Nothing is started.") : await RoomAsync(run, to, snapshots, promised, cancellationToken).ConfigureAwait(false);
        return new RollbackPreview
        {
            Job = target.Job,
            Priority = target.Priority,
            Run = run.Id,
            To = to,
            Live = run.Live,
            Way = way,
            Choice = choice,
            DataEffect = effect,
            ExpectedDowntime = way is RollbackWay.None or RollbackWay.CallOff ? TimeSpan.Zero : run.Downtime,
            HasRoom = hasRoom,
            Reason = way == RollbackWay.None ? $"Its move is over: {run.State}." : room,
        };
    }

    /// <summary>What the policy would choose for what the target shows now.</summary>
    private async Task<(RollbackChoice Choice, string Effect)> ForecastAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        if (run.Target is null || !run.TargetMayRun)
        {
            return (RollbackChoice.ReturnToOrigin, "The target was not started: nothing is lost or repeated.");
        }
        var seen = await _observer.LookAsync(MigrationMachine.TargetOf(run), null, thorough: true, cancellationToken).ConfigureAwait(false);
        var decision = RollbackPolicy.Decide(MigrationMachine.EvidenceOf(run, seen, timeProvider.GetUtcNow()));
        return (decision.Choice, decision.DataEffect is { Length: > 0 } effect ? effect : decision.Reason);
    }

    private async Task<(bool? HasRoom, string Words)> RoomAsync(
        MigrationRun run, Placement to, Dictionary<string, Task<BackendSnapshot>> snapshots, Dictionary<Placement, ResourceAmount> promised, CancellationToken cancellationToken)
    {
        if (run.State is MigrationState.SourceVerifying)
        {
            return (true, "It has been started there.");
        }
        if (!snapshots.TryGetValue(to.Backend, out var asked))
        {
            asked = snapshots[to.Backend] = backends.GetRequired(to.Backend).GetSnapshotAsync(SnapshotAge, cancellationToken);
        }
        BackendSnapshot snapshot;
        try
        {
            snapshot = await asked.ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return (null, $"{to.Backend} can't be read: {exception.Message}");
        }
        if ((snapshot.Queues.StaleBecause ?? snapshot.Nodes.StaleBecause) is { } stale)
        {
            return (null, $"{to.Backend} can't be read: {stale}");
        }
        var before = promised.GetValueOrDefault(to);
        var (hasRoom, words) = SourceRoom.Of(run.Request.SourceSpec, to, snapshot, before);
        promised[to] = SourceRoom.Add(before, SourceRoom.NeedOf(run.Request.SourceSpec));
        return (hasRoom, words);
    }
}

/// <summary>Whether a job finds room where it was, by its specification and a snapshot. Pure.</summary>
internal static class SourceRoom
{
    /// <summary>What a job takes.</summary>
    public static ResourceAmount NeedOf(ApplicationSpec spec)
    {
        var managers = ((spec.Parallelism - 1) / Math.Max(1, spec.TaskManager.Slots)) + 1;
        return new ResourceAmount(
            new MemorySize(spec.JobManager.Memory.Bytes + (managers * spec.TaskManager.Memory.Bytes)),
            spec.JobManager.CpuMillicores + ((long)managers * spec.TaskManager.CpuMillicores));
    }

    public static ResourceAmount Add(ResourceAmount left, ResourceAmount right) =>
        new(new MemorySize(left.Memory.Bytes + right.Memory.Bytes), left.CpuMillicores + right.CpuMillicores);

    /// <summary>Whether there is room, after what others were promised.</summary>
    public static (bool HasRoom, string Words) Of(ApplicationSpec spec, Placement place, BackendSnapshot snapshot, ResourceAmount promised)
    {
        var need = Add(NeedOf(spec), promised);
        var nodes = snapshot.Nodes.Items.Where(static n => n.IsSchedulable).ToList();
        var free = new ResourceAmount(
            new MemorySize(nodes.Sum(static n => Math.Max(0, n.Memory.Bytes - n.UsedMemory.Bytes))), nodes.Sum(static n => Math.Max(0, n.CpuMillicores - n.UsedCpuMillicores)));
        if (!Fits(need, free))
        {
            return (false, $"The nodes of {place.Backend} have {Text(free)} free, {Text(need)} are needed with what goes back before.");
        }
        // A queue's limit is its own and that of every queue above it.
        foreach (var queue in snapshot.Queues.Items.Where(q => q.Maximum is not null && (q.Path == place.Queue || place.Queue.StartsWith($"{q.Path}.", StringComparison.Ordinal))))
        {
            var left = new ResourceAmount(
                new MemorySize(Math.Max(0, queue.Maximum!.Value.Memory.Bytes - queue.Used.Memory.Bytes)), Math.Max(0, queue.Maximum.Value.CpuMillicores - queue.Used.CpuMillicores));
            if (!Fits(need, left))
            {
                return (false, $"Queue {queue.Path} of {place.Backend} has {Text(left)} left, {Text(need)} are needed with what goes back before.");
            }
        }
        return (true, $"{Text(need)} are needed with what goes back before, {Text(free)} are free.");
    }

    private static bool Fits(ResourceAmount need, ResourceAmount free) => need.Memory.Bytes <= free.Memory.Bytes && need.CpuMillicores <= free.CpuMillicores;

    private static string Text(ResourceAmount amount) => FormattableString.Invariant($"{amount.Memory} and {amount.CpuMillicores / 1000.0:0.###} cores");
}
