using CsCheck;

namespace Flink.Resources.Kinds;

public sealed class StopTimingPolicyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(JobKind.Streaming, true, StopTiming.Now)]
    [InlineData(JobKind.Unknown, true, StopTiming.Now)]
    [InlineData(JobKind.Batch, true, StopTiming.Now)]
    [InlineData(JobKind.Batch, false, StopTiming.AfterCompletion)]
    [InlineData(JobKind.Batch, null, StopTiming.Unknown)]
    public void Decide_ByKind(JobKind kind, bool? checkpoints, StopTiming timing) =>
        Assert.Equal(timing, StopTimingPolicy.Decide(new StopTimingFacts { Kind = kind, Checkpoints = checkpoints, Now = Noon }).Timing);

    [Theory]
    [InlineData(5L, 6L, 0, 5, StopTiming.Now)]
    [InlineData(5L, 5L, 0, 5, StopTiming.AfterCycle)]
    [InlineData(5L, 6L, 1, 5, StopTiming.AfterCycle)]
    [InlineData(5L, 6L, 0, 31, StopTiming.AfterCycle)]
    [InlineData(null, 6L, 0, 5, StopTiming.AfterCycle)]
    [InlineData(5L, null, 0, 5, StopTiming.AfterCycle)]
    public void Decide_NearRealTime_IsNowJustAfterACheckpointOnly(long? before, long? now, int inProgress, int secondsAgo, StopTiming timing) =>
        Assert.Equal(timing, StopTimingPolicy.Decide(NearRealTime(before, now, inProgress, secondsAgo)).Timing);

    [Fact]
    public void Decide_NearRealTime_NeverInTheMidstOfACycle() =>
        Gen.Select(Gen.Long[0, 9], Gen.Long[0, 9], Gen.Int[0, 2], Gen.Int[0, 60]).Sample(static (before, now, inProgress, ago) =>
        {
            var decision = StopTimingPolicy.Decide(NearRealTime(before, now, inProgress, ago));

            Assert.Equal(decision.Timing == StopTiming.Now, now > before && inProgress == 0 && ago <= 30);
        });

    private static StopTimingFacts NearRealTime(long? before, long? now, int inProgress, int secondsAgo) => new()
    {
        Kind = JobKind.NearRealTime, Checkpoints = true, Now = Noon, LookedAt = Noon - TimeSpan.FromSeconds(secondsAgo), CheckpointBefore = before, CheckpointNow = now, InProgress = inProgress,
    };
}
