namespace Flink.Resources.Autoscaling;

public sealed class AutoscalerPluginTests
{
    private static readonly JobSketch Busy = Jobs.Chain(new VertexSketch(6, 128, 48, 1, 1000, 500_000, 0));

    [Fact]
    public void Read_NameOfAnAligner_IsUsedInPlaceOfAMode()
    {
        var configuration = new Dictionary<string, string>(StringComparer.Ordinal) { ["job.autoscaler.scaling.parallelism-alignment.mode"] = "SEVENS" };

        var reading = AutoscalerSettingsReader.Read(configuration, new Sevens());

        Assert.Empty(reading.Warnings);
        var plan = Busy.Plan(reading.Settings);
        Assert.Equal(0, plan.Decision!.Parallelism()["v0"] % 7);
        Assert.NotEmpty(AutoscalerSettingsReader.Read(configuration).Warnings);
    }

    [Fact]
    public void Plan_PluginsNamed_UsesOnlyThose()
    {
        var policy = new AutoscalerPolicy([new Twice(), new Nothing()], [new Never()]);
        var facts = Busy.Facts(Busy.Topology());

        Assert.Equal(2000, Plan(Evaluations.AtOnce).Evaluation!.Vertices[0].TrueProcessingRate);
        var named = Plan(Evaluations.AtOnce with { CustomEvaluators = ["Nothing"], CustomExecutors = ["Never"] });
        Assert.Equal((1000, GateRefusal.Vetoed), (named.Evaluation!.Vertices[0].TrueProcessingRate, named.Refusal));
        Assert.Equal(2000, Plan(Evaluations.AtOnce with { CustomEvaluators = ["Twice"] }).Evaluation!.Vertices[0].TrueProcessingRate);
        var error = Assert.Throws<ArgumentException>(() => Plan(Evaluations.AtOnce with { CustomExecutors = ["Gone"] }));
        Assert.Contains("'Gone'; this policy was made with Never", error.Message, StringComparison.Ordinal);

        AutoscalerPlan Plan(AutoscalerSettings settings) => policy.Plan(settings, facts, AutoscalerMemory.Empty, static _ => true);
    }

    private sealed class Sevens : IParallelismAligner
    {
        public string Name => "SEVENS";

        public int Align(int target, ParallelismLimits limits) => (target + 6) / 7 * 7;
    }

    private sealed class Twice : IMetricEvaluator
    {
        public VertexEvaluation Adjust(VertexEvaluation computed, MetricSummary metrics) =>
            computed with { TrueProcessingRate = 2 * computed.TrueProcessingRate };
    }

    private sealed class Nothing : IMetricEvaluator
    {
        public VertexEvaluation Adjust(VertexEvaluation computed, MetricSummary metrics) => computed;
    }

    private sealed class Never : IDecisionFilter
    {
        public JobDecision? Filter(JobDecision decision, AutoscalerFacts facts) => null;
    }
}
