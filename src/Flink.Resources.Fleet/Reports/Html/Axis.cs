using System.Globalization;

namespace Flink.Resources.Fleet.Html;

/// <summary>A linear scale with ticks where people expect them.</summary>
/// <param name="From">The pixel of zero.</param>
/// <param name="To">The pixel of the end.</param>
/// <param name="End">The value at the end, above 0.</param>
/// <param name="Step">The distance of ticks.</param>
internal readonly record struct Axis(double From, double To, double End, double Step)
{
    private static readonly double[] TimeSteps =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

    public IEnumerable<double> Ticks
    {
        get
        {
            for (var i = 0; i * Step <= End * 1.000_001; i++)
            {
                yield return i * Step;
            }
        }
    }

    /// <summary>A scale of plain numbers that ends on a tick.</summary>
    public static Axis Numbers(double from, double to, double largest, int ticks, bool whole = false)
    {
        var raw = Math.Max(largest, 1e-9) / ticks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        step = whole ? Math.Max(1, step) : step;
        return new Axis(from, to, Math.Max(step, Math.Ceiling((largest / step) - 1e-9) * step), step);
    }

    /// <summary>A scale of seconds whose ticks are whole seconds, minutes or hours.</summary>
    public static Axis Time(double from, double to, double seconds, int ticks)
    {
        var end = Math.Max(seconds, 1);
        var step = TimeSteps.FirstOrDefault(s => end / s <= ticks, Math.Ceiling(end / ticks / 604_800) * 604_800);
        return new Axis(from, to, end, step);
    }

    public double At(double value) => From + ((To - From) * Math.Clamp(value / End, 0, 1));

    public string Clock(double seconds)
    {
        var span = TimeSpan.FromSeconds(seconds);
        return Step >= 86_400 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} d")
            : End >= 3_600 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00}");
    }

    public string ClockUnit => Step >= 86_400 ? "days" : End >= 3_600 ? "h:mm" : "min:s";
}
