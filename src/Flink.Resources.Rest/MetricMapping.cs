using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>Metrics from the wire: what has no finite number is missing, not zero.</summary>
internal static class MetricMapping
{
    public static string Path(MetricScope scope) => scope switch
    {
        MetricScope.JobManager => "jobmanager/metrics",
        MetricScope.Job job => $"jobs/{job.JobId}/metrics",
        MetricScope.Vertex vertex => $"jobs/{vertex.JobId}/vertices/{Uri.EscapeDataString(vertex.VertexId)}/metrics",
        MetricScope.TaskManagers => "taskmanagers/metrics",
        MetricScope.TaskManager one => $"taskmanagers/{Uri.EscapeDataString(one.Id)}/metrics",
        _ => throw new UnreachableException(),
    };

    public static string AggregatePath(MetricScope scope) => scope switch
    {
        MetricScope.Vertex vertex => $"jobs/{vertex.JobId}/vertices/{Uri.EscapeDataString(vertex.VertexId)}/subtasks/metrics",
        MetricScope.TaskManagers => "taskmanagers/metrics",
        _ => throw new ArgumentException("Only metrics of a vertex and of all TaskManagers can be aggregated.", nameof(scope)),
    };

    public static string Join(ImmutableArray<string> names) => string.Join(',', names.Select(Uri.EscapeDataString));

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
            values[metric.Id!] = new AggregatedMetric(
                Number(metric.Min), Number(metric.Max), Number(metric.Avg), Number(metric.Sum));
        }
        return values.ToImmutable();
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
