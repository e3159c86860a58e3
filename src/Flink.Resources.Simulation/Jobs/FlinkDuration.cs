using System.Globalization;

namespace Flink.Resources.Simulation;

/// <summary>Flink's notation of durations: a number and a unit, milliseconds without one.</summary>
internal static class FlinkDuration
{
    public static TimeSpan? Parse(string? text)
    {
        var trimmed = (text ?? string.Empty).Trim();
        var digits = trimmed.TakeWhile(char.IsAsciiDigit).Count();
        if (digits == 0 || !long.TryParse(trimmed.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }
        return trimmed[digits..].Trim().ToLowerInvariant() switch
        {
            "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.FromMilliseconds(number),
            "s" or "sec" or "secs" or "second" or "seconds" => TimeSpan.FromSeconds(number),
            "m" or "min" or "minute" or "minutes" => TimeSpan.FromMinutes(number),
            "h" or "hour" or "hours" => TimeSpan.FromHours(number),
            "d" or "day" or "days" => TimeSpan.FromDays(number),
            _ => null,
        };
    }
}
