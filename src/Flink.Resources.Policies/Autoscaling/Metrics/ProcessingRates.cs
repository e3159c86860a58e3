namespace Flink.Resources.Autoscaling;

/// <summary>True processing rates: what a vertex could process if it never waited.</summary>
public static class ProcessingRates
{
    /// <summary>Busy milliseconds per second of a vertex over the window, by the configured aggregator.</summary>
    public static double BusyTime(AutoscalerSettings settings, MetricSummary metrics, int vertex, int parallelism)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(metrics);
        return settings.BusyTimeAggregator == BusyTimeAggregator.Avg
            ? metrics.Of(vertex, VertexMetric.AccumulatedBusyTime).Rate() / parallelism
            : 1000 * metrics.Of(vertex, VertexMetric.Load).Average();
    }

    /// <summary>
    /// Records per second a vertex receives, as its true processing rate uses it: sources and the aggregator AVG count
    /// records over the window, others take the mean of the reported rates when there is one.
    /// </summary>
    public static double InputRate(AutoscalerSettings settings, MetricSummary metrics, int vertex, bool isSource)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(metrics);
        if (!isSource && settings.BusyTimeAggregator != BusyTimeAggregator.Avg)
        {
            var average = metrics.Of(vertex, VertexMetric.RecordsInPerSecond).Average();
            if (double.IsFinite(average))
            {
                return average;
            }
        }
        return metrics.Of(vertex, VertexMetric.RecordsIn).Rate();
    }

    /// <summary>From busy time: infinite without input, and when records come though the vertex is never busy.</summary>
    public static double FromBusyTime(double busyMsPerSecond, double inputRate) =>
        inputRate == 0 ? double.PositiveInfinity : inputRate / (busyMsPerSecond / 1000);

    /// <summary>The busy-based rate, unless the observed one is known and the busy-based one cannot be believed.</summary>
    public static double Choose(AutoscalerSettings settings, double busyBased, double observed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (double.IsNaN(observed))
        {
            return busyBased;
        }
        return !double.IsFinite(busyBased) || busyBased > observed * (1 + settings.ObservedRateSwitchThreshold)
            ? observed
            : busyBased;
    }

    /// <summary>
    /// What a source shows while it is read from: infinite when nothing comes, measured while there is lag enough to be
    /// sure that it is not idle, else the average of earlier observations.
    /// </summary>
    public static double Observe(
        AutoscalerSettings settings, double lag, double recordsPerSecond, double backPressuredMsPerSecond, double earlierAverage)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (recordsPerSecond == 0)
        {
            return double.PositiveInfinity;
        }
        var threshold = settings.ObservedRateLagThreshold.Ticks / TimeSpan.TicksPerSecond;
        var measured = lag >= threshold * recordsPerSecond
            ? FromBackPressure(recordsPerSecond, backPressuredMsPerSecond)
            : double.NaN;
        return double.IsNaN(measured) ? earlierAverage : measured;
    }

    /// <summary>The rate while not held back; NaN when it was held back all the time.</summary>
    public static double FromBackPressure(double recordsPerSecond, double backPressuredMsPerSecond) =>
        backPressuredMsPerSecond >= 1000 ? double.NaN : recordsPerSecond / (1 - backPressuredMsPerSecond / 1000);

    internal static double Of(AutoscalerSettings settings, MetricSummary metrics, int vertex)
    {
        var busyBased = FromBusyTime(
            BusyTime(settings, metrics, vertex, metrics.Topology.Vertices[vertex].Parallelism),
            InputRate(settings, metrics, vertex, metrics.Topology.IsSource(vertex)));
        var observed = metrics.Topology.IsSource(vertex)
            ? metrics.Of(vertex, VertexMetric.ObservedTrueProcessingRate).Average(settings.ObservedRateMinObservations)
            : double.NaN;
        return Choose(settings, busyBased, observed);
    }
}
