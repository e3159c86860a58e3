using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>Readings of checkpoints.</summary>
internal static class CheckpointItems
{
    /// <summary>
    /// Completed among those that ended in the window, or among the last few. One failure among fewer than those few says nothing yet.
    /// </summary>
    public static HealthReading? Success(in HealthWindow window)
    {
        if (!window.TryRead(Metrics.CheckpointCompleted, out var completed) || !window.TryRead(Metrics.CheckpointFailed, out var failed))
        {
            return null;
        }
        var start = Start(window);
        var (good, bad) = (completed.After(start).Length, failed.After(start).Length);
        var (allGood, allBad) = (completed.Samples.Length, failed.Samples.Length);
        while (good + bad < window.Options.LeastOutcomes && (good < allGood || bad < allBad))
        {
            var isGood = bad == allBad || (good < allGood && completed.Samples[allGood - 1 - good].At >= failed.Samples[allBad - 1 - bad].At);
            (good, bad) = isGood ? (good + 1, bad) : (good, bad + 1);
        }
        var tooFew = good + bad == 0 || (bad == 1 && good + bad < window.Options.LeastOutcomes);
        return tooFew ? null : window.At(Older(completed.ReadAt, failed.ReadAt), (double)good / (good + bad));
    }

    /// <summary>p90 of durations to the baseline's; a full first one is left out as long as it may take.</summary>
    public static HealthReading? Duration(in HealthWindow window)
    {
        if (window.Usual(Metrics.CheckpointCompleted) is not { } usual || !window.TryRead(Metrics.CheckpointCompleted, out var completed))
        {
            return null;
        }
        var samples = completed.Samples.AsSpan();
        if (window.Facts.FirstCheckpointIsFull && FirstOf(completed, window.Facts.StartedAt) is { } first && samples[first].Value <= FirstMayTake(window.Facts, window.Options).TotalSeconds)
        {
            samples = samples[(first + 1)..];
        }
        var latest = samples[Math.Max(0, samples.Length - Math.Max(window.Options.LeastOutcomes, completed.After(Start(window)).Length))..];
        if (latest.IsEmpty)
        {
            return null;
        }
        var floor = window.Options.DurationFloor.TotalSeconds;
        return window.At(completed.ReadAt, BuiltInItems.Ratio(Math.Max(Quantiles.Of(latest, 0.9), floor), Math.Max(usual.P90, floor)));
    }

    /// <summary>How long the first, full checkpoint may take.</summary>
    public static TimeSpan FirstMayTake(HealthFacts facts, HealthMeasuringOptions options)
    {
        var writing = facts is { StateBytes: { } bytes, SnapshotBytesPerSecond: > 0 and var rate } ? bytes / rate * options.FirstCheckpointFactor : 0;
        return TimeSpan.FromSeconds(Math.Max(options.FirstCheckpoint.TotalSeconds, Math.Min(writing, TimeSpan.FromDays(7).TotalSeconds)));
    }

    private static DateTimeOffset Start(in HealthWindow window)
    {
        var byIntervals = window.Facts.CheckpointInterval is { } interval ? window.Facts.Now - (interval * window.Options.CheckpointIntervals) : window.Start;
        return Older(byIntervals, window.Start);
    }

    private static int? FirstOf(HealthSeries completed, DateTimeOffset startedAt)
    {
        var first = completed.Samples.Length - completed.After(startedAt).Length;
        return first < completed.Samples.Length ? first : null;
    }

    private static DateTimeOffset Older(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
