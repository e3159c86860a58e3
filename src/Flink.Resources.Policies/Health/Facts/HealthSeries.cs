using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>One number at one time.</summary>
/// <param name="At">When.</param>
/// <param name="Value">The number; its unit is that of the series.</param>
public readonly record struct HealthSample(DateTimeOffset At, double Value);

/// <summary>
/// What was seen of one metric. A series that could not be read is left out, which is not the same as one without samples: that was read, and
/// nothing happened.
/// </summary>
/// <param name="ReadAt">When it was last read successfully. Says how old the knowledge is where samples are events.</param>
/// <param name="Samples">By time, oldest first.</param>
public sealed record HealthSeries(DateTimeOffset ReadAt, ImmutableArray<HealthSample> Samples)
{
    /// <summary>The samples after a time, oldest first.</summary>
    internal ReadOnlySpan<HealthSample> After(DateTimeOffset start)
    {
        var samples = Samples.AsSpan();
        var first = samples.Length;
        while (first > 0 && samples[first - 1].At > start)
        {
            first--;
        }
        return samples[first..];
    }

    /// <summary>The newest sample's time; null without one.</summary>
    internal DateTimeOffset? NewestAt => Samples.IsEmpty ? null : Samples[^1].At;
}
