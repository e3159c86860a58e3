using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Parts of autoscaling scenarios that recur.</summary>
internal static partial class AutoscalingReading
{
    public static readonly string[] VertexMetricNames =
        ["LAG", "LOAD", "ACCUMULATED_BUSY_TIME", "NUM_RECORDS_IN", "NUM_RECORDS_OUT", "NUM_RECORDS_IN_PER_SECOND", "OBSERVED_TPR"];

    public static readonly string[] JobMetricNames =
        ["HEAP_MEMORY_USED", "HEAP_MAX_USAGE_RATIO", "MANAGED_MEMORY_USED", "METASPACE_MEMORY_USED", "GC_PRESSURE", "NUM_TASK_SLOTS_USED"];

    public static ScenarioValue RequiredObject(this ScenarioValue value)
    {
        value.Members();
        return value;
    }

    /// <summary>A count or a capacity of 32 bits.</summary>
    public static int SmallCount(this ScenarioValue value) => value.Int32() is >= 0 and var count ? count : throw value.Wrong("0 or more");

    public static int SmallCount(this ScenarioValue value, int missing) => value.IsSet ? value.SmallCount() : missing;

    /// <summary>A capacity that may have a fraction.</summary>
    public static double Amount(this ScenarioValue value) => value.Double() is var amount && amount < 0 ? throw value.Wrong("0 or more") : amount;

    public static double? AmountOrNull(this ScenarioValue value) => value.IsSet ? value.Amount() : null;

    public static TimeSpan Duration(this ScenarioValue value) => TryDuration(value.String(), out var duration)
        ? duration
        : throw value.Wrong("an ISO-8601 duration such as PT1H30M");

    public static DateTimeOffset TimeMs(this ScenarioValue value)
    {
        var ms = value.Int64();
        return ms >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : throw value.Wrong("within the calendar");
    }

    public static DateTimeOffset TimeSec(this ScenarioValue value)
    {
        var seconds = value.Int64();
        return seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw value.Wrong("within the calendar");
    }

    public static IReadOnlyList<string> Strings(this ScenarioValue value) => [.. value.List().Select(static v => v.String())];

    public static Dictionary<string, int> Parallelisms(this ScenarioValue value) =>
        value.Members().ToDictionary(static m => m.Key, static m => m.Value.SmallCount(), StringComparer.Ordinal);

    public static ShipStrategy Strategy(this ScenarioValue value) => value.Word(
        ("FORWARD", ShipStrategy.Forward), ("REBALANCE", ShipStrategy.Rebalance), ("RESCALE", ShipStrategy.Rescale),
        ("HASH", ShipStrategy.Hash), ("BROADCAST", ShipStrategy.Broadcast), ("CUSTOM", ShipStrategy.Custom));

    public static bool HasHash(this ScenarioValue strategies) =>
        strategies.List().Select(static s => s.Strategy()).ToList().Contains(ShipStrategy.Hash);

    public static AlignmentMode AlignmentMode(this ScenarioValue value) => value.Word(
        [.. Enum.GetValues<AlignmentMode>().Select(static m => (ModeName(m), m))]);

    public static string ModeName(AlignmentMode mode) => mode switch
    {
        Flink.Resources.Autoscaling.AlignmentMode.EvenlySpread => "EVENLY_SPREAD",
        Flink.Resources.Autoscaling.AlignmentMode.Off => "OFF",
        Flink.Resources.Autoscaling.AlignmentMode.LegacyEvenlySpread => "LEGACY_EVENLY_SPREAD",
        Flink.Resources.Autoscaling.AlignmentMode.LegacyMaximizeUtilisation => "LEGACY_MAXIMIZE_UTILISATION",
        _ => "BALANCED",
    };

    public static JobTopology Topology(this ScenarioValue value)
    {
        var vertices = value.List();
        var ids = vertices.Select(static v => v["id"].String()).ToList();
        for (var i = 0; i < ids.Count; i++)
        {
            if (ids.IndexOf(ids[i]) < i)
            {
                throw new ScenarioException($"two vertices are called '{ids[i]}'", vertices[i]["id"].Path);
            }
        }
        var known = ids.ToHashSet(StringComparer.Ordinal);
        try
        {
            return new([.. vertices.Select(v => Vertex(v, known))]);
        }
        catch (ArgumentException exception)
        {
            // Without the name of a parameter that no scenario knows.
            throw new ScenarioException(exception.Message.Split(" (Parameter", 2)[0], value.Path);
        }
    }

    /// <summary>Metrics over time, condensed. They count as given: what a scenario says was stored is not rounded again.</summary>
    public static MetricSummary History(this ScenarioValue value, JobTopology topology)
    {
        var summary = new MetricSummary(topology);
        foreach (var (at, sample) in Ordered(value))
        {
            summary.Begin(at);
            foreach (var (id, metrics) in sample["metrics"].Members())
            {
                foreach (var (name, number) in metrics.MembersOrEmpty())
                {
                    if (number.DoubleOrNull() is { } given && topology.PositionOf(id) is >= 0 and var vertex
                        && Array.IndexOf(VertexMetricNames, name) is >= 0 and var metric)
                    {
                        summary.Add(vertex, (VertexMetric)metric, given);
                    }
                }
            }
        }
        return summary;
    }

    /// <summary>Samples by time; of two of one instant the later one counts.</summary>
    public static IEnumerable<KeyValuePair<long, ScenarioValue>> Ordered(ScenarioValue history)
    {
        var samples = new SortedDictionary<long, ScenarioValue>();
        foreach (var sample in history.List())
        {
            samples[sample["atMs"].Int64()] = sample;
        }
        return samples;
    }

    /// <summary>A topology of vertices without edges, for questions about one vertex.</summary>
    public static JobTopology SingleVertex(string id) => new([new() { Id = id }]);

    public static JsonNode Json(this double value) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        _ => value,
    };

    public static string Iso(this TimeSpan duration) => string.Create(CultureInfo.InvariantCulture,
        $"{(duration < TimeSpan.Zero ? "-" : "")}PT{Math.Abs((decimal)duration.Ticks) / TimeSpan.TicksPerSecond:0.#######}S");

    public static JsonArray Json(this IEnumerable<string> values) => [.. values.Select(static v => (JsonNode)v)];

    public static JsonObject Json(this IEnumerable<KeyValuePair<string, int>> values)
    {
        var result = new JsonObject();
        foreach (var (key, value) in values)
        {
            result[key] = value;
        }
        return result;
    }

    /// <summary>Why each vertex gets what it gets, by vertex.</summary>
    public static JsonObject Explanations(this JobDecision decision)
    {
        var result = new JsonObject();
        foreach (var vertex in decision.Vertices)
        {
            result[vertex.Evaluation.Id] = vertex.Explain();
        }
        return result;
    }

    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (Iso8601().Match(text) is not { Success: true } match || text[^1] is 'P' or 'T' or 'p' or 't')
        {
            return false;
        }
        var seconds = 0m;
        foreach (var (group, unit) in (ReadOnlySpan<(string, decimal)>)[("d", 86400), ("h", 3600), ("m", 60), ("s", 1)])
        {
            if (match.Groups[group].Success)
            {
                if (!decimal.TryParse(match.Groups[group].Value.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    || Math.Abs(number) > 1e15m)
                {
                    return false;
                }
                seconds += number * unit;
            }
        }
        var ticks = decimal.Truncate(seconds * TimeSpan.TicksPerSecond) * (match.Groups["sign"].Value == "-" ? -1 : 1);
        var fits = ticks >= long.MinValue && ticks <= long.MaxValue;
        duration = fits ? TimeSpan.FromTicks((long)ticks) : default;
        return fits;
    }

    private static JobVertex Vertex(ScenarioValue value, HashSet<string> known) => new()
    {
        Id = value["id"].String(),
        Parallelism = value["parallelism"].SmallCount(1),
        MaxParallelism = value["maxParallelism"].SmallCount(1),
        SourcePartitions = value["numSourcePartitions"].SmallCount(0),
        Inputs =
        [
            .. value["inputs"].Members().Select(input => known.Contains(input.Key)
                ? new JobEdge(input.Key, input.Value.Strategy())
                : throw new ScenarioException($"there is no vertex '{input.Key}'", input.Value.Path)),
        ],
    };

    [GeneratedRegex(
        @"^(?<sign>[+-]?)P((?<d>[+-]?[0-9]+)D)?(T((?<h>[+-]?[0-9]+)H)?((?<m>[+-]?[0-9]+)M)?((?<s>[+-]?[0-9]+([.,][0-9]*)?)S)?)?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Iso8601();
}
