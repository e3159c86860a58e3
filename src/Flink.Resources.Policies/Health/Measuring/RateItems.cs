using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>Readings of rates and of what they cost.</summary>
internal static class RateItems
{
    /// <summary>
    /// Consumed to produced; where the latter is not known, to what is usual at this hour. A source that produced nothing leaves nothing to
    /// consume: that says nothing about the job.
    /// </summary>
    public static HealthReading? Throughput(in HealthWindow window)
    {
        if (!window.TrySamples(Metrics.Consumed, out var samples, out var at))
        {
            return null;
        }
        var consumed = Quantiles.Mean(samples);
        if (window.TrySamples(Metrics.Produced, out var production, out var producedAt))
        {
            var produced = Quantiles.Mean(production);
            if (produced > 0)
            {
                return window.At(producedAt < at ? producedAt : at, consumed / produced);
            }
            if (consumed <= 0)
            {
                return null;
            }
        }
        return window.Usual(Metrics.Consumed) is { Median: > 0 } usual ? window.At(at, consumed / usual.Median) : null;
    }

    /// <summary>The worse of CPU per record and memory to the baseline. While little is processed, fixed costs prevail and CPU says nothing.</summary>
    public static HealthReading? Resources(in HealthWindow window)
    {
        double? worst = null;
        var oldest = window.Facts.Now;
        if (window.TrySamples(Metrics.CpuCores, out var cores, out var coresAt) && window.TrySamples(Metrics.Consumed, out var rates, out var ratesAt)
            && window.Usual(Metrics.CpuCores) is { Median: > 0 } usualCores && window.Usual(Metrics.Consumed) is { Median: > 0 } usualRate
            && Quantiles.Mean(rates) is > 0 and var rate && rate >= usualRate.Median * window.Options.LeastRateForCpu)
        {
            worst = Quantiles.Mean(cores) / rate / (usualCores.Median / usualRate.Median);
            oldest = coresAt < ratesAt ? coresAt : ratesAt;
        }
        if (window.TrySamples(Metrics.MemoryBytes, out var memory, out var memoryAt) && window.Usual(Metrics.MemoryBytes) is { Median: > 0 } usualMemory)
        {
            worst = Math.Max(worst ?? 0, Quantiles.Mean(memory) / usualMemory.Median);
            oldest = memoryAt < oldest ? memoryAt : oldest;
        }
        return worst is { } value ? window.At(oldest, value) : null;
    }
}
