namespace Flink.Resources.Autoscaling;

/// <summary>What was measured of a job at one instant. What is not set is missing.</summary>
public sealed class MetricSample
{
    /// <summary>An empty sample.</summary>
    /// <param name="topology">The job graph at that instant.</param>
    /// <param name="atMs">When it was measured, in milliseconds since the Unix epoch.</param>
    public MetricSample(JobTopology topology, long atMs)
    {
        ArgumentNullException.ThrowIfNull(topology);
        Topology = topology;
        AtMs = atMs;
        Values = new double[MetricColumns.Count(topology.Vertices.Length)];
        Array.Fill(Values, double.NaN);
    }

    /// <summary>The job graph.</summary>
    public JobTopology Topology { get; }

    /// <summary>When it was measured, in milliseconds since the Unix epoch.</summary>
    public long AtMs { get; }

    internal double[] Values { get; }

    /// <summary>Sets a value of a vertex, rounded as stored values are.</summary>
    /// <param name="vertex">Its position in <see cref="JobTopology.Vertices"/>.</param>
    /// <param name="metric">Which metric.</param>
    /// <param name="value">Its value; NaN is missing.</param>
    public void Set(int vertex, VertexMetric metric, double value) =>
        Values[MetricColumns.Of(vertex, metric)] = MetricNumbers.Stored(value);

    /// <summary>Sets a value of the job, rounded as stored values are.</summary>
    /// <param name="metric">Which metric.</param>
    /// <param name="value">Its value; NaN is missing.</param>
    public void Set(JobMetric metric, double value) =>
        Values[MetricColumns.Of(metric, Topology.Vertices.Length)] = MetricNumbers.Stored(value);
}

/// <summary>Where the values of a sample stand: vertex by vertex, then those of the job.</summary>
internal static class MetricColumns
{
    public const int PerVertex = (int)VertexMetric.ObservedTrueProcessingRate + 1;
    public const int PerJob = (int)JobMetric.TaskSlotsUsed + 1;

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, double[]> KnownScales = new();

    public static int Count(int vertices) => vertices * PerVertex + PerJob;

    public static int Of(int vertex, VertexMetric metric) => vertex * PerVertex + (int)metric;

    public static int Of(JobMetric metric, int vertices) => vertices * PerVertex + (int)metric;

    /// <summary>
    /// Per column the steps per unit in which values nearly always are whole: counters by one, the rest by 0.001.
    /// Jobs of the same number of vertices share it.
    /// </summary>
    public static double[] Scales(int vertices) => KnownScales.GetOrAdd(vertices, static v => MakeScales(v));

    private static double[] MakeScales(int vertices)
    {
        var scales = new double[Count(vertices)];
        Array.Fill(scales, 1);
        for (var vertex = 0; vertex < vertices; vertex++)
        {
            scales[Of(vertex, VertexMetric.Load)] = 1000;
            scales[Of(vertex, VertexMetric.RecordsInPerSecond)] = 1000;
            scales[Of(vertex, VertexMetric.ObservedTrueProcessingRate)] = 1000;
        }
        scales[Of(JobMetric.HeapUsageRatio, vertices)] = 1000;
        scales[Of(JobMetric.GcPressure, vertices)] = 1000;
        return scales;
    }
}
