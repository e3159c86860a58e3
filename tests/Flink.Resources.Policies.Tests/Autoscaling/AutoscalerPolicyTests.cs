namespace Flink.Resources.Autoscaling;

public sealed class AutoscalerPolicyTests
{
    private const long WindowMs = 900_000;

    private static readonly AutoscalerSettings Defaults = new() { Enabled = true };

    private static readonly JobTopology Topology = new(
    [
        new() { Id = "source", Parallelism = 6, MaxParallelism = 128, SourcePartitions = 48 },
        new() { Id = "enrich", Parallelism = 9, MaxParallelism = 256, Inputs = [new("source", ShipStrategy.Hash)] },
        new() { Id = "sink", Parallelism = 3, MaxParallelism = 128, Inputs = [new("enrich", ShipStrategy.Rebalance)] },
    ]);

    [Fact]
    public void Plan_WorkedExample_GivesItsNumbers()
    {
        var plan = Plan(Defaults, AutoscalerMemory.Empty, lagGrowth: 1_500, lag: 2_700_000);

        Assert.Equal(AutoscalerStatus.Scale, plan.Status);
        Assert.False(plan.Evaluation!.ProcessingBacklog);
        var (source, enrich, sink) = (Vertex(plan, "source"), Vertex(plan, "enrich"), Vertex(plan, "sink"));
        Assert.Equal((13_500, 1_500, 14_117.647), (source.Evaluation.TargetDataRate, source.Evaluation.CatchUpDataRate, source.Evaluation.TrueProcessingRate));
        Assert.Equal(new(15_000, 37_500), source.Evaluation.Thresholds);
        Assert.Equal((23_036, 10, 12, true), (source.Capacity, source.TargetParallelism, source.NewParallelism, source.OutsideUtilizationBound));
        Assert.Equal((11, 12, false, 40_000), (enrich.TargetParallelism, enrich.NewParallelism, enrich.OutsideUtilizationBound, enrich.ExpectedProcessingRate));
        Assert.Equal((2, 3, VertexReason.ScaleDownDelayed), (sink.TargetParallelism, sink.NewParallelism, sink.Reason));
    }

    [Fact]
    public void Plan_MoreLagThanFiveMinutesOfInput_IsABacklog()
    {
        var plan = Plan(Defaults, AutoscalerMemory.Empty, lagGrowth: 3_000, lag: 4_050_000);

        Assert.True(plan.Evaluation!.ProcessingBacklog);
        Assert.Equal((12, 13), (Vertex(plan, "source").NewParallelism, Vertex(plan, "enrich").NewParallelism));
        Assert.Equal(new(17_250, double.PositiveInfinity), Vertex(plan, "source").Evaluation.Thresholds);
    }

    [Fact]
    public void Plan_SameWindowAndMemory_IsTheSamePlan()
    {
        var first = Plan(Defaults, AutoscalerMemory.Empty, 1_500, 2_700_000);
        var second = Plan(Defaults, first.Memory, 1_500, 2_700_000);

        Assert.Equal(first.Decision!.Parallelism(), second.Decision!.Parallelism());
        Assert.Equal(first.Memory.Write(), second.Memory.Write());
    }

    [Fact]
    public void Plan_AdvisorMode_DecidesTheSameAndAppliesNothing()
    {
        var active = Plan(Defaults, AutoscalerMemory.Empty, 1_500, 2_700_000);
        var advisor = Plan(Defaults with { ScalingEnabled = false }, AutoscalerMemory.Empty, 1_500, 2_700_000);

        Assert.Equal((AutoscalerStatus.Refused, GateRefusal.ScalingDisabled), (advisor.Status, advisor.Refusal));
        Assert.Equal(active.Decision!.Parallelism(), advisor.Decision!.Parallelism());
    }

    [Fact]
    public void Plan_ExcludedPeriod_AppliesNothing()
    {
        var plan = Plan(Defaults with { ExcludedPeriods = ["00:00:00-23:59:59"] }, AutoscalerMemory.Empty, 1_500, 2_700_000);

        Assert.Equal(GateRefusal.ExcludedPeriod, plan.Refusal);
    }

    [Fact]
    public void Plan_SourceWithoutRecords_FailsAndSaysSo()
    {
        var metrics = new MetricSummary(Topology);
        metrics.Begin(0);
        metrics.Begin(WindowMs);

        var plan = new AutoscalerPolicy().Plan(Defaults, Facts(metrics), AutoscalerMemory.Empty, static _ => true);

        Assert.Equal(AutoscalerStatus.Failed, plan.Status);
        Assert.Contains("source", Assert.Single(plan.Events).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Executed_AScaling_IsRememberedAndClearsWhatWaits()
    {
        var plan = Plan(Defaults, AutoscalerMemory.Empty, 1_500, 2_700_000);
        Assert.True(plan.Memory.Delayed.ContainsKey("sink"));

        var memory = plan.Memory.Executed(plan.Decision!, null, DateTimeOffset.UnixEpoch);

        Assert.Empty(memory.Delayed);
        Assert.Equal(["enrich", "source"], memory.History.Keys, StringComparer.Ordinal);
        Assert.Equal(3, memory.Overrides["sink"]);
        var again = AutoscalerMemory.Read(memory.Write());
        Assert.Equal(memory.Write(), again.Write());
        Assert.Equal(memory.Of("source").Last, again.Of("source").Last);
    }

    [Fact]
    public void Read_AnotherVersion_IsRefused() =>
        Assert.Throws<FormatException>(static () => AutoscalerMemory.Read("""{"version":9}"""u8));

    [Fact]
    public void ObserveRestart_RunningAsIntended_IsMeasured()
    {
        var plan = Plan(Defaults, AutoscalerMemory.Empty, 1_500, 2_700_000);
        var decided = DateTimeOffset.UnixEpoch;
        var memory = plan.Memory.Executed(plan.Decision!, null, decided);
        var scaled = new JobTopology(Topology.Vertices.Select(v => v with { Parallelism = plan.Decision!.Parallelism()[v.Id] }));

        Assert.Empty(memory.ObserveRestart(Topology, decided.AddSeconds(70)).MeasuredRestarts);
        Assert.Equal([TimeSpan.FromSeconds(70)], memory.ObserveRestart(scaled, decided.AddSeconds(70)).MeasuredRestarts);
    }

    [Fact]
    public void Explain_EachVertex_NamesItsReason()
    {
        var plan = Plan(Defaults, AutoscalerMemory.Empty, 1_500, 2_700_000);

        Assert.Contains("too slow", Vertex(plan, "source").Explain(), StringComparison.Ordinal);
        Assert.Contains("along with others", Vertex(plan, "enrich").Explain(), StringComparison.Ordinal);
        Assert.Contains("waits", Vertex(plan, "sink").Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tune_ExampleOfTheSpecification_GivesItsBytes()
    {
        var settings = new AutoscalerSettings { MemoryTuning = true, SlotsPerTaskManager = 4 };
        var topology = new JobTopology(
        [
            new() { Id = "a", Parallelism = 16 },
            new() { Id = "b", Parallelism = 16, Inputs = [new("a", ShipStrategy.Hash)] },
        ]);
        var specification = TaskManagerMemory.FromProcessSize(8L << 30);
        var network = NetworkMemory.Bytes(settings, topology, static v => v == "a" ? 8 : 12);
        var usage = new MemoryUsage(1200L << 20, 140L << 20, 1);

        var tuned = MemoryTuning.Tune(settings, specification, usage, network, 4, 3)!;
        var plain = MemoryTuning.Tune(settings with { ScaleDownCompensation = false }, specification, usage, network, 4, 3)!;
        var maximal = MemoryTuning.Tune(settings with { MaximizeManagedMemory = true }, specification, usage, network, 4, 3)!;

        Assert.Equal(7L << 20, network);
        Assert.Equal((6_174_980_230, 0.581m, 0.14m), (tuned.TotalProcessBytes, tuned.ManagedFraction, tuned.JvmOverheadFraction));
        Assert.Equal((5_671_663_750, 0.644m, 0.152m), (plain.TotalProcessBytes, plain.ManagedFraction, plain.JvmOverheadFraction));
        Assert.Equal((8L << 30, 0.782m, 0.101m), (maximal.TotalProcessBytes, maximal.ManagedFraction, maximal.JvmOverheadFraction));
    }

    private static VertexDecision Vertex(AutoscalerPlan plan, string id) => plan.Decision!.Vertices.Single(v => v.Evaluation.Id == id);

    private static AutoscalerPlan Plan(AutoscalerSettings settings, AutoscalerMemory memory, double lagGrowth, double lag)
    {
        var metrics = new MetricSummary(Topology);
        foreach (var at in (long[])[0, WindowMs])
        {
            metrics.Begin(at);
            Add(metrics, "source", at, 12_000, 0.85);
            Add(metrics, "enrich", at, 18_000, 0.6);
            Add(metrics, "sink", at, 3_600, 0.15);
            metrics.Add(Topology.PositionOf("source"), VertexMetric.Lag, lag - lagGrowth * (WindowMs - at) / 1000);
        }
        return new AutoscalerPolicy().Plan(settings, Facts(metrics), memory, static _ => true);
    }

    private static void Add(MetricSummary metrics, string vertex, long at, double rate, double load)
    {
        metrics.Add(Topology.PositionOf(vertex), VertexMetric.RecordsIn, rate * at / 1000);
        metrics.Add(Topology.PositionOf(vertex), VertexMetric.Load, load);
    }

    private static AutoscalerFacts Facts(MetricSummary metrics) => new()
    {
        Topology = Topology,
        Metrics = metrics,
        IsWindowFull = true,
        RunningSince = DateTimeOffset.UnixEpoch,
        Now = DateTimeOffset.FromUnixTimeMilliseconds(WindowMs),
        LocalTime = DateTime.UnixEpoch,
    };
}
