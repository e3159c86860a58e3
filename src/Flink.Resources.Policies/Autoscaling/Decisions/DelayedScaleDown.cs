using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>A parallelism that was recommended while a scale-down waited.</summary>
/// <param name="At">When.</param>
/// <param name="Parallelism">The parallelism.</param>
/// <param name="OutsideUtilizationBound">Whether the vertex was outside its bounds then.</param>
public sealed record RecommendedParallelism(DateTimeOffset At, int Parallelism, bool OutsideUtilizationBound);

/// <summary>
/// A scale-down of a vertex that waits. Only recommendations that can still become the highest are kept: each is higher
/// than all later ones, the highest of a window is the first of it.
/// </summary>
/// <param name="FirstTrigger">When the scale-down was recommended first.</param>
/// <param name="Recommendations">Oldest and highest first.</param>
public sealed record DelayedScaleDown(DateTimeOffset FirstTrigger, ImmutableArray<RecommendedParallelism> Recommendations)
{
    /// <summary>Begins to wait.</summary>
    public static DelayedScaleDown Start(RecommendedParallelism recommendation)
    {
        ArgumentNullException.ThrowIfNull(recommendation);
        return new(recommendation.At, [recommendation]);
    }

    /// <summary>Remembers a further recommendation; those before it that are not higher are forgotten.</summary>
    public DelayedScaleDown Record(RecommendedParallelism recommendation)
    {
        ArgumentNullException.ThrowIfNull(recommendation);
        var kept = Recommendations.Length;
        while (kept > 0 && Recommendations[kept - 1].Parallelism <= recommendation.Parallelism)
        {
            kept--;
        }
        return this with { Recommendations = Recommendations[..kept].Add(recommendation) };
    }

    /// <summary>Forgets recommendations of before the start of a window, for good.</summary>
    public DelayedScaleDown DropBefore(DateTimeOffset windowStart)
    {
        var first = 0;
        while (first < Recommendations.Length && Recommendations[first].At < windowStart)
        {
            first++;
        }
        return first == 0 ? this : this with { Recommendations = Recommendations[first..] };
    }

    /// <summary>The highest recommendation held, of equal ones the newest.</summary>
    /// <exception cref="InvalidOperationException">None is held: who asks for a window must have recorded into it.</exception>
    public RecommendedParallelism Highest() => Recommendations.IsEmpty
        ? throw new InvalidOperationException("The window holds no recommendation.")
        : Recommendations[0];
}
