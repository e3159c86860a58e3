using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Flink.Resources.Autoscaling;

/// <summary>Values as Flink writes them in its configuration.</summary>
internal static partial class FlinkValue
{
    public static bool TryDuration(string text, out TimeSpan value)
    {
        value = default;
        text = text.Trim();
        return IsoDuration().Match(text) is { Success: true } iso && text[^1] is not ('P' or 'p' or 'T' or 't')
            ? TryIso(iso, out value)
            : SimpleDuration().Match(text) is { Success: true } simple && TrySimple(simple, out value);
    }

    public static bool TryMemory(string text, out long bytes)
    {
        bytes = 0;
        if (Memory().Match(text.Trim()) is not { Success: true } match
            || !long.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }
        var unit = match.Groups["unit"].Value.ToUpperInvariant();
        var shift = unit switch
        {
            "" or "B" or "BYTES" => 0,
            "K" or "KB" or "KIBIBYTES" => 10,
            "M" or "MB" or "MEBIBYTES" => 20,
            "G" or "GB" or "GIBIBYTES" => 30,
            "T" or "TB" or "TEBIBYTES" => 40,
            _ => -1,
        };
        if (shift < 0 || number > long.MaxValue >> shift)
        {
            return false;
        }
        bytes = number << shift;
        return true;
    }

    /// <summary>Semicolons separate; a quote of either kind around an entry protects it, doubled inside.</summary>
    public static ImmutableArray<string> List(string text)
    {
        var items = ImmutableArray.CreateBuilder<string>();
        var item = new StringBuilder();
        char? quote = null;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote is { } open)
            {
                if (c != open)
                {
                    item.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == open)
                {
                    item.Append(c);
                    i++;
                }
                else
                {
                    quote = null;
                }
            }
            else if (c is '\'' or '"' && string.IsNullOrWhiteSpace(item.ToString()))
            {
                quote = c;
                item.Clear();
            }
            else if (c == ';')
            {
                Flush();
            }
            else
            {
                item.Append(c);
            }
        }
        Flush();
        return items.ToImmutable();

        void Flush()
        {
            if (item.ToString().Trim() is { Length: > 0 } entry)
            {
                items.Add(entry);
            }
            item.Clear();
        }
    }

    private static bool TryIso(Match match, out TimeSpan value)
    {
        value = default;
        var total = 0m;
        foreach (var (group, seconds) in (ReadOnlySpan<(string, decimal)>)[("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1)])
        {
            if (match.Groups[group] is not { Success: true } part)
            {
                continue;
            }
            if (!decimal.TryParse(part.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                || Math.Abs(number) > 1_000_000_000_000m)
            {
                return false;
            }
            total += number * seconds;
        }
        return TryTicks(match.Groups["sign"].ValueSpan is "-" ? -total : total, out value);
    }

    private static bool TrySimple(Match match, out TimeSpan value)
    {
        value = default;
        decimal? unit = match.Groups["unit"].Value switch
        {
            "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => 0.001m,
            "s" or "sec" or "secs" or "second" or "seconds" => 1,
            "m" or "min" or "minute" or "minutes" => 60,
            "h" or "hour" or "hours" => 3600,
            "d" or "day" or "days" => 86400,
            "µs" or "micro" or "micros" or "microsecond" or "microseconds" => 0.000001m,
            "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 0.000000001m,
            _ => null,
        };
        return unit is { } factor
            && decimal.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= 10_000_000_000_000_000_000m
            && TryTicks(number * factor, out value);
    }

    private static bool TryTicks(decimal seconds, out TimeSpan value)
    {
        var ticks = decimal.Truncate(seconds * TimeSpan.TicksPerSecond);
        var fits = ticks is >= long.MinValue and <= long.MaxValue;
        value = fits ? TimeSpan.FromTicks((long)ticks) : default;
        return fits;
    }

    [GeneratedRegex(
        @"^(?<sign>[+-]?)P((?<days>[+-]?\d+)D)?(T((?<hours>[+-]?\d+)H)?((?<minutes>[+-]?\d+)M)?((?<seconds>[+-]?\d+(\.\d*)?)S)?)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IsoDuration();

    [GeneratedRegex(@"^(?<number>\d+)\s*(?<unit>[a-zµ]*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SimpleDuration();

    [GeneratedRegex(@"^(?<number>\d+)\s*(?<unit>[a-zA-Z]*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Memory();
}
