using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>How far a job has come since its start, and how long it may take to catch up.</summary>
public static class HealthPhases
{
    private static readonly TimeSpan DelayWindow = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Warming up ends with the first completed checkpoint and in any case after <see cref="HealthMeasuringOptions.WarmUp"/>; catching up ends
    /// when <see cref="HealthFacts.CaughtUpAt"/> says so. Batch jobs have neither: whole runs are judged.
    /// </summary>
    public static HealthPhase PhaseOf(HealthFacts facts, HealthMeasuringOptions options)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(options);
        if (facts.Kind == JobKind.Batch)
        {
            return HealthPhase.Soak;
        }
        var hasCheckpoint = facts.Series.TryGetValue(Metrics.CheckpointCompleted, out var completed) && !completed.After(facts.StartedAt).IsEmpty;
        if (!hasCheckpoint && facts.Now - facts.StartedAt < options.WarmUp)
        {
            return HealthPhase.WarmUp;
        }
        return facts.CaughtUpAt is { } at && at <= facts.Now ? HealthPhase.Soak : HealthPhase.CatchUp;
    }

    /// <summary>
    /// Whether a job has caught up: its delay has been within what is allowed at every look for <see cref="HealthMeasuringOptions.CaughtUpFor"/>.
    /// Null when the delay is not known.
    /// </summary>
    public static bool? HasCaughtUp(HealthFacts facts, HealthMeasuringOptions options)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(options);
        var metric = facts.Kind == JobKind.NearRealTime ? Metrics.Freshness : Metrics.Lag;
        if (DelayAllowance.Of(facts, metric, options) is not { } allowed || !facts.Series.TryGetValue(metric, out var delay))
        {
            return null;
        }
        var since = facts.Now - options.CaughtUpFor;
        var samples = delay.After(since);
        if (samples.IsEmpty)
        {
            return null;
        }
        foreach (var sample in samples)
        {
            if (!(sample.Value <= allowed.TotalSeconds))
            {
                return false;
            }
        }
        // Nothing is said of a stretch that was not seen from its beginning.
        return facts.StartedAt <= since && delay.Samples[0].At <= since;
    }

    /// <summary>Whether a job's delay is within what is allowed, by its median of ten minutes. Null when the delay, or what is allowed, is not known.</summary>
    public static bool? IsDelayAllowed(HealthFacts facts, HealthMeasuringOptions options)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(options);
        var metric = facts.Kind == JobKind.NearRealTime ? Metrics.Freshness : Metrics.Lag;
        if (DelayAllowance.Of(facts, metric, options) is not { } allowed || !facts.Series.TryGetValue(metric, out var delay))
        {
            return null;
        }
        var samples = delay.After(facts.Now - DelayWindow);
        return samples.IsEmpty ? null : Quantiles.Of(samples, 0.5) <= allowed.TotalSeconds;
    }

    /// <summary>
    /// How long it takes to work off what piled up: what arrives during the stop, by the rate to spare. Null when there is none to spare: it
    /// never catches up.
    /// </summary>
    /// <param name="downtime">How long the job stood still; zero or more.</param>
    /// <param name="inPerSecond">Records that arrive per second.</param>
    /// <param name="mostPerSecond">Records that the job can process per second.</param>
    public static TimeSpan? CatchUpTime(TimeSpan downtime, double inPerSecond, double mostPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(downtime, TimeSpan.Zero);
        if (!(mostPerSecond > inPerSecond))
        {
            return null;
        }
        var seconds = downtime.TotalSeconds * Math.Max(0, inPerSecond) / (mostPerSecond - inPerSecond);
        return seconds < TimeSpan.FromDays(366).TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>By when a job has to have caught up.</summary>
    /// <param name="startedAt">When it was started.</param>
    /// <param name="catchUpTime">See <see cref="CatchUpTime"/>; null gives it as long as any job may take.</param>
    /// <param name="options">The numbers.</param>
    public static DateTimeOffset CatchUpDeadline(DateTimeOffset startedAt, TimeSpan? catchUpTime, HealthMeasuringOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var allowed = catchUpTime is { } time ? time * options.CatchUpFactor : options.LongestCatchUp;
        // Even nothing to work off takes until it is seen.
        var least = options.WarmUp + options.CaughtUpFor;
        allowed = allowed < least ? least : allowed;
        return startedAt + (allowed > options.LongestCatchUp ? options.LongestCatchUp : allowed);
    }
}
