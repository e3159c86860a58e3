using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class ScalingCurveTests
{
    private static readonly Gen<ScalingCurve> Curves =
        Gen.Select(Gen.Double[1, 1e6], Gen.Double[0, 1], static (rate, contention) => new ScalingCurve(rate, contention));

    private static readonly Gen<RateObservation[]> Observations = Gen.Select(Gen.Int[1, 200], Gen.Double[0.1, 1e6],
        static (p, rate) => new RateObservation(DateTimeOffset.UnixEpoch, p, rate)).Array[2, 12];

    [Fact]
    public void Fit_RatesOfACurve_FindsThatCurve() => Gen.Select(Curves, Gen.Int[1, 100].HashSet[2, 8]).Sample((curve, parallelisms) =>
    {
        var fitted = ScalingCurve.Fit(parallelisms.Select(p => Measured(p, curve.At(p))))!;

        Assert.All(parallelisms, p => Assert.Equal(curve.At(p), fitted.At(p), curve.At(p) * 1e-6));
    });

    [Fact]
    public void Fit_AnyRates_IsConcaveAndNeverFalls() => Gen.Select(Observations, Gen.Int[1, 500], Gen.Int[1, 500]).Sample((observations, p, more) =>
    {
        if (ScalingCurve.Fit(observations) is not { } curve)
        {
            Assert.Single(observations.Select(static o => o.Parallelism).Distinct());
            return;
        }
        var (low, middle, high) = (curve.At(p), curve.At(p + more / 2.0), curve.At(p + more));

        Assert.InRange(curve.Contention, 0, 1);
        Assert.True(high >= low * (1 - 1e-12));
        Assert.True(middle >= (low + high) / 2 * (1 - 1e-12));
        Assert.InRange(curve.GainShare(p, p + more), 0, 1);
        Assert.Equal((curve.At(p + more) / low - 1) / ((double)more / p), curve.GainShare(p, p + more), 1e-9 * (1 + (double)p / more));
    });

    [Fact]
    public void Fit_AnyRates_NoNeighbourFitsBetter() => Gen.Select(Observations, Gen.Double[0.8, 1.25], Gen.Double[0.8, 1.25]).Sample((observations, rate, contention) =>
    {
        if (ScalingCurve.Fit(observations) is { } curve)
        {
            var neighbour = new ScalingCurve(curve.SingleRate * rate, Math.Min(1, curve.Contention * contention));

            Assert.True(Error(curve, observations) <= Error(neighbour, observations) * (1 + 1e-9) + 1e-12);
        }
    });

    [Fact]
    public void Fit_LinearRates_PromisesTheWholeGain()
    {
        var curve = ScalingCurve.Fit([Measured(1, 100), Measured(4, 400), Measured(9, 900)])!;

        Assert.Equal((100, 0), (curve.SingleRate, curve.Contention), new Close());
        Assert.Equal(1, curve.GainShare(9, 18), 1e-9);
    }

    [Fact]
    public void Fit_RatesThatFall_PromisesNothing()
    {
        var curve = ScalingCurve.Fit([Measured(2, 1000), Measured(4, 900), Measured(8, 800)])!;

        Assert.Equal((1, 0), (curve.Contention, curve.GainShare(8, 16)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0)]
    public void Fit_RatesThatTeachNothing_AreIgnored(double rate) =>
        Assert.Null(ScalingCurve.Fit([Measured(1, 100), Measured(2, rate)]));

    [Fact]
    public void Objection_TooFewParallelisms_IsNone()
    {
        var settings = new AutoscalerSettings { Extensions = new() { ScalingCurve = true } };

        Assert.Null(RateObservations.Objection(settings, [Measured(2, 1000), Measured(4, 1001)], 4, 8));
        Assert.Contains("4 to 8", RateObservations.Objection(settings, [Measured(1, 999), Measured(2, 1000), Measured(4, 1001)], 4, 8)!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_Observations_KeepsTheNewestOfEachParallelism()
    {
        var old = Measured(4, 100);
        var kept = RateObservations.Record([old, Measured(5, 200)], old with { At = At(10), Rate = 150 }, TimeSpan.FromMinutes(60));

        Assert.Equal([Measured(5, 200), new(At(10), 4, 150)], kept);
        Assert.Equal([new(At(90), 6, 1)], RateObservations.Record(kept, new(At(90), 6, 1), TimeSpan.FromMinutes(60)));
        Assert.Equal(kept, RateObservations.Record(kept, new(At(11), 4, double.NaN), TimeSpan.FromMinutes(60)));
    }

    [Fact]
    public void Record_AnyObservations_KeepsAFewInOrder() => Gen.Select(Gen.Int[0, 1000], Gen.Int[1, 40]).Array[0, 60].Sample(steps =>
    {
        System.Collections.Immutable.ImmutableArray<RateObservation> kept = [];
        foreach (var (at, p) in steps)
        {
            kept = RateObservations.Record(kept, new(At(at), p, 1 + at), TimeSpan.FromMinutes(500));
        }

        Assert.True(kept.Length <= RateObservations.MaxCount);
        Assert.Equal(kept.OrderBy(static o => o.At), kept);
        Assert.Equal(kept.Length, kept.DistinctBy(static o => o.Parallelism).Count());
    });

    [Fact]
    public void Plan_CurveIsFlat_RefusesTheStepAndSaysSo()
    {
        var job = Jobs.Chain(new VertexSketch(8, 128, 0, 1, 1000, 500_000, 0));
        var settings = Evaluations.AtOnce with { Extensions = new() { ScalingCurve = true } };
        var memory = AutoscalerMemory.Empty with
        {
            Measured = AutoscalerMemory.Empty.Measured.Add("v0", [Measured(2, 990), Measured(4, 995)]),
        };

        var (refused, grown) = (job.Plan(settings, memory), job.Plan(Evaluations.AtOnce, memory));

        Assert.Equal(AutoscalerStatus.Scale, grown.Status);
        Assert.Equal((AutoscalerStatus.Balanced, VertexReason.NotWorthwhile), (refused.Status, refused.Decision!.Vertices[0].Reason));
        Assert.Contains("[scaling-curve: 8 to", refused.Decision.Vertices[0].Explain(), StringComparison.Ordinal);
        Assert.Equal([2, 4, 8], refused.Memory.Measured["v0"].Select(static o => o.Parallelism));
        Assert.DoesNotContain(grown.Memory.Measured["v0"], static o => o.Parallelism == 8);
    }

    private static DateTimeOffset At(int minutes) => DateTimeOffset.UnixEpoch.AddMinutes(minutes);

    private static RateObservation Measured(int parallelism, double rate) => new(DateTimeOffset.UnixEpoch, parallelism, rate);

    private static double Error(ScalingCurve curve, RateObservation[] observations) =>
        observations.Sum(o => Math.Pow(o.Rate / curve.At(o.Parallelism) - 1, 2));

    private sealed class Close : IEqualityComparer<(double A, double B)>
    {
        public bool Equals((double A, double B) x, (double A, double B) y) => Math.Abs(x.A - y.A) < 1e-6 && Math.Abs(x.B - y.B) < 1e-6;

        public int GetHashCode((double A, double B) obj) => 0;
    }
}
