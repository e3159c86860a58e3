namespace Flink.Resources.Autoscaling;

/// <summary>From a factor to a parallelism.</summary>
public static class ParallelismStep
{
    /// <summary>The factor applied, rounded up, kept within the limits; not aligned yet.</summary>
    /// <exception cref="ArgumentException">The lower limit is above the upper one.</exception>
    public static int Scale(double factor, ParallelismLimits limits)
    {
        if (limits.Lower > limits.Upper)
        {
            throw new ArgumentException($"The lower limit {limits.Lower} is above the upper limit {limits.Upper}.", nameof(limits));
        }
        var raw = MetricNumbers.ToInt32(Math.Ceiling(factor * limits.Current));
        return Math.Min(Math.Max(limits.Lower, raw), Math.Min(limits.MaxParallelism, limits.Upper));
    }

    /// <summary>The factor applied, kept within the limits and aligned; the current parallelism is never moved away from by alignment alone.</summary>
    /// <exception cref="ArgumentException">The lower limit is above the upper one.</exception>
    public static AlignedParallelism ScaleAndAlign(double factor, ParallelismLimits limits)
    {
        var target = Scale(factor, limits);
        return target == limits.Current ? new(target, false) : ParallelismAlignment.Align(target, limits);
    }
}
