using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>From what was seen to what is scored: readings, open gates, the phase.</summary>
internal sealed class HealthMeter
{
    private readonly HealthOptions _options;
    private readonly IHealthItem[] _own;
    private readonly (HealthItem Item, BuiltInItems.Reader Read)[] _streaming;
    private readonly (HealthItem Item, BuiltInItems.Reader Read)[] _nearRealTime;
    private readonly (HealthItem Item, BuiltInItems.Reader Read)[] _batch;

    public HealthMeter(HealthOptions options, IHealthItem[] own)
    {
        (_options, _own) = (options, own);
        (_streaming, _nearRealTime, _batch) = (Readers(options.Streaming), Readers(options.NearRealTime), Readers(options.Batch));
    }

    public HealthSituation Measure(HealthFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var items = facts.Kind switch
        {
            JobKind.NearRealTime => _nearRealTime,
            JobKind.Batch => _batch,
            _ => _streaming,
        };
        var readings = ImmutableArray.CreateBuilder<HealthReading>(items.Length + _own.Length);
        foreach (var (item, read) in items)
        {
            if (read(new HealthWindow(facts, item, _options)) is { } reading)
            {
                readings.Add(reading);
            }
        }
        foreach (var own in _own)
        {
            if (own.Measure(facts) is { } reading)
            {
                readings.Add(reading with { Item = own.Definition.Key });
            }
        }
        return new()
        {
            Now = facts.Now,
            Kind = facts.Kind,
            Phase = HealthPhases.PhaseOf(facts, _options.Measuring),
            Readings = readings.ToImmutable(),
            Gates = HealthGates.Open(facts, _options),
            IsControlPlaneHeld = facts.IsControlPlaneHeld,
        };
    }

    private (HealthItem Item, BuiltInItems.Reader Read)[] Readers(ImmutableArray<HealthItem> items) =>
    [
        .. items
            .Where(i => !_own.Any(o => string.Equals(o.Definition.Key, i.Key, StringComparison.Ordinal)))
            .Select(static i => (i, BuiltInItems.ReaderOf(i.Key)!))
            .Where(static r => r.Item2 is not null),
    ];
}
