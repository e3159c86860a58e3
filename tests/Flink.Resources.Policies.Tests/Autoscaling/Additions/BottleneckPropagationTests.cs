using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class BottleneckPropagationTests
{
    // The source needs four times what it has; so does the sink, which may not grow.
    private static readonly JobSketch Job = Jobs.Chain(
        new(10, 512, 0, 0.9, 1000, 900_000, 0), new(10, 512, 0, 0.5, 1000, 0, 0), new(10, 512, 0, 0.8, 1000, 0, 0));

    private static readonly AutoscalerSettings Off = Evaluations.AtOnce with { VertexMaxParallelism = 400, AlignmentMode = AlignmentMode.Off };

    private static readonly AutoscalerSettings On = Off with { Extensions = new() { BottleneckPropagation = true } };

    [Fact]
    public void Plan_SinkIsExcluded_UpstreamGrowsOnlyToWhatItTakes()
    {
        var free = Job.Plan(Off with { ExcludedVertices = ["v2"] });
        var capped = Job.Plan(On with { ExcludedVertices = ["v2"] });

        // The sink can do 1250/s of the 2000/s + catch-up + restart that arrive.
        var sink = Vertex(capped, 2).Evaluation;
        var flow = Capacity.Needed(On, sink.TargetDataRate, sink.CatchUpDataRate, 1, true, On.RestartTime);
        var source = Vertex(free, 0);
        var expected = (int)Math.Ceiling(source.Capacity * (1250 / flow) / source.Evaluation.TrueProcessingRate * 10);
        Assert.Equal(expected, Vertex(capped, 0).NewParallelism);
        Assert.InRange(expected, 11, source.NewParallelism - 1);
        Assert.Contains("[bottleneck-propagation: v2 is excluded from scaling and takes only", Vertex(capped, 0).Explain(), StringComparison.Ordinal);
        Assert.Equal(Vertex(capped, 0).Evaluation.TrueProcessingRate / 10 * expected, Vertex(capped, 0).ExpectedProcessingRate, 1e-3);
    }

    [Fact]
    public void Plan_NothingIsInTheWay_ChangesNothing() =>
        Assert.Equal(Job.Plan(Off).Decision!.Parallelism(), Job.Plan(On).Decision!.Parallelism());

    [Fact]
    public void Plan_SinkIsAtItsMaximum_IsABottleneckToo()
    {
        var job = Job with { Vertices = [Job.Vertices[0], Job.Vertices[1], Job.Vertices[2] with { MaxParallelism = 10 }] };

        Assert.Contains("v2 cannot grow beyond 10", Vertex(job.Plan(On), 0).Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_ExternalSink_DoesNotGrowItselfAndHoldsTheOthers()
    {
        var plan = Job.Plan(On with { Extensions = On.Extensions with { ExternalSinks = [new("v2", 500)] } });

        Assert.Equal((10, VertexReason.HeldByBottleneck), (Vertex(plan, 2).NewParallelism, Vertex(plan, 2).Reason));
        Assert.Equal((10, VertexReason.HeldByBottleneck), (Vertex(plan, 0).NewParallelism, Vertex(plan, 0).Reason));
        Assert.Contains("external system", Vertex(plan, 0).Explain(), StringComparison.Ordinal);
        Assert.Equal(AutoscalerStatus.Balanced, plan.Status);
    }

    [Fact]
    public void Plan_AnyJob_NeverGivesMoreAndNeverShrinksForIt() => Gen.Select(Evaluations.Settings, Jobs.Sketches, Gen.Int[0, 255], Gen.Int[0, 255]).Sample((settings, job, excluded, external) =>
    {
        settings = settings with { ExcludedVertices = [.. Ids(job, excluded)] };
        var extensions = new AutoscalerExtensions { BottleneckPropagation = true, ExternalSinks = [.. Ids(job, external).Select(static v => new ExternalSink(v, null))] };
        var memory = AutoscalerMemory.Empty;

        var (free, capped) = (Decide(settings), Decide(settings with { Extensions = extensions }));

        foreach (var (without, with) in free.Vertices.Zip(capped.Vertices))
        {
            var current = without.Evaluation.Parallelism;
            if (with.NewParallelism != without.NewParallelism && with.IsChange && without.IsChange)
            {
                Assert.InRange(with.NewParallelism, current, without.NewParallelism);
                Assert.NotEmpty(with.Notes);
            }
            // The job may have lost the only vertex that was outside, but no vertex is forced down.
            Assert.True(with.NewParallelism == without.NewParallelism || with.NewParallelism >= Math.Min(current, without.NewParallelism));
        }

        JobDecision Decide(AutoscalerSettings s) => job.Plan(s, memory).Decision!;
    });

    [Fact]
    public void Behind_AnyJob_IsAShareOfWhatLiesBehind() => Gen.Select(Evaluations.Settings, Jobs.Sketches, Gen.Int[0, 255]).Sample((settings, job, excluded) =>
    {
        var decisions = job.Plan(settings with { ExcludedVertices = [.. Ids(job, excluded)] }).Decision!.Vertices;

        var behind = BottleneckPropagation.Behind(settings, decisions, settings.RestartTime);

        foreach (var (position, decision) in decisions.Index())
        {
            Assert.InRange(behind[position].Share, 0, 1);
            Assert.Equal(behind[position].Share < 1, behind[position].Vertex is not null);
            foreach (var input in decision.Evaluation.Inputs)
            {
                var up = decisions.Index().Single(d => d.Item.Evaluation.Id == input.From).Index;
                Assert.True(behind[up].Share <= behind[position].Share);
                Assert.True(behind[up].Share <= BottleneckPropagation.Own(settings, decision, settings.RestartTime).Share);
            }
        }
    });

    private static VertexDecision Vertex(AutoscalerPlan plan, int vertex) =>
        plan.Decision!.Vertices.Single(v => v.Evaluation.Id == JobSketch.Id(vertex));

    private static IEnumerable<string> Ids(JobSketch job, int bits) =>
        Enumerable.Range(0, job.Vertices.Length).Where(i => (bits >> i & 1) == 1).Select(JobSketch.Id);
}
