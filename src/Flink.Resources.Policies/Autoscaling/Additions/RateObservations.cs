using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>What is kept of measured rates: the newest of each parallelism, young ones only, at most sixteen.</summary>
public static class RateObservations
{
    /// <summary>The greatest number of observations kept per vertex.</summary>
    public const int MaxCount = 16;

    /// <summary>Adds an observation; one of the same parallelism replaces the one before.</summary>
    /// <param name="observations">What is kept so far.</param>
    /// <param name="observation">The new one; ignored when its rate is not finite or not above 0.</param>
    /// <param name="maxAge">What is older than this is forgotten.</param>
    /// <returns>The kept ones, oldest first.</returns>
    public static ImmutableArray<RateObservation> Record(
        ImmutableArray<RateObservation> observations, RateObservation observation, TimeSpan maxAge)
    {
        ArgumentNullException.ThrowIfNull(observation);
        var usable = double.IsFinite(observation.Rate) && observation.Rate > 0;
        var kept = observations
            .Where(o => observation.At - o.At <= maxAge && !(usable && o.Parallelism == observation.Parallelism))
            .Concat(usable ? [observation] : []);
        return [.. kept.OrderBy(static o => o.At).ThenBy(static o => o.Parallelism).TakeLast(MaxCount)];
    }

    /// <summary>
    /// Whether a step upwards is worth it by the curve of a vertex.
    /// </summary>
    /// <param name="settings">The effectiveness threshold, and how many observations it takes.</param>
    /// <param name="observations">Measured rates of the vertex.</param>
    /// <param name="from">Parallelism before.</param>
    /// <param name="to">Parallelism after.</param>
    /// <returns>What to say against it; null when nothing is, or too little is known.</returns>
    public static ScalingNote? Objection(
        AutoscalerSettings settings, ImmutableArray<RateObservation> observations, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var usable = observations.Where(static o => double.IsFinite(o.Rate) && o.Rate > 0).ToList();
        if (from < 1 || usable.Select(static o => o.Parallelism).Distinct().Count() < settings.Extensions.ScalingCurveMinObservations
            || ScalingCurve.Fit(usable) is not { } curve)
        {
            return null;
        }
        var share = curve.GainShare(from, to);
        return share >= settings.EffectivenessThreshold ? null : new(AutoscalerAdditions.ScalingCurve, string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{from} to {to} would bring {share:0.###} of a linear gain by {usable.Count} measured rates, less than {settings.EffectivenessThreshold:0.###}"));
    }
}
