namespace Flink.Resources.Health;

/// <summary>
/// An item of one's own: what it is, and how it is read off what was seen. Pure: no clock, no I/O; numbers that have to be fetched are a series
/// of <see cref="HealthFacts.Series"/> under a name of one's own. Must be safe for concurrent use.
/// </summary>
public interface IHealthItem
{
    /// <summary>Its key, its limits and its weight. Always the same.</summary>
    HealthItem Definition { get; }

    /// <summary>Reads the item; null when there is nothing to read it from. A missing item lowers the coverage, it is never taken for good.</summary>
    /// <param name="facts">What was seen of the job.</param>
    HealthReading? Measure(HealthFacts facts);
}
