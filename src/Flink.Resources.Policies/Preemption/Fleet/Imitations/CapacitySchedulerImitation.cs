using System.Collections.Immutable;
using Flink.Resources.Preemption.CapacityScheduler;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>
/// YARN's capacity monitor between queues: the preemptor is its queue's pending demand, a job an application whose only container is all
/// that it holds. The natural termination factor is 1, because a preemptor gets all or nothing.
/// </summary>
internal sealed class CapacitySchedulerImitation : Imitation
{
    public override IReadOnlyList<JobKey>? Choose(ImitatedFleet fleet)
    {
        var capacity = fleet.Backend.Backend.Capacity;
        var paths = fleet.Backend.Backend.Queues.Keys.Append(fleet.Queue).SelectMany(QueuePaths.SelfAndAbove)
            .ToImmutableSortedSet(StringComparer.Ordinal);
        var parents = paths.Select(ParentOf).OfType<string>().ToImmutableHashSet(StringComparer.Ordinal);
        var round = CapacitySchedulerMonitor.RunRound(new()
        {
            ClusterResource = Vector(capacity),
            Settings = new()
            {
                Calculator = CapacityCalculator.Dominant,
                TotalPreemptionPerRound = (float)fleet.Options.MaximumBeingFreed,
                NaturalTerminationFactor = 1,
                MaxIgnoredOverCapacity = fleet.Options.DeadZone,
            },
            Queues = [.. paths.Select(p => Queue(fleet, p, parents.Contains(p)))],
            Apps = [.. fleet.Candidates.Values
                .OrderBy(static c => c.StartedTicks ?? long.MaxValue)
                .ThenByDescending(static c => c.Job.Job.Value, StringComparer.Ordinal)
                .Where(c => paths.Contains(c.Job.Queue))
                .Select(App)],
        });
        return [.. round.Choices.Select(static c => JobKey.Parse(c.App))];
    }

    private static string? ParentOf(string path) => QueuePaths.SelfAndAbove(path).Skip(1).FirstOrDefault();

    private static CapacityQueueReport Queue(ImitatedFleet fleet, string path, bool isParent)
    {
        var capacity = fleet.Backend.Backend.Capacity;
        var report = fleet.Backend.Backend.Queues.GetValueOrDefault(path);
        var isOwn = string.Equals(path, fleet.Queue, StringComparison.Ordinal);
        // A root has all of the cluster, and so does a parent of which nothing is reported.
        var own = isParent && ParentOf(path) is null ? null : report?.Guaranteed;
        return new()
        {
            Name = path,
            Parent = ParentOf(path),
            Guaranteed = Vector(own ?? (isParent ? capacity : default)),
            Maximum = Vector(report?.Maximum ?? capacity),
            Used = Vector(isParent ? Below(fleet, path) : fleet.Backend.UsedBy(path) ?? default),
            Pending = Vector(isOwn ? fleet.Request.Total : default),
            Reserved = Vector(default),
        };
    }

    private static ResourceAmount Below(ImitatedFleet fleet, string path) => fleet.Backend.UsedBy(path)
        ?? fleet.Backend.Backend.Queues.Keys.Where(q => string.Equals(ParentOf(q), path, StringComparison.Ordinal))
            .Aggregate(default(ResourceAmount), (sum, q) => sum + fleet.Backend.UsedBy(q)!.Value);

    private static CapacityApp App(ImitatedJob candidate) => new()
    {
        Name = candidate.Job.Job.Value,
        Queue = candidate.Job.Queue,
        Priority = candidate.Priority,
        User = candidate.Job.Job.Team,
        Containers = 1,
        ContainerSize = Vector(candidate.Job.Total),
        Pending = Vector(default),
    };

    private static ImmutableArray<long> Vector(ResourceAmount amount) => [amount.Memory.Bytes, amount.CpuMillicores];
}
