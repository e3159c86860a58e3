using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>Bounds of a vertex's parallelism, as Flink's job resource requirements have them.</summary>
/// <param name="Lower">Least parallelism.</param>
/// <param name="Upper">Greatest parallelism, what the job runs with when there are slots.</param>
public readonly record struct ParallelismBounds(int Lower, int Upper);

/// <summary>How a change can be made without a redeploy.</summary>
/// <param name="IsPossible">False: the job must be redeployed, or there is nothing of ours to apply.</param>
/// <param name="Requirements">New bounds of every vertex; null: nothing to send.</param>
public sealed record InPlacePlan(bool IsPossible, ImmutableSortedDictionary<string, ParallelismBounds>? Requirements);

/// <summary>Rescaling through the job's resource requirements; needs the adaptive scheduler and Flink 1.18.</summary>
public static class InPlaceRescale
{
    /// <summary>
    /// Plans the new bounds: the upper one is the target, the lower one follows only downwards. An override that was
    /// taken away from a vertex the job still has cannot be undone in place.
    /// </summary>
    /// <param name="current">Bounds of every vertex the job has.</param>
    /// <param name="previous">Overrides so far.</param>
    /// <param name="next">Overrides from now on.</param>
    public static InPlacePlan Plan(
        IReadOnlyDictionary<string, ParallelismBounds> current,
        IReadOnlyDictionary<string, int> previous,
        IReadOnlyDictionary<string, int> next)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(next);
        if ((previous.Count == 0 && next.Count == 0) || previous.Keys.Any(v => current.ContainsKey(v) && !next.ContainsKey(v)))
        {
            return new(false, null);
        }
        var bounds = current.ToImmutableSortedDictionary(
            static c => c.Key,
            c => next.TryGetValue(c.Key, out var target) ? new(Math.Min(c.Value.Lower, target), target) : c.Value,
            StringComparer.Ordinal);
        return new(true, bounds.All(b => current[b.Key] == b.Value) ? null : bounds);
    }
}
