using static Flink.Resources.Health.HealthCases;

namespace Flink.Resources.Health;

public sealed class HealthScorerTests
{
    public static TheoryData<string, double?[], double, double> Vectors => new()
    {
        { "V1", [1, 1, 1.0, 0, 0, 0.5, 1.0, 1.0, 0.02, 0, 1], 10.0000, 1.00 },
        { "V2", [0.90, 0.5, 4, 5, 0.9, 5, 0.5, 2, 0.5, 4, 9], 0.0000, 1.00 },
        { "V3", [0.99, 0.95, 1.6, 1, 0.2, 1.5, 0.95, 1.25, 0.08, 0.5, 2.0], 8.0114, 1.00 },
        { "V4", [1, 1, 2.0, 0, 0.45, 4, 0.78, 1.3, 0.12, 0, 1.2], 5.8305, 1.00 },
        { "V5", [1, 1, 1.0, 0, 0, null, null, 1.0, 0.02, 0, 1], 10.0000, 0.73 },
        { "V6", [1, 1, null, 0, null, null, null, 1.0, 0.02, 0, 1], 10.0000, 0.57 },
        { "V7", [0.97, 0.90, 1.25, 2, 0.1, 1.0, 0.97, 1.1, 0.05, 1, 3.25], 7.6238, 1.00 },
        { "V8", [1, 1, 1.0, 0, 0, 4, 0.5, 1.0, 0.02, 0, 1], 5.9000, 1.00 },
        { "V9", [1, 1, 1.0, 5, 0, 0.5, 1.0, 1.0, 0.02, 0, 1], 5.9000, 1.00 },
        { "V10", [1, 0.5, 1.0, 0, 0, 0.5, 1.0, 1.0, 0.02, 0, 1], 5.9000, 1.00 },
        { "V11", [0.97, 1, 1.0, 0, 0, 0.5, 1.0, 1.0, 0.02, 0, 1], 7.9000, 1.00 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Score_Vector_IsAsComputedByHand(string name, double?[] values, double score, double coverage)
    {
        var evaluation = Scorer.Score(Situation([.. Keys.Zip(values).Where(static p => p.Second is not null).Select(static p => (p.First, p.Second!.Value))]));

        Assert.True(Math.Abs(score - evaluation.Score!.Value) < 0.00005, $"{name}: {evaluation.Score}");
        Assert.Equal(coverage, evaluation.Coverage, 12);
    }

    [Theory]
    [InlineData("V5", HealthBand.HealthyPartial)]
    [InlineData("V6", HealthBand.Unknown)]
    [InlineData("V4", HealthBand.Unhealthy)]
    [InlineData("V7", HealthBand.Watch)]
    [InlineData("V3", HealthBand.Healthy)]
    public void Score_Vector_IsInItsBand(string name, HealthBand band)
    {
        var values = Vectors.Single(v => v.Data.Item1 == name).Data.Item2;

        Assert.Equal(band, Scorer.Score(Situation([.. Keys.Zip(values).Where(static p => p.Second is not null).Select(static p => (p.First, p.Second!.Value))])).Band);
    }

    [Fact]
    public void Weights_OfEachKind_SumToAHundred()
    {
        var options = new HealthOptions();

        Assert.All([options.Streaming, options.NearRealTime, options.Batch], static items => Assert.Equal(100, items.Sum(static i => i.Weight)));
    }

    [Fact]
    public void Score_OneItemIsBad_SaysWhatItCost()
    {
        var evaluation = Scorer.Score(Well.With("gc", 0.125));

        Assert.Equal("gc", string.Join(' ', evaluation.Items.Where(static i => i.LostPoints > 1e-12).Select(static i => i.Item)));
        Assert.Equal(0.2, evaluation.Items.Single(static i => i.Item == "gc").LostPoints, 9);
        Assert.Equal(9.8, evaluation.Score!.Value, 9);
    }

    [Theory]
    [InlineData("avail", 0.95, 5.9)]
    [InlineData("ckptOk", 0.70, 5.9)]
    [InlineData("restarts", 3, 5.9)]
    [InlineData("lag", 3, 5.9)]
    [InlineData("thru", 0.80, 5.9)]
    [InlineData("lag", 2.01, 7.9)]
    [InlineData("lag", 2, null)]
    [InlineData("ckptDur", 99, null)]
    [InlineData("backp", 99, null)]
    [InlineData("res", 99, null)]
    [InlineData("gc", 99, null)]
    [InlineData("churn", 99, null)]
    [InlineData("err", 99, null)]
    public void Score_OneItemFails_IsLimitedWhereItMatters(string item, double value, double? cap)
    {
        var evaluation = Scorer.Score(Well.With(item, value));

        Assert.Equal(cap, evaluation.Cap);
        Assert.True(evaluation.Score <= (cap ?? 10));
    }

    [Fact]
    public void Score_CatchingUp_LagAndThroughputNeitherCountNorLimit()
    {
        var evaluation = Scorer.Score(Well.With("lag", 9).With("thru", 0) with { Phase = HealthPhase.CatchUp });

        Assert.Equal((10, 1, (double?)null), (evaluation.Score, evaluation.Coverage, evaluation.Cap));
        Assert.Equal("lag thru", string.Join(' ', evaluation.Absent.Select(static a => a.Item)));
    }

    [Fact]
    public void Score_WarmingUp_OnlyWhatNoWaitingHealsCounts()
    {
        var gates = Enum.GetValues<HealthGate>().Select(static g => new GateFinding(g, "seen"));

        var evaluation = Scorer.Score(Well with { Phase = HealthPhase.WarmUp, Gates = [.. gates] });

        Assert.Equal([4, 6, 7], evaluation.Gates.Select(static g => (int)g.Gate));
        Assert.Equal(7, evaluation.GatesSetAside.Length);
        Assert.Null(evaluation.Score);
        Assert.Equal(HealthBand.Unhealthy, evaluation.Band);
    }

    [Fact]
    public void Score_WarmingUpWithoutGates_IsUnknown() =>
        Assert.Equal(HealthBand.Unknown, Scorer.Score(Well with { Phase = HealthPhase.WarmUp }).Band);

    [Fact]
    public void Score_ControlPlaneHeld_IsUnknownNotBad()
    {
        var bad = Situation([.. HealthItems.Streaming.Select(static i => (i.Key, i.Bad))]) with
        {
            IsControlPlaneHeld = true,
            Gates = [new(HealthGate.G1NotRunning, "seen"), new(HealthGate.G2NoCheckpoint, "seen")],
        };

        var evaluation = Scorer.Score(bad);

        Assert.Equal((HealthBand.Unknown, null, 0), (evaluation.Band, evaluation.Score, evaluation.Coverage));
        Assert.False(evaluation.IsKnown(0.7));
    }

    [Fact]
    public void Score_ControlPlaneHeld_ASecondCopyStillCounts() =>
        Assert.Equal(
            HealthBand.Unhealthy,
            Scorer.Score(Well with { IsControlPlaneHeld = true, Gates = [new(HealthGate.G6SecondCopy, "there")] }).Band);

    [Theory]
    [InlineData(90, 1)]
    [InlineData(90.5, 0.85)]
    public void Score_ReadingOlderThanThreePeriods_IsMissing(double age, double coverage)
    {
        var old = Well.Without("lag");
        old = old with { Readings = [.. old.Readings, new("lag", 1, Now.AddSeconds(-age))] };

        Assert.Equal(coverage, Scorer.Score(old).Coverage, 12);
    }

    [Fact]
    public void Score_TwoReadingsOfAnItem_TheNewerCounts()
    {
        var twice = Well.With("lag", 9) with { };
        twice = twice with { Readings = [.. twice.Readings, new("lag", 1, Now.AddSeconds(-30))] };

        Assert.Equal(9, Scorer.Score(twice).Items.Single(static i => i.Item == "lag").Value);
    }

    [Fact]
    public void Score_NotANumber_IsMissing() => Assert.Equal(0.85, Scorer.Score(Well.With("lag", double.NaN)).Coverage, 12);

    [Fact]
    public void Score_NothingKnown_HasNoScore()
    {
        var evaluation = Scorer.Score(Situation());

        Assert.Equal((null, 0, HealthBand.Unknown), (evaluation.Score, evaluation.Coverage, evaluation.Band));
        Assert.Equal(11, evaluation.Absent.Length);
    }

    [Theory]
    [InlineData(8.05, 8.1)]
    [InlineData(7.95, 8.0)]
    [InlineData(7.949, 7.9)]
    public void ShownScore_Halves_GoUp(double score, double shown) => Assert.Equal(shown, Evaluation(Now, score).ShownScore);

    [Fact]
    public void Score_OwnItem_CountsLikeTheOthers()
    {
        var scorer = new HealthScorer(new(), new QueueQuotaItem());

        var evaluation = scorer.Score(Well.With("quota", 0.5));

        Assert.Equal(0.25 / 1.1 * 2, evaluation.Items.Single(static i => i.Item == "quota").LostPoints, 9);
        Assert.Equal(100.0 / 110, scorer.Score(Well).Coverage, 12);
    }

    [Fact]
    public void Evaluate_OwnItem_IsMeasuredFromItsOwnSeries()
    {
        var facts = new HealthFacts
        {
            Now = Now,
            StartedAt = Now.AddDays(-1),
            CaughtUpAt = Now.AddDays(-1),
            Series = new HealthFacts { Now = Now, StartedAt = Now }.Series.Add("quotaShare", new(Now, [new(Now, 0.25)])),
        };

        Assert.Equal(0.25, new HealthScorer(new(), new QueueQuotaItem()).Evaluate(facts).Items.Single().Grade);
    }

    [Fact]
    public void Constructor_OwnItemWithABuiltInKey_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() => new HealthScorer(new(), new QueueQuotaItem("lag")));

        Assert.Contains("Streaming:lag is there twice", error.Message, StringComparison.Ordinal);
    }

    private sealed class QueueQuotaItem(string key = "quota") : IHealthItem
    {
        public HealthItem Definition { get; } = new() { Key = key, Title = "Quota left", Bad = 0, Good = 1, Weight = 10, Window = TimeSpan.FromMinutes(10) };

        public HealthReading? Measure(HealthFacts facts) =>
            facts.Series.TryGetValue("quotaShare", out var share) ? new HealthReading(Definition.Key, share.Samples[^1].Value, share.Samples[^1].At) : null;
    }
}
