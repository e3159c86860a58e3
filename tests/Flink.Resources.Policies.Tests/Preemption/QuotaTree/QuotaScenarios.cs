using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>Small trees in which limits, ties, unlisted flavors and missing times are common.</summary>
internal static class QuotaScenarios
{
    public static readonly FlavorResource Cpu = new("std", "cpu");
    public static readonly FlavorResource FastCpu = new("fast", "cpu");
    public static readonly FlavorResource Memory = new("std", "mem");

    private static readonly Gen<long?> Limit = Gen.OneOf<long?>(null, null, null, null, null, 0, 2, 5);

    private static readonly Gen<FlavorResource> FlavorResources = Gen.OneOf(Cpu, Cpu, Cpu, Cpu, FastCpu, Memory);

    private static readonly Gen<ImmutableArray<ResourceQuota>> Quotas =
        from quotas in (
            from fr in FlavorResources
            from nominal in Gen.Long[0, 8]
            from borrowing in Limit
            from lending in Limit
            select new ResourceQuota { FlavorResource = fr, Nominal = nominal, BorrowingLimit = borrowing, LendingLimit = lending }).Array[1, 4]
        select quotas.DistinctBy(q => q.FlavorResource).ToImmutableArray();

    private static readonly Gen<decimal> Weights = Gen.OneOf(1m, 1m, 2m, 0.5m, 0m, 3m);

    private static readonly Gen<ImmutableArray<FlavorAmount>> Amounts =
        from amounts in (
            from fr in FlavorResources
            from amount in Gen.Frequency((1, Gen.Const(0L)), (9, Gen.Long[1, 6]))
            select new FlavorAmount(fr, amount)).Array[1, 2]
        select amounts.ToImmutableArray();

    private static readonly Gen<ClusterQueuePreemption> Policies =
        from within in Gen.OneOf(WithinClusterQueuePolicy.Never, WithinClusterQueuePolicy.LowerPriority, WithinClusterQueuePolicy.LowerOrNewerEqualPriority, WithinClusterQueuePolicy.LowerOrNewerEqualPriority)
        from reclaim in Gen.OneOf(ReclaimWithinCohortPolicy.Never, ReclaimWithinCohortPolicy.LowerPriority, ReclaimWithinCohortPolicy.Any, ReclaimWithinCohortPolicy.Any)
        from borrow in Gen.Enum<BorrowWithinCohortPolicy>()
        from threshold in Gen.OneOf<long?>(null, null, 0, 1)
        select new ClusterQueuePreemption
        {
            WithinClusterQueue = within,
            ReclaimWithinCohort = reclaim,
            BorrowWithinCohort = borrow,
            MaxPriorityThreshold = threshold,
        };

    private static readonly Gen<Cohort> Cohorts =
        from parent in Gen.OneOf<string?>(null, "root", "root", "named only", "c0", "c1")
        from weight in Weights
        from quotas in Quotas
        select new Cohort { Name = "", Parent = parent, FairWeight = weight, Quotas = quotas };

    private static readonly Gen<ClusterQueue> Queues =
        from cohort in Gen.OneOf<string?>(null, "root", "root", "c0", "c0", "c1", "c1", "c2", "c2", "named only")
        from weight in Weights
        from quotas in Quotas
        from policy in Policies
        select new ClusterQueue { Name = "", Cohort = cohort, FairWeight = weight, Quotas = quotas, Preemption = policy };

    private static readonly Gen<decimal?> Created = Gen.OneOf<decimal?>(null, -2, -1, 0);

    private static readonly Gen<AdmittedWorkload> Workloads =
        from queue in Gen.Int[0, 4]
        from priority in Gen.Long[-1, 2]
        from created in Created
        from reserved in Gen.OneOf<decimal>(0, -1, -2.5m)
        from evicting in Gen.Frequency((6, false), (1, true))
        from tieBreak in Gen.OneOf<string?>(null, null, "t", "u")
        from usage in Amounts
        select new AdmittedWorkload
        {
            Name = "",
            Queue = $"q{queue}",
            Priority = priority,
            CreatedAtSec = created,
            QuotaReservedAtSec = reserved,
            Evicting = evicting,
            TieBreak = tieBreak,
            Usage = usage,
        };

    private static readonly Gen<PendingWorkload> Incoming =
        from queue in Gen.Int[0, 4]
        from priority in Gen.Long[0, 3]
        from created in Created
        from requests in Amounts
        from needed in Gen.Int[0, 2]
        select new PendingWorkload
        {
            Name = "incoming",
            Queue = $"q{queue}",
            Priority = priority,
            CreatedAtSec = created,
            Requests = requests,
            NeedsPreemption = needed == 0 ? [requests[0].FlavorResource] : [.. requests.Select(r => r.FlavorResource).Distinct()],
        };

    public static Gen<QuotaTreeContext> All { get; } =
        from cohorts in Cohorts.Array[3]
        from queues in Queues.Array[5]
        from running in Workloads.Array[6, 18]
        from incoming in Incoming
        let named = cohorts.Select((c, i) => c with { Name = $"c{i}", Parent = IsHigher(c.Parent, i) ? c.Parent : "root" })
        select new QuotaTreeContext
        {
            Cohorts = [.. named],
            Queues = [.. queues.Select((q, i) => q with { Name = $"q{i}" })],
            Running = [.. running.Select((w, i) => w with { Name = $"w{i}" })],
            Incoming = incoming,
        };

    public static QuotaTreeContext Reversed(QuotaTreeContext context) => context with
    {
        Cohorts = [.. context.Cohorts.Reverse()],
        Queues = [.. context.Queues.Reverse()],
        Running = [.. context.Running.Reverse()],
    };

    public static string Describe(QuotaPreemptionPlan plan) =>
        $"{plan.Fits}: {string.Join(' ', plan.Victims.Select(v => $"{v.Workload.Name}={v.Reason}"))}";

    /// <summary>No circles: a cohort's parent has a smaller number.</summary>
    private static bool IsHigher(string? parent, int number) =>
        parent is not ['c', var digit] || digit - '0' < number;
}
