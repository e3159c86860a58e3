using System.Collections.Immutable;
using System.Globalization;
using Flink.Resources.Preemption.QuotaTree;

namespace WhatIf.Preemption;

/// <summary>The JSON of quota tree scenarios, as the records of the library.</summary>
internal static class QuotaTreeScenario
{
    public static QuotaTreeContext Read(ScenarioValue scenario)
    {
        var cohorts = Cohorts(scenario["cohorts"]);
        var queues = Queues(scenario["queues"], withPreemption: true);
        return new QuotaTreeContext
        {
            Cohorts = [.. cohorts.Values],
            Queues = [.. queues.Values],
            Running = [.. scenario["running"].List().Select(w => Running(w, queues))],
            Incoming = Incoming(scenario["incoming"], queues),
        };
    }

    public static ImmutableArray<FairSharingStrategy> Strategies(ScenarioValue strategies) => strategies.IsSet
        ? [.. strategies.List().Select(static s => s.Word(
            ("LessThanOrEqualToFinalShare", FairSharingStrategy.LessThanOrEqualToFinalShare),
            ("LessThanInitialShare", FairSharingStrategy.LessThanInitialShare)))]
        : FairSharing.DefaultStrategies;

    public static Dictionary<string, Cohort> Cohorts(ScenarioValue list)
    {
        var cohorts = Names.Unique(list, "cohort", Cohort, static c => c.Name);
        RefuseCircles(list, cohorts);
        return cohorts;
    }

    public static Dictionary<string, ClusterQueue> Queues(ScenarioValue list, bool withPreemption) =>
        Names.Unique(list, "queue", q => Queue(q, withPreemption), static q => q.Name);

    public static QueueUsage Usage(ScenarioValue usage, Dictionary<string, ClusterQueue> queues) =>
        new(Names.Known(usage["queue"], queues, "queue"), Amount(usage));

    public static FlavorAmount Amount(ScenarioValue amount) => new(FlavorResource(amount), amount["amount"].Count());

    public static QuotaCandidate Candidate(ScenarioValue candidate)
    {
        // The local queue's name plays no part, only its usage does.
        _ = candidate["localQueue"].StringOrNull();
        return new QuotaCandidate
        {
            Name = candidate["name"].String(),
            Queue = candidate["queue"].StringOrNull(),
            Priority = candidate["priority"].Int64(),
            PriorityBoost = candidate["priorityBoost"].Int64(0),
            QuotaReservedAtSec = SecondsOrNull(candidate["quotaReservedAtSec"]) ?? 0,
            Evicting = candidate["evicting"].Boolean(),
            LocalQueueUsage = candidate["localQueueUsage"].DoubleOrNull(),
        };
    }

    private static Cohort Cohort(ScenarioValue cohort) => new()
    {
        Name = cohort["name"].String(),
        Parent = cohort["parent"].StringOrNull(),
        FairWeight = Weight(cohort["fairWeight"]),
        Quotas = Quotas(cohort["quotas"]),
    };

    private static ClusterQueue Queue(ScenarioValue queue, bool withPreemption)
    {
        var read = new ClusterQueue
        {
            Name = queue["name"].String(),
            Cohort = queue["cohort"].StringOrNull(),
            FairWeight = Weight(queue["fairWeight"]),
            Quotas = Quotas(queue["quotas"]),
        };
        return withPreemption ? read with { Preemption = Preemption(queue["preemption"]) } : read;
    }

    private static ClusterQueuePreemption Preemption(ScenarioValue preemption) => new()
    {
        WithinClusterQueue = preemption["withinQueue"].Word(
            ("Never", WithinClusterQueuePolicy.Never),
            ("LowerPriority", WithinClusterQueuePolicy.LowerPriority),
            ("LowerOrNewerEqualPriority", WithinClusterQueuePolicy.LowerOrNewerEqualPriority)),
        ReclaimWithinCohort = preemption["reclaimWithinCohort"].Word(
            ("Never", ReclaimWithinCohortPolicy.Never),
            ("LowerPriority", ReclaimWithinCohortPolicy.LowerPriority),
            ("Any", ReclaimWithinCohortPolicy.Any)),
        BorrowWithinCohort = preemption["borrowWithinCohort"]["policy"].Word(
            ("Never", BorrowWithinCohortPolicy.Never),
            ("LowerPriority", BorrowWithinCohortPolicy.LowerPriority)),
        MaxPriorityThreshold = preemption["borrowWithinCohort"]["maxPriorityThreshold"].Int64OrNull(),
    };

    private static ImmutableArray<ResourceQuota> Quotas(ScenarioValue quotas)
    {
        var seen = new HashSet<FlavorResource>();
        var result = ImmutableArray.CreateBuilder<ResourceQuota>();
        foreach (var quota in quotas.List())
        {
            result.Add(new ResourceQuota
            {
                FlavorResource = FlavorResource(quota),
                Nominal = quota["nominal"].Count(),
                BorrowingLimit = quota["borrowingLimit"].CountOrNull(),
                LendingLimit = quota["lendingLimit"].CountOrNull(),
            });
            if (!seen.Add(result[^1].FlavorResource))
            {
                throw new ScenarioException("there are two quotas of this flavor and resource", quota.Path);
            }
        }
        return result.ToImmutable();
    }

    private static AdmittedWorkload Running(ScenarioValue workload, Dictionary<string, ClusterQueue> queues) => new()
    {
        Name = workload["name"].String(),
        Queue = Names.Known(workload["queue"], queues, "queue"),
        Priority = workload["priority"].Int64(),
        CreatedAtSec = SecondsOrNull(workload["createdAtSec"]),
        QuotaReservedAtSec = SecondsOrNull(workload["quotaReservedAtSec"]) ?? 0,
        Evicting = workload["evicting"].Boolean(false),
        TieBreak = workload["tieBreak"].StringOrNull(),
        Usage = [.. workload["usage"].List().Select(Amount)],
    };

    private static PendingWorkload Incoming(ScenarioValue workload, Dictionary<string, ClusterQueue> queues) => new()
    {
        Name = workload["name"].String(),
        Queue = Names.Known(workload["queue"], queues, "queue"),
        Priority = workload["priority"].Int64(),
        CreatedAtSec = SecondsOrNull(workload["createdAtSec"]),
        Requests = [.. workload["requests"].List().Select(Amount)],
        NeedsPreemption = [.. workload["needsPreemption"].List().Select(FlavorResource)],
    };

    private static FlavorResource FlavorResource(ScenarioValue value) => new(value["flavor"].String(), value["resource"].String());

    /// <summary>A time in seconds: whole ones of 64 bits are exact, fractions are welcome.</summary>
    private static decimal? SecondsOrNull(ScenarioValue value)
    {
        if (!value.IsSet)
        {
            return null;
        }
        return value.Element.ValueKind == System.Text.Json.JsonValueKind.Number && value.Element.TryGetDecimal(out var seconds)
            ? seconds
            : throw value.Wrong("a number of seconds");
    }

    private static decimal Weight(ScenarioValue weight)
    {
        const NumberStyles Decimal = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent;
        if (!weight.IsSet)
        {
            return 1;
        }
        return decimal.TryParse(weight.String(), Decimal, CultureInfo.InvariantCulture, out var value) && value >= 0
            ? value
            : throw weight.Wrong("a decimal number of 0 or more, in a string");
    }

    private static void RefuseCircles(ScenarioValue list, Dictionary<string, Cohort> cohorts)
    {
        var safe = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (value, cohort) in list.List().Zip(cohorts.Values))
        {
            var path = new HashSet<string>(StringComparer.Ordinal);
            for (var next = cohort; next is not null && !safe.Contains(next.Name); next = next.Parent is null ? null : cohorts.GetValueOrDefault(next.Parent))
            {
                if (!path.Add(next.Name))
                {
                    throw new ScenarioException("the cohort is among its own ancestors", value["parent"].Path);
                }
            }
            safe.UnionWith(path);
        }
    }
}
