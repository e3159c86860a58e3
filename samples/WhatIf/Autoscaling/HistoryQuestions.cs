using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Questions about earlier scalings and restarts.</summary>
internal static class HistoryQuestions
{
    public static JsonObject ScalingCoefficient(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var history = input["history"].List().Select(static h => (h["parallelism"].SmallCount(), h["trueProcessingRate"].Double())).ToList();
        return new() { ["coefficient"] = ScalingHistory.ScalabilityCoefficient(settings, history).Json() };
    }

    public static JsonObject RestartTime(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var tracked = input["trackedRestarts"].List().Select(static r => r.Duration()).ToList();
        return new() { ["restartTime"] = RestartTracking.Expected(settings, tracked).Iso() };
    }

    public static JsonObject RestartRecord(ScenarioValue input)
    {
        var duration = RestartTracking.Measure(
            input["scalingAtSec"].TimeSec(), input["jobRunningAtSec"].TimeSec(),
            input["target"].Parallelisms(), input["actual"].Parallelisms());
        return new() { ["recorded"] = duration is not null, ["restartDuration"] = duration?.Iso() };
    }

    public static JsonObject RestartTrim(ScenarioValue input)
    {
        var ages = input["recordAges"].List().Select(static a => a.Duration()).ToList();
        return new() { ["remaining"] = RestartTracking.Kept(ages, input["keepSpan"].Duration(), input["keepCount"].Count()) };
    }

    public static JsonObject HistoryTrim(ScenarioValue input)
    {
        var (settings, now) = (input["config"].Settings(), input["nowSec"].TimeSec());
        var records = input["recordsAtSec"].List().Select(static r => r.TimeSec()).ToList();
        var remaining = ScalingHistory.Trim(settings, records, static r => r, now);
        return new() { ["remainingSec"] = new JsonArray([.. remaining.Select(static r => (JsonNode)r.ToUnixTimeSeconds())]) };
    }
}
