using System.Collections.Immutable;
using Flink.Resources.Preemption.QuotaTree;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>Kueue: leaves are cluster queues, what is above them cohorts, a guarantee is a nominal quota, a job a workload.</summary>
/// <param name="isFair">Whether fair sharing is on.</param>
internal sealed class QuotaTreeImitation(bool isFair) : Imitation
{
    private static readonly FlavorResource Memory = new("default", "memory");
    private static readonly FlavorResource Cpu = new("default", "cpu");

    public override bool GivesBack => false;

    public override IReadOnlyList<JobKey>? Choose(ImitatedFleet fleet)
    {
        var context = Context(fleet);
        var plan = isFair ? FairSharing.Plan(context, FairSharing.DefaultStrategies) : ClassicalPreemption.Plan(context);
        return plan.Fits ? [.. plan.Victims.Select(static v => JobKey.Parse(v.Workload.Name))] : null;
    }

    private static QuotaTreeContext Context(ImitatedFleet fleet)
    {
        var paths = fleet.Backend.Backend.Queues.Keys.Append(fleet.Queue)
            .Concat(fleet.Candidates.Values.Select(static c => c.Job.Queue))
            .ToImmutableSortedSet(StringComparer.Ordinal);
        var cohorts = paths.SelectMany(static p => QueuePaths.SelfAndAbove(p).Skip(1)).ToImmutableSortedSet(StringComparer.Ordinal);
        var leaves = paths.Except(cohorts);
        // Entitlement is judged already; nobody else goes.
        const long everybody = long.MaxValue;
        return new()
        {
            Cohorts = [.. cohorts.Select(c => new Cohort { Name = c, Parent = ParentOf(c), Quotas = OwnOf(fleet, c, paths.Union(cohorts)) })],
            Queues = [.. leaves.Select(q => new ClusterQueue
            {
                Name = q,
                Cohort = ParentOf(q),
                Quotas = Quotas(GuaranteeOf(fleet, q) ?? default, Report(fleet, q)?.Maximum),
                Preemption = new()
                {
                    WithinClusterQueue = WithinClusterQueuePolicy.LowerPriority,
                    ReclaimWithinCohort = ReclaimWithinCohortPolicy.LowerPriority,
                },
            })],
            Running = [.. fleet.Candidates.Values.Where(c => leaves.Contains(c.Job.Queue)).Select(Workload), .. leaves.Select(q => Others(fleet, q)).OfType<AdmittedWorkload>()],
            Incoming = new()
            {
                Name = fleet.Request.Job.Value,
                Queue = fleet.Queue,
                Priority = everybody,
                Requests = AmountsOf(fleet.Request.Total),
                NeedsPreemption = Needed(fleet),
            },
        };
    }

    private static string? ParentOf(string path) => QueuePaths.SelfAndAbove(path).Skip(1).FirstOrDefault();

    private static QueueReport? Report(ImitatedFleet fleet, string path) => fleet.Backend.Backend.Queues.GetValueOrDefault(path);

    private static ResourceAmount? GuaranteeOf(ImitatedFleet fleet, string path) => Report(fleet, path)?.Guaranteed;

    /// <summary>What a parent is guaranteed beyond what its children are.</summary>
    private static ImmutableArray<ResourceQuota> OwnOf(ImitatedFleet fleet, string cohort, ImmutableSortedSet<string> paths)
    {
        var children = paths.Where(p => string.Equals(ParentOf(p), cohort, StringComparison.Ordinal))
            .Aggregate(default(ResourceAmount), (sum, child) => sum + (GuaranteeOf(fleet, child) ?? default));
        return GuaranteeOf(fleet, cohort) is { } own ? Quotas((own - children).AtLeastZero(), null) : [];
    }

    private static ImmutableArray<ResourceQuota> Quotas(ResourceAmount nominal, ResourceAmount? maximum) =>
    [
        Quota(Memory, nominal.Memory.Bytes, maximum?.Memory.Bytes),
        Quota(Cpu, nominal.CpuMillicores, maximum?.CpuMillicores),
    ];

    private static ResourceQuota Quota(FlavorResource of, long nominal, long? maximum) =>
        new() { FlavorResource = of, Nominal = nominal, BorrowingLimit = maximum is { } most ? Math.Max(0, most - nominal) : null };

    private static AdmittedWorkload Workload(ImitatedJob candidate) => new()
    {
        Name = candidate.Job.Job.Value,
        Queue = candidate.Job.Queue,
        Priority = candidate.Priority,
        QuotaReservedAtSec = candidate.StartedTicks is { } ticks ? ticks / (decimal)TimeSpan.TicksPerSecond : decimal.MaxValue,
        Evicting = candidate.Job.IsLeaving,
        Usage = AmountsOf(candidate.Job.Total),
    };

    /// <summary>What a queue holds beside the candidates, as one that nobody can take.</summary>
    private static AdmittedWorkload? Others(ImitatedFleet fleet, string queue)
    {
        var rest = (fleet.Backend.UsedBy(queue) ?? default) - fleet.Candidates.Values
            .Where(c => string.Equals(c.Job.Queue, queue, StringComparison.Ordinal))
            .Aggregate(default(ResourceAmount), static (sum, c) => sum + c.Job.Total);
        rest = rest.AtLeastZero();
        return rest.IsNothing ? null : new AdmittedWorkload { Name = $"rest of {queue}", Queue = queue, Priority = long.MaxValue, Usage = AmountsOf(rest) };
    }

    private static ImmutableArray<FlavorAmount> AmountsOf(ResourceAmount amount) => [new(Memory, amount.Memory.Bytes), new(Cpu, amount.CpuMillicores)];

    /// <summary>Where sums are missing; everything asked for when only the places are wrong.</summary>
    private static ImmutableArray<FlavorResource> Needed(ImitatedFleet fleet)
    {
        var missing = fleet.Shortfall.IsNothing ? fleet.Request.Total : fleet.Shortfall;
        return [.. new[] { (Memory, missing.Memory.Bytes), (Cpu, missing.CpuMillicores) }.Where(static m => m.Item2 > 0).Select(static m => m.Item1)];
    }
}
