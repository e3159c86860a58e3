namespace Flink.Resources.Autoscaling;

/// <summary>
/// The metrics of a job over a window, condensed to what the policy needs. Feed it the samples in order of time, or let
/// a <see cref="MetricWindow"/> do it.
/// </summary>
public sealed class MetricSummary
{
    private const int VertexMetrics = MetricColumns.PerVertex;
    private const int JobMetrics = MetricColumns.PerJob;

    private readonly MetricSeries[] _series;
    private readonly bool[] _latest;
    private long _latestAt = long.MinValue;

    /// <summary>An empty summary.</summary>
    public MetricSummary(JobTopology topology)
    {
        ArgumentNullException.ThrowIfNull(topology);
        Topology = topology;
        _series = new MetricSeries[topology.Vertices.Length * VertexMetrics + JobMetrics];
        _latest = new bool[_series.Length];
    }

    /// <summary>The job graph the metrics belong to.</summary>
    public JobTopology Topology { get; }

    /// <summary>Samples seen.</summary>
    public int Samples { get; private set; }

    /// <summary>Begins the next sample.</summary>
    public void Begin(long atMs)
    {
        Samples++;
        _latestAt = atMs;
        Array.Clear(_latest);
    }

    /// <summary>Adds a value of a vertex to the sample begun last.</summary>
    public void Add(int vertex, VertexMetric metric, double value) => Add(vertex * VertexMetrics + (int)metric, value);

    /// <summary>Adds a value of the job to the sample begun last.</summary>
    public void Add(JobMetric metric, double value) => Add(_series.Length - JobMetrics + (int)metric, value);

    /// <summary>The series of one metric of one vertex.</summary>
    public MetricSeries Of(int vertex, VertexMetric metric) => _series[vertex * VertexMetrics + (int)metric];

    /// <summary>The series of one metric of the job.</summary>
    public MetricSeries Of(JobMetric metric) => _series[_series.Length - JobMetrics + (int)metric];

    /// <summary>The value in the newest sample; null when it is not in it.</summary>
    public double? Latest(int vertex, VertexMetric metric) => Latest(vertex * VertexMetrics + (int)metric);

    /// <summary>The value of the job in the newest sample; null when it is not in it.</summary>
    public double? Latest(JobMetric metric) => Latest(_series.Length - JobMetrics + (int)metric);

    internal void Add(int column, double value)
    {
        _series[column].Add(_latestAt, value);
        _latest[column] = !double.IsNaN(value);
    }

    private double? Latest(int column) => _latest[column] ? _series[column].Last : null;
}
