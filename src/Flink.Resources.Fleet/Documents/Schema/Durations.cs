using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Flink.Resources.Fleet;

/// <summary>Durations as people write them: <c>30m</c>, <c>1h30m</c>, <c>500ms</c>, or ISO 8601.</summary>
internal static partial class Durations
{
    private static readonly (string Unit, long Ticks)[] _units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("min", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length > 50)
        {
            return false;
        }
        if (text.StartsWith('P'))
        {
            return TryIso(text, out duration);
        }
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            return false;
        }
        decimal ticks = 0;
        foreach (var (number, unit) in match.Groups["number"].Captures.Zip(match.Groups["unit"].Captures))
        {
            ticks += decimal.Parse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture) * Array.Find(_units, u => u.Unit == unit.Value).Ticks;
        }
        if (ticks > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }
        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    /// <summary>The shortest exact way to write it.</summary>
    public static string Text(TimeSpan duration)
    {
        foreach (var (unit, ticks) in _units)
        {
            if (duration.Ticks != 0 && duration.Ticks % ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{unit}");
            }
        }
        return duration == TimeSpan.Zero ? "0s" : XmlConvert.ToString(duration);
    }

    private static bool TryIso(string text, out TimeSpan duration)
    {
        duration = default;
        // Years and months have no fixed length.
        if (text.Split('T')[0].AsSpan().IndexOfAny('Y', 'M') >= 0)
        {
            return false;
        }
        try
        {
            duration = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^((?<number>[0-9]{1,12})(?<unit>ms|min|d|h|m|s))+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Pattern();
}
