using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Flink.Resources.Health;

namespace Flink.Resources;

/// <summary>
/// What the evaluations of a run so far come to: plain data that does not grow. Each evaluation is asked for with it and comes back with
/// it, so that any journalled one is enough to go on from after the death of a process.
/// </summary>
internal sealed record MigrationWatch
{
    public static MigrationWatch Initial { get; } = new();

    /// <summary>Verdict, and what a commit counts.</summary>
    public HealthSoakState Soak { get; init; } = new();

    /// <summary>Since when every score was that of a healthy job; null when the newest was not.</summary>
    public DateTimeOffset? HealthySince { get; init; }

    /// <summary>Since when every score was at least not that of an unhealthy job; null when the newest was.</summary>
    public DateTimeOffset? AcceptableSince { get; init; }

    /// <summary>The sum of the scores since <see cref="AcceptableSince"/>.</summary>
    public double AcceptableSum { get; init; }

    /// <summary>How many they are.</summary>
    public int AcceptableCount { get; init; }

    /// <summary>The lowest score of the watch.</summary>
    public double? Lowest { get; init; }

    /// <summary>How often each score, in tenths, was there: 0 is 0.0, 100 is 10.0.</summary>
    public ImmutableSortedDictionary<int, int> Tally { get; init; } = ImmutableSortedDictionary<int, int>.Empty;

    /// <summary>When the job had caught up; null before.</summary>
    public DateTimeOffset? CaughtUpAt { get; init; }

    /// <summary>Since when the target is observed.</summary>
    public DateTimeOffset? ObservedSince { get; init; }

    /// <summary>Restarts of the target since its start, as far as they were seen.</summary>
    public int? Restarts { get; init; }

    /// <summary>What is usual on the target, when it was last summed up.</summary>
    public HealthBaseline? Usual { get; init; }

    /// <summary>The half of the scores that is lower ends here; null without scores.</summary>
    [JsonIgnore]
    public double? Median
    {
        get
        {
            var half = (Tally.Values.Sum() + 1) / 2;
            foreach (var (tenths, times) in Tally)
            {
                half -= times;
                if (half <= 0)
                {
                    return tenths / 10.0;
                }
            }
            return null;
        }
    }

    /// <summary>With one more score.</summary>
    public MigrationWatch With(HealthEvaluation evaluation, HealthScoringOptions scoring)
    {
        if (!evaluation.IsKnown(scoring.MinimumCoverage) || evaluation.Score is not { } score)
        {
            // Not known: neither good nor bad, and no run of scores goes on over what nobody saw.
            return this with { HealthySince = null, AcceptableSince = null, AcceptableSum = 0, AcceptableCount = 0 };
        }
        var tenths = (int)Math.Round(score * 10, MidpointRounding.AwayFromZero);
        var acceptable = score >= scoring.WatchFrom;
        return this with
        {
            HealthySince = score >= scoring.HealthyFrom ? HealthySince ?? evaluation.At : null,
            AcceptableSince = acceptable ? AcceptableSince ?? evaluation.At : null,
            AcceptableSum = acceptable ? AcceptableSum + score : 0,
            AcceptableCount = acceptable ? AcceptableCount + 1 : 0,
            Lowest = Lowest <= score ? Lowest : score,
            Tally = Tally.SetItem(tenths, Tally.GetValueOrDefault(tenths) + 1),
        };
    }
}
