using System.Collections.Immutable;
using System.Numerics;
using CsCheck;

namespace Flink.Resources.Preemption.QuotaTree;

public sealed class QuotaPreemptionTests
{
    private const int Iterations = 4_000;

    private static readonly Gen<ImmutableArray<FairSharingStrategy>> Strategies = Gen.OneOf<ImmutableArray<FairSharingStrategy>>(
        FairSharing.DefaultStrategies,
        FairSharing.DefaultStrategies,
        [FairSharingStrategy.LessThanOrEqualToFinalShare],
        [FairSharingStrategy.LessThanInitialShare],
        [FairSharingStrategy.LessThanInitialShare, FairSharingStrategy.LessThanOrEqualToFinalShare],
        []);

    [Fact]
    public void ClassicalPlan_AnyTree_AgreesWithTheRulesTakenLiterally()
    {
        var withVictims = 0;
        QuotaScenarios.All.Sample(context =>
        {
            var plan = ClassicalPreemption.Plan(context);

            Assert.Equal(new QuotaOracle(context).Classical(), Victims(plan));
            Interlocked.Add(ref withVictims, plan.Victims.IsEmpty ? 0 : 1);
        }, iter: Iterations);

        Assert.True(withVictims > Iterations / 20, $"Only {withVictims} trees had victims.");
    }

    [Fact]
    public void FairPlan_AnyTree_AgreesWithTheRulesTakenLiterally()
    {
        var withVictims = 0;
        QuotaScenarios.All.Select(Strategies).Sample((context, strategies) =>
        {
            var plan = FairSharing.Plan(context, strategies);

            Assert.Equal(new QuotaOracle(context).Fair(strategies), Victims(plan));
            Interlocked.Add(ref withVictims, plan.Victims.IsEmpty ? 0 : 1);
        }, iter: Iterations);

        Assert.True(withVictims > Iterations / 20, $"Only {withVictims} trees had victims.");
    }

    [Fact]
    public void Plan_ListsInAnotherOrder_IsTheSame() => QuotaScenarios.All.Select(Strategies).Sample((context, strategies) =>
    {
        var other = QuotaScenarios.Reversed(context);

        Assert.Equal(QuotaScenarios.Describe(ClassicalPreemption.Plan(context)), QuotaScenarios.Describe(ClassicalPreemption.Plan(other)));
        Assert.Equal(QuotaScenarios.Describe(FairSharing.Plan(context, strategies)), QuotaScenarios.Describe(FairSharing.Plan(other, strategies)));
    }, iter: Iterations);

    [Fact]
    public void Plan_AnyTree_FitsAfterwardsOrNobodyGoesAndNobodyCouldStay() => QuotaScenarios.All.Select(Strategies).Sample((context, strategies) =>
    {
        foreach (var plan in new[] { ClassicalPreemption.Plan(context), FairSharing.Plan(context, strategies) })
        {
            Assert.True(plan.Fits || plan.Victims.IsEmpty);
            var oracle = new QuotaOracle(context);
            var (borrowing, notBorrowing) = oracle.FitsWithout(plan.Victims.Select(v => v.Workload));
            Assert.True(borrowing || !plan.Fits);
            foreach (var victim in plan.Victims)
            {
                var without = oracle.FitsWithout(plan.Victims.Where(v => v != victim).Select(v => v.Workload));
                // What was found without borrowing may fit with fewer victims while borrowing: that attempt was not asked, or skips candidates.
                Assert.False(without.Borrowing && (without.NotBorrowing || !notBorrowing));
            }
        }
    }, iter: Iterations);

    [Fact]
    public void Plan_AnyTree_TakesOnlyWhomThePoliciesAllow() => QuotaScenarios.All.Select(Strategies).Sample((context, strategies) =>
    {
        var policy = context.Queues.Single(q => q.Name == context.Incoming.Queue).Preemption;
        foreach (var (workload, reason) in ClassicalPreemption.Plan(context).Victims.Concat(FairSharing.Plan(context, strategies).Victims))
        {
            var isLower = workload.Priority < context.Incoming.Priority;
            Assert.True(reason switch
            {
                QuotaPreemptionReason.InClusterQueue => workload.Queue == context.Incoming.Queue
                    && (isLower || (policy.WithinClusterQueue == WithinClusterQueuePolicy.LowerOrNewerEqualPriority
                        && workload.Priority == context.Incoming.Priority && workload.CreatedAtSec is not null)),
                QuotaPreemptionReason.InCohortReclaimWhileBorrowing => isLower && !(workload.Priority > policy.MaxPriorityThreshold)
                    && policy.BorrowWithinCohort == BorrowWithinCohortPolicy.LowerPriority,
                _ => workload.Queue != context.Incoming.Queue && (isLower || policy.ReclaimWithinCohort == ReclaimWithinCohortPolicy.Any),
            });
        }
    }, iter: Iterations);

    [Fact]
    public void Shares_AnyTree_AgreeWithTheRulesTakenLiterally() => QuotaScenarios.All.Sample(context =>
    {
        var oracle = new QuotaOracle(context);
        var usage = context.Running.SelectMany(w => w.Usage.Select(u => new QueueUsage(w.Queue, u))).ToImmutableArray();

        var shares = FairSharing.Shares(context.Cohorts, context.Queues, usage, []);

        Assert.Equal(oracle.AllNodes.Count, shares.Length);
        foreach (var share in shares)
        {
            var (numerator, denominator, infinite, borrowing, dominant) = oracle.Share(new(share.Name, share.IsQueue));
            Assert.Equal(infinite ? null : (BigInteger?)((numerator + denominator - 1) / denominator), share.WeightedShare);
            Assert.Equal((borrowing, dominant), (share.Borrowing, share.DominantResource));
        }
    }, iter: Iterations);

    [Fact]
    public void FairPlan_EqualFractionsOfDifferentNumbers_CountAsEqual()
    {
        // 1/3 and 2/6 of what can be lent: 0.1 + 0.2 in another guise. By the final-share rule equality is enough.
        FlavorResource cpu = new("std", "cpu"), memory = new("std", "mem");
        ClusterQueue Queue(string name, long ofCpu, long ofMemory) => new()
        {
            Name = name,
            Cohort = "all",
            Quotas = [new() { FlavorResource = cpu, Nominal = ofCpu }, new() { FlavorResource = memory, Nominal = ofMemory }],
            Preemption = new() { ReclaimWithinCohort = ReclaimWithinCohortPolicy.Any },
        };
        AdmittedWorkload Workload(string name, string queue, params FlavorAmount[] usage) =>
            new() { Name = name, Queue = queue, Priority = 0, Usage = [.. usage] };
        var context = new QuotaTreeContext
        {
            Queues = [Queue("a", 0, 0), Queue("b", 0, 0), Queue("idle", 49, 147)],
            Running = [Workload("keep", "b", new FlavorAmount(cpu, 20), new FlavorAmount(memory, 63)), Workload("go", "b", new FlavorAmount(cpu, 29))],
            Incoming = new() { Name = "incoming", Queue = "a", Priority = 0, Requests = [new(cpu, 21)], NeedsPreemption = [cpu] },
        };

        var plan = FairSharing.Plan(context, [FairSharingStrategy.LessThanOrEqualToFinalShare]);

        Assert.Equal(["go=InCohortFairSharing"], Victims(plan));
    }

    [Fact]
    public void Plan_AmountsAtTheLimitOf64Bits_SumsDoNotWrapRound()
    {
        FlavorResource cpu = new("std", "cpu");
        ClusterQueue Queue(string name) => new()
        {
            Name = name,
            Cohort = "all",
            Quotas = [new() { FlavorResource = cpu, Nominal = long.MaxValue, BorrowingLimit = long.MaxValue, LendingLimit = long.MaxValue }],
            Preemption = new() { ReclaimWithinCohort = ReclaimWithinCohortPolicy.Any },
        };
        AdmittedWorkload Workload(string name, decimal reserved) =>
            new() { Name = name, Queue = "b", Priority = 0, QuotaReservedAtSec = reserved, Usage = [new(cpu, long.MaxValue)] };
        var context = new QuotaTreeContext
        {
            Queues = [Queue("a"), Queue("b"), Queue("c")],
            Running = [Workload("w1", 1), Workload("w2", 2), Workload("w3", 3)],
            Incoming = new() { Name = "incoming", Queue = "a", Priority = 0, Requests = [new(cpu, long.MaxValue)], NeedsPreemption = [cpu] },
        };

        Assert.Equal(["w3=InCohortReclamation"], Victims(ClassicalPreemption.Plan(context)));
        Assert.Equal(["w3=InCohortReclamation"], Victims(FairSharing.Plan(context, FairSharing.DefaultStrategies)));
    }

    [Fact]
    public void Plan_DeepTree_DoesNotOverflowTheStack()
    {
        FlavorResource cpu = new("std", "cpu");
        var cohorts = Enumerable.Range(0, 20_000).Select(i => new Cohort { Name = $"c{i}", Parent = i == 0 ? null : $"c{i - 1}" });
        var queue = new ClusterQueue { Name = "q", Cohort = "c19999", Quotas = [new() { FlavorResource = cpu, Nominal = 1 }] };
        var incoming = new PendingWorkload { Name = "incoming", Queue = "q", Priority = 0, Requests = [new(cpu, 1)], NeedsPreemption = [cpu] };

        Assert.True(FairSharing.Plan(new() { Cohorts = [.. cohorts], Queues = [queue], Running = [], Incoming = incoming }, []).Fits);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "b")]
    public void Plan_CohortsInACircle_Throws(string parentOfA, string parentOfB)
    {
        var context = new QuotaTreeContext
        {
            Cohorts = [new() { Name = "a", Parent = parentOfB == "b" ? "b" : parentOfA }, new() { Name = "b", Parent = "a" }],
            Queues = [new() { Name = "q", Cohort = "a" }],
            Running = [],
            Incoming = new() { Name = "incoming", Queue = "q", Priority = 0, Requests = [], NeedsPreemption = [] },
        };

        Assert.Throws<ArgumentException>(() => ClassicalPreemption.Plan(context));
    }

    [Fact]
    public void Sort_RulesThatContradictEachOther_IsTheSameForEveryOrderOfTheInput()
    {
        var candidates =
            from queue in Gen.OneOf<string?>(null, "own", "a", "b")
            from priority in Gen.OneOf(0L, 1L, 2L, long.MaxValue)
            from boost in Gen.OneOf(0L, 1L, long.MaxValue)
            from usage in Gen.OneOf<double?>(null, 0, 1, 2, double.NaN, double.PositiveInfinity)
            from evicting in Gen.Bool
            select new QuotaCandidate { Name = "", Queue = queue, Priority = priority, PriorityBoost = boost, LocalQueueUsage = usage, Evicting = evicting };

        candidates.Array[0, 60].Sample(drawn =>
        {
            var named = drawn.Select((c, i) => c with { Name = $"c{i}" }).ToImmutableArray();

            var order = CandidateOrder.Sort("own", named);

            Assert.Equal(named.Length, order.Distinct().Count());
            Assert.Equal(order, CandidateOrder.Sort("own", [.. named.Reverse()]));
        }, iter: 2_000);
    }

    private static List<string> Victims(QuotaPreemptionPlan plan) => [.. plan.Victims.Select(v => $"{v.Workload.Name}={v.Reason}")];
}
