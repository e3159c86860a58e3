using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// A Quartz cron expression: seconds, minutes, hours, day of month, month, day of week and optionally year. Weekday 1
/// is Sunday; exactly one of the two kinds of day is <c>?</c>. Knows lists, ranges (also over the end), steps, names,
/// <c>L</c>, <c>L-n</c>, <c>W</c>, <c>LW</c>, <c>nL</c> and <c>n#m</c>.
/// </summary>
internal sealed class CronExpression
{
    private static readonly string[] Months =
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly CronField[] _fields;

    private CronExpression(CronField[] fields) => _fields = fields;

    public static CronExpression? TryParse(string text, out string error)
    {
        var parts = text.ToUpperInvariant().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (6 or 7))
        {
            error = "a cron expression has six or seven fields";
            return null;
        }
        CronField?[] fields =
        [
            CronField.TryParse(parts[0], 0, 59, CronField.Kind.Plain, []),
            CronField.TryParse(parts[1], 0, 59, CronField.Kind.Plain, []),
            CronField.TryParse(parts[2], 0, 23, CronField.Kind.Plain, []),
            CronField.TryParse(parts[3], 1, 31, CronField.Kind.DayOfMonth, []),
            CronField.TryParse(parts[4], 1, 12, CronField.Kind.Plain, Months),
            CronField.TryParse(parts[5], 1, 7, CronField.Kind.DayOfWeek, Weekdays),
            CronField.TryParse(parts is [.., _, var year] && parts.Length == 7 ? year : "*", 1970, 2299, CronField.Kind.Year, []),
        ];
        if (Array.FindIndex(fields, static f => f is null) is var bad and >= 0)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"field {bad + 1} of the cron expression is not valid");
            return null;
        }
        if (fields[3]!.Unspecified == fields[5]!.Unspecified)
        {
            error = "exactly one of day of month and day of week must be '?'";
            return null;
        }
        error = "";
        return new(fields!);
    }

    public bool Matches(DateTime time) =>
        _fields[0].Contains(time.Second) && _fields[1].Contains(time.Minute) && _fields[2].Contains(time.Hour)
        && _fields[4].Contains(time.Month) && _fields[6].Contains(time.Year)
        && _fields[3].ContainsDayOfMonth(time) && _fields[5].ContainsDayOfWeek(time);
}
