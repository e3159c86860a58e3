using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>Metrics from the wire: what has no finite number is missing, not zero.</summary>
internal static class MetricMapping
{
    private const int LongestNames = 3000;

    public static string Path(MetricScope scope) => scope switch
    {
        MetricScope.JobManager => "jobmanager/metrics",
        MetricScope.Job job => $"jobs/{Job(job.JobId)}/metrics",
        MetricScope.Vertex vertex => $"jobs/{Job(vertex.JobId)}/vertices/{Segment(vertex.VertexId)}/metrics",
        MetricScope.TaskManagers => "taskmanagers/metrics",
        MetricScope.TaskManager one => $"taskmanagers/{Segment(one.Id)}/metrics",
        _ => throw new UnreachableException(),
    };

    public static string AggregatePath(MetricScope scope) => scope switch
    {
        MetricScope.Vertex vertex => $"jobs/{Job(vertex.JobId)}/vertices/{Segment(vertex.VertexId)}/subtasks/metrics",
        MetricScope.TaskManagers => "taskmanagers/metrics",
        _ => throw new ArgumentException("Only metrics of a vertex and of all TaskManagers can be aggregated.", nameof(scope)),
    };

    public static string Join(ImmutableArray<string> names) => string.Join(',', names.Select(Uri.EscapeDataString));

    /// <summary>The names, checked and without doubles, in parts that fit into Flink's longest request line (4096 bytes).</summary>
    public static ImmutableArray<ImmutableArray<string>> Parts(ImmutableArray<string> names)
    {
        var parts = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        var part = ImmutableArray.CreateBuilder<string>();
        var length = 0;
        foreach (var name in names.IsDefault ? [] : names.Distinct(StringComparer.Ordinal))
        {
            if (string.IsNullOrWhiteSpace(name) || name.Contains(',', StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{name}' is no metric name: it is empty or holds a comma.", nameof(names));
            }
            length += Uri.EscapeDataString(name).Length + 1;
            if (length > LongestNames && part.Count > 0)
            {
                parts.Add(part.DrainToImmutable());
                length = Uri.EscapeDataString(name).Length + 1;
            }
            part.Add(name);
        }
        if (part.Count > 0)
        {
            parts.Add(part.DrainToImmutable());
        }
        return parts.ToImmutable();
    }

    public static ImmutableArray<string> Names(List<MetricWire> wire) => [.. wire.Where(static m => m.Id is not null).Select(static m => m.Id!)];

    public static ImmutableSortedDictionary<string, double> Values(List<MetricWire> wire)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var metric in wire)
        {
            if (metric.Id is not null && Number(metric.Value) is { } number)
            {
                values[metric.Id] = number;
            }
        }
        return values.ToImmutable();
    }

    public static ImmutableSortedDictionary<string, AggregatedMetric> Aggregates(List<MetricWire> wire)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, AggregatedMetric>(StringComparer.Ordinal);
        foreach (var metric in wire.Where(static m => m.Id is not null))
        {
            var value = new AggregatedMetric(Number(metric.Min), Number(metric.Max), Number(metric.Avg), Number(metric.Sum));
            if (value is not { Minimum: null, Maximum: null, Average: null, Sum: null })
            {
                values[metric.Id!] = value;
            }
        }
        return values.ToImmutable();
    }

    private static string Job(FlinkJobId job) =>
        job.Value.Length == 32 ? job.Value : throw new ArgumentException("The Flink job id is empty.", nameof(job));

    private static string Segment(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        return Uri.EscapeDataString(id);
    }

    private static double? Number(JsonElement? value)
    {
        var text = value switch
        {
            { ValueKind: JsonValueKind.String } word => word.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => null,
        };
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) && double.IsFinite(parsed)
            ? parsed
            : null;
    }
}
