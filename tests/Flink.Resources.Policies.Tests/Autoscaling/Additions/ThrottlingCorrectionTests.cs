using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class ThrottlingCorrectionTests
{
    private static readonly JobSketch Job = Jobs.Chain(new VertexSketch(4, 128, 0, 0.5, 1000, 0, 0), new VertexSketch(4, 128, 0, 0.5, 1000, 0, 0));

    private static readonly AutoscalerSettings On = Evaluations.AtOnce with { Extensions = new() { CpuThrottling = true } };

    [Fact]
    public void Plan_ThrottledVertex_HasLessHeadRoomAndSaysSo()
    {
        var plan = Job.Plan(On, change: static f => f with { CpuThrottling = Throttled("v1", 0.5) });

        Assert.Equal((2000, 1500), (Rate(plan, 0), Rate(plan, 1)));
        Assert.Contains("[cpu-throttling: throttled in 50 % of the periods, so 1500/s instead of 2000/s]", plan.Decision!.Vertices[1].Explain(), StringComparison.Ordinal);
        Assert.DoesNotContain("cpu-throttling", plan.Decision.Vertices[0].Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_NotReported_IsNotCorrected() =>
        Assert.Equal(2000, Rate(Job.Plan(On, change: static f => f with { CpuThrottling = Throttled("other", 1) }), 1));

    [Fact]
    public void Plan_ObservedRate_ShowsTheThrottlingAlready()
    {
        var plan = Job.Plan(On, change: static f =>
        {
            f.Metrics.Add(f.Topology.PositionOf("v0"), VertexMetric.ObservedTrueProcessingRate, 1200);
            f.Metrics.Add(f.Topology.PositionOf("v0"), VertexMetric.ObservedTrueProcessingRate, 1200);
            return f with { CpuThrottling = Throttled("v0", 0.5) };
        });

        Assert.Equal(1200, Rate(plan, 0));
    }

    [Fact]
    public void Correct_AnyNumbers_StaysBetweenWhatItDoesAndWhatItCould() =>
        Gen.Select(Gen.Double[0, 1e6], Gen.Double[0, 1e6], Gen.Double[-1, 2], Gen.Double[-1, 2]).Sample((rate, input, throttled, more) =>
        {
            var corrected = ThrottlingCorrection.Correct(rate, input, throttled);

            Assert.InRange(corrected, Math.Min(rate, input), rate);
            Assert.True(ThrottlingCorrection.Correct(rate, input, Math.Max(throttled, more)) <= corrected * (1 + 1e-12));
        });

    [Theory]
    [InlineData(double.PositiveInfinity, 10, 0.5)]
    [InlineData(double.NaN, 10, 0.5)]
    [InlineData(100, 10, double.NaN)]
    [InlineData(100, 10, 0)]
    [InlineData(100, 0, 0.5)]
    public void Correct_NothingToCorrect_IsTheRate(double rate, double input, double throttled) =>
        Assert.Equal(rate, ThrottlingCorrection.Correct(rate, input, throttled));

    private static ImmutableDictionary<string, double> Throttled(string vertex, double share) =>
        ImmutableDictionary<string, double>.Empty.Add(vertex, share);

    private static double Rate(AutoscalerPlan plan, int vertex) => plan.Evaluation!.Vertices[vertex].TrueProcessingRate;
}
