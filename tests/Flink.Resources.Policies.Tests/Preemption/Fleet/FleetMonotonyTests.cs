using System.Collections.Immutable;
using CsCheck;
using Flink.Resources.Preemption.Fleet;
using static Flink.Resources.Preemption.FleetBuilder;

namespace Flink.Resources.Preemption;

/// <summary>Where nodes are hidden: more room and more candidates never make an answer worse, and there is an answer whenever one exists.</summary>
public sealed class FleetMonotonyTests
{
    private static readonly Gen<FleetJob> Jobs =
        from id in Gen.Int[0, 99]
        from queue in Gen.Int[0, 2]
        from tier in Gen.Int[0, 1]
        from priority in Gen.Int[0, 2]
        from memory in Gen.Int[1, 5]
        from cores in Gen.Int[1, 5]
        from taskManagers in Gen.Int[1, 3]
        from flags in Gen.Int[0, 63]
        select Job($"t{id % 2}/j{id}", $"root.q{queue}", tier == 0 ? WorkloadTier.Batch : WorkloadTier.NearRealTime, priority, Amount(memory, cores)) with
        {
            TaskManagers = taskManagers,
            MinimumSlots = (flags & 1) == 0 ? 1 : null,
            RetainsCheckpoints = (flags & 6) == 6,
            IsLeaving = (flags & 56) == 56,
            DisruptionBudgets = (flags & 24) == 24 ? ["few"] : [],
        };

    private static readonly Gen<(FleetJob[] Jobs, PreemptionRequest Request, int Free, ImmutableDictionary<string, ResourceAmount> Guaranteed, FleetPreemptionOptions Options)> Cases =
        from jobs in Jobs.Array[0, 8]
        from queue in Gen.Int[0, 2]
        from memory in Gen.Int[1, 14]
        from cores in Gen.Int[1, 14]
        from free in Gen.Int[0, 3]
        from guaranteed in Gen.Int[0, 6]
        from share in Gen.Int[1, 10]
        from budget in Gen.Int[0, 2]
        from mayViolate in Gen.Bool
        from perTeam in Gen.Int[1, 2]
        select (
            jobs.DistinctBy(static j => j.Job).ToArray(),
            Request("waiting/one", $"root.q{queue}", WorkloadTier.NearRealTime, 2, Amount(memory, cores)),
            free,
            // The preemptor's own queue has none: it takes from lower bands and from its own queue only.
            Enumerable.Range(0, 3).Where(q => q != queue).ToImmutableDictionary(static q => $"root.q{q}", _ => Amount(guaranteed), StringComparer.Ordinal),
            new FleetPreemptionOptions
            {
                MaximumBeingFreed = share / 10.0,
                MaximumStopsPerQueueAndHour = 0.5,
                MaximumSavepointsPerTeam = perTeam,
                MayViolateBudgets = mayViolate,
                DisruptionBudgets = ImmutableDictionary<string, int>.Empty.Add("few", budget),
            });

    [Fact]
    public void Plan_CheapVictimUsesUpTheQueuesBudget_TheOneThatSufficesIsTakenInstead()
    {
        var small = Job("a/small", "root.q", WorkloadTier.Batch, 0, Amount(2));
        var large = Job("a/large", "root.q", WorkloadTier.Batch, 0, Amount(7));
        var parts = FleetPreemptionParts.FlinkAware(new()) with { Cost = new FixedCost(small.Job, 1, 3.2) };

        // Seven missing: the large one is cheaper by useful amount. Six missing: the small one is, and then its queue may lose no other.
        foreach (var free in Enumerable.Range(0, 3))
        {
            var decision = Decide(
                Hidden([small, large], Amount(free)), Request("b/b", "root.q", WorkloadTier.NearRealTime, 0, Amount(7)), parts: parts);

            Assert.Equal(PreemptionOutcome.Displaces, decision.Outcome);
            Assert.Equal(large.Job, Assert.Single(decision.Moves).Job);
            Assert.Equal(free == 0 ? "the others make enough room" : "the budget that it would use up is needed by others", Assert.Single(decision.Spared).Rule);
        }
    }

    [Fact]
    public void Plan_BudgetIsUsedUp_WhoEndsByItselfMayStillDoSo()
    {
        var ends = Job("a/ends", "root.q", WorkloadTier.Batch, 0, Amount(7)) with { EndsAt = Now.AddMinutes(1), DisruptionBudgets = ["few"] };
        var options = new FleetPreemptionOptions { DisruptionBudgets = ImmutableDictionary<string, int>.Empty.Add("few", 0) };

        var move = Assert.Single(Decide(Hidden([ends], Amount(0)), Request("b/b", "root.q", WorkloadTier.NearRealTime, 0, Amount(7)), options).Moves);

        Assert.Equal(MoveKind.Finish, move.Kind);
        Assert.False(move.ViolatesBudget);
    }

    [Fact]
    public void Plan_TeamsSavepointsAreUsedUp_AJobOfTheSameBandThatNeedsNoneGoesBeforeAnybodyMoreImportant()
    {
        FleetJob[] batch = [.. Enumerable.Range(0, 3).Select(static i => Job($"a/small{i}", "root.q", WorkloadTier.Batch, 0, Amount(1))), Job("a/large", "root.q", WorkloadTier.Batch, 0, Amount(5))];
        var important = Job("b/important", "root.r", WorkloadTier.NearRealTime, 0, Amount(9));
        var options = new FleetPreemptionOptions { MaximumBeingFreed = 1, MaximumStopsPerQueueAndHour = 1 };

        var decision = Decide(Hidden([.. batch, important], Amount(0)), Request("c/c", "root.r", WorkloadTier.RealTime, 0, Amount(6)), options);

        Assert.Equal(2, decision.Moves.Length);
        Assert.All(decision.Moves, static m => Assert.Equal("a", m.Job.Team));
    }

    [Fact]
    public void Plan_MoreRoomOrMoreCandidates_IsNeverWorse() => Gen.Select(Cases, Jobs).Sample(static (c, extra) =>
    {
        extra = extra with { Job = JobKey.Parse("extra/one") };
        FleetJob[] all = [.. c.Jobs, extra];
        var few = Hidden(c.Jobs, Amount(c.Free), c.Guaranteed, all);
        var with = Hidden(all, Amount(c.Free), c.Guaranteed);
        var roomier = Hidden(c.Jobs, Amount(c.Free + 1), c.Guaranteed, all);
        var before = Decide(few, c.Request, c.Options);

        IsNoWorse(Decide(with, c.Request, c.Options), before, all);
        IsNoWorse(Decide(roomier, c.Request, c.Options), before, all);
    }, iter: 2000);

    [Fact]
    public void Plan_AnySmallFleet_FindsRoomExactlyWhenSomeSetOfMovesMakesIt() => Cases.Sample(static c =>
    {
        var fleet = Hidden(c.Jobs, Amount(c.Free), c.Guaranteed);
        var possible = new RoomOracle(c.Jobs, c.Request, c.Options, c.Guaranteed, Amount(c.Free)).IsPossible();

        Assert.Equal(possible, Decide(fleet, c.Request, c.Options).Outcome != PreemptionOutcome.Refused);
    }, iter: 2000);

    private static void IsNoWorse(PreemptionDecision after, PreemptionDecision before, FleetJob[] jobs) =>
        Assert.True(Rank(after, jobs).CompareTo(Rank(before, jobs)) <= 0, $"{Text(before)}\n{Text(after)}");

    private static string Text(PreemptionDecision decision) =>
        $"{decision.Reason}: {string.Join(';', decision.Moves.Select(static m => $"{m.Job} {m.Kind} {m.ViolatesBudget}"))}";

    /// <summary>Refused is the worst; then whether a budget is exceeded, then the most important victim of those who exceed, or of all.</summary>
    private static (bool Refused, bool Violates, WorkloadTier Tier, int Priority) Rank(PreemptionDecision decision, FleetJob[] jobs)
    {
        var violates = decision.Moves.Any(static m => m.ViolatesBudget);
        var worst = decision.Moves.Where(m => m.ViolatesBudget == violates).Select(m => jobs.Single(j => j.Job == m.Job))
            .Select(static j => (j.Tier, j.EffectivePriority)).DefaultIfEmpty().Max();
        return (decision.Outcome == PreemptionOutcome.Refused, violates, worst.Tier, worst.EffectivePriority);
    }

    private sealed class FixedCost(JobKey cheap, double low, double high) : IMoveCostModel
    {
        public MoveCost Rate(FleetJob job, MoveKind move, int taskManagersKept, long unknownStateBytes, DateTimeOffset now) =>
            new(job.Job == cheap ? low : high, 0, TimeSpan.Zero, TimeSpan.Zero, 1, 0, 1);
    }
}
