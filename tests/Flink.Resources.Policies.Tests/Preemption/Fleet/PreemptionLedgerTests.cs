using System.Collections.Immutable;
using CsCheck;
using Flink.Resources.Preemption.Fleet;
using static Flink.Resources.Preemption.FleetBuilder;

namespace Flink.Resources.Preemption;

/// <summary>Budgets hold over passes: what an earlier one began counts until it is done.</summary>
public sealed class PreemptionLedgerTests
{
    private static readonly FleetPreemptionOptions Free = FleetPreemptionPresets.WithoutBudgets with { MayViolateBudgets = false, CoolDown = TimeSpan.FromMinutes(30) };

    private static readonly ImmutableArray<FleetJob> Batch = [.. Enumerable.Range(0, 4).Select(static i => Job($"a/j{i}", "root.q", WorkloadTier.Batch, 0, Amount(2)))];

    [Fact]
    public void Plan_SavepointsOfEarlierPassesAreStillWritten_NoFurtherOneOfTheTeamIsBegun()
    {
        var options = Free with { MaximumSavepointsPerTeam = 2 };
        var (ledger, first) = Pass(Hidden(Batch, Amount(0)), Waiting(1, 4), PreemptionLedger.Empty, options);

        var during = Decide(Hidden(Batch, Amount(0)), Waiting(2, 2), options, ledger: ledger, now: Now.AddSeconds(30));
        var stopped = Batch.Where(j => first.Moves.All(m => m.Job != j.Job)).ToArray();
        var after = Decide(Hidden(stopped, Amount(4)), Waiting(2, 2), options, ledger: ledger, now: Now.AddSeconds(30));
        var calledOff = first.Moves.Aggregate(ledger, static (l, m) => l.CalledOff(m.Job)).Release(first.Job);

        Assert.Equal(2, first.Moves.Length);
        Assert.Equal(PreemptionOutcome.Refused, during.Outcome);
        Assert.True(during.SparedByRule.ContainsKey("enough savepoints are being written"));
        Assert.Equal(PreemptionOutcome.Displaces, after.Outcome);
        Assert.Equal(PreemptionOutcome.Displaces, Decide(Hidden(Batch, Amount(0)), Waiting(2, 2), options, ledger: calledOff, now: Now.AddSeconds(30)).Outcome);
    }

    [Fact]
    public void Plan_RoomOfEarlierPassesIsStillBeingFreed_CountsAgainstTheFraction()
    {
        var options = Free with { MaximumBeingFreed = 0.5 };
        var (ledger, first) = Pass(Hidden(Batch, Amount(0)), Waiting(1, 4), PreemptionLedger.Empty, options);

        var during = Decide(Hidden(Batch, Amount(0)), Waiting(2, 2), options, ledger: ledger, now: Now.AddSeconds(30));
        var late = Decide(Hidden(Batch, Amount(0)), Waiting(2, 2), options, ledger: ledger, now: Now.AddMinutes(20));

        Assert.Equal(2, first.Moves.Length);
        Assert.True(during.SparedByRule.ContainsKey("no more may be freed at a time"));
        Assert.Equal(PreemptionOutcome.Displaces, late.Outcome);
    }

    [Fact]
    public void Plan_DisruptionBudget_IsUsedUntilTheDisplacedHaveRecovered()
    {
        var options = Free with { DisruptionBudgets = ImmutableDictionary<string, int>.Empty.Add("few", 1) };
        FleetJob[] jobs = [.. Batch.Take(2).Select(static j => j with { DisruptionBudgets = ["few"] })];
        var (ledger, first) = Pass(Hidden(jobs, Amount(0)), Waiting(1, 2), PreemptionLedger.Empty, options);
        var moved = Assert.Single(first.Moves).Job;
        var other = Hidden([.. jobs.Where(j => j.Job != moved)], Amount(2));
        var back = other.SetJobs([jobs.Single(j => j.Job == moved) with { Epoch = 2, StableSince = Now.AddMinutes(20) }]);
        var paused = options with { PauseAfterDisplacement = TimeSpan.FromMinutes(10) };

        var meanwhile = Decide(other, Waiting(2, 4), options, ledger: ledger, now: Now.AddMinutes(20));
        var tooSoon = ledger.Advance(back, paused, Now.AddMinutes(29));
        var recovered = ledger.Advance(back, paused, Now.AddMinutes(30));

        Assert.True(meanwhile.SparedByRule.ContainsKey("its disruption budget is used up"));
        Assert.True(Assert.Single(tooSoon.Displacements).Paused);
        Assert.False(Assert.Single(recovered.Displacements).Paused);
        Assert.Empty(recovered.Reservations);
        Assert.Equal(PreemptionOutcome.Displaces, Decide(other, Waiting(2, 4), options, ledger: recovered, now: Now.AddMinutes(31)).Outcome);
    }

    [Fact]
    public void Plan_OneThatLeavesForAnother_IsNoSecondPreemptorsRoom()
    {
        FleetJob[] jobs = [Batch[0] with { IsLeaving = true }];
        var (ledger, first) = Pass(Hidden(jobs, Amount(0)), Waiting(1, 2), PreemptionLedger.Empty, Free);

        var second = Decide(Hidden(jobs, Amount(0)), Waiting(2, 2), Free, ledger: ledger, now: Now.AddSeconds(5));

        Assert.Equal(MoveKind.Finish, Assert.Single(first.Moves).Kind);
        Assert.Equal(PreemptionOutcome.Refused, second.Outcome);
        Assert.True(second.SparedByRule.ContainsKey("it moves already for another preemptor"));
    }

    [Fact]
    public void Plan_QueueAtItsGuaranteeOnceEarlierVictimsAreGone_IsSparedWhileTheyStillRun()
    {
        var guaranteed = ImmutableDictionary<string, ResourceAmount>.Empty.Add("root.q", Amount(4));
        var (ledger, first) = Pass(Hidden(Batch, Amount(0), guaranteed), Waiting(1, 4), PreemptionLedger.Empty, Free);

        var second = Decide(Hidden(Batch, Amount(0), guaranteed), Waiting(2, 2), Free, ledger: ledger, now: Now.AddSeconds(30));

        Assert.Equal(2, first.Moves.Length);
        Assert.Equal(PreemptionOutcome.Refused, second.Outcome);
        Assert.True(second.SparedByRule.ContainsKey("root.q would fall below its guarantee"));
    }

    [Fact]
    public void Plan_AnySequenceOfPasses_KeepsEveryBudget() =>
        Gen.Select(
            Gen.Int[0, 7].Array[1, 12], Gen.Int[1, 4].Array[1, 8], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[2, 8], Gen.Int[0, 3], Gen.Int[1, 4])
        .Sample(static (flags, requests, perTeam, all, tenths, disruptions, perQueue) =>
        {
            var options = Free with
            {
                MaximumSavepointsPerTeam = perTeam,
                MaximumSavepoints = all,
                MaximumBeingFreed = tenths / 10.0,
                MaximumStopsPerQueueAndHour = perQueue / 4.0,
                DisruptionBudgets = ImmutableDictionary<string, int>.Empty.Add("few", disruptions),
            };
            FleetJob[] jobs = [.. flags.Select(static (f, i) => Job($"t{f % 2}/j{i}", $"root.q{f % 3}", WorkloadTier.Batch, f % 2, Amount(1 + (f % 3))) with
            {
                DisruptionBudgets = f > 4 ? ["few"] : [],
                RetainsCheckpoints = f is 1 or 2,
                MinimumSlots = f == 3 ? 1 : null,
                TaskManagers = 2,
            })];
            var fleet = Hidden(jobs, Amount(1));
            var (ledger, moves) = (PreemptionLedger.Empty, new List<PlannedMove>());
            for (var i = 0; i < requests.Length; i++)
            {
                // Nobody is done yet: everything that was begun goes on.
                var now = Now.AddSeconds(10 * i);
                var plan = new FleetPreemptionPolicy(options).Plan(fleet, [Waiting(i, 2 * requests[i])], ledger, now);
                ledger = ledger.Record(plan);
                moves.AddRange(plan.Moves);
            }

            var byKey = jobs.ToDictionary(static j => j.Job);
            var savepoints = moves.Where(static m => m.Kind == MoveKind.StopWithSavepoint).ToList();
            Assert.Equal(moves.Count, moves.Select(static m => m.Job).Distinct().Count());
            Assert.True(savepoints.Count <= all);
            Assert.All(savepoints.GroupBy(static m => m.Job.Team, StringComparer.Ordinal), g => Assert.True(g.Count() <= perTeam));
            Assert.True(moves.Sum(static m => m.Freed.CpuMillicores) <= (Sum(jobs).CpuMillicores + 1000) * options.MaximumBeingFreed);
            Assert.True(moves.Count(m => byKey[m.Job].DisruptionBudgets.Length > 0) <= disruptions);
            Assert.All(moves.GroupBy(static m => m.From.Queue, StringComparer.Ordinal), g => Assert.True(
                g.Count() <= Math.Max(1, (int)(jobs.Count(j => j.Queue == g.Key) * options.MaximumStopsPerQueueAndHour))));
        }, iter: 2000);

    private static (PreemptionLedger Ledger, PreemptionDecision Decision) Pass(
        FleetSnapshot fleet, PreemptionRequest request, PreemptionLedger ledger, FleetPreemptionOptions options)
    {
        var plan = new FleetPreemptionPolicy(options).Plan(fleet, [request], ledger, Now);
        return (ledger.Record(plan), Assert.Single(plan.Decisions));
    }

    private static PreemptionRequest Waiting(int id, int units) =>
        Request($"waiting/w{id}", "root.high", WorkloadTier.NearRealTime, 0, Amount(units)) with { Deadline = TimeSpan.FromMinutes(15) };
}
