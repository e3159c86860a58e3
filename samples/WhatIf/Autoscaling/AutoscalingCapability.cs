using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace WhatIf.Autoscaling;

/// <summary>What the autoscaler would do, as a whole or in one of its steps, told apart by the field <c>kind</c>.</summary>
internal sealed class AutoscalingCapability : ICapability
{
    private static readonly FrozenDictionary<string, Func<ScenarioValue, JsonObject>> Questions =
        new Dictionary<string, Func<ScenarioValue, JsonObject>>(StringComparer.Ordinal)
        {
            ["vertex-scale"] = static input => VertexScale.Answer(VertexScale.Decide(input)),
            ["job-scale"] = JobScale.Answer,
            ["scale-factor"] = AlignmentQuestions.ScaleFactor,
            ["alignment"] = AlignmentQuestions.Alignment,
            ["alignment-applicability"] = AlignmentQuestions.Applicability,
            ["alignment-mode-selection"] = AlignmentQuestions.ModeSelection,
            ["scaling-coefficient"] = HistoryQuestions.ScalingCoefficient,
            ["thresholds"] = RateQuestions.Thresholds,
            ["evaluate"] = static input => Evaluate.Answer(Evaluate.Decide(input)),
            ["backlog-detection"] = RateQuestions.BacklogDetection,
            ["true-processing-rate"] = RateQuestions.TrueProcessingRate,
            ["busy-time-average"] = RateQuestions.BusyTimeAverage,
            ["tpr-input-rate"] = RateQuestions.InputRate,
            ["rate"] = RateQuestions.Rate,
            ["edge-output-ratio"] = RateQuestions.EdgeOutputRatio,
            ["load"] = MetricQuestions.Load,
            ["observed-tpr"] = RateQuestions.ObservedRate,
            ["observed-tpr-backpressure"] = RateQuestions.ObservedRateFromBackPressure,
            ["observed-tpr-sequence"] = RateQuestions.ObservedRateSequence,
            ["data-rates"] = MetricQuestions.DataRates,
            ["finished-vertex"] = MetricQuestions.FinishedVertex,
            ["metric-aggregate"] = MetricQuestions.Aggregate,
            ["partition-count"] = MetricQuestions.PartitionCount,
            ["metric-merge"] = MetricQuestions.Merge,
            ["global-metrics-collect"] = MetricQuestions.CollectGlobal,
            ["global-metrics-evaluate"] = MetricQuestions.EvaluateGlobal,
            ["metric-window"] = SequenceQuestions.MetricWindow,
            ["scale-down-sequence"] = SequenceQuestions.ScaleDown,
            ["delay-window"] = SequenceQuestions.DelayWindow,
            ["delay-window-interleaved"] = SequenceQuestions.DelayWindowInterleaved,
            ["restart-time"] = HistoryQuestions.RestartTime,
            ["restart-record"] = HistoryQuestions.RestartRecord,
            ["restart-trim"] = HistoryQuestions.RestartTrim,
            ["history-trim"] = HistoryQuestions.HistoryTrim,
            ["slots-after-rescale"] = ClusterQuestions.SlotsAfterRescale,
            ["memory-tuning"] = MemoryQuestions.Tuning,
            ["memory-scaling"] = MemoryQuestions.Scaling,
            ["network-segments"] = MemoryQuestions.NetworkSegments,
            ["override-merge"] = ApplyQuestions.OverrideMerge,
            ["effective-status"] = MetricQuestions.EffectiveStatus,
            ["config-validation"] = ApplyQuestions.ConfigValidation,
            ["excluded-period-validation"] = ApplyQuestions.ExcludedPeriodValidation,
            ["excluded-period"] = ApplyQuestions.ExcludedPeriod,
            ["pipeline"] = Pipeline.Answer,
            ["delayed-scale-down-e2e"] = DelayedScaleDownEndToEnd.Answer,
            ["cluster-capacity"] = ClusterQuestions.Capacity,
            ["cluster-reservation"] = ClusterQuestions.Reservation,
            ["inplace-requirements"] = ApplyQuestions.InPlace,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public string Name => "autoscaling";

    public string Description => "Which parallelism each vertex would get, and why.";

    public JsonObject Answer(ScenarioValue scenario)
    {
        var kind = scenario["kind"].String();
        return Questions.TryGetValue(kind, out var question)
            ? question(scenario["input"].RequiredObject())
            : throw new ScenarioException($"there is no autoscaling scenario of kind '{kind}'", "$.kind");
    }

    public void Show(ScenarioValue scenario, JsonObject answer, IAnsiConsole console)
    {
        var input = scenario["input"];
        switch (scenario["kind"].String())
        {
            case "vertex-scale":
                DecisionTable.Show([VertexScale.Decide(input)], console);
                break;
            case "job-scale":
                DecisionTable.Show(JobScale.Decide(input).Decision.Vertices, console);
                DecisionTable.ShowRest(answer, console, "scalingTriggered", "events");
                break;
            case "evaluate" when Evaluate.Decide(input) is { } decision:
                DecisionTable.Show(decision.Vertices, console);
                break;
            case "pipeline":
                Pipeline.Show(input, console);
                break;
            default:
                DecisionTable.ShowRest(answer, console, [.. answer.Select(static a => a.Key)]);
                break;
        }
    }
}
