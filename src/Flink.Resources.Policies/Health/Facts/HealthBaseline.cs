using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>What was usual for one metric.</summary>
/// <param name="Count">How many samples it stands for.</param>
/// <param name="Median">Half of them are at most this.</param>
/// <param name="P90">90 % are at most this.</param>
/// <param name="P95">95 % are at most this.</param>
/// <param name="P99">99 % are at most this.</param>
public readonly record struct BaselineStatistic(int Count, double Median, double P90, double P95, double P99)
{
    /// <summary>Summarises samples; quantiles are interpolated between neighbours.</summary>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    public static BaselineStatistic Of(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return sorted.Length == 0
            ? throw new ArgumentException("A baseline needs a sample.", nameof(samples))
            : new(sorted.Length, Quantiles.Sorted(sorted, 0.5), Quantiles.Sorted(sorted, 0.9), Quantiles.Sorted(sorted, 0.95), Quantiles.Sorted(sorted, 0.99));
    }
}

/// <summary>Which bucket of a baseline: the metric, and the hour of the week in UTC, 0 (Monday 00:00) to 167.</summary>
/// <param name="Metric">A name of <see cref="HealthMetrics"/>, or one's own.</param>
/// <param name="HourOfWeek">0 to 167.</param>
public readonly record struct BaselineBucket(string Metric, int HourOfWeek);

/// <summary>
/// What was usual for a job before it was moved: per metric and hour of the week, and in the two hours before the stop. Compared with what
/// follows, so that Monday morning is not held against Sunday night. Immutable.
/// </summary>
public sealed class HealthBaseline
{
    private readonly FrozenDictionary<BaselineBucket, BaselineStatistic> _buckets;
    private readonly FrozenDictionary<string, BaselineStatistic> _beforeStop;

    /// <summary>Creates a baseline.</summary>
    /// <param name="buckets">By metric and hour of the week.</param>
    /// <param name="beforeStop">By metric, the two hours before the stop.</param>
    /// <exception cref="ArgumentException">An hour of the week is outside 0 to 167.</exception>
    public HealthBaseline(IReadOnlyDictionary<BaselineBucket, BaselineStatistic> buckets, IReadOnlyDictionary<string, BaselineStatistic> beforeStop)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        ArgumentNullException.ThrowIfNull(beforeStop);
        if (buckets.Keys.FirstOrDefault(static b => b.HourOfWeek is < 0 or > 167) is { Metric: not null } wrong)
        {
            throw new ArgumentException($"HourOfWeek of {wrong.Metric} is {wrong.HourOfWeek}; it is 0 to 167.", nameof(buckets));
        }
        _buckets = buckets.ToFrozenDictionary();
        _beforeStop = beforeStop.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Nothing is known of the time before.</summary>
    public static HealthBaseline Empty { get; } = new(ImmutableDictionary<BaselineBucket, BaselineStatistic>.Empty, ImmutableDictionary<string, BaselineStatistic>.Empty);

    /// <summary>The buckets, for storing.</summary>
    public IReadOnlyDictionary<BaselineBucket, BaselineStatistic> Buckets => _buckets;

    /// <summary>The two hours before the stop, for storing.</summary>
    public IReadOnlyDictionary<string, BaselineStatistic> BeforeStop => _beforeStop;

    /// <summary>A baseline of dated samples: all of them by hour of the week, and those of the two hours before the stop.</summary>
    /// <param name="history">By metric.</param>
    /// <param name="stoppedAt">When the source is, or was, stopped.</param>
    public static HealthBaseline From(IReadOnlyDictionary<string, IReadOnlyList<HealthSample>> history, DateTimeOffset stoppedAt)
    {
        ArgumentNullException.ThrowIfNull(history);
        var buckets = history
            .SelectMany(static m => m.Value.GroupBy(static s => HourOfWeek(s.At), (hour, samples) => (Key: new BaselineBucket(m.Key, hour), Of: BaselineStatistic.Of(samples.Select(static s => s.Value)))))
            .ToDictionary(static b => b.Key, static b => b.Of);
        var recent = history
            .Select(m => (m.Key, Samples: m.Value.Where(s => s.At <= stoppedAt && s.At > stoppedAt.AddHours(-2)).Select(static s => s.Value).ToList()))
            .Where(static m => m.Samples.Count > 0)
            .ToDictionary(static m => m.Key, static m => BaselineStatistic.Of(m.Samples), StringComparer.Ordinal);
        return new(buckets, recent);
    }

    /// <summary>What is usual at a time: the same hour of the week, else the two hours before the stop, else nothing.</summary>
    /// <param name="metric">A name of <see cref="HealthMetrics"/>, or one's own.</param>
    /// <param name="at">The time.</param>
    /// <param name="leastSamples">A bucket with fewer samples is not used. The two hours before the stop are taken as they are.</param>
    public BaselineStatistic? Find(string metric, DateTimeOffset at, int leastSamples = 3) =>
        _buckets.TryGetValue(new(metric, HourOfWeek(at)), out var bucket) && bucket.Count >= leastSamples ? bucket
        : _beforeStop.TryGetValue(metric, out var recent) ? recent
        : null;

    /// <summary>The hour of the week in UTC, Monday 00:00 is 0. UTC has no hour twice and none missing.</summary>
    public static int HourOfWeek(DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        return ((((int)utc.DayOfWeek + 6) % 7) * 24) + utc.Hour;
    }
}
