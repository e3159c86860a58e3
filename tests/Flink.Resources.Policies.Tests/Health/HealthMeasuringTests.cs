using static Flink.Resources.Health.FactsBuilder;
using static Flink.Resources.Health.HealthCases;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

public sealed class HealthMeasuringTests
{
    [Theory]
    [InlineData(new double[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 1)]
    [InlineData(new double[] { 1, 1, 1, 0, 1, 1, 1, 1, 1, 1 }, 1)]
    [InlineData(new double[] { 1, 1, 1, 0, 0, 1, 1, 1, 1, 1 }, 0.8)]
    [InlineData(new double[] { 1, 1, 1, 0, 1, 1, 0, 1, 1, 1 }, 0.8)]
    [InlineData(new double[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 }, 0.9)]
    [InlineData(new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 0)]
    public void Availability_OneShortInterruptionThatIsOver_IsLeftToRestarts(double[] looks, double value) =>
        Assert.Equal(value, Measured(Usual.With(Metrics.Running, looks), "avail"));

    [Fact]
    public void Availability_NoAllowance_CountsEverySample() =>
        Assert.Equal(
            0.9,
            new HealthScorer(new() { Measuring = new() { SingleInterruption = TimeSpan.Zero } })
                .Measure(Usual.With(Metrics.Running, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1)).Readings.Single().Value);

    [Fact]
    public void CheckpointSuccess_InTheWindow_IsTheShareOfCompleted() =>
        Assert.Equal(0.8, Measured(Usual.Events(Metrics.CheckpointCompleted, 9, 8, 7, 6, 5, 4, 3, 2).Events(Metrics.CheckpointFailed, 1.5, 1), "ckptOk"));

    [Fact]
    public void CheckpointSuccess_FewInTheWindow_LooksAtTheLastFive() =>
        Assert.Equal(0.6, Measured(Usual.Events(Metrics.CheckpointCompleted, 300, 200, 100, 50).Events(Metrics.CheckpointFailed, 60, 55), "ckptOk"));

    [Fact]
    public void CheckpointSuccess_LongIntervals_WidenTheWindow() =>
        Assert.Equal(
            0.9,
            Measured((Usual with { CheckpointInterval = TimeSpan.FromMinutes(10) }).Events(Metrics.CheckpointCompleted, 49, 40, 30, 29, 28, 20, 10, 9, 1).Events(Metrics.CheckpointFailed, 45), "ckptOk"));

    [Fact]
    public void CheckpointSuccess_OneFailureOfFour_SaysNothingYet() =>
        Assert.Null(Measured(Usual.Events(Metrics.CheckpointCompleted, 3, 2, 1).Events(Metrics.CheckpointFailed, 4), "ckptOk"));

    [Fact]
    public void CheckpointSuccess_FailuresNotReadable_IsMissing() => Assert.Null(Measured(Usual.Events(Metrics.CheckpointCompleted, 3, 2, 1), "ckptOk"));

    [Theory]
    [InlineData(40, 20, 2)]
    [InlineData(9, 0.2, 1)]
    [InlineData(15, 0.2, 1.5)]
    public void CheckpointDuration_BelowTenSeconds_IsAllTheSame(double seconds, double usual, double ratio)
    {
        var baseline = new HealthBaseline(Usual.Baseline.Buckets, new Dictionary<string, BaselineStatistic>(StringComparer.Ordinal) { [Metrics.CheckpointCompleted] = Steadily(usual) });

        Assert.Equal(ratio, Measured((Usual with { Baseline = baseline }).Always(Metrics.CheckpointCompleted, seconds), "ckptDur"));
    }

    [Theory]
    [InlineData(599, null, null)]
    [InlineData(601, null, 30.05)]
    [InlineData(1500, 10e9, null)]
    public void CheckpointDuration_FirstFullOne_IsLeftOutAsLongAsItMayTake(double seconds, double? stateBytes, double? ratio)
    {
        var facts = Usual with { StartedAt = Now.AddMinutes(-30), FirstCheckpointIsFull = true, StateBytes = (long?)stateBytes, SnapshotBytesPerSecond = 20e6 };

        Assert.Equal(ratio, Measured(facts.With(Metrics.CheckpointCompleted, seconds), "ckptDur"));
    }

    [Theory]
    [InlineData(new double[0], 0)]
    [InlineData(new[] { 5d }, 1)]
    [InlineData(new[] { 50d, 5 }, 2)]
    [InlineData(new[] { 90d, 70, 50 }, 1)]
    public void Restarts_OfTheLastHour_AreCounted(double[] minutesAgo, double value) =>
        Assert.Equal(value, Measured(Usual.Events(Metrics.Restart, minutesAgo), "restarts"));

    [Fact]
    public void Restarts_OfAYoungJob_AreScaledToAnHourFromTwoOn()
    {
        var young = Usual with { StartedAt = Now.AddMinutes(-15) };

        Assert.Equal(1, Measured(young.Events(Metrics.Restart, 5), "restarts"));
        Assert.Equal(8, Measured(young.Events(Metrics.Restart, 6, 5), "restarts")!.Value, 9);
    }

    [Fact]
    public void Churn_IsPerTenWorkers()
    {
        Assert.Equal(0.5, Measured((Usual with { Workers = 20 }).Events(Metrics.Loss, 5), "churn"));
        Assert.Null(Measured((Usual with { Workers = null }).Events(Metrics.Loss, 5), "churn"));
    }

    [Fact]
    public void Backpressure_IsAboveTheBaseline() => Assert.Equal(0.3, Measured(Usual.Always(Metrics.Backpressure, 0.4), "backp")!.Value, 9);

    [Theory]
    [InlineData(60, null, 1)]
    [InlineData(120, 120, 1)]
    [InlineData(90, 10, 1.5)]
    public void Lag_IsRelativeToWhatIsAllowed(double seconds, int? slo, double ratio) =>
        Assert.Equal(ratio, Measured((Usual with { LagSlo = slo is { } s ? TimeSpan.FromSeconds(s) : null }).Always(Metrics.Lag, seconds), "lag")!.Value, 9);

    [Fact]
    public void Lag_WithoutBaseline_NeedsAnSloAndThirtySecondsAreAlwaysAllowed()
    {
        var lagging = Usual.WithoutBaseline().Always(Metrics.Lag, 30);

        Assert.Null(Measured(lagging, "lag"));
        Assert.Equal(1, Measured(lagging with { LagSlo = TimeSpan.FromSeconds(1) }, "lag"));
    }

    [Fact]
    public void Lag_ASpike_IsNotTheMedian() =>
        Assert.Equal(0.5, Measured(Usual.With(Metrics.Lag, 30, 30, 30, 30, 900, 900, 30, 30, 30, 30), "lag")!.Value, 9);

    [Theory]
    [InlineData(900, 1000d, 0.9)]
    [InlineData(900, null, 0.9)]
    [InlineData(0, 0d, null)]
    [InlineData(0, 1000d, 0d)]
    public void Throughput_IsRelativeToWhatArrivesElseToTheHour(double consumed, double? produced, double? value)
    {
        var facts = Usual.Always(Metrics.Consumed, consumed);

        Assert.Equal(value, Measured(produced is { } rate ? facts.Always(Metrics.Produced, rate) : facts, "thru"));
    }

    [Fact]
    public void Throughput_NeitherProducedNorBaseline_IsMissing() => Assert.Null(Measured(Usual.WithoutBaseline().Always(Metrics.Consumed, 900), "thru"));

    [Theory]
    [InlineData(6, 1000, 8e9, 1.5)]
    [InlineData(6, 2000, 8e9, 1)]
    [InlineData(4, 1000, 16e9, 2)]
    [InlineData(4, 50, 8e9, 1)]
    public void Resources_AreTheWorseOfCpuPerRecordAndMemory(double cores, double rate, double memory, double value) =>
        Assert.Equal(value, Measured(Usual.Always(Metrics.CpuCores, cores).Always(Metrics.Consumed, rate).Always(Metrics.MemoryBytes, memory), "res")!.Value, 9);

    [Fact]
    public void GarbageCollection_IsTheMean() => Assert.Equal(0.1, Measured(Usual.Always(Metrics.GarbageCollection, 0.1), "gc")!.Value, 9);

    [Theory]
    [InlineData(10, 5)]
    [InlineData(0, 0)]
    public void Errors_AreRelativeToTheBaseline(double perMinute, double value) => Assert.Equal(value, Measured(Usual.Always(Metrics.Errors, perMinute), "err"));

    [Theory]
    [InlineData("ckptDur", Metrics.CheckpointCompleted)]
    [InlineData("backp", Metrics.Backpressure)]
    [InlineData("lag", Metrics.Lag)]
    [InlineData("res", Metrics.MemoryBytes)]
    [InlineData("err", Metrics.Errors)]
    public void Measure_NoBaseline_ItemsThatNeedOneAreMissing(string item, string metric) =>
        Assert.Null(Measured(Usual.WithoutBaseline().Always(metric, 1), item));

    [Fact]
    public void Measure_NearRealTime_LooksAtCycles()
    {
        var facts = (Usual with { Kind = JobKind.NearRealTime })
            .With(Metrics.Cycle, 1, 1, 1, 0, 1).With(Metrics.CycleDuration, 60, 60, 60, 60, 60).Always(Metrics.Freshness, 300);

        Assert.Equal(0.8, Measured(facts, "cycleOk"));
        Assert.Equal(1, Measured(facts, "cycleDur"));
        Assert.Equal(2, Measured(facts, "fresh")!.Value, 9);
    }

    [Fact]
    public void Measure_Batch_LooksAtRuns()
    {
        var facts = (Usual with { Kind = JobKind.Batch }).Events(Metrics.Run, 3000, 2000, 100).With(Metrics.RunDuration, 1200).With(Metrics.OutputEqual, 1, 0);
        var evaluation = Scorer.Evaluate(facts);

        Assert.Equal("runOk runDur output", string.Join(' ', evaluation.Items.Select(static i => i.Item)));
        Assert.Equal([1, 2, 0.5], evaluation.Items.Select(static i => i.Value));
        Assert.Equal(5.9, evaluation.Cap);
    }

    [Fact]
    public void Evaluate_MetricsBlackout_IsUnknown()
    {
        var before = Healthy(Usual);
        var blind = before with { Now = Now.AddMinutes(2) };

        Assert.Equal(HealthBand.Healthy, Scorer.Evaluate(before).Band);
        Assert.Equal(HealthBand.Unknown, Scorer.Evaluate(blind).Band);
        Assert.Equal(HealthAbsenceReason.Stale, Scorer.Evaluate(blind).Absent.First(static a => a.Item == "lag").Reason);
    }

    [Theory]
    [InlineData(9, false, HealthPhase.WarmUp)]
    [InlineData(9, true, HealthPhase.CatchUp)]
    [InlineData(10, false, HealthPhase.CatchUp)]
    public void PhaseOf_WarmUp_EndsWithTheFirstCheckpointOrTenMinutes(int minutes, bool checkpoint, HealthPhase phase)
    {
        var facts = Usual with { StartedAt = Now.AddMinutes(-minutes), CaughtUpAt = null };

        Assert.Equal(phase, HealthPhases.PhaseOf(checkpoint ? facts.Events(Metrics.CheckpointCompleted, 1) : facts.Events(Metrics.CheckpointCompleted, 60), new()));
    }

    [Theory]
    [InlineData(new double[] { 900, 60, 60, 60, 60, 60, 60 }, true)]
    [InlineData(new double[] { 900, 900, 60, 61, 60, 60, 60 }, false)]
    [InlineData(new double[] { 60, 60, 60 }, false)]
    public void HasCaughtUp_FiveMinutesWithinWhatIsAllowed_IsTrue(double[] lag, bool caughtUp) =>
        Assert.Equal(caughtUp, HealthPhases.HasCaughtUp(Usual.With(Metrics.Lag, lag), new()));

    [Fact]
    public void HasCaughtUp_LagNotKnown_IsNotKnown() => Assert.Null(HealthPhases.HasCaughtUp(Usual, new()));

    [Theory]
    [InlineData(60, 1000, 1500, 120d)]
    [InlineData(60, 1000, 1000, null)]
    [InlineData(60, 0, 1, 0d)]
    public void CatchUpTime_IsTheBacklogByTheRateToSpare(int downtime, double inRate, double mostRate, double? seconds) =>
        Assert.Equal(seconds, HealthPhases.CatchUpTime(TimeSpan.FromSeconds(downtime), inRate, mostRate)?.TotalSeconds);

    [Theory]
    [InlineData(1200d, 2400)]
    [InlineData(1d, 900)]
    [InlineData(99999d, 7200)]
    [InlineData(null, 7200)]
    public void CatchUpDeadline_IsTwiceTheTimeWithinLimits(double? seconds, int allowed) =>
        Assert.Equal(Now.AddSeconds(allowed), HealthPhases.CatchUpDeadline(Now, seconds is { } s ? TimeSpan.FromSeconds(s) : null, new()));

    internal static HealthFacts Healthy(HealthFacts facts) => facts
        .Always(Metrics.Running, 1).Always(Metrics.CheckpointCompleted, 20).Events(Metrics.CheckpointFailed).Events(Metrics.Restart)
        .Always(Metrics.Backpressure, 0.1).Always(Metrics.Lag, 40).Always(Metrics.Consumed, 1000).Always(Metrics.Produced, 1000)
        .Always(Metrics.CpuCores, 4).Always(Metrics.MemoryBytes, 8e9).Always(Metrics.GarbageCollection, 0.02).Events(Metrics.Loss).Always(Metrics.Errors, 1);

    private static double? Measured(HealthFacts facts, string item) =>
        Scorer.Measure(facts).Readings.FirstOrDefault(r => r.Item == item) is { Item: not null } reading ? reading.Value : null;
}
