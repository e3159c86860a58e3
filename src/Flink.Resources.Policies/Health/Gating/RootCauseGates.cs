using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>Gates that a reason opens, not a number.</summary>
internal static class RootCauseGates
{
    public static string? NotHealing(HealthFacts facts, HealthGateOptions options)
    {
        if (!facts.EnvironmentDifferences.IsEmpty)
        {
            return $"the environment differs: {string.Join("; ", facts.EnvironmentDifferences.Order(StringComparer.Ordinal))}";
        }
        var kills = 0;
        foreach (var cause in facts.RootCauses)
        {
            if (cause.Kind is RootCauseKind.State or RootCauseKind.MissingClass or RootCauseKind.Restore or RootCauseKind.Login)
            {
                return cause.Text;
            }
            kills += cause.Kind == RootCauseKind.OutOfMemoryKill ? 1 : 0;
        }
        return kills >= options.OutOfMemoryKills ? HealthGates.Say($"killed {kills} times for its memory") : null;
    }

    public static string? DataLoss(HealthFacts facts, HealthOptions options)
    {
        foreach (var cause in facts.RootCauses)
        {
            if (cause.Kind is RootCauseKind.OffsetOutOfRange or RootCauseKind.SourceReset or RootCauseKind.FailedCommit)
            {
                return cause.Text;
            }
        }
        return LateDrops(facts, options);
    }

    private static string? LateDrops(HealthFacts facts, HealthOptions options)
    {
        if (!facts.Series.TryGetValue(Metrics.LateDrops, out var drops)
            || facts.Baseline.Find(Metrics.LateDrops, facts.Now, options.Measuring.LeastBaselineSamples) is not { } usual)
        {
            return null;
        }
        var samples = drops.After(facts.Now - options.Gates.Window);
        if (samples.IsEmpty)
        {
            return null;
        }
        var mean = Quantiles.Mean(samples);
        var count = mean * samples.Length;
        var surge = usual.Median > 0 ? mean > usual.Median * options.Gates.LateDropFactor : count >= options.Gates.LeastLateDrops;
        return surge ? HealthGates.Say($"{count:0} late records dropped within {options.Gates.Window:c}, usual are {usual.Median * samples.Length:0}") : null;
    }
}
