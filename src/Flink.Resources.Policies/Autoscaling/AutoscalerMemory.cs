using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// What is remembered of a job between cycles, besides its <see cref="MetricWindow"/>. Immutable; survives a restart of
/// the controller through <see cref="Write"/> and <see cref="Read"/>. A changed reset nonce, or the autoscaler switched
/// off, means to begin again with <see cref="Empty"/>.
/// </summary>
public sealed record AutoscalerMemory
{

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

    /// <summary>Measured rates by vertex, oldest first; see <see cref="AutoscalerAdditions.ScalingCurve"/>.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<RateObservation>> Measured { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<RateObservation>>(StringComparer.Ordinal);

    /// <summary>Steps that windows proposed, by vertex; see <see cref="AutoscalerAdditions.AgreeingWindows"/>.</summary>
    public ImmutableSortedDictionary<string, StepProposal> Proposals { get; init; } =
        ImmutableSortedDictionary.Create<string, StepProposal>(StringComparer.Ordinal);

    /// <summary>How to undo the last scaling; null when it stands. See <see cref="AutoscalerAdditions.WayBack"/>.</summary>
    public ScalingUndo? Undo { get; init; }

    /// <summary>Steps that are blocked, by vertex; see <see cref="AutoscalerAdditions.WayBack"/>.</summary>
    public ImmutableSortedDictionary<string, BlockedStep> Blocked { get; init; } =
        ImmutableSortedDictionary.Create<string, BlockedStep>(StringComparer.Ordinal);

    /// <summary>Measured restart times.</summary>
    public IEnumerable<TimeSpan> MeasuredRestarts => Restarts.Where(static r => r.Duration is not null).Select(static r => r.Duration!.Value);

    /// <summary>What is remembered of one vertex.</summary>
    public VertexMemory Of(string vertex)
    {
        var delayed = Delayed.GetValueOrDefault(vertex);
        var known = History.TryGetValue(vertex, out var records) && !records.IsEmpty
            ? new(records[^1], [.. records.Select(static r => (r.CurrentParallelism, r.TrueProcessingRate))], delayed)
            : delayed is null ? VertexMemory.None : VertexMemory.None with { Delayed = delayed };
        return Measured.IsEmpty && Proposals.IsEmpty && Blocked.IsEmpty ? known : known with
        {
            Measured = Measured.GetValueOrDefault(vertex, []),
            Proposal = Proposals.GetValueOrDefault(vertex),
            Blocked = Blocked.GetValueOrDefault(vertex),
        };
    }

    /// <summary>
    /// Adds the rates of a full window, for the scaling curve. Rates that are not finite or not above 0 teach nothing.
    /// </summary>
    /// <param name="settings">How long a rate is kept.</param>
    /// <param name="vertices">What was evaluated.</param>
    /// <param name="now">The time of the cycle.</param>
    public AutoscalerMemory Measure(AutoscalerSettings settings, ImmutableArray<VertexEvaluation> vertices, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var measured = Measured;
        foreach (var vertex in vertices)
        {
            var kept = RateObservations.Record(
                measured.GetValueOrDefault(vertex.Id, []), new(now, vertex.Parallelism, vertex.TrueProcessingRate), settings.Extensions.ScalingCurveMaxAge);
            measured = kept.IsEmpty ? measured.Remove(vertex.Id) : measured.SetItem(vertex.Id, kept);
        }
        return this with { Measured = measured };
    }

    /// <summary>Forgets records that are too old or too many.</summary>
    public AutoscalerMemory Trim(AutoscalerSettings settings, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (History.IsEmpty && Restarts.IsEmpty && Blocked.IsEmpty)
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
            Blocked = Blocked.RemoveRange(Blocked.Where(b => now >= b.Value.Until).Select(static b => b.Key)),
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
        if (decision.Restoration is { } restoration)
        {
            return Restored(decision, restoration, now);
        }
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
            Proposals = Proposals.Clear(),
            Undo = decision.Health is not { } health ? null : new(now, Before(decision), decision.Parallelism(), Configuration, health),
        };
    }

    private static ImmutableSortedDictionary<string, int> Before(JobDecision decision) => decision.Vertices.ToImmutableSortedDictionary(
        static v => v.Evaluation.Id, static v => v.Evaluation.Parallelism, StringComparer.Ordinal);

    // As if the scaling had never been: what it was expected to bring must teach nothing.
    private AutoscalerMemory Restored(JobDecision decision, ScalingRestoration restoration, DateTimeOffset now)
    {
        var undo = restoration.Undo;
        var blocked = Blocked;
        foreach (var (vertex, before) in undo.Before)
        {
            if (undo.After.TryGetValue(vertex, out var after) && after != before)
            {
                blocked = blocked.SetItem(vertex, new(before, after, restoration.BlockedUntil));
            }
        }
        var history = History
            .Select(h => KeyValuePair.Create(h.Key, h.Value.RemoveAll(r => r.At == undo.At)))
            .Where(static h => !h.Value.IsEmpty);
        return this with
        {
            History = history.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Restarts = Restarts.Add(new(now, null)),
            Overrides = decision.Parallelism(),
            Configuration = undo.Configuration,
            Delayed = Delayed.Clear(),
            Proposals = Proposals.Clear(),
            Undo = null,
            Blocked = blocked,
        };
    }

    /// <summary>The memory as UTF-8 JSON, for a store; names its version.</summary>
    public byte[] Write() => AutoscalerMemoryFormat.Write(this);

    /// <summary>Reads what <see cref="Write"/> wrote, of this or an earlier version of this library.</summary>
    /// <exception cref="FormatException">It is damaged, or a newer version wrote it.</exception>
    public static AutoscalerMemory Read(ReadOnlySpan<byte> json) => AutoscalerMemoryFormat.Read(json);
}
