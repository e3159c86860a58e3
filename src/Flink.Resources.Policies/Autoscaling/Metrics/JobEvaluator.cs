using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>Rates, targets and thresholds of a whole job.</summary>
/// <param name="Vertices">Per vertex, inputs first.</param>
/// <param name="ProcessingBacklog">Whether a backlog is being worked off.</param>
/// <param name="Failure">Why the cycle cannot be used; null when it can.</param>
public sealed record JobEvaluation(ImmutableArray<VertexEvaluation> Vertices, bool ProcessingBacklog, string? Failure);

/// <summary>Evaluates the metrics of a window over the job graph, in one pass.</summary>
public static class JobEvaluator
{
    /// <summary>Evaluates. A source whose input rate is unknown fails the cycle.</summary>
    public static JobEvaluation Evaluate(
        AutoscalerSettings settings, MetricSummary metrics, TimeSpan restartTime, ImmutableArray<IMetricEvaluator> evaluators = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(metrics);
        var topology = metrics.Topology;
        var backlog = EdgeRates.IsProcessingBacklog(settings, metrics);
        var result = ImmutableArray.CreateBuilder<VertexEvaluation>(topology.Vertices.Length);
        for (var position = 0; position < topology.Vertices.Length; position++)
        {
            var vertex = topology.Vertices[position];
            var (target, catchUp) = topology.IsSource(position)
                ? SourceRates(settings, metrics, position)
                : ArrivingRates(metrics, result, position);
            if (double.IsNaN(target) && topology.IsSource(position))
            {
                return new([], backlog, $"The input rate of source '{vertex.Id}' is unknown: fewer than two samples count its records.");
            }
            target = MetricNumbers.Stored(target);
            catchUp = MetricNumbers.Stored(catchUp);
            var evaluation = new VertexEvaluation
            {
                Id = vertex.Id,
                Parallelism = vertex.Parallelism,
                MaxParallelism = vertex.MaxParallelism,
                SourcePartitions = vertex.SourcePartitions,
                HasHashInput = topology.HasHashInput[position],
                Inputs = vertex.Inputs,
                LoadAverage = MetricNumbers.Stored(metrics.Of(position, VertexMetric.Load).Average()),
                Lag = metrics.Latest(position, VertexMetric.Lag) is { } lag ? MetricNumbers.Stored(lag) : null,
                TargetDataRate = target,
                CatchUpDataRate = catchUp,
                TrueProcessingRate = MetricNumbers.Stored(ProcessingRates.Of(settings, metrics, position)),
                Thresholds = Capacity.Thresholds(settings, target, catchUp, backlog, restartTime),
            };
            foreach (var evaluator in evaluators.IsDefault ? [] : evaluators)
            {
                evaluation = evaluator.Adjust(evaluation, metrics);
            }
            result.Add(evaluation);
        }
        return new(result.MoveToImmutable(), backlog, null);
    }

    private static (double Target, double CatchUp) SourceRates(AutoscalerSettings settings, MetricSummary metrics, int source)
    {
        var lag = metrics.Of(source, VertexMetric.Lag);
        var growth = lag.Count == 0 ? 0 : lag.Rate();
        var target = Math.Max(0, metrics.Of(source, VertexMetric.RecordsIn).Rate() + growth);
        var catchUp = settings.CatchUpSeconds <= 0
            ? 0
            : (metrics.Latest(source, VertexMetric.Lag) ?? 0) / settings.CatchUpSeconds;
        return (target, catchUp);
    }

    private static (double Target, double CatchUp) ArrivingRates(
        MetricSummary metrics, ImmutableArray<VertexEvaluation>.Builder upstream, int vertex)
    {
        var (target, catchUp) = (0d, 0d);
        foreach (var input in metrics.Topology.InputPositions[vertex])
        {
            var ratio = EdgeRates.OutputRatio(metrics, input, vertex);
            target += upstream[input].TargetDataRate * ratio;
            catchUp += upstream[input].CatchUpDataRate * ratio;
        }
        return (target, catchUp);
    }
}
