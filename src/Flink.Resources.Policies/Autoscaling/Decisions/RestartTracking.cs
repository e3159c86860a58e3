namespace Flink.Resources.Autoscaling;

/// <summary>One restart that a scaling caused.</summary>
/// <param name="DecidedAt">When the scaling was decided.</param>
/// <param name="Duration">Until the job was RUNNING again as intended; null while it is not.</param>
public sealed record TrackedRestart(DateTimeOffset DecidedAt, TimeSpan? Duration);

/// <summary>Measured restart times.</summary>
public static class RestartTracking
{
    /// <summary>
    /// The restart time to reckon with: the longest measured one, at most the limit, when tracking is on and there is
    /// one; else the configured one.
    /// </summary>
    public static TimeSpan Expected(AutoscalerSettings settings, IEnumerable<TimeSpan> measured)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(measured);
        if (!settings.RestartTracking || measured.Select(static d => (TimeSpan?)d).Max() is not { } longest)
        {
            return settings.RestartTime;
        }
        return longest < settings.RestartTrackingLimit ? longest : settings.RestartTrackingLimit;
    }

    /// <summary>
    /// How long a restart took; null when the scaled vertices do not show the intended parallelism, so that somebody
    /// else restarted the job.
    /// </summary>
    /// <param name="decidedAt">When the scaling was decided.</param>
    /// <param name="runningSince">Since when the job is RUNNING.</param>
    /// <param name="target">Intended parallelism of the scaled vertices.</param>
    /// <param name="actual">Parallelism of the vertices now.</param>
    public static TimeSpan? Measure(
        DateTimeOffset decidedAt, DateTimeOffset runningSince,
        IEnumerable<KeyValuePair<string, int>> target, IReadOnlyDictionary<string, int> actual)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(actual);
        return target.All(t => actual.TryGetValue(t.Key, out var parallelism) && parallelism == t.Value)
            ? runningSince - decidedAt
            : null;
    }

    /// <summary>How many records are kept: those within the span, of these the newest, and always the newest of all.</summary>
    /// <param name="ages">Age of each record.</param>
    /// <param name="span">The greatest age kept.</param>
    /// <param name="count">The greatest number kept.</param>
    public static int Kept(IReadOnlyCollection<TimeSpan> ages, TimeSpan span, long count)
    {
        ArgumentNullException.ThrowIfNull(ages);
        return (int)Math.Min(ages.Count, Math.Max(1, Math.Min(count, ages.Count(age => age <= span))));
    }
}
