using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Questions about rates over a window.</summary>
internal static class RateQuestions
{
    public static JsonObject Thresholds(ScenarioValue input)
    {
        var thresholds = Capacity.Thresholds(
            input["config"].Settings(), input["targetDataRate"].Double(), input["catchUpDataRate"].Double(),
            input["processingBacklog"].Boolean(), input["restartTime"].Duration());
        return new()
        {
            ["scaleUpRateThreshold"] = thresholds.ScaleUp.Json(),
            ["scaleDownRateThreshold"] = thresholds.ScaleDown.Json(),
        };
    }

    public static JsonObject BacklogDetection(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var metrics = input["history"].History(input["topology"].Topology());
        return new() { ["processingBacklog"] = EdgeRates.IsProcessingBacklog(settings, metrics) };
    }

    public static JsonObject TrueProcessingRate(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var busyBased = ProcessingRates.FromBusyTime(input["busyTimeMsPerSecond"].Double(), input["inputRate"].Double());
        var observed = new MetricSeries();
        foreach (var (at, sample) in input["observedTprSamples"].List().Index())
        {
            observed.Add(at, sample.Double());
        }
        var rate = ProcessingRates.Choose(settings, busyBased, observed.Average(settings.ObservedRateMinObservations));
        return new() { ["trueProcessingRate"] = rate.Json() };
    }

    public static JsonObject BusyTimeAverage(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var metrics = Vertex(input);
        return new() { ["busyTimeMsPerSecond"] = ProcessingRates.BusyTime(settings, metrics, 0, input["parallelism"].SmallCount()).Json() };
    }

    public static JsonObject InputRate(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        return new() { ["inputRate"] = ProcessingRates.InputRate(settings, Vertex(input), 0, isSource: false).Json() };
    }

    public static JsonObject Rate(ScenarioValue input)
    {
        var (vertex, metric) = (input["vertex"].String(), input["metric"].String());
        var series = new MetricSeries();
        foreach (var (at, sample) in AutoscalingReading.Ordered(input["history"]))
        {
            foreach (var (id, metrics) in sample["metrics"].Members())
            {
                foreach (var (name, number) in metrics.MembersOrEmpty())
                {
                    var value = number.DoubleOrNull() ?? double.NaN;
                    if (id == vertex && name == metric)
                    {
                        series.Add(at, value);
                    }
                }
            }
        }
        return new() { ["ratePerSecond"] = series.Rate().Json() };
    }

    public static JsonObject EdgeOutputRatio(ScenarioValue input)
    {
        var topology = input["topology"].Topology();
        var metrics = input["history"].History(topology);
        var (from, to) = (Position(topology, input["from"]), Position(topology, input["to"]));
        return topology.Vertices[to].Inputs.Any(e => e.From == topology.Vertices[from].Id)
            ? new() { ["outputRatio"] = EdgeRates.OutputRatio(metrics, from, to).Json() }
            : throw new ScenarioException("there is no such edge", input["from"].Path);
    }

    public static JsonObject ObservedRate(ScenarioValue input)
    {
        var rate = ProcessingRates.Observe(
            input["config"].Settings(), input["lag"].Double(), input["recordsPerSecond"].Double(),
            input["backPressuredMsPerSecondAvg"].Double(), input["previousObservedTprAverage"].Double());
        return new() { ["observedTpr"] = rate.Json() };
    }

    public static JsonObject ObservedRateFromBackPressure(ScenarioValue input)
    {
        var rate = ProcessingRates.FromBackPressure(input["recordsPerSecond"].Double(), input["backPressuredMsPerSecond"].Double());
        return new() { ["observedTpr"] = rate.Json() };
    }

    public static JsonObject ObservedRateSequence(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var observed = new MetricSeries();
        var answer = new JsonArray();
        foreach (var (at, step) in input["steps"].List().Index())
        {
            var rate = MetricNumbers.Stored(ProcessingRates.Observe(
                settings, step["lag"].Double(), step["recordsPerSecond"].Double(), step["backPressuredMsPerSecondAvg"].Double(),
                observed.Average(settings.ObservedRateMinObservations)));
            observed.Add(at, rate);
            answer.Add(rate.Json());
        }
        return new() { ["observedTpr"] = answer };
    }

    private static MetricSummary Vertex(ScenarioValue input) =>
        input["history"].History(AutoscalingReading.SingleVertex(input["vertex"].String()));

    private static int Position(JobTopology topology, ScenarioValue id) => topology.PositionOf(id.String()) is >= 0 and var position
        ? position
        : throw new ScenarioException($"there is no vertex '{id.String()}'", id.Path);
}
