using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>What is known of a vertex when a decision is made. Rates are in records per second.</summary>
public sealed record VertexEvaluation
{
    /// <summary>The vertex.</summary>
    public required string Id { get; init; }

    /// <summary>Its parallelism.</summary>
    public required int Parallelism { get; init; }

    /// <summary>The ceiling of its parallelism.</summary>
    public required int MaxParallelism { get; init; }

    /// <summary>Partitions of a source; 0 when unknown.</summary>
    public int SourcePartitions { get; init; }

    /// <summary>Whether some input arrives by key.</summary>
    public bool HasHashInput { get; init; }

    /// <summary>Mean share of time it was busy.</summary>
    public double LoadAverage { get; init; } = double.NaN;

    /// <summary>Records waiting, in the newest sample; null when not in it.</summary>
    public double? Lag { get; init; }

    /// <summary>What arrives.</summary>
    public required double TargetDataRate { get; init; }

    /// <summary>What lag adds, to be gone in time.</summary>
    public required double CatchUpDataRate { get; init; }

    /// <summary>What it could process if it never waited.</summary>
    public required double TrueProcessingRate { get; init; }

    /// <summary>The band within which it is left alone.</summary>
    public required RateThresholds Thresholds { get; init; }

    /// <summary>Where its records come from; none for a source. Only <see cref="BottleneckPropagation"/> asks.</summary>
    public ImmutableArray<JobEdge> Inputs { get; init; } = [];

    /// <summary>What additions have to say about these numbers.</summary>
    public ImmutableArray<ScalingNote> Notes { get; init; } = [];
}

/// <summary>A computed metric that replaces one of a vertex. What is absent or NaN keeps the computed one.</summary>
/// <param name="Current">The current value.</param>
/// <param name="Average">The average.</param>
public readonly record struct MetricOverride(double Current, double Average)
{
    /// <summary>The override's parts, unless they are NaN.</summary>
    public MetricOverride Merge(MetricOverride replacement) => new(
        double.IsNaN(replacement.Current) ? Current : replacement.Current,
        double.IsNaN(replacement.Average) ? Average : replacement.Average);
}

/// <summary>
/// Replaces evaluated metrics of a vertex after its thresholds were computed and before its downstream vertices are
/// evaluated. Must be pure.
/// </summary>
public interface IMetricEvaluator
{
    /// <summary>Its name in <c>job.autoscaler.metrics.custom-evaluators</c>; the name of its type unless it says otherwise.</summary>
    string Name => GetType().Name;

    /// <summary>The evaluation to use instead.</summary>
    VertexEvaluation Adjust(VertexEvaluation computed, MetricSummary metrics);
}
