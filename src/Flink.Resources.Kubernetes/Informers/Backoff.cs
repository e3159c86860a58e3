namespace Flink.Resources.Kubernetes;

/// <summary>How long to wait after failures in a row: longer each time, and spread, so that informers don't come back all at once.</summary>
internal sealed class Backoff(InformerTiming timing, string name)
{
    // Seeded by the name: the same run takes the same pauses, and two informers take different ones.
    private readonly Random _random = new(name.Aggregate(17, static (hash, letter) => unchecked((hash * 31) + letter)));

    /// <summary>Failures since something went well.</summary>
    public int Failures { get; private set; }

    public void Reset() => Failures = 0;

    /// <summary>Counts a failure that need not be waited for, such as the first expiry.</summary>
    public TimeSpan AtOnce()
    {
        Failures++;
        return TimeSpan.Zero;
    }

    /// <summary>Counts a failure and gives half to the whole of its pause.</summary>
    public TimeSpan Next()
    {
        var whole = timing.FirstBackoff * Math.Pow(2, Math.Min(Failures, 16));
        Failures++;
        return (whole < timing.LongestBackoff ? whole : timing.LongestBackoff) * (0.5 + (_random.NextDouble() / 2));
    }

    /// <summary>80 % to the whole of a time.</summary>
    public TimeSpan Spread(TimeSpan whole) => whole * (0.8 + (_random.NextDouble() / 5));
}
