using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;
using Spectre.Console;

namespace WhatIf.Autoscaling;

/// <summary>A job over several cycles, from what Flink reports to what is carried out.</summary>
internal static class Pipeline
{
    public static JsonObject Answer(ScenarioValue input)
    {
        var answer = new JsonArray();
        Run(input, (_, job) => answer.Add(new JsonObject
        {
            ["samples"] = job.Samples,
            ["scalings"] = job.Scalings,
            ["balanced"] = job.Balanced,
            ["parallelismOverrides"] = job.Memory.Overrides.Json(),
            ["recommendedParallelism"] = job.Last?.Decision?.Parallelism().Json(),
            ["explanations"] = job.Last?.Decision?.Explanations(),
            ["reports"] = job.Last?.Events.Select(static e => e.Message).Json(),
        }));
        return new() { ["steps"] = answer };
    }

    public static void Show(ScenarioValue input, IAnsiConsole console) => Run(input, (step, job) =>
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"At {step["atMs"].Int64()} ms: {job.Last?.Status}, {job.Samples} samples, {job.Scalings} scalings so far"));
        if (job.Last?.Decision is { } decision)
        {
            DecisionTable.Show(decision.Vertices, console);
        }
        foreach (var report in job.Last?.Events ?? [])
        {
            console.WriteLine(report.Message);
        }
    });

    private static void Run(ScenarioValue input, Action<ScenarioValue, JobCycle> after)
    {
        List<ScenarioValue> config = [input["config"]];
        var topology = input["topology"].Topology();
        SettingsReading.Settings(config);
        var job = new JobCycle();
        foreach (var step in input["steps"].List())
        {
            if (step["config"].IsSet)
            {
                config.Add(step["config"]);
            }
            topology = step["topology"].IsSet ? step["topology"].Topology() : topology;
            var settings = SettingsReading.Settings(config) with { MetricsWindow = step["metricsWindow"].Duration() };
            var (at, runningSince) = (step["atMs"].TimeMs(), step["jobRunningSinceMs"].TimeMs());
            if ((step["jobStatus"].StringOrNull() ?? "RUNNING") == "RUNNING")
            {
                var sample = new MetricSample(topology, at.ToUnixTimeMilliseconds());
                var excluded = Collect(settings, step["metrics"], sample, job, runningSince);
                job.Run(settings, sample, runningSince, excluded, AdditionFacts.Read(step));
            }
            after(step, job);
        }
    }

    private static List<string> Collect(
        AutoscalerSettings settings, ScenarioValue metrics, MetricSample sample, JobCycle job, DateTimeOffset runningSince)
    {
        metrics.RequiredObject();
        var excluded = new List<string>();
        for (var vertex = 0; vertex < sample.Topology.Vertices.Length; vertex++)
        {
            var given = metrics[sample.Topology.Vertices[vertex].Id];
            var busy = given["maxBusyMsPerSec"].Double();
            var load = FlinkMetrics.Load(settings, new(busy, busy, busy));
            if (double.IsNaN(load))
            {
                excluded.Add(sample.Topology.Vertices[vertex].Id);
            }
            sample.Set(vertex, VertexMetric.Load, load);
            sample.Set(vertex, VertexMetric.RecordsIn, given["numRecordsIn"].Double());
            sample.Set(vertex, VertexMetric.RecordsOut, given["numRecordsOut"].Double(0));
            var perSecond = given["numRecordsInPerSec"].DoubleOrNull();
            var backPressured = given["avgBackPressuredMsPerSec"].Double(0);
            var lag = given["pendingRecords"].Double(0);
            if (!sample.Topology.Vertices[vertex].Inputs.IsEmpty)
            {
                sample.Set(vertex, VertexMetric.RecordsInPerSecond, perSecond ?? double.NaN);
                continue;
            }
            sample.Set(vertex, VertexMetric.Lag, lag);
            if (perSecond is { } rate)
            {
                var earlier = job.EarlierObserved(settings, sample.Topology, vertex, runningSince.ToUnixTimeMilliseconds());
                sample.Set(vertex, VertexMetric.ObservedTrueProcessingRate, ProcessingRates.Observe(settings, lag, rate, backPressured, earlier));
            }
        }
        return excluded;
    }
}
