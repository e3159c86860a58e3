using System.Diagnostics.CodeAnalysis;

namespace Flink.Resources.Health;

/// <summary>The facts as one item sees them: its window, the baseline of this hour.</summary>
internal readonly ref struct HealthWindow(HealthFacts facts, HealthItem item, HealthOptions options)
{
    public HealthFacts Facts => facts;

    public HealthMeasuringOptions Options => options.Measuring;

    public DateTimeOffset Start => facts.Now - item.Window;

    /// <summary>A reading of this item.</summary>
    public HealthReading At(DateTimeOffset at, double value) => new(item.Key, value, at);

    /// <summary>What is usual at this hour; null when not known.</summary>
    public BaselineStatistic? Usual(string metric) => facts.Baseline.Find(metric, facts.Now, options.Measuring.LeastBaselineSamples);

    /// <summary>A series, if it could be read.</summary>
    public bool TryRead(string metric, [NotNullWhen(true)] out HealthSeries? series) => facts.Series.TryGetValue(metric, out series);

    /// <summary>The samples of the window, if there are any.</summary>
    public bool TrySamples(string metric, out ReadOnlySpan<HealthSample> samples, out DateTimeOffset newest)
    {
        samples = TryRead(metric, out var series) ? series.After(Start) : default;
        newest = samples.IsEmpty ? default : samples[^1].At;
        return !samples.IsEmpty;
    }

    /// <summary>Events of the window per hour. Few of them count as they are: how long the job was observed says nothing about one event.</summary>
    public double PerHour(HealthSeries events)
    {
        var count = events.After(Start).Length;
        var observed = facts.Now - (facts.StartedAt > Start ? facts.StartedAt : Start);
        return count < options.Measuring.ScaledFromEvents || observed <= TimeSpan.Zero ? count : count / Math.Min(observed.TotalHours, item.Window.TotalHours);
    }
}
