using static Flink.Resources.Health.FactsBuilder;
using static Flink.Resources.Health.HealthCases;
using static Flink.Resources.Health.HealthGate;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

public sealed class HealthGatesTests
{
    [Fact]
    public void Open_AllWell_NoneIs() => Assert.Empty(Open(HealthMeasuringTests.Healthy(Usual)));

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Open_NotRunningForMoreThanTwoMinutes_G1(int minutes, bool open)
    {
        double[] looks = [1, 1, .. Enumerable.Repeat(0d, minutes + 1)];

        Assert.Equal(open, Open(Usual.With(Metrics.Running, looks)).Contains(G1NotRunning));
        Assert.Empty(Open(Usual.With(Metrics.Running, looks) with { IsPaused = true }));
    }

    [Fact]
    public void Open_NotRunningButNotSeenSince_IsNoEvidence() =>
        Assert.Empty(Open(Usual.With(Metrics.Running, 0, 0, 0, 0, 0) with { Now = Now.AddMinutes(10) }));

    [Theory]
    [InlineData(10, 1, false)]
    [InlineData(11, 1, true)]
    [InlineData(29, 10, false)]
    [InlineData(31, 10, true)]
    public void Open_NoCheckpointForThreeIntervalsAndTenMinutes_G2(double minutesAgo, int intervalMinutes, bool open) =>
        Assert.Equal(open, Open((Usual with { CheckpointInterval = TimeSpan.FromMinutes(intervalMinutes) }).Events(Metrics.CheckpointCompleted, minutesAgo)).Contains(G2NoCheckpoint));

    [Fact]
    public void Open_CheckpointingOff_NoG2() => Assert.Empty(Open((Usual with { CheckpointInterval = null }).Events(Metrics.CheckpointCompleted)));

    [Theory]
    [InlineData(24, false)]
    [InlineData(26, true)]
    public void Open_FirstFullCheckpoint_MayTakeThreeTimesItsWriting(int minutes, bool open)
    {
        var facts = Usual with { StartedAt = Now.AddMinutes(-minutes), FirstCheckpointIsFull = true, StateBytes = 10_000_000_000, SnapshotBytesPerSecond = 20e6 };

        Assert.Equal(open, Open(facts.Events(Metrics.CheckpointCompleted)).Contains(G2NoCheckpoint));
    }

    [Theory]
    [InlineData(new double[] { 9, 7, 5, 3 }, false)]
    [InlineData(new double[] { 9, 7, 5, 3, 1 }, true)]
    [InlineData(new double[] { 11, 9, 7, 5, 3 }, false)]
    public void Open_FiveRestartsInTenMinutes_G3(double[] minutesAgo, bool open) =>
        Assert.Equal(open, Open(Usual.Events(Metrics.Restart, minutesAgo)).Contains(G3RestartLoop));

    [Theory]
    [InlineData(null, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Open_WrongSnapshot_G4(bool? intended, bool open) =>
        Assert.Equal(open, Open(Usual with { RestoredAsIntended = intended }).Contains(G4WrongSnapshot));

    [Theory]
    [InlineData(new double[] { 130, 140, 150, 160, 170, 180 }, true)]
    [InlineData(new double[] { 180, 170, 160, 150, 140, 130 }, false)]
    [InlineData(new double[] { 60, 70, 80, 90, 100, 110 }, false)]
    [InlineData(new double[] { 150, 150, 150, 150, 150, 150 }, false)]
    public void Open_FarBehindAndRisingAfterTheDeadline_G5(double[] lag, bool open)
    {
        var late = (Usual with { CatchUpDeadline = Now.AddMinutes(-1) }).With(Metrics.Lag, lag);

        Assert.Equal(open, Open(late).Contains(G5FallingBehind));
        Assert.Empty(Open(late with { CatchUpDeadline = Now }));
    }

    [Fact]
    public void Open_SecondCopy_G6() => Assert.Equal([G6SecondCopy], Open(Usual with { SecondCopy = "application_1_2 on yarn-east" }));

    [Theory]
    [InlineData("org.apache.flink.util.StateMigrationException: The new state serializer", true)]
    [InlineData("java.lang.NoClassDefFoundError: org/apache/Foo", true)]
    [InlineData("javax.security.auth.login.LoginException: Unable to obtain password", true)]
    [InlineData("org.apache.flink.util.FlinkException: Could not restore operator state backend", true)]
    [InlineData("java.net.SocketTimeoutException: Read timed out", false)]
    public void Open_CauseThatWaitingDoesNotHeal_G7(string text, bool open) =>
        Assert.Equal(open, Open(Usual with { RootCauses = [new(RootCause.Classify(text), Now, text)] }).Contains(G7RootCause));

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Open_KilledForMemoryThreeTimes_G7(int kills, bool open) =>
        Assert.Equal(open, Open(Usual with { RootCauses = [.. Enumerable.Repeat(new RootCause(RootCause.Classify("Reason: OOMKilled"), Now, "killed"), kills)] }).Contains(G7RootCause));

    [Fact]
    public void Open_EnvironmentDiffers_G7() => Assert.Equal([G7RootCause], Open(Usual with { EnvironmentDifferences = ["TZ: Asia/Shanghai, there UTC"] }));

    [Theory]
    [InlineData("org.apache.kafka.clients.consumer.OffsetOutOfRangeException: Fetch position")]
    [InlineData("INFO  Resetting offset for partition clicks-0 to position FetchPosition")]
    [InlineData("Unable to commit transaction (org.apache.kafka.common.errors.InvalidTxnStateException) because it's in an invalid state")]
    [InlineData("org.apache.kafka.common.errors.ProducerFencedException: There is a newer producer")]
    public void Open_LossOfRecords_G8(string text) =>
        Assert.Equal([G8DataLoss], Open(Usual with { RootCauses = [new(RootCause.Classify(text), Now, text)] }));

    [Theory]
    [InlineData(0, 9.9, false)]
    [InlineData(0, 10, true)]
    [InlineData(5, 50, false)]
    [InlineData(5, 51, true)]
    public void Open_SurgeOfLateRecords_G8(double usual, double perMinute, bool open)
    {
        var baseline = new HealthBaseline(Usual.Baseline.Buckets, new Dictionary<string, BaselineStatistic>(StringComparer.Ordinal) { [Metrics.LateDrops] = Steadily(usual) });

        Assert.Equal(open, Open((Usual with { Baseline = baseline }).With(Metrics.LateDrops, [.. Enumerable.Repeat(perMinute, 10)])).Contains(G8DataLoss));
    }

    [Fact]
    public void Open_OwnerObjects_G9() => Assert.Equal([G9OwnerCheck], Open(Usual with { OwnerObjection = "revenue of the hour is 0" }));

    [Theory]
    [InlineData(new double[] { 9, 5 }, false)]
    [InlineData(new double[] { 9, 5, 1 }, true)]
    public void Open_JobManagerLostThreeTimes_G10(double[] minutesAgo, bool open) =>
        Assert.Equal(open, Open(Usual.Events(Metrics.JobManagerLoss, minutesAgo)).Contains(G10JobManagerLoss));

    [Fact]
    public void Evaluate_FirstFullCheckpointOfALargeState_IsNoReasonToGoBack()
    {
        var facts = Usual with
        {
            StartedAt = Now.AddMinutes(-14), CaughtUpAt = null, FirstCheckpointIsFull = true, StateBytes = 1 << 30, SnapshotBytesPerSecond = 2e6,
        };

        Assert.Empty(Scorer.Evaluate(facts.Events(Metrics.CheckpointCompleted)).Gates);
    }

    private static IEnumerable<HealthGate> Open(HealthFacts facts) => Scorer.Measure(facts).Gates.Select(static g => g.Gate);
}
