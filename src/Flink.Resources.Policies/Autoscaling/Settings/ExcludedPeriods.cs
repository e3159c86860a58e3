using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// A time without scaling: a daily range <c>HH:mm:ss-HH:mm:ss</c> (both ends inside, within one day), a Quartz cron
/// expression, or one of each joined by <c>&amp;&amp;</c>, when both must hold.
/// </summary>
public sealed class ExcludedPeriod
{
    private readonly (TimeSpan From, TimeSpan To)? _range;
    private readonly CronExpression? _cron;

    private ExcludedPeriod((TimeSpan From, TimeSpan To)? range, CronExpression? cron) => (_range, _cron) = (range, cron);

    /// <summary>Whether a wall-clock time, in the zone the caller has chosen, is inside.</summary>
    public bool Contains(DateTime localTime) =>
        (_range is not { } range || (localTime.TimeOfDay >= range.From && localTime.TimeOfDay <= range.To))
        && (_cron is null || _cron.Matches(localTime));

    /// <summary>Reads a period.</summary>
    /// <param name="text">As it stands in the configuration.</param>
    /// <param name="period">The period; null when it is not valid.</param>
    /// <param name="error">What is wrong; empty when nothing is.</param>
    public static bool TryParse(string text, out ExcludedPeriod? period, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        (TimeSpan, TimeSpan)? range = null;
        CronExpression? cron = null;
        period = null;
        foreach (var part in text.Split("&&"))
        {
            if (TryRange(part.Trim()) is { } found)
            {
                if (range is not null || found.To <= found.From)
                {
                    error = range is not null ? "two daily ranges cannot be joined" : "a daily range must end after it starts, on the same day";
                    return false;
                }
                range = found;
            }
            else if (cron is not null)
            {
                error = "two cron expressions cannot be joined";
                return false;
            }
            else if ((cron = CronExpression.TryParse(part, out error)) is null)
            {
                error = $"'{part.Trim()}' is no daily range (HH:mm:ss-HH:mm:ss), and {error}";
                return false;
            }
        }
        period = new(range, cron);
        error = "";
        return true;
    }

    private static (TimeSpan From, TimeSpan To)? TryRange(string text) =>
        text.Split('-') is [var from, var to] && TryTime(from) is { } start && TryTime(to) is { } end ? (start, end) : null;

    private static TimeSpan? TryTime(string text) =>
        TimeOnly.TryParseExact(text.Trim(), "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.ToTimeSpan()
            : null;
}

/// <summary>Times without scaling, by configuration.</summary>
public static class ExcludedPeriods
{
    /// <summary>Whether any of the periods contains a wall-clock time. Periods that cannot be read contain nothing.</summary>
    /// <param name="periods">As they stand in the configuration.</param>
    /// <param name="localTime">Wall-clock time in the zone the periods are meant in.</param>
    public static bool AnyContains(IEnumerable<string> periods, DateTime localTime)
    {
        ArgumentNullException.ThrowIfNull(periods);
        foreach (var text in periods)
        {
            if (ExcludedPeriod.TryParse(text, out var period, out _) && period!.Contains(localTime))
            {
                return true;
            }
        }
        return false;
    }
}
