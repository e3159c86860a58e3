using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class VertexScalerProperties
{
    private static readonly AutoscalerSettings Unlimited = Evaluations.AtOnce with
    {
        AlignmentMode = AlignmentMode.Off,
        VertexMaxParallelism = int.MaxValue,
        ScaleDownMaxFactor = 1,
        ScaleUpMaxFactor = 1e9,
    };

    [Fact]
    public void Decide_Always_KeepsTheBounds() => Gen.Select(Evaluations.Settings, Evaluations.Shapes).Sample((settings, shape) =>
    {
        var decision = Evaluations.Decide(settings, shape);

        Assert.InRange(
            decision.NewParallelism,
            Math.Min(shape.MaxParallelism, Math.Min(shape.Parallelism, settings.VertexMinParallelism)),
            Math.Max(shape.Parallelism, settings.VertexMaxParallelism));
    });

    [Fact]
    public void Decide_AChange_IsNeverAboveTheMaxParallelism() => Gen.Select(Evaluations.Settings, Evaluations.Shapes).Sample((settings, shape) =>
    {
        var decision = Evaluations.Decide(settings, shape);

        Assert.True(!decision.IsChange || decision.NewParallelism <= shape.MaxParallelism);
    });

    [Fact]
    public void Decide_MoreLoad_NeverNeedsLess() => Gen.Select(Evaluations.Settings, Evaluations.Shapes, Gen.Double[0, 1e6]).Sample((settings, shape, more) =>
    {
        var less = Evaluations.Decide(settings, shape);
        var greater = Evaluations.Decide(settings, shape with { Target = shape.Target + more });

        Assert.True(greater.TargetParallelism >= less.TargetParallelism);
    });

    [Fact]
    public void Decide_SameInput_SameDecision() => Gen.Select(Evaluations.Settings, Evaluations.Shapes).Sample((settings, shape) =>
    {
        var (first, second) = (Evaluations.Decide(settings, shape), Evaluations.Decide(settings, shape));

        Assert.Equal((first.NewParallelism, first.Explain()), (second.NewParallelism, second.Explain()));
        Assert.Equal(first.Events, second.Events);
    });

    [Fact]
    public void Decide_WhatWasDecidedIsApplied_NothingMoreIsAskedFor() => Evaluations.Shapes.Sample(shape =>
    {
        // Without limits in the way.
        var settings = Unlimited;
        shape = shape with { MaxParallelism = int.MaxValue };
        var first = Evaluations.Decide(settings, shape);
        var applied = shape with { Parallelism = first.NewParallelism, Rate = shape.Rate / shape.Parallelism * first.NewParallelism };
        // A need so close to a whole subtask that the last bit of a division decides is not a change of mind.
        var need = first.Capacity / shape.Rate * shape.Parallelism;
        var close = Math.Abs(need - Math.Round(need)) <= need * 1e-12 ? 1 : 0;

        Assert.InRange(Evaluations.Decide(settings, applied).NewParallelism, first.NewParallelism - close, first.NewParallelism + close);
    });

    [Fact]
    public void Decide_AllRatesTimesTheSame_ChangesNothing() => Gen.Select(Evaluations.Shapes, Gen.Int[1, 30]).Sample((shape, exponent) =>
    {
        var settings = Unlimited;
        shape = shape with { MaxParallelism = int.MaxValue };
        var k = 1L << exponent;
        var once = Evaluations.Decide(settings, shape);
        var times = Evaluations.Decide(settings, shape with { Target = shape.Target * k, CatchUp = shape.CatchUp * k, Rate = shape.Rate * k });

        // Up to the rounding of the capacity to whole records per second.
        var rounding = (int)Math.Ceiling(shape.Parallelism / shape.Rate);
        Assert.InRange(times.TargetParallelism, once.TargetParallelism - rounding, once.TargetParallelism + rounding);
    });

    [Fact]
    public void Decide_UnknownRate_NeverChanges() => Gen.Select(Evaluations.Settings, Evaluations.Shapes, Gen.Bool).Sample((settings, shape, target) =>
    {
        shape = target ? shape with { Target = double.NaN } : shape with { Rate = double.NaN };

        Assert.Equal(VertexReason.MetricsMissing, Evaluations.Decide(settings, shape).Reason);
        Assert.False(Evaluations.Decide(settings, shape).IsChange);
    });

    [Fact]
    public void Align_Always_AgreesWithASearchStepByStep() => Gen.Select(
        Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 80], Gen.Int[0, 80], Gen.Int[1, 80], Gen.Enum<AlignmentMode>()).Sample((current, target, max, partitions, upper, mode) =>
    {
        var limits = new ParallelismLimits(current, 1, upper, max, partitions, true, mode);
        if (target == current || mode is not (AlignmentMode.Balanced or AlignmentMode.EvenlySpread))
        {
            return;
        }
        var n = partitions > 0 ? partitions : max;
        var end = Math.Min(Math.Min(n, max), upper);
        end = target < current ? Math.Min(end, current) : end;
        var expected = target;
        for (var q = target; q <= end; q++)
        {
            if (n % q == 0 || (mode == AlignmentMode.Balanced && n / q < n / target))
            {
                expected = q;
                break;
            }
        }

        Assert.Equal(expected, ParallelismAlignment.Align(target, limits).Parallelism);
    });
}
