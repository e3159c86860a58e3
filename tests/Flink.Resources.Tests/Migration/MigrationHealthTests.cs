using System.Text.Json;
using Flink.Resources.Health;
using static Flink.Resources.Migration.MigrationCases;

namespace Flink.Resources.Migration;

/// <summary>What scores do to a move, without clusters: the answers are made up, the machine is the real one.</summary>
public sealed class MigrationHealthTests
{
    private static readonly MoveOptions _judged = new() { Baseline = TimeSpan.FromMinutes(40), Soak = TimeSpan.FromMinutes(20) };

    [Fact]
    public void Baseline_OfAHealthyJob_IsTakenBeforeAnythingIsPrepared()
    {
        var (run, performed) = Carry(New(_judged), limit: 2000);

        Assert.Equal(MigrationState.Committed, run.State);
        var states = run.Timeline.Select(static t => t.State).ToList();
        Assert.Equal([MigrationState.Validating, MigrationState.Baselining, MigrationState.PreparingTarget], states[..3]);
        Assert.True(run.Timeline[2].At - run.Timeline[1].At >= TimeSpan.FromMinutes(40));
        Assert.NotNull(run.Baseline);
        // Looked at again after all that time: at first, and after it.
        Assert.Equal(2, performed.OfType<LookAtCopy>().Count(static l => l is { Thorough: true, Copy.Application: var a } && a == Source));
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(40, 2)]
    public void Baseline_NothingToCompareOrNoTimeForAVerdict_OnlyHasToRun(int baseline, int soak)
    {
        var (run, performed) = Carry(New(new MoveOptions { Baseline = TimeSpan.FromMinutes(baseline), Soak = TimeSpan.FromMinutes(soak) }), limit: 2000);

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Empty(performed.OfType<ReadHealth>());
        Assert.NotNull(run.Parity);
    }

    [Fact]
    public void Baseline_KnownBefore_TakesAFewLooks()
    {
        var known = Usual(Noon);
        var (run, _) = Carry(New(_judged with { KnownBaseline = known }), limit: 2000);

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.InRange(run.Timeline[2].At - run.Timeline[1].At, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6));
    }

    [Fact]
    public void Baseline_SickJob_IsHeldUntouched()
    {
        var (run, performed) = Carry(New(_judged), static (_, effect, at) => effect is ReadHealth read ? Scored(read, Healthy, at, 4.2) : null, 2000);

        Assert.Equal((MigrationState.Held, LiveCopy.Source), (run.State, run.Live));
        Assert.Contains("score 4.2", run.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(performed, static e => e.ChangesTheWorld && e is not ProbeDirectory);
    }

    [Fact]
    public void Baseline_SickJobThatSomebodyAccepts_IsMoved()
    {
        var (run, _) = Carry(New(_judged), static (_, effect, at) => effect is ReadHealth { Copy.Application: var a } read && a == Source ? Scored(read, Healthy, at, 4.2) : null, 10);
        Assert.Equal(MigrationState.Baselining, run.State);
        Assert.Null(MigrationMachine.Objection(run, MigrationRequest.AcceptAsIs));

        run = MigrationMachine.Step(run, new RequestMade(MigrationRequest.AcceptAsIs, "kim", "it was always so") { At = run.NotBefore!.Value });
        (run, _) = Carry(run, static (_, effect, at) => effect is ReadHealth { Copy.Application: var a } read && a == Source ? Scored(read, Healthy, at, 4.2) : null, 2000);

        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public void Baseline_JobThatWasNeverQuiteHealthy_IsItsOwnReference()
    {
        var (run, _) = Carry(New(_judged), static (_, effect, at) => effect is ReadHealth read ? Scored(read, read.Copy.Application == Source ? Healthy : Target5, at, 7.1) : null, 2000);

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Equal(7.1, run.Parity!.ScoreBefore!.Value, 3);
        Assert.Equal((7.1, 7.1), (run.Parity.ScoreMedian, run.Parity.ScoreMinimum));
    }

    [Fact]
    public void Baseline_SourceEndsMeanwhile_IsIneligible()
    {
        var (run, _) = Carry(New(_judged), static (_, effect, at) => effect is ReadHealth read ? Scored(read, Healthy with { ApplicationState = ApplicationState.Finished }, at) : null, 2000);

        Assert.Equal(MigrationState.Ineligible, run.State);
    }

    [Fact]
    public void Soak_UnhealthyAndHold_StaysAndNamesWhatItLost()
    {
        var (run, _) = Carry(New(_judged), static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking ? Scored(read, Target5, at, 5.1) : null, 2000);

        Assert.Equal((MigrationState.Soaking, true, true, HealthVerdict.Unhealthy), (run.State, run.IsHeld, run.WaitsForPerson, run.Verdict));
        Assert.Contains("lag -4.9", run.Reason, StringComparison.Ordinal);
        Assert.Contains("RollBack", run.Reason, StringComparison.Ordinal);
        Assert.Equal((5.1, 1.0), (run.Score, run.Coverage));
    }

    [Fact]
    public void Soak_HeldAndAPersonAccepts_CommitsWithTheReport()
    {
        var (held, _) = Carry(New(_judged), static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking ? Scored(read, Target5, at, 5.1) : null, 2000);

        var run = MigrationMachine.Step(held, new RequestMade(MigrationRequest.AcceptAsIs, "kim", "good enough") { At = held.EvaluatedAt!.Value });

        Assert.Equal((MigrationState.Committed, false), (run.State, run.IsHeld));
        Assert.Equal(5.1, run.Parity!.ScoreMinimum);
    }

    [Fact]
    public void Soak_HeldAndAPersonAsksForTheWayBack_GoesBack()
    {
        var (held, _) = Carry(New(_judged), static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking ? Scored(read, Target5, at, 5.1) : null, 2000);

        var (run, _) = Carry(MigrationMachine.Step(held, new RequestMade(MigrationRequest.RollBack, "kim", null) { At = held.EvaluatedAt!.Value }));

        Assert.Equal((MigrationState.RolledBack, false), (run.State, run.IsHeld));
    }

    [Fact]
    public void Soak_UnhealthyForTenMinutesAndRollBack_GoesBack()
    {
        var (run, _) = Carry(
            New(_judged with { OnUnhealthy = OnUnhealthy.RollBack }),
            static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking ? Scored(read, Target5, at, 5.1) : null, 2000);

        Assert.Equal(MigrationState.RolledBack, run.State);
        Assert.Contains("lag -4.9", run.Rollback!.Reason, StringComparison.Ordinal);
        var soaking = run.Timeline.Single(static t => t.State == MigrationState.Soaking).At;
        Assert.InRange(run.Timeline.Single(static t => t.State == MigrationState.RollbackRequested).At - soaking, TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(17));
    }

    [Theory]
    [InlineData(OnUnhealthy.RollBack, MigrationState.RolledBack)]
    [InlineData(OnUnhealthy.Hold, MigrationState.Soaking)]
    public void Soak_GateOpens_IsActedOnAtOnce(OnUnhealthy on, MigrationState expected)
    {
        var (run, _) = Carry(
            New(_judged with { OnUnhealthy = on }),
            static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking ? Scored(read, Target5, at, 9, 1, true, HealthGate.G8DataLoss) : null, 2000);

        Assert.Equal((expected, expected == MigrationState.Soaking), (run.State, run.IsHeld));
    }

    [Fact]
    public void Soak_SecondCopySeen_NeverGoesBackByItself()
    {
        var (run, _) = Carry(
            New(_judged with { OnUnhealthy = OnUnhealthy.RollBack }),
            static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking ? Scored(read, Target5, at, 9, 1, true, HealthGate.G6SecondCopy) : null, 2000);

        Assert.Equal((MigrationState.Soaking, true), (run.State, run.IsHeld));
    }

    [Fact]
    public void Soak_UnhealthyOnceAndWellAgain_IsNotCommittedByItself()
    {
        var (run, _) = Carry(
            New(_judged with { OnUnhealthy = OnUnhealthy.RollBack }),
            static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking
                ? Scored(read, Target5, at, at - run.EnteredAt < TimeSpan.FromMinutes(8) ? 5.1 : 9.5) : null, 4000);

        Assert.Equal((MigrationState.Soaking, true), (run.State, run.IsHeld));
        Assert.Contains("unhealthy meanwhile", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Soak_NothingIsKnown_NeitherCommitsNorGoesBackAndCallsAPerson()
    {
        var (run, _) = Carry(
            New(_judged with { OnUnhealthy = OnUnhealthy.RollBack }),
            static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking ? Scored(read, new CopyObservation { Trouble = "timeout" }, at, null, 0, null) : null, 1000);

        Assert.Equal((MigrationState.Soaking, false, HealthAlarm.AskPerson), (run.State, run.IsHeld, run.Alarm));
    }

    [Fact]
    public void Soak_CampaignIsHeld_CommitsOnlyAfterIt()
    {
        var (run, _) = Carry(
            New(_judged),
            static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking
                ? Scored(read with { Situation = new MigrationSituation(IsCampaignHeld: at - run.EnteredAt < TimeSpan.FromHours(5)) }, Target5, at) : null, 4000);

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.True(run.Timeline[^1].At - run.Timeline[^2].At >= TimeSpan.FromHours(5));
    }

    [Fact]
    public void Soak_ControlPlaneIsHeldAndTheTargetSeemsGone_IsNotTakenForGone()
    {
        var (run, _) = Carry(
            New(_judged with { OnUnhealthy = OnUnhealthy.RollBack }),
            static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.Soaking && at - run.EnteredAt < TimeSpan.FromMinutes(5)
                ? Scored(read with { Situation = new MigrationSituation(IsControlPlaneHeld: true) }, new CopyObservation { Application = LookupStatus.Absent }, at, null, 0, null) : null, 2000);

        Assert.NotEqual(MigrationState.RolledBack, run.State);
    }

    [Theory]
    [InlineData(OnUnhealthy.RollBack, MigrationState.RolledBack)]
    [InlineData(OnUnhealthy.Hold, MigrationState.CatchingUp)]
    public void CatchUp_NotInTime_GoesBackOrIsHeld(OnUnhealthy on, MigrationState expected)
    {
        var (run, _) = Carry(
            New(_judged with { OnUnhealthy = on }),
            static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.CatchingUp ? Scored(read, Target5, at, 9, 1, false) : null, 2000);

        Assert.Equal((expected, expected == MigrationState.CatchingUp), (run.State, run.IsHeld));
        Assert.Contains("catch up in time", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void CatchUp_LowScores_DoNotCount()
    {
        var (run, _) = Carry(
            New(_judged with { OnUnhealthy = OnUnhealthy.RollBack }),
            static (run, effect, at) => effect is ReadHealth read && run.State == MigrationState.CatchingUp
                ? Scored(read, Target5, at, 4, 1, at - run.EnteredAt > TimeSpan.FromMinutes(12)) : null, 2000);

        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public void Journal_OfTheWholeWatch_IsShortAndSaysTheSame()
    {
        var records = new List<string>();
        var run = New(_judged with { Soak = TimeSpan.FromHours(72) });
        var now = Noon;
        for (var i = 0; i < 20_000 && !run.IsFinal; i++)
        {
            now = (run.NotBefore > now ? run.NotBefore.Value : now) + TimeSpan.FromMilliseconds(10);
            var happened = Answer(run, run.Pending!, now);
            var next = MigrationMachine.Step(run, happened);
            if (!next.IsSameAs(run))
            {
                records.Add(JsonSerializer.Serialize(happened, MigrationJson.Default.JobEvent));
            }
            run = next;
        }

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.InRange(records.Count, 100, 250);
        Assert.True(records.Sum(static r => r.Length) < 600_000, $"{records.Sum(static r => r.Length)} bytes");
        var folded = records.Select(static r => JsonSerializer.Deserialize(r, MigrationJson.Default.JobEvent)!).Aggregate(New(_judged with { Soak = TimeSpan.FromHours(72) }), MigrationMachine.Step);
        Assert.Equal(MigrationState.Committed, folded.State);
        Assert.Equal(run.Parity!.ScoreMedian, folded.Parity!.ScoreMedian);
        Assert.Equal(JsonSerializer.Serialize(run.Parity.Lines), JsonSerializer.Serialize(folded.Parity.Lines));
    }

    [Fact]
    public void Options_InTheJournal_ComeBackAsTheyWere()
    {
        var request = Request(_judged with { KnownBaseline = Usual(Noon), Health = new HealthOptions { Gates = new HealthGateOptions { Restarts = 9 } }, LagSlo = TimeSpan.FromSeconds(40), OnUnhealthy = OnUnhealthy.RollBack });

        var back = JsonSerializer.Deserialize(JsonSerializer.Serialize(request, MigrationJson.Default.MoveRequest), MigrationJson.Default.MoveRequest)!.Options;

        Assert.Equal((9, TimeSpan.FromSeconds(40), OnUnhealthy.RollBack), (back.Health!.Gates.Restarts, back.LagSlo, back.OnUnhealthy));
        Assert.Equal(HealthItems.Streaming, back.Health.Streaming);
        Assert.Equal(Usual(Noon).Find(HealthMetrics.Lag, Noon), back.KnownBaseline!.Find(HealthMetrics.Lag, Noon));
        Assert.Equal(Usual(Noon).Buckets, back.KnownBaseline.Buckets);
    }

    [Fact]
    public void Evaluation_WithoutAScore_IsJournalledAndRead()
    {
        var seen = Scored(new ReadHealth(new CopyRef(Target), new HealthQuestion { Target = new HealthTarget(MigrationCases.Spec.Job, JobKind.Streaming, new CopyRef(Target), Noon), StartedAt = Noon }, MigrationWatch.Initial), Healthy, Noon, null, 0, null);

        var back = Assert.IsType<HealthSeen>(JsonSerializer.Deserialize(JsonSerializer.Serialize<JobEvent>(seen, MigrationJson.Default.JobEvent), MigrationJson.Default.JobEvent));

        Assert.Null(back.Answer.Evaluation.Score);
        Assert.Equal(seen.Copy, back.Copy);
    }

    [Fact]
    public void Rules_BaselineTooLongOrSloNegative_AreNamed()
    {
        var wrong = Request(new MoveOptions { Baseline = TimeSpan.FromDays(2), LagSlo = TimeSpan.Zero, Health = new HealthOptions { Streaming = [] } });

        var error = Assert.Throws<ArgumentException>(() => MoveRequestRules.Check(wrong, new Nowhere()));

        Assert.Contains("Options.Baseline", error.Message, StringComparison.Ordinal);
        Assert.Contains("Options.LagSlo", error.Message, StringComparison.Ordinal);
        Assert.Contains("Options.Health", error.Message, StringComparison.Ordinal);
    }

    private static CopyObservation Target5 => RestoredFrom(Savepoint) with { CompletedCheckpoints = 5 };

    private sealed class Nowhere : IBackendCatalog
    {
        public System.Collections.Immutable.ImmutableArray<IResourceBackend> Backends => [];

        public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IResourceBackend? backend)
        {
            backend = null;
            return false;
        }

        public IResourceBackend GetRequired(string name) => throw new KeyNotFoundException(name);
    }
}
