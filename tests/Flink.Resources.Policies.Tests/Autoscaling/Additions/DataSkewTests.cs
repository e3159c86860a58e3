using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class DataSkewTests
{
    private static readonly AutoscalerSettings On = Evaluations.AtOnce with { Extensions = new() { DataSkewReport = true } };

    private static readonly AggregatedMetric Unknown = new(double.NaN, double.NaN, double.NaN);

    [Fact]
    public void Plan_SkewedVertex_IsReportedAndNotScaledForIt()
    {
        var job = Jobs.Chain(new VertexSketch(4, 128, 0, 0.7, 1000, 0, 0));
        var spread = ImmutableDictionary<string, SubtaskSpread>.Empty.Add("v0", new(Unknown, new(10, 700, 250)));

        var plan = job.Plan(On, change: f => f with { Subtasks = spread });

        Assert.Contains("[data-skew-report: the greatest subtask gets 2.8 times the mean", plan.Decision!.Vertices[0].Explain(), StringComparison.Ordinal);
        Assert.Equal(ScalingEventKind.DataSkew, Assert.Single(plan.Events).Kind);
        Assert.Equal(job.Plan(Evaluations.AtOnce).Decision!.Parallelism(), plan.Decision.Parallelism());
    }

    [Fact]
    public void Factor_RecordsNotKnown_GoesByBusyTime()
    {
        Assert.Equal(2, DataSkew.Factor(new(new(0, 800, 400), Unknown)));
        Assert.Equal(1, DataSkew.Factor(new(new(0, 800, 400), new(5, 5, 5))));
        Assert.Equal(double.NaN, DataSkew.Factor(new(Unknown, new(0, 0, 0))));
    }

    [Fact]
    public void Factor_AnySubtasks_IsFromOneToTheParallelism() => Gen.Double[0, 1e6].Array[1, 50].Sample(subtasks =>
    {
        var factor = DataSkew.Factor(new(Unknown, new(subtasks.Min(), subtasks.Max(), subtasks.Average())));

        Assert.True(double.IsNaN(factor) ? subtasks.All(static s => s == 0) || subtasks.Max() < subtasks.Average() : factor >= 1 && factor <= subtasks.Length * (1 + 1e-9));
    });

    [Fact]
    public void Plan_AnyJobAndSpread_DecidesAsWithoutIt() => Gen.Select(Evaluations.Settings, Jobs.Sketches, Gen.Double[0, 1000], Gen.Double[0, 1000]).Sample((settings, job, max, avg) =>
    {
        var spread = job.Topology().Vertices.ToImmutableDictionary(static v => v.Id, _ => new SubtaskSpread(new(0, max, avg), Unknown), StringComparer.Ordinal);

        var with = job.Plan(settings with { Extensions = On.Extensions }, change: f => f with { Subtasks = spread });

        Assert.Equal(job.Plan(settings).Decision!.Parallelism(), with.Decision!.Parallelism());
    });
}
