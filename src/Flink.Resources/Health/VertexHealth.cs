using System.Collections.Immutable;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>Rates, delay and pressure, from the metrics of the vertices. Names of operators' metrics begin with the operator, those of tasks do not.</summary>
internal static class VertexHealth
{
    private const string Backpressured = "backPressuredTimeMsPerSecond";
    private const string Busy = "busyTimeMsPerSecond";
    private const string In = "numRecordsInPerSecond";
    private const string Out = "numRecordsOutPerSecond";
    private const string Pending = "pendingRecords";
    private const string EmitLag = "currentEmitEventTimeLag";
    private const string WatermarkLag = "watermarkLag";
    private const string KafkaLag = "records-lag-max";
    private const string Watermark = "currentInputWatermark";
    private const string Late = "numLateRecordsDropped";

    private static readonly string[] _everywhere = [Backpressured, Busy, In, Out, Late];
    private static readonly string[] _sources = [.. _everywhere, Pending, EmitLag, WatermarkLag, KafkaLag];
    private static readonly string[] _others = [.. _everywhere, Watermark];

    public static async Task ReadAsync(
        HealthReadingsBuilder builder, IFlinkCluster cluster, FlinkJobId job, FlinkHealthMemory memory, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (memory.Job != job || memory.Vertices.IsEmpty || memory.IsRefreshDue)
        {
            var found = await cluster.FindJobAsync(job, cancellationToken).ConfigureAwait(false);
            memory.Vertices = found.Match(static d => d.Vertices, static _ => [], _ => memory.Vertices);
            memory.Job = job;
            memory.Names.Clear();
        }
        var read = memory.Vertices.SelectMany(static v => v.Inputs).ToHashSet(StringComparer.Ordinal);
        var values = new List<(FlinkVertex Vertex, bool IsLast, ImmutableSortedDictionary<string, AggregatedMetric> Of)>(memory.Vertices.Length);
        foreach (var vertex in memory.Vertices)
        {
            var scope = new MetricScope.Vertex(job, vertex.Id);
            var names = await NamesAsync(cluster, scope, vertex, memory, cancellationToken).ConfigureAwait(false);
            if (!names.IsEmpty)
            {
                values.Add((vertex, !read.Contains(vertex.Id), await cluster.GetAggregatedMetricsAsync(scope, names, cancellationToken).ConfigureAwait(false)));
            }
        }
        Pressure(builder, Backpressured, Metrics.Backpressure, values.Select(static v => v.Of));
        Pressure(builder, Busy, Metrics.Busy, values.Select(static v => v.Of));
        if (Total(values.SelectMany(static v => Of(v.Of, Late))) is { } late)
        {
            builder.Counter(Metrics.LateDrops, late, HealthCounterUse.Growth);
        }
        if (values.Where(static v => v.IsLast && !v.Vertex.Inputs.IsEmpty).Select(static v => v.Of.GetValueOrDefault(In)?.Sum).ToList() is { Count: > 0 } sinks && sinks.All(static s => s is not null))
        {
            builder.Gauge(Metrics.Emitted, sinks.Sum(static s => s!.Value));
        }
        var sources = values.Where(static v => v.Vertex.Inputs.IsEmpty).Select(static v => v.Of).ToList();
        var consumed = Consumed(sources);
        if (consumed is { } rate)
        {
            builder.Gauge(Metrics.Consumed, rate);
        }
        ReadDelay(builder, sources, values.Where(static v => !v.Vertex.Inputs.IsEmpty).Select(static v => v.Of), consumed, memory, now);
    }

    private static async Task<ImmutableArray<string>> NamesAsync(
        IFlinkCluster cluster, MetricScope.Vertex scope, FlinkVertex vertex, FlinkHealthMemory memory, CancellationToken cancellationToken)
    {
        if (memory.Names.TryGetValue(vertex.Id, out var known))
        {
            return known;
        }
        var wanted = vertex.Inputs.IsEmpty ? _sources : _others;
        var all = await cluster.ListMetricsAsync(scope, cancellationToken).ConfigureAwait(false);
        ImmutableArray<string> names = [.. all.Select(WithoutSubtask).Where(n => wanted.Any(w => IsNamed(n, w))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        // Flink fetches names when it is asked for them: few at first. They are final once the task's own are among them.
        if (names.Contains(Busy, StringComparer.Ordinal))
        {
            memory.Names[vertex.Id] = names;
        }
        return names;
    }

    /// <summary>A task's own metric, or an operator's.</summary>
    private static bool IsNamed(string name, string wanted) => name == wanted
        || (wanted is not (Backpressured or Busy or Watermark) && name.EndsWith($".{wanted}", StringComparison.Ordinal));

    /// <summary>Of a vertex' metrics each name begins with the number of the subtask.</summary>
    private static string WithoutSubtask(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && name.AsSpan(0, dot).IndexOfAnyExceptInRange('0', '9') < 0 ? name[(dot + 1)..] : name;
    }

    /// <summary>The highest of all vertices; of a vertex, the mean of its subtasks.</summary>
    private static void Pressure(HealthReadingsBuilder builder, string name, string metric, IEnumerable<ImmutableSortedDictionary<string, AggregatedMetric>> vertices)
    {
        var shares = vertices.Select(v => v.GetValueOrDefault(name)?.Average).Where(static s => s is not null).ToList();
        if (shares.Count > 0)
        {
            builder.Gauge(metric, Math.Clamp(shares.Max()!.Value / 1000, 0, 1));
        }
    }

    /// <summary>
    /// A source that stands alone emits what it reads. One that is chained to what follows emits less, or nothing: then its own operator
    /// says what it read.
    /// </summary>
    private static double? Consumed(List<ImmutableSortedDictionary<string, AggregatedMetric>> sources)
    {
        double? all = null;
        foreach (var source in sources)
        {
            var candidates = source
                .Where(static m => m.Key == Out || (m.Key.StartsWith("Source", StringComparison.Ordinal) && (m.Key.EndsWith($".{In}", StringComparison.Ordinal) || m.Key.EndsWith($".{Out}", StringComparison.Ordinal))))
                .Select(static m => m.Value.Sum).Where(static s => s is not null).ToList();
            if (candidates.Count > 0)
            {
                all = (all ?? 0) + candidates.Max()!.Value;
            }
        }
        return all;
    }

    private static void ReadDelay(
        HealthReadingsBuilder builder,
        List<ImmutableSortedDictionary<string, AggregatedMetric>> sources,
        IEnumerable<ImmutableSortedDictionary<string, AggregatedMetric>> others,
        double? consumed,
        FlinkHealthMemory memory,
        DateTimeOffset now)
    {
        var pending = Total(sources.SelectMany(static s => Of(s, Pending))) ?? Total(sources.SelectMany(static s => Of(s, KafkaLag)));
        if (pending is { } records && consumed is { } rate)
        {
            // What arrived is what was read and what is left more than before.
            if (memory.Pending is { } before && now > before.At)
            {
                builder.Gauge(Metrics.Produced, Math.Max(0, rate + ((records - before.Pending) / (now - before.At).TotalSeconds)));
            }
            memory.Pending = (records, now);
        }
        else
        {
            memory.Pending = null;
        }
        var milliseconds = Highest(sources.SelectMany(static s => Of(s, EmitLag)))
            ?? Highest(sources.SelectMany(static s => Of(s, WatermarkLag)));
        if ((milliseconds is { } ms ? ms / 1000 : ByRate(pending, consumed) ?? ByWatermark(others, now)) is { } seconds)
        {
            builder.Gauge(Metrics.Lag, Math.Max(0, seconds));
        }
        else
        {
            builder.HasNoLag = consumed is not null && pending is null;
        }
    }

    private static double? ByRate(double? pending, double? consumed) => pending switch
    {
        null => null,
        <= 0 => 0,
        _ => consumed > 0 ? pending / consumed : null,
    };

    /// <summary>A watermark before the first one is the least number there is: it says nothing.</summary>
    private static double? ByWatermark(IEnumerable<ImmutableSortedDictionary<string, AggregatedMetric>> vertices, DateTimeOffset now)
    {
        var lowest = vertices.Select(static v => v.GetValueOrDefault(Watermark)?.Minimum).Where(static w => w > 0).Min();
        return lowest is { } watermark ? (now.ToUnixTimeMilliseconds() - watermark) / 1000 : null;
    }

    private static IEnumerable<AggregatedMetric> Of(ImmutableSortedDictionary<string, AggregatedMetric> values, string name) =>
        values.Where(m => IsNamed(m.Key, name)).Select(static m => m.Value);

    private static double? Total(IEnumerable<AggregatedMetric> metrics)
    {
        var sums = metrics.Select(static m => m.Sum).Where(static s => s is not null).ToList();
        return sums.Count == 0 ? null : sums.Sum();
    }

    private static double? Highest(IEnumerable<AggregatedMetric> metrics) => metrics.Select(static m => m.Maximum).Max();
}
