namespace Flink.Resources.Autoscaling;

/// <summary>Processing rates within which a vertex is left alone.</summary>
/// <param name="ScaleUp">Below it a vertex is too slow.</param>
/// <param name="ScaleDown">Above it a vertex is too fast, even after paying for a restart.</param>
public readonly record struct RateThresholds(double ScaleUp, double ScaleDown);

/// <summary>The processing rate a vertex needs.</summary>
public static class Capacity
{
    /// <summary>
    /// The true processing rate at which the steady flow uses the given share, the lag is gone after the catch-up
    /// duration and, with <paramref name="withRestart"/>, what piles up during a restart is gone in the same time.
    /// </summary>
    public static double Needed(
        AutoscalerSettings settings, double target, double catchUp, double utilization, bool withRestart, TimeSpan restartTime)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (double.IsNaN(target) || double.IsNaN(catchUp))
        {
            return double.NaN;
        }
        var share = Math.Min(1, Math.Max(0, utilization));
        if (share == 0)
        {
            return double.PositiveInfinity;
        }
        var catchUpSeconds = settings.CatchUpSeconds;
        var restartSeconds = restartTime.Ticks / TimeSpan.TicksPerSecond;
        var restart = withRestart && catchUpSeconds > 0 ? target * restartSeconds / catchUpSeconds : 0;
        return MetricNumbers.RoundHalfUp(catchUp + restart + target / share);
    }

    /// <summary>The band of a vertex. While a backlog is worked off nothing is too fast.</summary>
    public static RateThresholds Thresholds(
        AutoscalerSettings settings, double target, double catchUp, bool processingBacklog, TimeSpan restartTime)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var max = processingBacklog ? 1 : settings.UtilizationMax ?? settings.UtilizationTarget + settings.UtilizationBoundary;
        var min = processingBacklog ? 0 : settings.UtilizationMin ?? settings.UtilizationTarget - settings.UtilizationBoundary;
        return new(
            Needed(settings, target, catchUp, max, withRestart: false, restartTime),
            Needed(settings, target, catchUp, min, withRestart: true, restartTime));
    }
}
