using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Questions about what is made of Flink's metrics.</summary>
internal static class MetricQuestions
{
    public static JsonObject Load(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var busy = input["busyTimeMsPerSecond"];
        var load = FlinkMetrics.Load(settings, new(busy["min"].Double(), busy["max"].Double(), busy["avg"].Double()));
        var excluded = settings.ExcludedVertices.ToHashSet(StringComparer.Ordinal);
        if (input["vertex"].StringOrNull() is { } vertex && double.IsNaN(load))
        {
            excluded.Add(vertex);
        }
        return new()
        {
            ["load"] = load.Json(),
            ["accumulatedBusyTime"] = input["accumulatedBusyTime"].Double().Json(),
            ["excludedVertices"] = excluded.Order(StringComparer.Ordinal).Json(),
        };
    }

    public static JsonObject DataRates(ScenarioValue input)
    {
        var (perSecond, earlier) = (input["sourceRecordsInPerSecond"].Double(), input["previousObservedTprAverage"].Double());
        var metrics = new JsonObject
        {
            ["NUM_RECORDS_IN"] = input["io"]["recordsIn"].Double().Json(),
            ["NUM_RECORDS_OUT"] = input["io"]["recordsOut"].Double().Json(),
        };
        if (input["isSource"].Boolean())
        {
            metrics["OBSERVED_TPR"] = ProcessingRates.Observe(new(), 0, perSecond, 0, earlier).Json();
        }
        return new() { ["metrics"] = metrics };
    }

    public static JsonObject FinishedVertex(ScenarioValue input)
    {
        _ = input["isSource"].Boolean();
        var metrics = new JsonObject();
        foreach (var (metric, value) in FlinkMetrics.Finished)
        {
            metrics[AutoscalingReading.VertexMetricNames[(int)metric]] = value.Json();
        }
        return new() { ["metrics"] = metrics };
    }

    public static JsonObject Aggregate(ScenarioValue input)
    {
        var metrics = input["metrics"].List().Select(static m => KeyValuePair.Create(m["name"].String(), m["sum"].Double()));
        return new() { ["pendingRecords"] = FlinkMetrics.PendingRecords([.. metrics]).Json() };
    }

    public static JsonObject PartitionCount(ScenarioValue input) =>
        new() { ["numSourcePartitions"] = FlinkMetrics.SourcePartitions(input["metricNames"].Strings()) };

    public static JsonObject Merge(ScenarioValue input)
    {
        var merged = Read(input["base"]).Merge(Read(input["override"]));
        return new() { ["current"] = merged.Current.Json(), ["average"] = merged.Average.Json() };

        static MetricOverride Read(ScenarioValue value) => new(value["current"].Double(), value["average"].Double());
    }

    public static JsonObject CollectGlobal(ScenarioValue input)
    {
        var manager = input["taskManager"].RequiredObject();
        var metrics = new JsonObject();
        foreach (var (metric, value) in FlinkMetrics.Memory(Max("heapUsed"), Max("heapMax"), Max("managedUsed"), Max("metaspaceUsed")))
        {
            metrics[AutoscalingReading.JobMetricNames[(int)metric]] = value.Json();
        }
        return new() { ["metrics"] = metrics };

        double? Max(string name)
        {
            var value = manager[name];
            if (!value.IsSet)
            {
                return null;
            }
            _ = value["avg"].DoubleOrNull();
            return value["max"].Double();
        }
    }

    public static JsonObject EvaluateGlobal(ScenarioValue input)
    {
        var summary = new MetricSummary(new([]));
        foreach (var (at, sample) in input["history"].List().Index())
        {
            summary.Begin(at);
            foreach (var (name, number) in sample.Members())
            {
                if (Array.IndexOf(AutoscalingReading.JobMetricNames, name) is >= 0 and var metric && number.DoubleOrNull() is { } value)
                {
                    summary.Add((JobMetric)metric, value);
                }
            }
        }
        return new()
        {
            ["heapMaxUsageRatio"] = Both(JobMetric.HeapUsageRatio),
            ["gcPressure"] = Latest(JobMetric.GcPressure),
            ["heapMemoryUsed"] = Both(JobMetric.HeapUsed),
            ["managedMemoryUsed"] = Both(JobMetric.ManagedMemoryUsed),
            ["metaspaceMemoryUsed"] = Both(JobMetric.MetaspaceUsed),
            ["numTaskSlotsUsed"] = Latest(JobMetric.TaskSlotsUsed),
        };

        JsonArray Both(JobMetric metric) => Pair(metric, MetricNumbers.Stored(summary.Of(metric).Average()));
        JsonArray Latest(JobMetric metric) => Pair(metric, double.NaN);
        JsonArray Pair(JobMetric metric, double average) => [(summary.Latest(metric) ?? double.NaN).Json(), average.Json()];
    }

    public static JsonObject EffectiveStatus(ScenarioValue input)
    {
        var tasks = input["tasks"].Members().Select(static t => KeyValuePair.Create(t.Key, t.Value.Count())).ToList();
        return new() { ["effectiveStatus"] = FlinkMetrics.EffectiveStatus(input["jobStatus"].String(), tasks) };
    }
}
