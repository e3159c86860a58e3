using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>The roundings of the Flink autoscaler.</summary>
public static class MetricNumbers
{
    private const double WholeFrom = 4_503_599_627_370_496; // 2^52: every double from here on is whole

    /// <summary>
    /// The value as it is stored: half up to three decimals of its shortest decimal form, but a value that would become
    /// 0 keeps its original.
    /// </summary>
    public static double Stored(double value)
    {
        if (!double.IsFinite(value) || Math.Abs(value) >= WholeFrom)
        {
            return value;
        }
        var scaled = value * 1000;
        if (Math.Abs(scaled) < WholeFrom)
        {
            var whole = Math.Round(scaled);
            var distance = Math.Abs(Math.Abs(scaled - whole) - 0.5);
            if (distance > Math.Max(1e-9, Math.Abs(scaled) * 1e-14))
            {
                return whole == 0 ? value : whole / 1000;
            }
        }
        // Close to a tie, or too large for the short way: let the decimal digits decide.
        var rounded = decimal.Round(ShortestDecimal(value), 3, MidpointRounding.AwayFromZero);
        return rounded == 0 ? value : double.Parse(rounded.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    internal static decimal ShortestDecimal(double value) =>
        decimal.Parse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Exactly floor(x + 1/2), within the range of 64-bit integers; NaN is 0.</summary>
    public static double RoundHalfUp(double value)
    {
        if (double.IsNaN(value))
        {
            return 0;
        }
        if (Math.Abs(value) >= WholeFrom)
        {
            return Math.Clamp(value, long.MinValue, long.MaxValue);
        }
        var floor = Math.Floor(value);
        return value - floor >= 0.5 ? floor + 1 : floor;
    }

    /// <summary>Cut down to a 32-bit integer: saturating, NaN is 0.</summary>
    internal static int ToInt32(double value) => value switch
    {
        double.NaN => 0,
        >= int.MaxValue => int.MaxValue,
        <= int.MinValue => int.MinValue,
        _ => (int)value,
    };

    /// <summary>Cut down to a 64-bit integer: saturating, NaN is 0.</summary>
    internal static long ToInt64(double value) => value switch
    {
        double.NaN => 0,
        >= long.MaxValue => long.MaxValue,
        <= long.MinValue => long.MinValue,
        _ => (long)value,
    };
}
