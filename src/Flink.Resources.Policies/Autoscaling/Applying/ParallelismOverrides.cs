using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>Flink's <c>pipeline.jobvertex-parallelism-overrides</c>.</summary>
public static class ParallelismOverrides
{
    /// <summary>
    /// What a job is started with: the stored overrides over the user's, except that the user's win for excluded
    /// vertices. Null when nothing is stored: then the job's configuration is left alone.
    /// </summary>
    /// <param name="stored">What the autoscaler decided, by vertex.</param>
    /// <param name="user">What the job's configuration says, by vertex.</param>
    /// <param name="excluded">Vertices that are never scaled.</param>
    public static ImmutableSortedDictionary<string, int>? Merge(
        IReadOnlyDictionary<string, int> stored, IReadOnlyDictionary<string, int> user, IReadOnlySet<string> excluded)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(excluded);
        if (stored.Count == 0)
        {
            return null;
        }
        var result = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        result.AddRange(user);
        foreach (var (vertex, parallelism) in stored)
        {
            if (!excluded.Contains(vertex) || !user.ContainsKey(vertex))
            {
                result[vertex] = parallelism;
            }
        }
        return result.ToImmutable();
    }
}
