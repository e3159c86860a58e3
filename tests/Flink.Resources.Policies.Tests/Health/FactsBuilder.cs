using System.Collections.Immutable;
using static Flink.Resources.Health.HealthCases;

namespace Flink.Resources.Health;

/// <summary>A job that has run well for a day, and changes to it.</summary>
internal static class FactsBuilder
{
    public static readonly HealthFacts Usual = new()
    {
        Now = Now,
        StartedAt = Now.AddDays(-1),
        CaughtUpAt = Now.AddDays(-1).AddMinutes(10),
        CheckpointInterval = TimeSpan.FromMinutes(1),
        Workers = 10,
        Baseline = new HealthBaseline(
            ImmutableDictionary<BaselineBucket, BaselineStatistic>.Empty,
            new Dictionary<string, BaselineStatistic>(StringComparer.Ordinal)
            {
                [HealthMetrics.CheckpointCompleted] = Steadily(20),
                [HealthMetrics.Backpressure] = Steadily(0.1),
                [HealthMetrics.Lag] = Steadily(40),
                [HealthMetrics.Consumed] = Steadily(1000),
                [HealthMetrics.CpuCores] = Steadily(4),
                [HealthMetrics.MemoryBytes] = Steadily(8e9),
                [HealthMetrics.Errors] = Steadily(2),
                [HealthMetrics.LateDrops] = Steadily(0),
                [HealthMetrics.CycleDuration] = Steadily(60),
                [HealthMetrics.Freshness] = Steadily(100),
                [HealthMetrics.RunDuration] = Steadily(600),
            }),
    };

    public static BaselineStatistic Steadily(double value) => new(100, value, value, value, value);

    /// <summary>One sample a minute until now: the last one is the newest.</summary>
    public static HealthFacts With(this HealthFacts facts, string metric, params double[] values) => facts with
    {
        Series = facts.Series.SetItem(metric, new(facts.Now, [.. values.Select((v, i) => new HealthSample(facts.Now.AddMinutes(i + 1 - values.Length), v))])),
    };

    /// <summary>The same sample every 30 s for an hour.</summary>
    public static HealthFacts Always(this HealthFacts facts, string metric, double value) => facts with
    {
        Series = facts.Series.SetItem(metric, new(facts.Now, [.. Enumerable.Range(0, 121).Select(i => new HealthSample(facts.Now.AddSeconds(30 * (i - 120)), value))])),
    };

    /// <summary>Events so many minutes ago, the oldest first.</summary>
    public static HealthFacts Events(this HealthFacts facts, string metric, params double[] minutesAgo) => facts with
    {
        Series = facts.Series.SetItem(metric, new(facts.Now, [.. minutesAgo.Select(m => new HealthSample(facts.Now.AddMinutes(-m), 1))])),
    };

    public static HealthFacts WithoutBaseline(this HealthFacts facts) => facts with { Baseline = HealthBaseline.Empty };
}
