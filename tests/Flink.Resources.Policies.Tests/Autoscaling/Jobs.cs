using System.Globalization;
using CsCheck;

namespace Flink.Resources.Autoscaling;

/// <summary>Whole jobs as tests need them: a graph, and rates of its vertices over one window.</summary>
internal static class Jobs
{
    public const long WindowMs = 900_000;

    private static readonly Gen<VertexSketch> Sketch = Gen.Select(
        Gen.Int[1, 60], Gen.Int[1, 300], Gen.Int[0, 80], Gen.Double[0.01, 1], Gen.Double[10, 1e5], Gen.Double[0, 1e6], Gen.Int[0, 1 << 10],
        static (p, max, partitions, load, rate, lag, inputs) => new VertexSketch(p, max, partitions, load, rate, lag, inputs));

    /// <summary>Graphs of one to eight vertices; what has no input is a source.</summary>
    public static Gen<JobSketch> Sketches { get; } = Sketch.Array[1, 8].Select(static vertices => new JobSketch(vertices));

    /// <summary>A chain of a source and one vertex after the other.</summary>
    public static JobSketch Chain(params VertexSketch[] vertices) =>
        new([.. vertices.Select(static (v, i) => v with { Inputs = i == 0 ? 0 : 1 << (i - 1) })]);
}

/// <summary>One vertex.</summary>
/// <param name="Inputs">A bit for each vertex before it that it reads from.</param>
internal sealed record VertexSketch(
    int Parallelism, int MaxParallelism, int Partitions, double Load, double Rate, double Lag, int Inputs);

internal sealed record JobSketch(VertexSketch[] Vertices)
{
    public static string Id(int vertex) => string.Create(CultureInfo.InvariantCulture, $"v{vertex}");

    /// <summary>The graph, its vertices given in some order.</summary>
    public JobTopology Topology(IEnumerable<int>? order = null) => new((order ?? Enumerable.Range(0, Vertices.Length)).Select(i => new JobVertex
    {
        Id = Id(i),
        Parallelism = Vertices[i].Parallelism,
        MaxParallelism = Math.Max(Vertices[i].MaxParallelism, Vertices[i].Parallelism),
        SourcePartitions = InputsOf(i).Length == 0 ? Vertices[i].Partitions : 0,
        Inputs = [.. InputsOf(i).Select(input => new JobEdge(Id(input), (i + input) % 2 == 0 ? ShipStrategy.Hash : ShipStrategy.Rebalance))],
    }));

    public AutoscalerFacts Facts(JobTopology topology, double times = 1)
    {
        var metrics = new MetricSummary(topology);
        foreach (var at in (long[])[0, Jobs.WindowMs])
        {
            metrics.Begin(at);
            for (var i = 0; i < Vertices.Length; i++)
            {
                var (position, vertex) = (topology.PositionOf(Id(i)), Vertices[i]);
                metrics.Add(position, VertexMetric.RecordsIn, vertex.Rate * times * at / 1000);
                metrics.Add(position, VertexMetric.RecordsOut, vertex.Rate * times * at / 1000);
                metrics.Add(position, VertexMetric.Load, vertex.Load);
                if (InputsOf(i).Length == 0)
                {
                    metrics.Add(position, VertexMetric.Lag, vertex.Lag * times * at / Jobs.WindowMs);
                }
            }
        }
        return new()
        {
            Topology = topology,
            Metrics = metrics,
            IsWindowFull = true,
            RunningSince = DateTimeOffset.UnixEpoch,
            Now = DateTimeOffset.FromUnixTimeMilliseconds(Jobs.WindowMs),
            LocalTime = DateTime.UnixEpoch,
        };
    }

    public AutoscalerPlan Plan(AutoscalerSettings settings, AutoscalerMemory? memory = null, Func<AutoscalerFacts, AutoscalerFacts>? change = null)
    {
        var facts = Facts(Topology());
        return new AutoscalerPolicy().Plan(settings, change?.Invoke(facts) ?? facts, memory ?? AutoscalerMemory.Empty, static _ => true);
    }

    private int[] InputsOf(int vertex) => [.. Enumerable.Range(0, vertex).Where(input => (Vertices[vertex].Inputs >> input & 1) == 1)];
}
