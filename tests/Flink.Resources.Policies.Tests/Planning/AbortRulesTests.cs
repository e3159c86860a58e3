using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Planning;

public sealed class AbortRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Evaluate_AllWell_HoldsNothing() =>
        Assert.Empty(AbortRules.Evaluate(Facts(Moves(60, MoveEnding.Committed)) with { Scores = Means(8, 30), ControlPlanes = [Target(30, Good)] }));

    public static TheoryData<string, CampaignFacts, string, CampaignHoldKind> Placed => new()
    {
        { "canary", Facts([Move(1, MoveEnding.RolledBack) with { Stage = PlanStage.Canary }]), "canary-failed", CampaignHoldKind.Stop },
        { "parked canary", Facts([Move(1, MoveEnding.Parked) with { Stage = PlanStage.Canary }]), "canary-failed", CampaignHoldKind.Stop },
        { "wave", Facts([.. Moves(18, MoveEnding.Committed), Move(90, MoveEnding.RolledBack), Move(91, MoveEnding.Parked)]), "wave-failures:1", CampaignHoldKind.Pause },
        { "last 50", Facts([.. Moves(60, MoveEnding.Committed, spread: true), .. Moves(3, MoveEnding.RolledBack, spread: true, first: 100)]), "campaign-failures", CampaignHoldKind.Pause },
        { "P1 back", Facts([Move(1, MoveEnding.RolledBack) with { Priority = new(8) }]), "important-rolled-back", CampaignHoldKind.Pause },
        { "two P0 back", Facts([.. Moves(2, MoveEnding.RolledBack).Select(static m => m with { Priority = new(9) })]), "important-rolled-back:stop", CampaignHoldKind.Stop },
        { "rollback failed", Facts([Move(1, MoveEnding.RollbackFailed)]), "rollback-failed", CampaignHoldKind.Stop },
        { "two copies", Facts([]) with { SeenTwice = [new(JobKey.Parse("a/b"), Now, "k8s e2, yarn e1")] }, "two-copies", CampaignHoldKind.Stop },
        { "mean score", Facts([]) with { Scores = Means(7.4, 16) }, "mean-score", CampaignHoldKind.Pause },
        { "degraded", Facts([]) with { Degraded = [.. Enumerable.Range(0, 3).Select(static i => new DegradedJob(JobKey.Parse($"a/b{i}"), 2 + (i % 2), Now.AddHours(-20), Now))] }, "committed-degraded", CampaignHoldKind.Pause },
        { "errors", Facts([]) with { ControlPlanes = [Target(6, static at => new(at, true, ErrorShare: 0.06))] }, "target-control-plane:k8s", CampaignHoldKind.HoldStarts },
        { "slow", Facts([]) with { ControlPlanes = [Target(6, static at => new(at, true, P99: TimeSpan.FromSeconds(5.1)))] }, "target-control-plane:k8s", CampaignHoldKind.HoldStarts },
        { "pending", Facts([]) with { ControlPlanes = [Target(6, static at => new(at, true, LongPendingShare: 0.06))] }, "target-control-plane:k8s", CampaignHoldKind.HoldStarts },
        { "away", Facts([]) with { ControlPlanes = [Target(6, static at => new(at, false))] }, "target-control-plane:k8s", CampaignHoldKind.HoldStarts },
        { "source", Facts([]) with { ControlPlanes = [Target(3, static at => new(at, false)) with { IsSource = true, IsTarget = false }] }, "source-control-plane:k8s", CampaignHoldKind.HoldStarts },
        { "incident", Facts([]) with { Incidents = [new("kafka", Now.AddMinutes(-1))] }, "incident:kafka", CampaignHoldKind.HoldStarts },
        { "unmoved", Facts([]) with { Unmoved = new(15, 3) }, "unmoved-jobs", CampaignHoldKind.HoldStarts },
    };

    [Theory]
    [MemberData(nameof(Placed))]
    public void Evaluate_RuleApplies_PlacesItsHold(string what, CampaignFacts facts, string key, CampaignHoldKind kind)
    {
        Assert.NotEmpty(what);
        var holds = AbortRules.Evaluate(facts);

        var hold = Assert.Single(holds, h => h.Key == key);
        Assert.Equal((kind, kind != CampaignHoldKind.HoldStarts), (hold.Kind, hold.NeedsPerson));
        Assert.NotEmpty(hold.Reason);
        Assert.Equal(holds.OrderByDescending(static h => h.Kind).ThenBy(static h => h.Key, StringComparer.Ordinal), holds);
    }

    public static TheoryData<string, CampaignFacts> NotPlaced => new()
    {
        { "one of a wave", Facts([.. Moves(3, MoveEnding.Committed), Move(90, MoveEnding.RolledBack)]) },
        { "two of twenty-one", Facts([.. Moves(19, MoveEnding.Committed), Move(90, MoveEnding.RolledBack), Move(91, MoveEnding.Parked)]) },
        { "two of the last 50", Facts([.. Moves(48, MoveEnding.Committed, spread: true), .. Moves(2, MoveEnding.RolledBack, spread: true, first: 100)]) },
        { "long ago", Facts([.. Moves(3, MoveEnding.RolledBack, spread: true), .. Moves(50, MoveEnding.Committed, spread: true, first: 100)]) },
        { "not moved", Facts([.. Moves(5, MoveEnding.NotMoved).Select(static m => m with { Stage = PlanStage.Canary })]) },
        { "by choice", Facts([.. Moves(5, MoveEnding.RolledBack).Select(static m => m with { IsByChoice = true, Priority = new(9), Signature = "x" })]) },
        { "during an incident that is over", Facts(Moves(5, MoveEnding.RolledBack)) with { Incidents = [new("kafka", Now.AddHours(-3), Now.AddMinutes(-20))] } },
        { "score not long enough", Facts([]) with { Scores = Means(7.4, 14) } },
        { "score at the limit", Facts([]) with { Scores = Means(7.5, 30) } },
        { "score not known in between", Facts([]) with { Scores = [.. Means(7.0, 30).Select(static s => s.At == Now.AddMinutes(-5) ? s with { Mean = null } : s)] } },
        { "degraded late", Facts([]) with { Degraded = [.. Enumerable.Range(0, 3).Select(static i => new DegradedJob(JobKey.Parse($"a/b{i}"), 1, Now.AddHours(-25), Now))] } },
        { "degraded twice the same", Facts([]) with { Degraded = [.. Enumerable.Range(0, 3).Select(static i => new DegradedJob(JobKey.Parse("a/b"), 1, Now.AddHours(-1), Now.AddMinutes(-i)))] } },
        { "errors for a moment", Facts([]) with { ControlPlanes = [Target(4, static at => new(at, true, ErrorShare: 0.5))] } },
        { "errors at the limit", Facts([]) with { ControlPlanes = [Target(30, static at => new(at, true, 0.05, TimeSpan.FromSeconds(5), 0.05))] } },
        { "errors with a break", Facts([]) with { ControlPlanes = [Target(30, static at => new(at, at == Now.AddMinutes(-3)))] } },
        { "old samples", Facts([]) with { ControlPlanes = [Target(30, static at => new(at.AddMinutes(-3), false))] } },
        { "a source's errors", Facts([]) with { ControlPlanes = [Target(30, static at => new(at, true, 0.9)) with { IsSource = true, IsTarget = false }] } },
        { "few unmoved", Facts([]) with { Unmoved = new(5, 2) } },
        { "small share of unmoved", Facts([]) with { Unmoved = new(16, 3) } },
        { "incident to come", Facts([]) with { Incidents = [new("kafka", Now.AddMinutes(1))] } },
    };

    [Theory]
    [MemberData(nameof(NotPlaced))]
    public void Evaluate_RuleDoesNotApply_HoldsNothing(string what, CampaignFacts facts)
    {
        Assert.NotEmpty(what);
        Assert.Empty(AbortRules.Evaluate(facts));
    }

    [Fact]
    public void Evaluate_ThreeEqualFailures_PausesAndBlocksTheSignature()
    {
        var failed = Moves(3, MoveEnding.NotMoved).Select(static m => m with { Signature = "image missing" }).ToImmutableArray();

        Assert.Empty(AbortRules.Evaluate(Facts(failed[..2])));
        Assert.Empty(AbortRules.Evaluate(Facts([failed[0], failed[0], failed[0]])));
        var hold = Assert.Single(AbortRules.Evaluate(Facts(failed)));
        Assert.Equal((CampaignHoldKind.Pause, "image missing", true), (hold.Kind, hold.BlockedSignature, hold.NeedsPerson));
        Assert.Contains("team/job0, team/job1, team/job2", hold.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_TargetInTrouble_ScoresAreUnknownThere()
    {
        var hold = Assert.Single(AbortRules.Evaluate(Facts([]) with { ControlPlanes = [Target(6, static at => new(at, false))] }));

        Assert.True(hold is { ScoresAreUnknown: true, HoldsStops: false, Backend: "k8s", Pages: false });
    }

    [Fact]
    public void Evaluate_SourceUnreadable_HoldsStopsToo() => Assert.True(Assert.Single(AbortRules.Evaluate(Facts([]) with
    {
        ControlPlanes = [Target(6, static at => new(at, false)) with { IsSource = true, IsTarget = false }],
    })) is { HoldsStops: true, ScoresAreUnknown: false });

    [Fact]
    public void Evaluate_TwoCopiesOrFailedRollback_CallsSomebody() =>
        Assert.All(AbortRules.Evaluate(Facts([Move(1, MoveEnding.RollbackFailed)]) with { SeenTwice = [new(JobKey.Parse("a/b"), Now, "two")] })
            .Where(static h => h.Kind == CampaignHoldKind.Stop), static h => Assert.True(h.Pages));

    [Fact]
    public void Evaluate_Degraded_ShowsTheWayBackOfTheirWaves()
    {
        var facts = Facts([]) with { Degraded = [.. Enumerable.Range(0, 4).Select(static i => new DegradedJob(JobKey.Parse($"a/b{i}"), 5 - (i % 2), Now.AddHours(-2), Now))] };

        Assert.Equal([4, 5], Assert.Single(AbortRules.Evaluate(facts)).PreviewRollback);
    }

    [Fact]
    public void Evaluate_ControlPlaneRecovers_EndsByItselfAfterTenGoodMinutes()
    {
        var standing = AbortRules.Evaluate(Facts([]) with { ControlPlanes = [Target(6, static at => new(at, false))] });

        var states = new List<int>();
        for (var minute = 1; minute <= 12; minute++)
        {
            var now = Now.AddMinutes(minute);
            standing = AbortRules.Evaluate(Facts([]) with { Now = now, Standing = standing, ControlPlanes = [new() { Backend = "k8s", IsTarget = true, Samples = [Good(now)] }] });
            states.Add(standing.Length);
        }

        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0], states);
    }

    public static TheoryData<string, ImmutableArray<ControlPlaneFacts>> NotWell => new()
    {
        { "a short relapse", [new() { Backend = "k8s", IsTarget = true, Samples = [new(Now.AddMinutes(9), false)] }] },
        { "no samples", [new() { Backend = "k8s", IsTarget = true }] },
        { "not looked at", [] },
    };

    [Theory]
    [MemberData(nameof(NotWell))]
    public void Evaluate_NotKnownOrNotWell_TheTimeBeginsAnew(string what, ImmutableArray<ControlPlaneFacts> planes)
    {
        Assert.NotEmpty(what);
        var first = AbortRules.Evaluate(Facts([]) with { ControlPlanes = [Target(6, static at => new(at, false))] });
        var second = AbortRules.Evaluate(Facts([]) with { Now = Now.AddMinutes(9), Standing = first, ControlPlanes = planes });
        var third = AbortRules.Evaluate(Facts([]) with { Now = Now.AddMinutes(18), Standing = second, ControlPlanes = [new() { Backend = "k8s", IsTarget = true, Samples = [Good(Now.AddMinutes(18))] }] });

        Assert.Equal(Now.AddMinutes(9), Assert.Single(second).LastSeen);
        Assert.Equal(Now, Assert.Single(third).Since);
    }

    [Fact]
    public void Evaluate_IncidentIsOver_HoldsUntilAllWasWellForAWhile()
    {
        var facts = Facts([]) with { Incidents = [new("kafka", Now.AddHours(-1), Now)] };

        Assert.Single(AbortRules.Evaluate(facts with { Now = Now.AddMinutes(9) }));
        Assert.Empty(AbortRules.Evaluate(facts with { Now = Now.AddMinutes(10) }));
    }

    [Fact]
    public void Evaluate_PersonReleases_ComesBackOnlyForALaterFailure()
    {
        ImmutableArray<EndedMove> moves = [Move(1, MoveEnding.RolledBack), Move(2, MoveEnding.Parked)];
        var placed = AbortRules.Evaluate(Facts(moves));
        var later = Facts(moves) with { Now = Now.AddHours(1), Standing = placed };
        var released = later with { Released = [new("wave-failures:1", Now.AddMinutes(30))] };

        Assert.Equal(Now, Assert.Single(AbortRules.Evaluate(later)).Since);
        Assert.Empty(AbortRules.Evaluate(released));
        Assert.Equal("wave-failures:1", AbortRules.Evaluate(released with { Ended = [.. moves, Move(3, MoveEnding.RolledBack) with { At = Now.AddMinutes(45) }] }).Single(static h => h.Key.StartsWith("wave", StringComparison.Ordinal)).Key);
    }

    [Fact]
    public void Evaluate_CauseOfAPauseIsGone_StaysForAPerson()
    {
        var placed = AbortRules.Evaluate(Facts([]) with { Scores = Means(7, 20) });

        Assert.Single(AbortRules.Evaluate(Facts([]) with { Now = Now.AddDays(1), Standing = placed }));
    }

    [Fact]
    public void Evaluate_AnyOrderOfFacts_TheSameHolds() => Gen.Select(Gen.Int[0, 40], Gen.Enum<MoveEnding>(), Gen.Int[1, 3], Gen.Int[0, 9]).Array[0, 60].Sample(static kinds =>
    {
        ImmutableArray<EndedMove> moves = [.. kinds.Select(static (k, i) => Move(i, k.Item2) with { Wave = k.Item3, At = Now.AddMinutes(-k.Item1), Priority = new(k.Item4), Signature = k.Item4 < 2 ? "same" : null })];

        var (one, other) = (AbortRules.Evaluate(Facts(moves)), AbortRules.Evaluate(Facts([.. moves.Reverse()])));
        Assert.Equal(one.Select(static h => h with { PreviewRollback = [] }), other.Select(static h => h with { PreviewRollback = [] }));
        Assert.Equal(moves.Any(static m => m.Ending == MoveEnding.RollbackFailed), one.Any(static h => h.Key == "rollback-failed"));
    });

    private static CampaignFacts Facts(ImmutableArray<EndedMove> ended) => new() { Now = Now, Ended = ended };

    private static EndedMove Move(int number, MoveEnding ending) => new()
    {
        Job = JobKey.Parse($"team/job{number}"),
        Priority = new(3),
        Wave = 1,
        Stage = PlanStage.FivePercent,
        Ending = ending,
        At = Now.AddHours(-1).AddSeconds(number),
    };

    // Spread: each in a wave of its own, so that only the campaign's rule counts them together.
    private static ImmutableArray<EndedMove> Moves(int count, MoveEnding ending, bool spread = false, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(i => Move(i, ending) with { Wave = spread ? i : 1 })];

    private static ImmutableArray<MeanScore> Means(double mean, int minutes) => [.. Enumerable.Range(0, minutes + 1).Select(m => new MeanScore(Now.AddMinutes(-m), mean))];

    private static ControlPlaneSample Good(DateTimeOffset at) => new(at, true, 0.01, TimeSpan.FromSeconds(1), 0);

    private static ControlPlaneFacts Target(int minutes, Func<DateTimeOffset, ControlPlaneSample> sample) =>
        new() { Backend = "k8s", IsTarget = true, Samples = [.. Enumerable.Range(0, minutes + 1).Select(m => sample(Now.AddMinutes(-m)))] };
}
