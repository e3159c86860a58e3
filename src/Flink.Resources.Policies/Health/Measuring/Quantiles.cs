using System.Buffers;

namespace Flink.Resources.Health;

/// <summary>Quantiles and means of samples.</summary>
internal static class Quantiles
{
    /// <summary>A quantile, interpolated between neighbours (Hyndman and Fan's type 7, the default of R and NumPy).</summary>
    public static double Sorted(ReadOnlySpan<double> sorted, double quantile)
    {
        var position = quantile * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }

    /// <summary>A quantile of samples in any order; there is at least one.</summary>
    public static double Of(ReadOnlySpan<HealthSample> samples, double quantile)
    {
        var rented = ArrayPool<double>.Shared.Rent(samples.Length);
        try
        {
            var values = rented.AsSpan(0, samples.Length);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = samples[i].Value;
            }
            values.Sort();
            return Sorted(values, quantile);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    /// <summary>The mean; there is at least one.</summary>
    public static double Mean(ReadOnlySpan<HealthSample> samples)
    {
        var sum = 0d;
        foreach (var sample in samples)
        {
            sum += sample.Value;
        }
        return sum / samples.Length;
    }
}
