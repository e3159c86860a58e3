using System.Text.Json;
using CsCheck;
using static Flink.Resources.Health.HealthCases;

namespace Flink.Resources.Health;

public sealed class HealthVerdictPolicyTests
{
    private static readonly HealthVerdictPolicy Policy = new(new());

    [Fact]
    public void Step_LowForFourMinutes_IsNotUnhealthy()
    {
        Assert.DoesNotContain(HealthVerdict.Unhealthy, Say([.. Steady(9, 1), .. Steady(5, 9, fromSeconds: 30)]).Select(static s => s.Verdict));
    }

    [Fact]
    public void Step_LowForFiveMinutes_IsUnhealthy() =>
        Assert.Equal(HealthVerdict.Unhealthy, Say([.. Steady(9, 1), .. Steady(5, 11, fromSeconds: 30)])[^1].Verdict);

    [Fact]
    public void Step_LowTwiceFiveMinutesApart_IsNotUnhealthy() =>
        Assert.Equal(HealthVerdict.Healthy, Say([.. Steady(9, 1), .. Steady(5, 2, everySeconds: 300, fromSeconds: 30)])[^1].Verdict);

    [Fact]
    public void Step_Gate_IsUnhealthyAtOnce() =>
        Assert.Equal(HealthVerdict.Unhealthy, Say([Evaluation(Now, 9), Evaluation(Now.AddSeconds(30), 3, gate: true)])[^1].Verdict);

    [Fact]
    public void Step_GateWithoutCoverage_IsKnown() =>
        Assert.Equal(HealthVerdict.Unhealthy, Say([Evaluation(Now, null, coverage: 0, gate: true)])[^1].Verdict);

    [Theory]
    [InlineData(7.0, HealthVerdict.Watch)]
    [InlineData(8.19, HealthVerdict.Watch)]
    [InlineData(8.2, HealthVerdict.Healthy)]
    public void Step_FiveRecovered_LeaveUnhealthy(double score, HealthVerdict then)
    {
        var said = Say([Evaluation(Now, 3, gate: true), .. Steady(score, 5, fromSeconds: 30)]);

        Assert.Equal((HealthVerdict.Unhealthy, then), (said[^2].Verdict, said[^1].Verdict));
    }

    [Fact]
    public void Step_OneDipAmongTheFive_StaysUnhealthy() =>
        Assert.Equal(
            HealthVerdict.Unhealthy,
            Say([Evaluation(Now, 3, gate: true), .. Steady(7.5, 4, fromSeconds: 30), .. Steady(6.9, 1, fromSeconds: 150), .. Steady(7.5, 4, fromSeconds: 180)])[^1].Verdict);

    [Fact]
    public void Step_HealthyThreeTimesBelow_IsWatchedAndFiveAboveHealthyAgain()
    {
        var said = Say([.. Steady(9, 1), .. Steady(7.9, 3, fromSeconds: 30), .. Steady(8.2, 5, fromSeconds: 120)]).Select(static s => s.Verdict).ToArray();

        Assert.Equal(
            [HealthVerdict.Healthy, HealthVerdict.Healthy, HealthVerdict.Healthy, HealthVerdict.Watch, HealthVerdict.Watch, HealthVerdict.Watch, HealthVerdict.Watch, HealthVerdict.Watch, HealthVerdict.Healthy],
            said);
    }

    [Fact]
    public void Step_WatchBetween80And82_StaysWatch() =>
        Assert.Equal(HealthVerdict.Watch, Say([.. Steady(7, 1), .. Steady(8.1, 40, fromSeconds: 30)])[^1].Verdict);

    [Fact]
    public void Step_HealthyButLittleKnown_IsSaidPartly() =>
        Assert.Equal(HealthVerdict.HealthyPartial, Say([.. Steady(9, 1, coverage: 0.84)])[^1].Verdict);

    [Theory]
    [InlineData(599, HealthAlarm.None)]
    [InlineData(600, HealthAlarm.Alarm)]
    [InlineData(1799, HealthAlarm.Alarm)]
    [InlineData(1800, HealthAlarm.AskPerson)]
    public void Step_UnknownForLong_Alarms(int seconds, HealthAlarm alarm) =>
        Assert.Equal(alarm, Say([Evaluation(Now, 9), .. Steady(null, 2, everySeconds: seconds, fromSeconds: 30, coverage: 0)])[^1].Alarm);

    [Fact]
    public void Step_Unknown_NeverMovesAVerdict() => Gen.Select(Series, Series).Sample(static (known, unknown) =>
    {
        var (state, said) = Run(known);
        var before = state.Verdict;
        foreach (var evaluation in unknown.Select(static e => e with { Gates = [], Coverage = 0.69 }))
        {
            (state, said) = Policy.Step(state, evaluation with { At = Now.AddDays(1) });
            Assert.Equal(before, said.Verdict);
        }
    });

    [Fact]
    public void Step_UnknownBetween_NeitherExtendsNorBreaksRuns() => Series.Sample(static evaluations =>
    {
        var (with, _) = Run([.. evaluations.SelectMany(static e => new[] { e, e with { Score = null, Gates = [] } })]);
        var (without, _) = Run(evaluations);

        Assert.Equal(without with { UnknownSince = null }, with with { UnknownSince = null });
    });

    [Fact]
    public void Step_Always_AgreesWithAReadingOfTheWholeHistory() => Series.Sample(static evaluations =>
    {
        var state = HealthVerdictState.Initial;
        var verdict = HealthVerdict.Unknown;
        for (var i = 0; i < evaluations.Length; i++)
        {
            (state, _) = Policy.Step(state, evaluations[i]);
            verdict = VerdictOracle.Next(verdict, evaluations[..(i + 1)]);
            Assert.Equal(verdict, state.Verdict);
        }
    });

    [Fact]
    public void State_StoredAndReadAtAnyPoint_GoesOnTheSame() => Gen.Select(Series, Series).Sample(static (before, after) =>
    {
        var (state, _) = Run(before);
        var read = JsonSerializer.Deserialize<HealthVerdictState>(JsonSerializer.Serialize(state))!;

        Assert.Equal(state, read);
        foreach (var evaluation in after)
        {
            var (one, other) = (Policy.Step(state, evaluation), Policy.Step(read, evaluation));
            Assert.Equal(one, other);
            (state, read) = (one.State, other.State);
        }
    });

    private static (HealthVerdictState State, HealthStatement Said) Run(IEnumerable<HealthEvaluation> evaluations)
    {
        var (state, said) = (HealthVerdictState.Initial, default(HealthStatement));
        foreach (var evaluation in evaluations)
        {
            (state, said) = Policy.Step(state, evaluation);
        }
        return (state, said);
    }

    private static List<HealthStatement> Say(IEnumerable<HealthEvaluation> evaluations)
    {
        var state = HealthVerdictState.Initial;
        List<HealthStatement> said = [];
        foreach (var evaluation in evaluations)
        {
            (state, var statement) = Policy.Step(state, evaluation);
            said.Add(statement);
        }
        return said;
    }
}
