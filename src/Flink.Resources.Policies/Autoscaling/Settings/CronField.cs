using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>One field of a <see cref="CronExpression"/>.</summary>
internal sealed class CronField
{
    private readonly HashSet<int> _values = [];
    private int? _fromLast;
    private bool _nearestWeekday;
    private bool _lastWeekday;
    private int? _nth;

    private CronField()
    {
    }

    internal enum Kind
    {
        Plain = 0,
        Year,
        DayOfMonth,
        DayOfWeek,
    }

    /// <summary>The field is <c>?</c>: it says nothing.</summary>
    public bool Unspecified { get; private init; }

    public static CronField? TryParse(string text, int least, int most, Kind kind, string[] names)
    {
        if (text == "?")
        {
            return kind is Kind.DayOfMonth or Kind.DayOfWeek ? new CronField { Unspecified = true } : null;
        }
        var field = new CronField();
        var entries = text.Split(',');
        var valid = entries.Length == 1 && field.AddSpecial(text, kind, names);
        return valid || Array.TrueForAll(entries, e => field.Add(e, least, most, kind, names)) ? field : null;
    }

    public bool Contains(int value) => Unspecified || _values.Contains(value);

    public bool ContainsDayOfMonth(DateTime time)
    {
        var days = DateTime.DaysInMonth(time.Year, time.Month);
        if (_fromLast is { } offset)
        {
            var day = Math.Max(1, days - offset);
            return time.Day == (_nearestWeekday ? Nearest(time, day, days) : day);
        }
        return _nearestWeekday
            ? _values.Any(day => time.Day == Nearest(time, Math.Min(day, days), days))
            : Contains(time.Day);
    }

    public bool ContainsDayOfWeek(DateTime time)
    {
        var days = DateTime.DaysInMonth(time.Year, time.Month);
        return Contains((int)time.DayOfWeek + 1)
            && (!_lastWeekday || time.Day + 7 > days)
            && (_nth is not { } nth || (time.Day - 1) / 7 + 1 == nth);
    }

    // The weekday nearest to a day, without leaving the month.
    private static int Nearest(DateTime time, int day, int days) =>
        new DateTime(time.Year, time.Month, day, 0, 0, 0, DateTimeKind.Unspecified).DayOfWeek switch
        {
            DayOfWeek.Saturday => day == 1 ? day + 2 : day - 1,
            DayOfWeek.Sunday => day == days ? day - 2 : day + 1,
            _ => day,
        };

    private bool AddSpecial(string text, Kind kind, string[] names) => kind switch
    {
        Kind.DayOfMonth => AddSpecialDayOfMonth(text),
        Kind.DayOfWeek => AddSpecialDayOfWeek(text, names),
        _ => false,
    };

    private bool AddSpecialDayOfMonth(string text)
    {
        var weekday = text.EndsWith('W');
        var rest = weekday ? text[..^1] : text;
        if (rest == "L" || (rest.StartsWith("L-", StringComparison.Ordinal) && TryNumber(rest[2..], [], out var value) && value is >= 0 and <= 30))
        {
            _fromLast = rest == "L" ? 0 : int.Parse(rest.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture);
            _nearestWeekday = weekday;
            return true;
        }
        if (!weekday || !TryNumber(rest, [], out var day) || day is < 1 or > 31)
        {
            return false;
        }
        _nearestWeekday = true;
        return _values.Add(day);
    }

    private bool AddSpecialDayOfWeek(string text, string[] names)
    {
        if (text == "L")
        {
            return _values.Add(7);
        }
        if (text.EndsWith('L') && TryNumber(text[..^1], names, out var last) && last is >= 1 and <= 7)
        {
            _lastWeekday = true;
            return _values.Add(last);
        }
        if (text.Split('#') is not [var left, var right] || !TryNumber(left, names, out var day) || day is < 1 or > 7
            || !TryNumber(right, [], out var nth) || nth is < 1 or > 5)
        {
            return false;
        }
        _nth = nth;
        return _values.Add(day);
    }

    private bool Add(string text, int least, int most, Kind kind, string[] names)
    {
        var step = 1;
        var stepped = text.IndexOf('/', StringComparison.Ordinal);
        // Quartz: a step of at most the range of the field; years have none.
        if (stepped >= 0 && (!TryNumber(text[(stepped + 1)..], [], out step) || step < 0 || (kind != Kind.Year && step > most)))
        {
            return false;
        }
        var range = stepped >= 0 ? text[..stepped] : text;
        if (range is "*" || (range.Length == 0 && stepped >= 0))
        {
            return AddRange(least, most, Math.Max(1, step), least, most);
        }
        if (range.Split('-') is [var from, var to])
        {
            if (!TryNumber(from, names, out var start) || !TryNumber(to, names, out var end)
                || start < least || start > most || end < least || end > most || (kind == Kind.Year && end < start))
            {
                return false;
            }
            // A range that ends before it starts goes on over the end.
            return step == 0 ? _values.Add(start) || true : AddRange(start, end < start ? end + (most - least + 1) : end, step, least, most);
        }
        return TryNumber(range, names, out var single) && single >= least && single <= most
            && AddRange(single, stepped >= 0 && step > 0 ? most : single, Math.Max(1, step), least, most);
    }

    private bool AddRange(int from, int to, int step, int least, int most)
    {
        for (var value = from; value <= to; value += step)
        {
            _values.Add(value > most ? value - (most - least + 1) : value);
        }
        return true;
    }

    private static bool TryNumber(string text, string[] names, out int number)
    {
        if (Array.IndexOf(names, text) is var index and >= 0)
        {
            number = index + 1;
            return true;
        }
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 10_000;
    }
}
