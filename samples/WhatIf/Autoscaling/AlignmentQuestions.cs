using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Questions about limits and alignment.</summary>
internal static class AlignmentQuestions
{
    public static JsonObject ScaleFactor(ScenarioValue input)
    {
        var (limits, factor) = (Limits(input), input["scaleFactor"].Double());
        return limits.Lower > limits.Upper
            ? new() { ["error"] = "invalid-argument" }
            : new() { ["parallelism"] = ParallelismStep.ScaleAndAlign(factor, limits).Parallelism };
    }

    public static JsonObject Alignment(ScenarioValue input)
    {
        var aligned = ParallelismAlignment.Align(input["targetParallelism"].SmallCount(), Limits(input));
        return new() { ["parallelism"] = aligned.Parallelism, ["scalingLimitedEvent"] = aligned.Limited };
    }

    public static JsonObject Applicability(ScenarioValue input)
    {
        _ = input["alignmentMode"].AlignmentMode();
        var (partitions, hash) = (input["numSourcePartitions"].SmallCount(), input["inputShipStrategies"].HasHash());
        return new() { ["applicable"] = ParallelismAlignment.Applies(partitions, hash) };
    }

    public static JsonObject ModeSelection(ScenarioValue input) =>
        new() { ["mode"] = AutoscalingReading.ModeName(input["config"].Settings().AlignmentMode) };

    private static ParallelismLimits Limits(ScenarioValue input) => new(
        input["currentParallelism"].SmallCount(),
        input["lowerLimit"].SmallCount(),
        input["upperLimit"].SmallCount(),
        input["maxParallelism"].SmallCount(),
        input["numSourcePartitions"].SmallCount(),
        input["inputShipStrategies"].HasHash(),
        input["alignmentMode"].AlignmentMode());
}
