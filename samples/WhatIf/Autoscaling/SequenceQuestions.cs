using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Questions about state over several steps.</summary>
internal static class SequenceQuestions
{
    public static JsonObject MetricWindow(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var (topology, window) = (new JobTopology([]), new MetricWindow());
        var answer = new JsonArray();
        foreach (var step in input["steps"].List())
        {
            var full = window.Collect(settings, new(topology, step["atMs"].Int64()), step["jobRunningSinceMs"].Int64());
            answer.Add(new JsonObject { ["samples"] = window.Count, ["fullyCollected"] = full });
        }
        return new() { ["steps"] = answer };
    }

    public static JsonObject ScaleDown(ScenarioValue input)
    {
        var (settings, restartTime) = (input["config"].Settings(), input["restartTime"].Duration());
        var vertex = input["vertex"].RequiredObject();
        DelayedScaleDown? delayed = null;
        foreach (var preset in input["presetRecommendations"].List())
        {
            delayed = Record(delayed, Recommendation(preset, preset["atMs"].TimeMs()));
        }
        var answer = new JsonArray();
        foreach (var step in input["steps"].List())
        {
            ScenarioValue Field(string name) => step[name].IsSet || !vertex[name].IsSet ? step[name] : vertex[name];
            var evaluation = VertexScale.Evaluation(settings, restartTime, "vertex", Field("inputShipStrategies").HasHash(), Field);
            (var decision, delayed) = VertexScaler.Decide(
                settings, evaluation, VertexMemory.None with { Delayed = delayed }, restartTime, step["atMs"].TimeMs());
            answer.Add(new JsonObject
            {
                ["newParallelism"] = decision.NewParallelism,
                ["scaled"] = decision.IsChange,
                ["outsideUtilizationBound"] = decision.IsChange && decision.OutsideUtilizationBound,
                ["pendingScaleDown"] = delayed is not null,
            });
        }
        return new() { ["steps"] = answer };
    }

    public static JsonObject DelayWindow(ScenarioValue input)
    {
        DelayedScaleDown? delayed = null;
        foreach (var trigger in input["triggers"].List())
        {
            delayed = Record(delayed, Recommendation(trigger, trigger["atSec"].TimeSec()));
        }
        return new()
        {
            ["firstTriggerSec"] = delayed?.FirstTrigger.ToUnixTimeSeconds(),
            ["maxRecommended"] = Ask(ref delayed, input["windowStartsSec"]),
        };
    }

    public static JsonObject DelayWindowInterleaved(ScenarioValue input)
    {
        DelayedScaleDown? delayed = null;
        var answer = new JsonArray();
        foreach (var step in input["steps"].List())
        {
            var trigger = step["trigger"];
            delayed = Record(step["clearBefore"].Boolean(false) ? null : delayed, Recommendation(trigger, trigger["atSec"].TimeSec()));
            var asked = Ask(ref delayed, step["windowStartsSec"]);
            answer.Add(new JsonObject { ["maxRecommended"] = asked, ["firstTriggerSec"] = delayed?.FirstTrigger.ToUnixTimeSeconds() });
        }
        return new() { ["steps"] = answer, ["firstTriggerSec"] = delayed?.FirstTrigger.ToUnixTimeSeconds() };
    }

    private static JsonArray Ask(ref DelayedScaleDown? delayed, ScenarioValue starts)
    {
        var answer = new JsonArray();
        foreach (var start in starts.List())
        {
            delayed = delayed?.DropBefore(start.TimeSec());
            answer.Add(delayed is null || delayed.Recommendations.IsEmpty
                ? new JsonObject { ["error"] = "illegal-state" }
                : Json(delayed.Highest()));
        }
        return answer;
    }

    private static JsonObject Json(RecommendedParallelism recommended) => new()
    {
        ["atSec"] = recommended.At.ToUnixTimeSeconds(),
        ["parallelism"] = recommended.Parallelism,
        ["outsideUtilizationBound"] = recommended.OutsideUtilizationBound,
    };

    private static RecommendedParallelism Recommendation(ScenarioValue value, DateTimeOffset at) =>
        new(at, value["parallelism"].SmallCount(), value["outsideUtilizationBound"].Boolean());

    private static DelayedScaleDown Record(DelayedScaleDown? delayed, RecommendedParallelism recommended) =>
        delayed?.Record(recommended) ?? DelayedScaleDown.Start(recommended);
}
