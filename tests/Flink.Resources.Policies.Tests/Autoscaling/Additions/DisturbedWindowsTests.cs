using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class DisturbedWindowsTests
{
    private static readonly JobSketch Busy = Jobs.Chain(new VertexSketch(4, 128, 0, 1, 1000, 500_000, 0));

    private static readonly AutoscalerSettings On = Evaluations.AtOnce with { Extensions = new() { SkipDisturbedWindows = true } };

    [Theory]
    [InlineData(DisturbanceKind.FailedCheckpoint, "failed checkpoint")]
    [InlineData(DisturbanceKind.TaskManagerLoss, "lost task manager")]
    public void Plan_DisturbanceInTheWindow_DecidesNothingAndSaysWhy(DisturbanceKind kind, string word)
    {
        ImmutableArray<Disturbance> disturbances = [new(DateTimeOffset.FromUnixTimeSeconds(300), kind)];

        var plan = Busy.Plan(On, change: f => f with { Disturbances = disturbances });

        Assert.Equal((AutoscalerStatus.Refused, GateRefusal.DisturbedWindow), (plan.Status, plan.Refusal));
        Assert.Null(plan.Decision);
        Assert.NotNull(plan.Evaluation);
        Assert.Contains($"[skip-disturbed-windows: the window holds a {word}", Assert.Single(plan.Events).Message, StringComparison.Ordinal);
        Assert.Equal(AutoscalerStatus.Scale, Busy.Plan(Evaluations.AtOnce, change: f => f with { Disturbances = disturbances }).Status);
    }

    [Fact]
    public void Newest_AnyDisturbances_IsOneOfTheWindow() =>
        Gen.Select(Gen.Int[0, 100].Array[0, 10], Gen.Int[1, 60], Gen.Int[0, 100], Gen.Int[0, 100]).Sample((times, window, running, now) =>
        {
            var found = DisturbedWindows.Newest(
                [.. times.Select(static t => new Disturbance(At(t), DisturbanceKind.FailedCheckpoint))], TimeSpan.FromSeconds(window), At(running), At(now));

            var inside = times.Where(t => t <= now && t >= now - window && t >= running).ToArray();
            Assert.Equal(inside.Length == 0 ? null : At(inside.Max()), found?.At);
        });

    private static DateTimeOffset At(int second) => DateTimeOffset.FromUnixTimeSeconds(second);
}
