using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// The samples of one job over the metrics window, in a compact form: 90 samples of 20 vertices take about 34 KB.
/// Samples are added one by one, old ones fall out at the front; <see cref="Write"/> and <see cref="Read"/> carry it
/// over a restart of the controller. Not thread-safe.
/// </summary>
public sealed class MetricWindow
{
    private readonly List<long> _times = [];
    private ImmutableArray<string> _vertices = [];
    private MetricLog _log = new(0);

    /// <summary>Samples held.</summary>
    public int Count => _times.Count;

    /// <summary>When the oldest sample was taken, in milliseconds; null when there is none.</summary>
    public long? FirstAtMs => Count == 0 ? null : _times[0];

    /// <summary>When the newest sample was taken, in milliseconds; null when there is none.</summary>
    public long? LastAtMs => Count == 0 ? null : _times[^1];

    /// <summary>Memory taken, in bytes, without the names of the vertices, which the topology holds anyway.</summary>
    public long SizeInBytes => _log.SizeInBytes + _times.Capacity * sizeof(long) + 200;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _times.Clear();
        _log = new(_vertices.Length);
    }

    /// <summary>
    /// Forgets samples of before a restart: those of a job that reports to run since after the oldest of them.
    /// </summary>
    /// <param name="runningSinceMs">Since when the job is RUNNING, in milliseconds.</param>
    public void DropIfRestarted(long runningSinceMs)
    {
        if (FirstAtMs is { } first && runningSinceMs > first)
        {
            Clear();
        }
    }

    /// <summary>
    /// Adds the sample of a cycle and forgets what has left the window. Until the window has been full once nothing is
    /// forgotten.
    /// </summary>
    /// <param name="settings">Stabilization interval and window.</param>
    /// <param name="sample">The sample; one of the same instant replaces the one before.</param>
    /// <param name="runningSinceMs">Since when the job is RUNNING, in milliseconds.</param>
    /// <returns>Whether the window is full, so that a decision may be based on it.</returns>
    public bool Collect(AutoscalerSettings settings, MetricSample sample, long runningSinceMs)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(sample);
        DropIfRestarted(runningSinceMs);
        var stableAt = AddMs(runningSinceMs, settings.StabilizationInterval);
        var first = _times.FindIndex(time => time >= stableAt);
        // The sample of this cycle is not among those that can have started the window.
        var fullAt = AddMs(first >= 0 ? _times[first] : sample.AtMs, settings.MetricsWindow);
        Add(sample);
        if (sample.AtMs < fullAt)
        {
            return false;
        }
        DropBefore(AddMs(sample.AtMs, -settings.MetricsWindow));
        return true;
    }

    /// <summary>Adds a sample; one of the same instant replaces the one before.</summary>
    public void Add(MetricSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (!SameVertices(sample.Topology))
        {
            Rebuild(Rows(), [.. sample.Topology.Vertices.Select(static v => v.Id)]);
        }
        if (LastAtMs is { } last && sample.AtMs <= last)
        {
            var rows = Rows();
            rows.RemoveAll(row => row.AtMs == sample.AtMs);
            rows.Insert(rows.FindLastIndex(row => row.AtMs < sample.AtMs) + 1, (sample.AtMs, sample.Values));
            Rebuild(rows, _vertices);
            return;
        }
        _log.Append(sample.Values);
        _times.Add(sample.AtMs);
    }

    /// <summary>Condenses the samples to what the policy needs.</summary>
    /// <param name="topology">The job graph of now; vertices it does not have are left out.</param>
    public MetricSummary Summarize(JobTopology topology)
    {
        ArgumentNullException.ThrowIfNull(topology);
        var summary = new MetricSummary(topology);
        var columns = Columns(topology);
        Span<double> row = columns.Length <= 512 ? stackalloc double[columns.Length] : new double[columns.Length];
        Span<long> steps = columns.Length <= 512 ? stackalloc long[columns.Length] : new long[columns.Length];
        _log.Before.CopyTo(steps);
        var position = _log.Start;
        foreach (var time in _times)
        {
            _log.Read(ref position, steps, row);
            summary.Begin(time);
            for (var column = 0; column < columns.Length; column++)
            {
                if (columns[column] >= 0)
                {
                    summary.Add(columns[column], row[column]);
                }
            }
        }
        return summary;
    }

    /// <summary>
    /// The window as bytes, for a store. The first bytes name the format and its version: later versions of this
    /// library read what earlier ones wrote.
    /// </summary>
    public byte[] Write() => MetricWindowFormat.Write(_vertices, _times, _log);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are damaged, or a newer version wrote them.</exception>
    public static MetricWindow Read(ReadOnlySpan<byte> bytes)
    {
        var window = new MetricWindow();
        (window._vertices, var times, window._log) = MetricWindowFormat.Read(bytes);
        window._times.AddRange(times);
        return window;
    }

    private static long AddMs(long atMs, TimeSpan span)
    {
        var sum = (Int128)atMs + span.Ticks / TimeSpan.TicksPerMillisecond;
        return (long)Int128.Clamp(sum, long.MinValue, long.MaxValue);
    }

    private void DropBefore(long atMs)
    {
        if (Count == 0 || _times[0] >= atMs)
        {
            return;
        }
        var count = 0;
        var scratch = new double[_log.Before.Length];
        while (count < Count && _times[count] < atMs)
        {
            _log.DropFirst(scratch);
            count++;
        }
        _times.RemoveRange(0, count);
    }

    private bool SameVertices(JobTopology topology)
    {
        if (topology.Vertices.Length != _vertices.Length)
        {
            return false;
        }
        for (var i = 0; i < _vertices.Length; i++)
        {
            if (!string.Equals(_vertices[i], topology.Vertices[i].Id, StringComparison.Ordinal))
            {
                return false;
            }
        }
        return true;
    }

    // Where each column stands in a summary of the topology; -1: the vertex is gone.
    private int[] Columns(JobTopology topology)
    {
        var columns = new int[MetricColumns.Count(_vertices.Length)];
        var job = _vertices.Length * MetricColumns.PerVertex;
        for (var column = 0; column < columns.Length; column++)
        {
            var vertex = column < job ? topology.PositionOf(_vertices[column / MetricColumns.PerVertex]) : topology.Vertices.Length;
            var within = column < job ? column % MetricColumns.PerVertex : column - job;
            columns[column] = vertex < 0 ? -1 : vertex * MetricColumns.PerVertex + within;
        }
        return columns;
    }

    private List<(long AtMs, double[] Values)> Rows()
    {
        var rows = new List<(long, double[])>(Count);
        var steps = _log.Before.ToArray();
        var position = _log.Start;
        foreach (var time in _times)
        {
            var row = new double[steps.Length];
            _log.Read(ref position, steps, row);
            rows.Add((time, row));
        }
        return rows;
    }

    private void Rebuild(List<(long AtMs, double[] Values)> rows, ImmutableArray<string> vertices)
    {
        var log = new MetricLog(vertices.Length);
        foreach (var (_, values) in rows)
        {
            log.Append(Reorder(values, vertices));
        }
        _times.Clear();
        _times.AddRange(rows.Select(static r => r.AtMs));
        (_log, _vertices) = (log, vertices);
    }

    private double[] Reorder(double[] values, ImmutableArray<string> vertices)
    {
        if (vertices.SequenceEqual(_vertices, StringComparer.Ordinal))
        {
            return values;
        }
        var result = new double[MetricColumns.Count(vertices.Length)];
        Array.Fill(result, double.NaN);
        for (var vertex = 0; vertex < vertices.Length; vertex++)
        {
            if (_vertices.IndexOf(vertices[vertex], StringComparer.Ordinal) is var old and >= 0)
            {
                Array.Copy(values, old * MetricColumns.PerVertex, result, vertex * MetricColumns.PerVertex, MetricColumns.PerVertex);
            }
        }
        Array.Copy(values, _vertices.Length * MetricColumns.PerVertex, result, vertices.Length * MetricColumns.PerVertex, MetricColumns.PerJob);
        return result;
    }
}
