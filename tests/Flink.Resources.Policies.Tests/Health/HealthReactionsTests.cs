using static Flink.Resources.Health.HealthCases;
using static Flink.Resources.Health.HealthReactionKind;

namespace Flink.Resources.Health;

public sealed class HealthReactionsTests
{
    private static readonly TimeSpan Held = TimeSpan.FromMinutes(10);

    [Fact]
    public void Decide_AllWell_NothingFollows() => Assert.Equal(None, Decide(Facts(9)).Kind);

    [Theory]
    [InlineData(OnUnhealthy.Hold, HealthGate.G4WrongSnapshot, false, RollBack)]
    [InlineData(OnUnhealthy.Hold, HealthGate.G1NotRunning, false, RollBack)]
    [InlineData(OnUnhealthy.Hold, HealthGate.G1NotRunning, true, Hold)]
    [InlineData(OnUnhealthy.Hold, HealthGate.G8DataLoss, false, Hold)]
    [InlineData(OnUnhealthy.RollBack, HealthGate.G8DataLoss, true, RollBack)]
    [InlineData(OnUnhealthy.RollBack, HealthGate.G6SecondCopy, false, Hold)]
    public void Decide_Gate_ActsAsTheOwnerWants(OnUnhealthy wanted, HealthGate gate, bool hasCheckpoint, HealthReactionKind kind)
    {
        var facts = Facts(3) with { OnUnhealthy = wanted, HasCheckpoint = hasCheckpoint };

        Assert.Equal(kind, Decide(facts with { Evaluation = facts.Evaluation with { Gates = [new(gate, "seen")] } }).Kind);
    }

    [Fact]
    public void Decide_RestoreFailed_GoesBackAlone() => Assert.Equal(RollBack, Decide(Facts(null) with { RestoreFailed = true }).Kind);

    [Theory]
    [InlineData(OnUnhealthy.RollBack, 600, 600, RollBack)]
    [InlineData(OnUnhealthy.RollBack, 599, 900, Hold)]
    [InlineData(OnUnhealthy.RollBack, 900, 599, Hold)]
    [InlineData(OnUnhealthy.Hold, 9000, 9000, Hold)]
    public void Decide_Unhealthy_GoesBackWhenItLastedAWindowAfterCatchingUp(OnUnhealthy wanted, int seconds, int secondsSinceCaughtUp, HealthReactionKind kind)
    {
        var facts = Facts(4) with
        {
            OnUnhealthy = wanted,
            Verdict = new() { Verdict = HealthVerdict.Unhealthy, UnhealthySince = Now.AddSeconds(-seconds) },
            Statement = new(HealthVerdict.Unhealthy, HealthAlarm.None),
            CaughtUpAt = Now.AddSeconds(-secondsSinceCaughtUp),
        };

        Assert.Equal(kind, Decide(facts).Kind);
    }

    [Fact]
    public void Decide_UnhealthyWhileCatchingUp_OnlyTheDeadlineCounts()
    {
        var facts = Facts(4) with
        {
            OnUnhealthy = OnUnhealthy.RollBack,
            Phase = HealthPhase.CatchUp,
            Verdict = new() { Verdict = HealthVerdict.Unhealthy, UnhealthySince = Now.AddHours(-1) },
            Statement = new(HealthVerdict.Unhealthy, HealthAlarm.None),
        };

        Assert.Equal(None, Decide(facts).Kind);
        Assert.Equal(RollBack, Decide(facts with { MissedCatchUpDeadline = true }).Kind);
    }

    [Theory]
    [InlineData(HealthAlarm.Alarm)]
    [InlineData(HealthAlarm.AskPerson)]
    public void Decide_Unknown_NeverGoesBackAlone(HealthAlarm alarm)
    {
        var facts = Facts(null) with
        {
            OnUnhealthy = OnUnhealthy.RollBack,
            Verdict = new() { Verdict = HealthVerdict.Unhealthy, UnhealthySince = Now.AddHours(-1), UnknownSince = Now.AddMinutes(-40) },
            Statement = new(HealthVerdict.Unhealthy, alarm),
        };

        Assert.Equal(Hold, Decide(facts).Kind);
        Assert.Equal(Hold, Decide(facts with { Statement = new(HealthVerdict.Healthy, alarm), Verdict = new() { UnknownSince = Now } }).Kind);
    }

    private static HealthReaction Decide(HealthReactionFacts facts) => HealthReactions.Decide(facts, Held);

    private static HealthReactionFacts Facts(double? score) => new()
    {
        Evaluation = Evaluation(Now, score),
        Verdict = HealthVerdictState.Initial,
        Statement = new(HealthVerdict.Healthy, HealthAlarm.None),
        Phase = HealthPhase.Soak,
    };
}
