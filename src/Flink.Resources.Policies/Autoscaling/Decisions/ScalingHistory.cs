using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>One scaling of a vertex that was carried out.</summary>
/// <param name="At">When it was decided.</param>
/// <param name="CurrentParallelism">Parallelism before.</param>
/// <param name="NewParallelism">Parallelism after.</param>
/// <param name="TrueProcessingRate">Records per second the vertex could process before.</param>
/// <param name="ExpectedProcessingRate">Records per second expected after; NaN when not known.</param>
public sealed record ScalingRecord(
    DateTimeOffset At, int CurrentParallelism, int NewParallelism, double TrueProcessingRate, double ExpectedProcessingRate)
{
    /// <summary>Whether the parallelism grew.</summary>
    public bool IsScaleUp => NewParallelism > CurrentParallelism;
}

/// <summary>What is learned from, and kept of, earlier scalings of a vertex.</summary>
public static class ScalingHistory
{
    /// <summary>Keeps what is young enough, of that the newest ones. Both by configuration.</summary>
    /// <typeparam name="T">What a record is.</typeparam>
    /// <param name="settings">Age and count.</param>
    /// <param name="records">The records, in any order.</param>
    /// <param name="at">When a record was made.</param>
    /// <param name="now">The time of the cycle.</param>
    /// <returns>The kept ones, oldest first.</returns>
    public static ImmutableArray<T> Trim<T>(
        AutoscalerSettings settings, IEnumerable<T> records, Func<T, DateTimeOffset> at, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(at);
        // now - at, not now - age: the age may reach back behind the beginning of the calendar.
        return [.. records.Where(r => now - at(r) <= settings.HistoryMaxAge).OrderBy(at).TakeLast(settings.HistoryMaxCount)];
    }

    /// <summary>
    /// How well the vertex scales, from 1 (linearly) down to the configured least: the least-squares slope of rate over
    /// parallelism, α = Σ p·TPR / (Σ p²·β), relative to the rate β of one subtask at the smallest parallelism seen.
    /// Rounded up to two decimals. 1 when there are too few observations or some rate is not known.
    /// </summary>
    /// <param name="settings">Observations needed, and the least coefficient.</param>
    /// <param name="history">Parallelism and true processing rate at earlier decisions, oldest first.</param>
    public static double ScalabilityCoefficient(
        AutoscalerSettings settings, IReadOnlyList<(int Parallelism, double TrueProcessingRate)> history)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(history);
        if (history.Count < settings.ObservedScalabilityMinObservations || history.Any(static h => double.IsNaN(h.TrueProcessingRate)))
        {
            return 1;
        }
        var (weighted, squares, smallest, baseline) = (0d, 0d, int.MaxValue, 0d);
        foreach (var (parallelism, rate) in history)
        {
            if (double.IsInfinity(rate))
            {
                continue;
            }
            weighted += parallelism * rate;
            squares += (double)parallelism * parallelism;
            if (parallelism <= smallest)
            {
                (smallest, baseline) = (parallelism, rate / parallelism);
            }
        }
        var coefficient = weighted / (squares * baseline);
        return baseline == 0 || !double.IsFinite(coefficient)
            ? 1
            : RoundUp(Math.Max(settings.ObservedScalabilityCoefficientMin, Math.Min(1, coefficient)));
    }

    /// <summary>
    /// Whether the last scale-up brought its share of what was expected. True when there is nothing to compare with:
    /// the last scaling was none upwards, or the parallelism was changed by hand since.
    /// </summary>
    /// <param name="settings">The share.</param>
    /// <param name="last">The last scaling of the vertex; null when there was none.</param>
    /// <param name="parallelism">Its parallelism now.</param>
    /// <param name="trueProcessingRate">Its true processing rate now, in records per second.</param>
    public static bool IsEffective(AutoscalerSettings settings, ScalingRecord? last, int parallelism, double trueProcessingRate)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (last is null || !last.IsScaleUp || last.NewParallelism != parallelism)
        {
            return true;
        }
        var gained = trueProcessingRate - last.TrueProcessingRate;
        var wanted = last.ExpectedProcessingRate - last.TrueProcessingRate;
        return gained / wanted >= settings.EffectivenessThreshold; // false for NaN
    }

    // Up to two decimals of the shortest decimal form: 0.87 must stay 0.87.
    private static double RoundUp(double value) =>
        Math.Abs(value) < 1e12 ? (double)(decimal.Ceiling(MetricNumbers.ShortestDecimal(value) * 100) / 100) : value;
}
