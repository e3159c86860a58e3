namespace Flink.Resources.Health;

/// <summary>What was measured of one item.</summary>
/// <param name="Item">The item's key.</param>
/// <param name="Value">The number that the item grades. NaN counts as no reading.</param>
/// <param name="At">When it was true: the time of the newest sample behind it. An old reading counts as none.</param>
public readonly record struct HealthReading(string Item, double Value, DateTimeOffset At);
