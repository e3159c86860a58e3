using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>What one vertex would get by its own rates.</summary>
internal static class VertexScale
{
    public static VertexDecision Decide(ScenarioValue input)
    {
        var (settings, restartTime) = (input["config"].Settings(), input["restartTime"].Duration());
        var vertex = input["vertex"];
        var evaluation = Evaluation(settings, restartTime, "vertex", vertex["inputShipStrategies"].HasHash(), name => vertex[name]);
        var history = input["history"].List().Select(Record).ToList();
        var memory = new VertexMemory(
            history.Count == 0 ? null : history[^1], [.. history.Select(static h => (h.CurrentParallelism, h.TrueProcessingRate))], null);
        return VertexScaler.Decide(settings, evaluation, memory, restartTime, DateTimeOffset.UnixEpoch).Decision;
    }

    public static JsonObject Answer(VertexDecision decision) => new()
    {
        ["newParallelism"] = decision.NewParallelism,
        ["scaled"] = decision.IsChange,
        ["outsideUtilizationBound"] = decision.IsChange && decision.OutsideUtilizationBound,
        ["expectedProcessingRate"] = decision.IsChange ? decision.ExpectedProcessingRate.Json() : null,
        ["events"] = decision.Events.Select(static e => e.ToString()).Json(),
        ["explanation"] = decision.Explain(),
    };

    public static VertexEvaluation Evaluation(
        AutoscalerSettings settings, TimeSpan restartTime, string id, bool hasHash, Func<string, ScenarioValue> field)
    {
        var target = MetricNumbers.Stored(field("targetDataRate").Double());
        var catchUp = MetricNumbers.Stored(field("catchUpDataRate").Double(0));
        return new()
        {
            Id = id,
            Parallelism = field("parallelism").SmallCount(),
            MaxParallelism = field("maxParallelism").SmallCount(),
            SourcePartitions = field("numSourcePartitions").SmallCount(),
            HasHashInput = hasHash,
            TargetDataRate = target,
            CatchUpDataRate = catchUp,
            TrueProcessingRate = MetricNumbers.Stored(field("trueProcessingRate").Double()),
            Thresholds = Capacity.Thresholds(settings, target, catchUp, processingBacklog: false, restartTime),
        };
    }

    private static ScalingRecord Record(ScenarioValue value) => new(
        DateTimeOffset.UnixEpoch,
        value["currentParallelism"].SmallCount(),
        value["newParallelism"].SmallCount(),
        MetricNumbers.Stored(value["trueProcessingRate"].Double()),
        MetricNumbers.Stored(value["expectedProcessingRate"].Double(double.NaN)));
}
