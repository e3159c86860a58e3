namespace Flink.Resources.Autoscaling;

public sealed class PartitionAndQuotaTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void Plan_CapAtPartitions_GivesNoMoreThanPartitionsAndSaysSo()
    {
        var job = Jobs.Chain(new VertexSketch(6, 128, 8, 1, 1000, 2_000_000, 0));

        var (free, capped) = (job.Plan(Evaluations.AtOnce), job.Plan(Evaluations.AtOnce with { Extensions = new() { CapAtPartitions = true } }));

        Assert.True(free.Decision!.Parallelism()["v0"] > 8);
        Assert.Equal(8, capped.Decision!.Parallelism()["v0"]);
        Assert.Contains("[cap-at-partitions: 8 partitions, so 8 instead of", capped.Decision.Vertices[0].Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_QuotaCountsEverything_CountsVerticesThatStayAndRoundsUp()
    {
        // Two groups: one grows from 4, the other stays at 30. With 20 slots each, 2 task managers become 2 or 3.
        var job = Jobs.Chain(new VertexSketch(4, 128, 0, 1, 1000, 500_000, 0), new(30, 128, 0, 0.7, 1000, 0, 0));
        var settings = Evaluations.AtOnce with { SlotsPerTaskManager = 20, QuotaCpu = 2, ExcludedVertices = ["v1"] };

        Assert.Equal(AutoscalerStatus.Scale, Plan(settings).Status);
        var refused = Plan(settings with { Extensions = new() { QuotaCountsEverything = true } });
        Assert.Equal(GateRefusal.Quota, refused.Refusal);
        Assert.Contains("[quota-counts-everything:", refused.Events[^1].Message, StringComparison.Ordinal);

        AutoscalerPlan Plan(AutoscalerSettings s) => job.Plan(s, change: static f =>
        {
            f.Metrics.Add(JobMetric.TaskSlotsUsed, 34);
            return f with { TaskManager = new(1, GiB), SlotSharingGroups = [["v0"], ["v1"]] };
        });
    }

    [Fact]
    public void Decide_ExpectedRateOfAppliedParallelism_FollowsTheDelayedScaleDown()
    {
        var settings = new AutoscalerSettings { ScaleDownInterval = TimeSpan.FromHours(1), AlignmentMode = AlignmentMode.Off, ScaleDownMaxFactor = 1 };
        var now = DateTimeOffset.UnixEpoch.AddHours(2);
        var waiting = VertexMemory.None with { Delayed = DelayedScaleDown.Start(new(now.AddHours(-1), 7, true)) };
        var shape = new VertexShape(10, 128, 0, false, 100, 0, 1000);

        var plain = VertexScaler.Decide(settings, Evaluations.Of(settings, shape), waiting, Evaluations.RestartTime, now).Decision;
        var applied = Decide(new() { ExpectedRateOfAppliedParallelism = true });

        Assert.Equal((7, 7), (plain.NewParallelism, applied.NewParallelism));
        Assert.Equal((200, 700), (plain.ExpectedProcessingRate, applied.ExpectedProcessingRate));
        Assert.Contains("[expected-rate-of-applied-parallelism: 700/s are expected of 7, not 200/s]", applied.Explain(), StringComparison.Ordinal);

        VertexDecision Decide(AutoscalerExtensions extensions) => VertexScaler.Decide(
            settings with { Extensions = extensions }, Evaluations.Of(settings, shape), waiting, Evaluations.RestartTime, now).Decision;
    }
}
