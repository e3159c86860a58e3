using System.Text.Json;
using CsCheck;
using static Flink.Resources.Health.HealthCases;
using static Flink.Resources.Health.HealthCommitCondition;

namespace Flink.Resources.Health;

public sealed class HealthCommitPolicyTests
{
    private static readonly HealthCommitPolicy Policy = new(new());

    private static readonly HealthCommitFacts Ready = new()
    {
        Soak = TimeSpan.FromMinutes(30),
        CompletedCheckpoints = 3,
        LagWithinSlo = true,
        HasParityReport = true,
    };

    [Fact]
    public void Decide_HalfAnHourOfGoodHealth_MayCommit() => Assert.True(Policy.Decide(Soaked(Steady(9, 61)), Ready).MayCommit);

    [Fact]
    public void Decide_NothingSeen_NamesAllThatNeedsEvaluations() =>
        Assert.Equal([Soak, GoodShare, LastTen, Coverage], Against(Soaked([]), Ready with { Soak = TimeSpan.Zero }));

    [Fact]
    public void Decide_EverythingMissing_NamesEverythingInOrder() =>
        Assert.Equal(
            [Soak, GoodShare, LastTen, Unhealthy, Coverage, Checkpoints, Lag, Parity, Gate, Hold],
            Against(Soaked([Evaluation(Now, 3, coverage: 0, gate: true)]), new HealthCommitFacts { Soak = TimeSpan.FromSeconds(1), IsHeld = true }));

    [Theory]
    [InlineData(13, 107, false)]
    [InlineData(12, 108, true)]
    public void Decide_ShareOfGood_IsNinetyPercent(int bad, int good, bool met) =>
        Assert.Equal(met, !Against(Soaked([.. Steady(7.95, bad), .. Steady(9, good, fromSeconds: bad * 30)]), Ready).Contains(GoodShare));

    [Fact]
    public void Decide_OneOfTheLastTenNotGood_MayNot() =>
        Assert.Equal([LastTen], Against(Soaked([.. Steady(9, 60), .. Steady(7.9, 1, fromSeconds: 1800), .. Steady(9, 9, fromSeconds: 1830)]), Ready));

    [Fact]
    public void Decide_OnceUnhealthy_MayNot() =>
        Assert.Contains(Unhealthy, Against(Soaked([.. Steady(5, 12), .. Steady(9, 200, fromSeconds: 360)]), Ready));

    [Fact]
    public void Decide_PartlyKnownTooOften_MayNot()
    {
        Assert.Equal([Coverage], Against(Soaked([.. Steady(9, 6, coverage: 0.84), .. Steady(9, 94, fromSeconds: 180)]), Ready));
        Assert.Empty(Against(Soaked([.. Steady(9, 5, coverage: 0.84), .. Steady(9, 95, fromSeconds: 150)]), Ready));
    }

    [Fact]
    public void Decide_SourceHadNoMoreCoverage_NoMoreIsAsked() =>
        Assert.Empty(Against(Soaked(Steady(9, 61, coverage: 0.73), new() { SourceCoverage = 0.73 }), Ready with { LagWithinSlo = null, HasNoLag = true }));

    [Theory]
    [InlineData(7.4, 6.9, true)]
    [InlineData(7.4, 6.89, false)]
    [InlineData(6.2, 5.99, false)]
    [InlineData(9.9, 8.0, true)]
    public void Decide_BusyJob_IsMeasuredAgainstItsOwnReference(double reference, double score, bool good) =>
        Assert.Equal(good, Policy.IsGood(Evaluation(Now, score), reference));

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public void Decide_LagNotKnownOrTooHigh_MayNot(bool? lag) =>
        Assert.Equal([Lag], Against(Soaked(Steady(9, 61)), Ready with { LagWithinSlo = lag }));

    [Fact]
    public void Decide_NearRealTime_NeedsFiveGoodCyclesInsteadOfCheckpoints()
    {
        var cycles = Ready with { Kind = JobKind.NearRealTime, CompletedCheckpoints = 0, GoodCycles = 4 };

        Assert.Equal([Cycles], Against(Soaked(Steady(9, 61)), cycles));
        Assert.Empty(Against(Soaked(Steady(9, 61)), cycles with { GoodCycles = 5 }));
    }

    [Theory]
    [InlineData(2, false, false)]
    [InlineData(3, false, true)]
    [InlineData(1, true, true)]
    [InlineData(0, true, false)]
    public void Decide_Batch_NeedsRuns(int runs, bool compared, bool may)
    {
        var facts = Ready with { Kind = JobKind.Batch, LagWithinSlo = null, CompletedCheckpoints = 0, GoodRuns = runs, ShadowComparisonIsEqual = compared };

        Assert.Equal(may, Policy.Decide(Soaked([]), facts).MayCommit);
    }

    [Fact]
    public void Decide_MayCommit_OnlyIfAllIsKnownToBeWell() => Gen.Select(Series, Gen.Bool, Gen.Bool, Gen.Int[0, 5]).Sample(static (evaluations, lag, parity, checkpoints) =>
    {
        var state = Soaked(evaluations);
        var facts = Ready with { Soak = TimeSpan.FromMinutes(5), LagWithinSlo = lag, HasParityReport = parity, CompletedCheckpoints = checkpoints };
        if (Policy.Decide(state, facts).MayCommit)
        {
            Assert.True(lag && parity && checkpoints >= 3 && evaluations.Length >= 10);
            Assert.All(evaluations[^10..], static e => Assert.True(e.Gates.IsEmpty && e.Score >= 8 && e.Coverage >= 0.7));
        }
    });

    [Fact]
    public void State_StoredAndRead_IsTheSame() => Series.Sample(static evaluations =>
    {
        var state = Soaked(evaluations, new() { Reference = 7.4 });

        Assert.Equal(state, JsonSerializer.Deserialize<HealthSoakState>(JsonSerializer.Serialize(state)));
    });

    private static HealthSoakState Soaked(IEnumerable<HealthEvaluation> evaluations, HealthSoakState? state = null)
    {
        state ??= new();
        foreach (var evaluation in evaluations)
        {
            (state, _) = Policy.Step(state, evaluation);
        }
        return state;
    }

    private static IEnumerable<HealthCommitCondition> Against(HealthSoakState state, HealthCommitFacts facts) =>
        Policy.Decide(state, facts).Unmet.Select(static u => u.Condition);
}
