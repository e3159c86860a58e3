using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>What one look has to know of the one before, of one application. Looks at one application come one after the other.</summary>
internal sealed class FlinkHealthMemory
{
    /// <summary>After so many looks what hardly ever changes is read anew.</summary>
    private const int RefreshEvery = 20;

    public DateTimeOffset UsedAt { get; set; }

    public long Looks { get; set; }

    public FlinkJobId? Job { get; set; }

    public ImmutableArray<FlinkVertex> Vertices { get; set; } = [];

    /// <summary>The names of a vertex' metrics that mean something here.</summary>
    public Dictionary<string, ImmutableArray<string>> Names { get; } = new(StringComparer.Ordinal);

    public CheckpointSettings? Settings { get; set; }

    public (double Pending, DateTimeOffset At)? Pending { get; set; }

    /// <summary>TaskManagers by id, and whether they had work.</summary>
    public ImmutableDictionary<string, bool>? TaskManagers { get; set; }

    public int LostTaskManagers { get; set; }

    public int LostJobManagers { get; set; }

    public double? JobManagerCpu { get; set; }

    public (double TaskManagers, double JobManager, DateTimeOffset At)? Collected { get; set; }

    public bool IsRefreshDue => Looks % RefreshEvery == 0;
}

/// <summary>Gathers what one look brings; each part fails by itself.</summary>
internal sealed class HealthReadingsBuilder
{
    private readonly ImmutableDictionary<string, double>.Builder _gauges = ImmutableDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
    private readonly ImmutableDictionary<string, HealthCounter>.Builder _counters = ImmutableDictionary.CreateBuilder<string, HealthCounter>(StringComparer.Ordinal);
    private readonly ImmutableDictionary<string, ImmutableArray<HealthSample>>.Builder _events =
        ImmutableDictionary.CreateBuilder<string, ImmutableArray<HealthSample>>(StringComparer.Ordinal);

    private readonly ImmutableArray<RootCause>.Builder _causes = ImmutableArray.CreateBuilder<RootCause>();
    private readonly ImmutableArray<string>.Builder _troubles = ImmutableArray.CreateBuilder<string>();

    public TimeSpan? CheckpointInterval { get; set; }

    public long? StateBytes { get; set; }

    public double? SnapshotBytesPerSecond { get; set; }

    public int? Workers { get; set; }

    public bool HasNoLag { get; set; }

    public void Gauge(string metric, double value) => _gauges[metric] = value;

    public void Counter(string metric, double total, HealthCounterUse use) => _counters[metric] = new HealthCounter(total, use);

    public void Events(string metric, IEnumerable<HealthSample> samples) => _events[metric] = [.. samples];

    public void Cause(RootCause cause) => _causes.Add(cause);

    public void Trouble(string words) => _troubles.Add(words);

    public IFlinkCluster? Nothing(Evidence evidence)
    {
        Trouble(evidence.Seen);
        return null;
    }

    public async Task TryAsync(string part, Func<Task> read)
    {
        try
        {
            await read().ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            Trouble($"{part}: {exception.Message}");
        }
    }

    public HealthReadings ToReadings() => new()
    {
        Gauges = _gauges.ToImmutable(),
        Counters = _counters.ToImmutable(),
        Events = _events.ToImmutable(),
        RootCauses = _causes.ToImmutable(),
        CheckpointInterval = CheckpointInterval,
        StateBytes = StateBytes,
        SnapshotBytesPerSecond = SnapshotBytesPerSecond,
        Workers = Workers,
        HasNoLag = HasNoLag,
        Troubles = _troubles.ToImmutable(),
    };
}
