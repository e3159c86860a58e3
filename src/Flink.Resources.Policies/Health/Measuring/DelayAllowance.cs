namespace Flink.Resources.Health;

/// <summary>The delay that is allowed to a job: what its owner allows, what was usual, and never less than the floor.</summary>
internal static class DelayAllowance
{
    /// <summary>Null when neither the owner said anything nor a baseline is known.</summary>
    public static TimeSpan? Of(HealthFacts facts, string metric, HealthMeasuringOptions options)
    {
        var usual = facts.Baseline.Find(metric, facts.Now, options.LeastBaselineSamples)?.P95 * options.LagBaselineFactor;
        if (facts.LagSlo is null && usual is null)
        {
            return null;
        }
        var seconds = Math.Max(options.LagFloor.TotalSeconds, Math.Max(facts.LagSlo?.TotalSeconds ?? 0, usual ?? 0));
        // A baseline beyond a year is as good as none: everything is allowed.
        return TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(366).TotalSeconds));
    }
}
