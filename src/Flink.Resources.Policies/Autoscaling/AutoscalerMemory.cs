using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// What is remembered of a job between cycles, besides its <see cref="MetricWindow"/>. Immutable; survives a restart of
/// the controller through <see cref="Write"/> and <see cref="Read"/>. A changed reset nonce, or the autoscaler switched
/// off, means to begin again with <see cref="Empty"/>.
/// </summary>
public sealed record AutoscalerMemory
{
    private const int Version = 1;

    /// <summary>Nothing.</summary>
    public static AutoscalerMemory Empty { get; } = new();

    /// <summary>Scalings carried out, by vertex, oldest first.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<ScalingRecord>> History { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<ScalingRecord>>(StringComparer.Ordinal);

    /// <summary>Restarts that scalings caused, oldest first.</summary>
    public ImmutableArray<TrackedRestart> Restarts { get; init; } = [];

    /// <summary>Parallelism of all vertices by the last scaling; empty before the first.</summary>
    public ImmutableSortedDictionary<string, int> Overrides { get; init; } =
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>Configuration keys that memory tuning has set.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Scale-downs that wait, by vertex.</summary>
    public ImmutableSortedDictionary<string, DelayedScaleDown> Delayed { get; init; } =
        ImmutableSortedDictionary.Create<string, DelayedScaleDown>(StringComparer.Ordinal);

    /// <summary>Reports that were sent, by key.</summary>
    public ImmutableSortedDictionary<string, SentEvent> Sent { get; init; } =
        ImmutableSortedDictionary.Create<string, SentEvent>(StringComparer.Ordinal);

    /// <summary>Measured restart times.</summary>
    public IEnumerable<TimeSpan> MeasuredRestarts => Restarts.Where(static r => r.Duration is not null).Select(static r => r.Duration!.Value);

    /// <summary>What is remembered of one vertex.</summary>
    public VertexMemory Of(string vertex)
    {
        var delayed = Delayed.GetValueOrDefault(vertex);
        return History.TryGetValue(vertex, out var records) && !records.IsEmpty
            ? new(records[^1], [.. records.Select(static r => (r.CurrentParallelism, r.TrueProcessingRate))], delayed)
            : delayed is null ? VertexMemory.None : VertexMemory.None with { Delayed = delayed };
    }

    /// <summary>Forgets records that are too old or too many.</summary>
    public AutoscalerMemory Trim(AutoscalerSettings settings, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (History.IsEmpty && Restarts.IsEmpty)
        {
            return this;
        }
        var history = History
            .Select(h => KeyValuePair.Create(h.Key, ScalingHistory.Trim(settings, h.Value, static r => r.At, now)))
            .Where(static h => !h.Value.IsEmpty);
        var kept = RestartTracking.Kept([.. Restarts.Select(r => now - r.DecidedAt)], settings.HistoryMaxAge, settings.HistoryMaxCount);
        return this with
        {
            History = history.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Restarts = Restarts[^kept..],
        };
    }

    /// <summary>
    /// Measures a restart that is still open, once the job runs again as intended.
    /// </summary>
    /// <param name="topology">The job graph as it runs.</param>
    /// <param name="runningSince">Since when the job is RUNNING.</param>
    public AutoscalerMemory ObserveRestart(JobTopology topology, DateTimeOffset runningSince)
    {
        ArgumentNullException.ThrowIfNull(topology);
        if (Restarts.IsEmpty || Restarts[^1] is not { Duration: null } open || runningSince <= open.DecidedAt)
        {
            return this;
        }
        var target = History.Where(h => h.Value[^1].At == open.DecidedAt).Select(static h => KeyValuePair.Create(h.Key, h.Value[^1].NewParallelism));
        var actual = topology.Vertices.ToDictionary(static v => v.Id, static v => v.Parallelism, StringComparer.Ordinal);
        var duration = RestartTracking.Measure(open.DecidedAt, runningSince, target, actual);
        return duration is null ? this : this with { Restarts = Restarts.SetItem(Restarts.Length - 1, open with { Duration = duration }) };
    }

    /// <summary>
    /// Remembers that a decision was carried out: history of the changed vertices, overrides of all, a restart to be
    /// measured, and no scale-down that waits.
    /// </summary>
    /// <param name="decision">The decision.</param>
    /// <param name="tuned">Memory sizes that were applied with it; null when none were.</param>
    /// <param name="now">The time of the cycle.</param>
    public AutoscalerMemory Executed(JobDecision decision, TunedMemory? tuned, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var history = History;
        foreach (var change in decision.Changes)
        {
            var evaluation = change.Evaluation;
            var record = new ScalingRecord(
                now, evaluation.Parallelism, change.NewParallelism, evaluation.TrueProcessingRate, change.ExpectedProcessingRate);
            history = history.SetItem(evaluation.Id, history.TryGetValue(evaluation.Id, out var before) ? before.Add(record) : [record]);
        }
        return this with
        {
            History = history,
            Restarts = Restarts.Add(new(now, null)),
            Overrides = decision.Parallelism(),
            Configuration = tuned?.Overrides().ToImmutableSortedDictionary(StringComparer.Ordinal) ?? Configuration,
            Delayed = Delayed.Clear(),
        };
    }

    /// <summary>The memory as UTF-8 JSON, for a store; names its version.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        new AutoscalerMemoryDocument(
            Version,
            new(History, StringComparer.Ordinal),
            [.. Restarts],
            new(Overrides, StringComparer.Ordinal),
            new(Configuration, StringComparer.Ordinal),
            new(Delayed, StringComparer.Ordinal),
            new(Sent, StringComparer.Ordinal)),
        AutoscalerMemoryContext.Default.AutoscalerMemoryDocument);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is damaged, or a newer version wrote it.</exception>
    public static AutoscalerMemory Read(ReadOnlySpan<byte> json)
    {
        AutoscalerMemoryDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(json, AutoscalerMemoryContext.Default.AutoscalerMemoryDocument);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The autoscaler's memory is damaged: {exception.Message}", exception);
        }
        if (document?.Version != Version)
        {
            throw new FormatException($"The autoscaler's memory has version {document?.Version}; this library reads version {Version}.");
        }
        return new()
        {
            History = document.History.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Restarts = [.. document.Restarts],
            Overrides = document.Overrides.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Configuration = document.Configuration.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Delayed = document.Delayed.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Sent = document.Sent.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }
}

internal sealed record AutoscalerMemoryDocument(
    int Version,
    Dictionary<string, ImmutableArray<ScalingRecord>> History,
    TrackedRestart[] Restarts,
    Dictionary<string, int> Overrides,
    Dictionary<string, string> Configuration,
    Dictionary<string, DelayedScaleDown> Delayed,
    Dictionary<string, SentEvent> Sent);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(AutoscalerMemoryDocument))]
internal sealed partial class AutoscalerMemoryContext : JsonSerializerContext;
