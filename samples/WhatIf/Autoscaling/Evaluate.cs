using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Rates, thresholds and decision from metrics over time.</summary>
internal static class Evaluate
{
    /// <summary>Null: the metrics cannot be used.</summary>
    public static JobDecision? Decide(ScenarioValue input)
    {
        var (settings, restartTime) = (input["config"].Settings(), input["restartTime"].Duration());
        var topology = input["topology"].Topology();
        var metrics = input["history"].History(topology);
        var evaluation = JobEvaluator.Evaluate(settings, metrics, restartTime, [new Overrides(input["metricOverrides"])]);
        return evaluation.Failure is not null ? null : JobScaler.Decide(
            settings, evaluation.Vertices, static _ => VertexMemory.None,
            settings.ExcludedVertices.ToFrozenSet(StringComparer.Ordinal), restartTime, DateTimeOffset.UnixEpoch);
    }

    public static JsonObject Answer(JobDecision? decision)
    {
        if (decision is null)
        {
            return new() { ["error"] = "illegal-state" };
        }
        var vertices = new JsonObject();
        foreach (var vertex in decision.Vertices)
        {
            var evaluation = vertex.Evaluation;
            vertices[evaluation.Id] = new JsonObject
            {
                ["loadAverage"] = evaluation.LoadAverage.Json(),
                ["targetDataRate"] = evaluation.TargetDataRate.Json(),
                ["catchUpDataRate"] = evaluation.CatchUpDataRate.Json(),
                ["lag"] = evaluation.Lag?.Json(),
                ["trueProcessingRate"] = evaluation.TrueProcessingRate.Json(),
                ["scaleUpRateThreshold"] = evaluation.Thresholds.ScaleUp.Json(),
                ["scaleDownRateThreshold"] = evaluation.Thresholds.ScaleDown.Json(),
                ["newParallelism"] = vertex.NewParallelism,
                ["explanation"] = vertex.Explain(),
            };
        }
        return new() { ["vertices"] = vertices };
    }

    private sealed class Overrides : IMetricEvaluator
    {
        private readonly Dictionary<(string Vertex, string Metric), MetricOverride> _overrides = [];

        public Overrides(ScenarioValue value)
        {
            foreach (var (vertex, metrics) in value.MembersOrEmpty())
            {
                foreach (var (name, metric) in metrics.MembersOrEmpty())
                {
                    if (metric.IsSet)
                    {
                        _overrides[(vertex, name)] = new(metric["current"].Double(double.NaN), metric["average"].Double(double.NaN));
                    }
                }
            }
        }

        public VertexEvaluation Adjust(VertexEvaluation computed, MetricSummary metrics) => computed with
        {
            TargetDataRate = Merge("TARGET_DATA_RATE", double.NaN, computed.TargetDataRate, computed.Id).Average,
            CatchUpDataRate = Merge("CATCH_UP_DATA_RATE", computed.CatchUpDataRate, double.NaN, computed.Id).Current,
            TrueProcessingRate = Merge("TRUE_PROCESSING_RATE", double.NaN, computed.TrueProcessingRate, computed.Id).Average,
            LoadAverage = Merge("LOAD", double.NaN, computed.LoadAverage, computed.Id).Average,
            Lag = Merge("LAG", computed.Lag ?? double.NaN, double.NaN, computed.Id).Current is var lag && double.IsNaN(lag) ? null : lag,
            Thresholds = new(
                Merge("SCALE_UP_RATE_THRESHOLD", computed.Thresholds.ScaleUp, double.NaN, computed.Id).Current,
                Merge("SCALE_DOWN_RATE_THRESHOLD", computed.Thresholds.ScaleDown, double.NaN, computed.Id).Current),
        };

        private MetricOverride Merge(string metric, double current, double average, string vertex)
        {
            var computed = new MetricOverride(current, average);
            if (!_overrides.TryGetValue((vertex, metric), out var replacement))
            {
                return computed;
            }
            var merged = computed.Merge(replacement);
            return new(MetricNumbers.Stored(merged.Current), MetricNumbers.Stored(merged.Average));
        }
    }
}
