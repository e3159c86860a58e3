namespace Flink.Resources.Fleet;

/// <summary>Quantiles with linear interpolation between the two nearest values.</summary>
internal static class Quantiles
{
    /// <summary>The known values in order.</summary>
    public static double[] Sort(IEnumerable<double?> values) => [.. values.OfType<double>().Where(double.IsFinite).Order()];

    /// <summary>A quantile of sorted values; null of none.</summary>
    public static double? Of(double[] sorted, double share)
    {
        if (sorted.Length == 0)
        {
            return null;
        }
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
