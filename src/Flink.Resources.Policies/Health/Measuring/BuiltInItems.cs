using Keys = Flink.Resources.Health.HealthItemKeys;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>How each built-in item is read off what was seen. Null: no data.</summary>
internal static class BuiltInItems
{
    /// <summary>Looks are never quite on time: two of them that are 30 s apart measure an interruption of 60 s and a little.</summary>
    private const double Lateness = 1.1;

    public delegate HealthReading? Reader(in HealthWindow window);

    /// <summary>The reader of an item; null for one that is not built in.</summary>
    public static Reader? ReaderOf(string key) => key switch
    {
        Keys.Availability => Availability,
        Keys.CheckpointSuccess => CheckpointItems.Success,
        Keys.CheckpointDuration => CheckpointItems.Duration,
        Keys.Restarts => Restarts,
        Keys.Backpressure => Backpressure,
        Keys.Lag => static (in HealthWindow w) => Delay(w, Metrics.Lag),
        Keys.Throughput => RateItems.Throughput,
        Keys.Resources => RateItems.Resources,
        Keys.GarbageCollection => GarbageCollection,
        Keys.Churn => Churn,
        Keys.Errors => Errors,
        Keys.CycleSuccess => static (in HealthWindow w) => Share(w, Metrics.Cycle),
        Keys.CycleDuration => static (in HealthWindow w) => Duration(w, Metrics.CycleDuration),
        Keys.Freshness => static (in HealthWindow w) => Delay(w, Metrics.Freshness),
        Keys.RunSuccess => static (in HealthWindow w) => Share(w, Metrics.Run),
        Keys.RunDuration => static (in HealthWindow w) => Duration(w, Metrics.RunDuration),
        Keys.Output => static (in HealthWindow w) => Share(w, Metrics.OutputEqual),
        _ => null,
    };

    /// <summary>Share of looks at which all ran. A single short interruption is left to restarts and losses.</summary>
    private static HealthReading? Availability(in HealthWindow window)
    {
        if (!window.TrySamples(Metrics.Running, out var samples, out var newest))
        {
            return null;
        }
        var (up, interruptions) = (0, 0);
        DateTimeOffset? downAt = null;
        var longest = TimeSpan.Zero;
        foreach (var sample in samples)
        {
            if (sample.Value >= 1)
            {
                up++;
                longest = downAt is { } since && sample.At - since > longest ? sample.At - since : longest;
                downAt = null;
            }
            else if (downAt is null)
            {
                (downAt, interruptions) = (sample.At, interruptions + 1);
            }
        }
        var isOver = downAt is null;
        var forgiven = isOver && interruptions == 1 && longest <= window.Options.SingleInterruption * Lateness;
        return window.At(newest, forgiven ? 1 : (double)up / samples.Length);
    }

    private static HealthReading? Restarts(in HealthWindow window) =>
        window.TryRead(Metrics.Restart, out var restarts) ? window.At(restarts.ReadAt, window.PerHour(restarts)) : null;

    private static HealthReading? Churn(in HealthWindow window) =>
        window.Facts.Workers is > 0 and var workers && window.TryRead(Metrics.Loss, out var losses)
            ? window.At(losses.ReadAt, window.PerHour(losses) * 10 / workers)
            : null;

    private static HealthReading? Backpressure(in HealthWindow window) =>
        window.Usual(Metrics.Backpressure) is { } usual && window.TrySamples(Metrics.Backpressure, out var samples, out var newest)
            ? window.At(newest, Quantiles.Of(samples, 0.9) - usual.P90)
            : null;

    private static HealthReading? GarbageCollection(in HealthWindow window) =>
        window.TrySamples(Metrics.GarbageCollection, out var samples, out var newest) ? window.At(newest, Quantiles.Mean(samples)) : null;

    private static HealthReading? Errors(in HealthWindow window) =>
        window.Usual(Metrics.Errors) is { } usual && window.TrySamples(Metrics.Errors, out var samples, out var newest)
            ? window.At(newest, Quantiles.Mean(samples) / Math.Max(usual.Median, window.Options.ErrorsPerMinuteFloor))
            : null;

    private static HealthReading? Delay(in HealthWindow window, string metric) =>
        DelayAllowance.Of(window.Facts, metric, window.Options) is { } allowed && window.TrySamples(metric, out var samples, out var newest)
            ? window.At(newest, Quantiles.Of(samples, 0.5) / allowed.TotalSeconds)
            : null;

    /// <summary>Share of cycles, runs or comparisons that were good; known since they were last looked for.</summary>
    private static HealthReading? Share(in HealthWindow window, string metric)
    {
        if (!window.TryRead(metric, out var series) || LatestOf(series, window) is not { IsEmpty: false } outcomes)
        {
            return null;
        }
        var good = 0;
        foreach (var outcome in outcomes)
        {
            good += outcome.Value >= 1 ? 1 : 0;
        }
        return window.At(series.ReadAt, (double)good / outcomes.Length);
    }

    private static HealthReading? Duration(in HealthWindow window, string metric)
    {
        if (window.Usual(metric) is not { } usual || !window.TryRead(metric, out var series) || LatestOf(series, window) is not { IsEmpty: false } durations)
        {
            return null;
        }
        var floor = window.Options.DurationFloor.TotalSeconds;
        return window.At(series.ReadAt, Ratio(Math.Max(Quantiles.Of(durations, 0.9), floor), Math.Max(usual.P90, floor)));
    }

    /// <summary>Those of the window, and in any case the last few.</summary>
    private static ReadOnlySpan<HealthSample> LatestOf(HealthSeries series, in HealthWindow window)
    {
        var inWindow = series.After(window.Start);
        var all = series.Samples.AsSpan();
        return inWindow.Length >= window.Options.LeastOutcomes ? inWindow : all[Math.Max(0, all.Length - window.Options.LeastOutcomes)..];
    }

    /// <summary>Two zeros are equal.</summary>
    internal static double Ratio(double value, double usual) => value.Equals(usual) ? 1 : value / usual;
}
