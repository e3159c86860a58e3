using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class WayBackTests
{
    private static readonly AutoscalerSettings On = Evaluations.AtOnce with { Extensions = new() { WayBack = true } };

    private static readonly JobSketch Before = Jobs.Chain(new VertexSketch(4, 128, 0, 1, 1000, 500_000, 0), new(3, 128, 0, 0.5, 1000, 0, 0));

    private static readonly AutoscalerPlan Scaling = Before.Plan(On, change: static f => f with { Health = 9 });

    private static readonly DateTimeOffset Decided = DateTimeOffset.FromUnixTimeMilliseconds(Jobs.WindowMs);

    private static readonly AutoscalerMemory Scaled = Scaling.Memory.Executed(Scaling.Decision!, null, Decided);

    [Fact]
    public void Plan_HealthFallsAfterAScaling_RestoresAndBlocksTheStep()
    {
        var bad = After(Scaled, health: 6, minutes: 3);

        Assert.Equal(AutoscalerStatus.Scale, bad.Status);
        Assert.Equal(Running(Before), bad.Decision!.Parallelism().Select(static p => (p.Key, p.Value)));
        Assert.Contains("[way-back: the health fell from 9 to 6", bad.Decision.Vertices[0].Explain(), StringComparison.Ordinal);
        Assert.Contains(bad.Events, static e => e.Kind == ScalingEventKind.ScalingRestored);

        var restored = bad.Memory.Executed(bad.Decision, null, Decided.AddMinutes(3));
        Assert.Empty(restored.History);
        Assert.Equal((4, Scaling.Decision!.Parallelism()["v0"]), (restored.Blocked["v0"].From, restored.Blocked["v0"].To));
        Assert.Null(restored.Undo);

        var again = Before.Plan(On, restored, static f => f with { Now = Decided.AddMinutes(60) });
        Assert.Equal((AutoscalerStatus.Balanced, VertexReason.StepBlocked), (again.Status, again.Decision!.Vertices[0].Reason));
        Assert.Contains("was undone; blocked until", again.Decision.Vertices[0].Explain(), StringComparison.Ordinal);
        var later = Before.Plan(On, restored, static f => f with { Now = Decided.AddMinutes(64) });
        Assert.Equal(AutoscalerStatus.Scale, later.Status);
        Assert.Empty(later.Memory.Blocked);
    }

    [Theory]
    [InlineData(7.5, 3)] // not enough
    [InlineData(null, 3)] // not known is not bad
    [InlineData(1.0, 9)] // after the stabilization interval it stands
    public void Plan_NoHarmDone_StandsAsScaled(double? health, int minutes)
    {
        var plan = After(Scaled, health, minutes);

        Assert.NotEqual(AutoscalerStatus.Scale, plan.Status);
        Assert.Equal(minutes <= 6, plan.Memory.Undo is not null);
    }

    [Fact]
    public void Plan_SomebodyElseRescaled_IsLeftAlone()
    {
        var other = Jobs.Chain(new VertexSketch(7, 128, 0, 0.5, 1000, 0, 0), new(3, 128, 0, 0.5, 1000, 0, 0));

        var plan = other.Plan(On, Scaled, f => f with { Health = 0, RunningSince = Decided.AddMinutes(1), Now = Decided.AddMinutes(2), IsWindowFull = false });

        Assert.Equal((AutoscalerStatus.Collecting, (ScalingUndo?)null), (plan.Status, plan.Memory.Undo));
    }

    [Fact]
    public void Plan_BeforeTheRestart_Waits()
    {
        var plan = Before.Plan(On, Scaled, static f => f with { Health = 0, Now = Decided.AddMinutes(1), IsWindowFull = false });

        Assert.Equal(AutoscalerStatus.Collecting, plan.Status);
        Assert.NotNull(plan.Memory.Undo);
    }

    [Fact]
    public void Plan_AdvisorMode_OnlyReports()
    {
        var plan = After(Scaled, 1, 3, On with { ScalingEnabled = false });

        Assert.Equal((AutoscalerStatus.Refused, GateRefusal.ScalingDisabled), (plan.Status, plan.Refusal));
    }

    [Fact]
    public void Executed_HealthUnknownOrOff_CannotBeUndone()
    {
        Assert.Null(Executed(Before.Plan(On)).Undo);
        Assert.Null(Executed(Before.Plan(Evaluations.AtOnce, change: static f => f with { Health = 9 })).Undo);

        static AutoscalerMemory Executed(AutoscalerPlan plan) => plan.Memory.Executed(plan.Decision!, null, Decided);
    }

    [Fact]
    public void Plan_AnyJobAndHealth_GoesBackToExactlyWhatWas() => Gen.Select(Jobs.Sketches, Gen.Double[0, 10], Gen.Double[0, 10], Gen.Int[0, 20]).Sample((job, before, after, minutes) =>
    {
        var plan = job.Plan(On, change: f => f with { Health = before });
        if (plan.Status != AutoscalerStatus.Scale)
        {
            return;
        }
        var memory = AutoscalerMemory.Read(plan.Memory.Executed(plan.Decision!, null, Decided).Write());
        var look = After(memory, after, minutes, On, Apply(job, plan.Decision!));

        var undone = before - after >= 2 && minutes <= 6;
        Assert.Equal(undone, look.Status == AutoscalerStatus.Scale);
        if (undone)
        {
            Assert.Equal(Running(job), look.Decision!.Parallelism().Select(static p => (p.Key, p.Value)));
        }
    });

    // The job has run with the new parallelism since one minute after the decision.
    private static AutoscalerPlan After(AutoscalerMemory memory, double? health, int minutes, AutoscalerSettings? settings = null, JobSketch? job = null) =>
        (job ?? Apply(Before, Scaling.Decision!)).Plan(settings ?? On, memory, f => f with
        {
            Health = health,
            RunningSince = Decided.AddMinutes(1),
            Now = Decided.AddMinutes(minutes),
            IsWindowFull = false,
        });

    private static JobSketch Apply(JobSketch job, JobDecision decision) => new(
        [.. job.Vertices.Select((v, i) => v with { Parallelism = decision.Parallelism()[JobSketch.Id(i)], MaxParallelism = Math.Max(v.MaxParallelism, v.Parallelism) })]);

    private static IEnumerable<(string, int)> Running(JobSketch job) =>
        job.Topology().Vertices.Select(static v => (v.Id, v.Parallelism)).OrderBy(static v => v.Id, StringComparer.Ordinal);
}
