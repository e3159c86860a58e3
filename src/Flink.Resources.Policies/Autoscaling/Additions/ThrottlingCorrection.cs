using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// Corrects true processing rates by the CPU throttling of containers. A rate from busy time says what a vertex could
/// do if it were busy all the time; a container that was throttled in some of its periods had nothing left in those.
/// So only the part of the head-room counts that belongs to the other periods:
/// <c>rate' = in + (rate − in)·(1 − throttled)</c>. It is never less than what the vertex does already.
/// </summary>
public sealed class ThrottlingCorrection : IMetricEvaluator
{
    private readonly AutoscalerSettings _settings;
    private readonly ImmutableDictionary<string, double> _throttled;

    /// <summary>A correction for one cycle.</summary>
    /// <param name="settings">How busy time is aggregated.</param>
    /// <param name="throttled">
    /// By vertex the share of scheduling periods, over the window, in which its containers were throttled
    /// (<c>nr_throttled / nr_periods</c> of Linux' <c>cpu.stat</c>), 0 to 1. What is missing is not corrected.
    /// </param>
    public ThrottlingCorrection(AutoscalerSettings settings, ImmutableDictionary<string, double> throttled)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(throttled);
        (_settings, _throttled) = (settings, throttled);
    }

    /// <summary>The corrected rate, in records per second; the rate itself where there is nothing to correct.</summary>
    /// <param name="trueProcessingRate">From busy time.</param>
    /// <param name="inputRate">What the vertex does now.</param>
    /// <param name="throttled">Share of throttled periods; limited to 0 to 1, NaN is not known.</param>
    public static double Correct(double trueProcessingRate, double inputRate, double throttled) =>
        double.IsFinite(trueProcessingRate) && inputRate > 0 && inputRate < trueProcessingRate && throttled > 0
            ? Math.Min(trueProcessingRate, inputRate + (trueProcessingRate - inputRate) * (1 - Math.Min(1, throttled)))
            : trueProcessingRate;

    /// <inheritdoc/>
    public VertexEvaluation Adjust(VertexEvaluation computed, MetricSummary metrics)
    {
        ArgumentNullException.ThrowIfNull(computed);
        ArgumentNullException.ThrowIfNull(metrics);
        var position = metrics.Topology.PositionOf(computed.Id);
        if (position < 0 || !_throttled.TryGetValue(computed.Id, out var throttled) || !(throttled > 0))
        {
            return computed;
        }
        var (busyBased, input) = BusyBased(metrics, position);
        // What was observed directly shows the throttling already.
        if (!busyBased.Equals(computed.TrueProcessingRate))
        {
            return computed;
        }
        var corrected = MetricNumbers.Stored(Correct(computed.TrueProcessingRate, input, throttled));
        return corrected.Equals(computed.TrueProcessingRate) ? computed : computed with
        {
            TrueProcessingRate = corrected,
            Notes = computed.Notes.Add(new(AutoscalerAdditions.CpuThrottling, string.Create(CultureInfo.InvariantCulture,
                $"throttled in {100 * Math.Min(1, throttled):0.#} % of the periods, so {corrected:0.###}/s instead of {computed.TrueProcessingRate:0.###}/s"))),
        };
    }

    private (double Rate, double Input) BusyBased(MetricSummary metrics, int position)
    {
        var input = ProcessingRates.InputRate(_settings, metrics, position, metrics.Topology.IsSource(position));
        var busy = ProcessingRates.BusyTime(_settings, metrics, position, metrics.Topology.Vertices[position].Parallelism);
        return (MetricNumbers.Stored(ProcessingRates.FromBusyTime(busy, input)), input);
    }
}
