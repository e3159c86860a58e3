using System.Collections.Immutable;
using System.Globalization;
using Cronos;

namespace Flink.Resources.Planning;

/// <summary>Checks windows.</summary>
public static class MoveWindowsValidator
{
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>All that is wrong with windows, each with its place, its value and what would be right. Empty when all is right.</summary>
    public static ImmutableArray<string> Validate(MoveWindows windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        var errors = new RangeErrors();
        Check(errors, nameof(windows.Allowed), windows.Allowed);
        Check(errors, nameof(windows.Blackouts), windows.Blackouts);
        for (var i = 0; i < windows.Events.Length; i++)
        {
            Check(errors, string.Create(CultureInfo.InvariantCulture, $"{nameof(windows.Events)}:{i}"), windows.Events[i]);
        }
        errors.Within(nameof(windows.DurationFactor), windows.DurationFactor, 1d, 10d);
        errors.Within(nameof(windows.AssumedDuration), windows.AssumedDuration, TimeSpan.Zero, TimeSpan.FromDays(1));
        return errors.ToImmutable();
    }

    /// <summary>Five fields, or six with seconds first.</summary>
    internal static CronExpression? Parse(string? text, out string error)
    {
        var withSeconds = text?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length == 6;
        try
        {
            error = string.Empty;
            return CronExpression.Parse(text ?? string.Empty, withSeconds ? CronFormat.IncludeSeconds : CronFormat.Standard);
        }
        catch (CronFormatException e)
        {
            error = e.Message;
            return null;
        }
    }

    private static void Check(RangeErrors errors, string list, ImmutableArray<MoveWindow> windows)
    {
        for (var i = 0; i < windows.Length; i++)
        {
            var (place, window) = (string.Create(CultureInfo.InvariantCulture, $"{list}:{i}"), windows[i]);
            if (Parse(window.Cron, out var error) is null)
            {
                errors.Add($"{place}:Cron is '{window.Cron}'; write minute, hour, day of month, month and day of week, such as '0 22 * * MON-FRI'. {error}");
            }
            errors.Within(place + ":Duration", window.Duration, TimeSpan.FromMinutes(1), Longest);
            if (string.IsNullOrWhiteSpace(window.TimeZone) || !TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out _))
            {
                errors.Add($"{place}:TimeZone is '{window.TimeZone}', which this machine does not know; write an IANA name such as 'Asia/Shanghai', and see that time zone data is installed.");
            }
        }
    }

    private static void Check(RangeErrors errors, string place, CalendarEvent single)
    {
        if (string.IsNullOrWhiteSpace(single.Name))
        {
            errors.Add($"{place}:Name is empty; an event needs a name for the reasons that mention it.");
        }
        if (single.To <= single.From)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{place}:To is {single.To:o}; it is after From, {single.From:o}."));
        }
    }
}
