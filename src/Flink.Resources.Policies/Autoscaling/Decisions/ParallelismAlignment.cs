namespace Flink.Resources.Autoscaling;

/// <summary>A parallelism aligned with key groups or partitions.</summary>
/// <param name="Parallelism">The parallelism to use.</param>
/// <param name="Limited">A deprecated mode had to go below what was asked for.</param>
public readonly record struct AlignedParallelism(int Parallelism, bool Limited);

/// <summary>Limits and divisors of a vertex.</summary>
/// <param name="Current">Current parallelism.</param>
/// <param name="Lower">Least parallelism.</param>
/// <param name="Upper">Greatest parallelism by configuration.</param>
/// <param name="MaxParallelism">Number of key groups.</param>
/// <param name="SourcePartitions">Partitions of a source; 0 when unknown.</param>
/// <param name="HasHashInput">Whether some input arrives by key.</param>
/// <param name="Mode">How to align.</param>
public readonly record struct ParallelismLimits(
    int Current, int Lower, int Upper, int MaxParallelism, int SourcePartitions, bool HasHashInput, AlignmentMode Mode);

/// <summary>
/// Key groups and partitions are whole: 128 key groups on 65 subtasks are no faster than on 64. Alignment looks for the
/// parallelism that makes use of what it costs.
/// </summary>
public static class ParallelismAlignment
{
    /// <summary>Whether a vertex has something to align with.</summary>
    public static bool Applies(int sourcePartitions, bool hasHashInput) => sourcePartitions > 0 || hasHashInput;

    /// <summary>Aligns a target.</summary>
    public static AlignedParallelism Align(int target, ParallelismLimits limits)
    {
        if (limits.Mode == AlignmentMode.Off || target <= 0 || target == limits.Current
            || !Applies(limits.SourcePartitions, limits.HasHashInput))
        {
            return new(target, false);
        }
        var divisible = limits.SourcePartitions > 0 ? limits.SourcePartitions : limits.MaxParallelism;
        var end = Math.Min(Math.Min(divisible, limits.MaxParallelism), limits.Upper);
        if (target < limits.Current)
        {
            end = Math.Min(limits.Current, end);
        }
        var balanced = limits.Mode is AlignmentMode.Balanced or AlignmentMode.LegacyMaximizeUtilisation;
        var share = divisible / target;
        var found = NextDivisor(divisible, target, end);
        if (balanced && share > 0 && divisible / share + 1L is var fewer && fewer <= end && (found == 0 || fewer < found))
        {
            // The first q with ⌊N/q⌋ below the share is ⌊N/share⌋ + 1; no need to walk there.
            found = (int)fewer;
        }
        if (found > 0)
        {
            return new(found, false);
        }
        return limits.Mode is AlignmentMode.LegacyEvenlySpread or AlignmentMode.LegacyMaximizeUtilisation
            ? Downwards(target, divisible, limits)
            : new(target, false);
    }

    /// <summary>The least divisor within the bounds; 0 when there is none. Limits go up to 2^31, so no walk over them.</summary>
    private static int NextDivisor(int number, int from, int to)
    {
        var best = 0;
        for (var small = 1; (long)small * small <= number; small++)
        {
            if (number % small != 0)
            {
                continue;
            }
            foreach (var divisor in (ReadOnlySpan<int>)[small, number / small])
            {
                if (divisor >= from && divisor <= to && (best == 0 || divisor < best))
                {
                    best = divisor;
                }
            }
        }
        return best;
    }

    private static AlignedParallelism Downwards(int target, int divisible, ParallelismLimits limits)
    {
        var share = divisible / target;
        // The largest q with ⌊N/q⌋ > share is ⌊N/(share + 1)⌋; no need to walk there.
        var q = (int)Math.Min(target, divisible / (share + 1L));
        var found = q > 0 && divisible % q != 0 ? q + 1 : q;
        // The lower limit may be above the number of key groups; Flink refuses what exceeds these.
        found = Math.Min(Math.Max(found, limits.Lower), Math.Max(target, Math.Min(limits.MaxParallelism, limits.Upper)));
        var turned = target > limits.Current ? found <= limits.Current : found >= limits.Current;
        var result = turned ? limits.Current : found;
        return new(result, result != target);
    }
}
