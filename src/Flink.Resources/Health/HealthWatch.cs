using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>
/// Looks at copies through all collectors, remembers what was seen as long as somebody looks, and scores it. One for the process; what
/// it remembers is lost with it, and the windows fill again.
/// </summary>
internal sealed class HealthWatch(IEnumerable<IHealthCollector> collectors, IEnumerable<IHealthItem> items, TimeProvider timeProvider)
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan CollectorPatience = TimeSpan.FromSeconds(20);
    private const int UsualEvery = 10;
    private readonly ImmutableArray<IHealthCollector> _collectors = [.. collectors];
    private readonly ImmutableArray<IHealthItem> _items = [.. items];
    private readonly ConcurrentDictionary<HistoryKey, Entry> _entries = new();
    private readonly HealthOptions _defaults = new();
    private HealthScorer? _scorer;

    /// <summary>One look, one evaluation.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<HealthAnswer> ReadAsync(HealthQuestion question, CancellationToken cancellationToken)
    {
        var readings = await CollectAsync(question.Target, cancellationToken).ConfigureAwait(false);
        var now = timeProvider.GetUtcNow();
        var entry = _entries.GetOrAdd(new HistoryKey(question.Target.Job, question.Target.Copy.Application.ToString()), _ => Start(question, now));
        lock (entry)
        {
            entry.History.Add(readings, now);
            return Answer(question, entry, now);
        }
    }

    /// <summary>Nobody looks at the job any more.</summary>
    public void Forget(JobKey job)
    {
        foreach (var key in _entries.Keys.Where(k => k.Job == job).ToList())
        {
            _entries.TryRemove(key, out _);
        }
    }

    private async Task<HealthReadings> CollectAsync(HealthTarget target, CancellationToken cancellationToken)
    {
        var all = HealthReadings.None;
        foreach (var collector in _collectors)
        {
            using var patience = new CancellationTokenSource(CollectorPatience, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
            try
            {
                all = all.With(await collector.CollectAsync(target, either.Token).ConfigureAwait(false));
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever a collector fails with: what it would have read is not known, which the score says.
                all = all with { Troubles = all.Troubles.Add($"{collector.Name}: {exception.GetType().Name}") };
            }
        }
        return all;
    }

    private Entry Start(HealthQuestion question, DateTimeOffset now)
    {
        foreach (var (key, entry) in _entries)
        {
            if (now - entry.History.LastAt > Forgotten)
            {
                _entries.TryRemove(key, out _);
            }
        }
        var keeps = question.Keeps > LongestWindow ? question.Keeps : LongestWindow;
        return new Entry(new HealthHistory(keeps + TimeSpan.FromMinutes(10)));
    }

    private HealthAnswer Answer(HealthQuestion question, Entry entry, DateTimeOffset now)
    {
        var history = entry.History;
        if (question.WantsUsual || entry.Usual is null || history.Looks % UsualEvery == 0)
        {
            entry.Usual = history.Usual(now, byHour: question.Baseline is null);
        }
        var facts = Facts(question, history, now) with { Baseline = question.Baseline ?? entry.Usual };
        var options = question.Options ?? _defaults;
        var metric = facts.Kind == JobKind.NearRealTime ? HealthMetrics.Freshness : HealthMetrics.Lag;
        return new HealthAnswer
        {
            At = now,
            Evaluation = Scorer(question.Options).Evaluate(facts),
            HasCaughtUp = HealthPhases.HasCaughtUp(facts, options.Measuring),
            LagIsAllowed = HealthPhases.IsDelayAllowed(facts, options.Measuring),
            HasLag = facts.Series.ContainsKey(metric),
            HasNoLag = history.Last.HasNoLag,
            GoodCycles = GoodInARow(facts, HealthMetrics.Cycle),
            GoodRuns = GoodInARow(facts, HealthMetrics.Run),
            ObservedSince = history.Since!.Value,
            Restarts = history.Restarts,
            Usual = question.WantsUsual ? entry.Usual : null,
            Troubles = history.Last.Troubles,
        };
    }

    private static HealthFacts Facts(HealthQuestion question, HealthHistory history, DateTimeOffset now) => new()
    {
        Now = now,
        Kind = question.Target.Kind,
        StartedAt = question.StartedAt,
        CaughtUpAt = question.CaughtUpAt,
        CatchUpDeadline = question.CatchUpDeadline,
        IsControlPlaneHeld = question.IsControlPlaneHeld,
        SecondCopy = question.SecondCopy,
        Series = history.Series(now - LongestWindow),
        LagSlo = question.LagSlo,
        CheckpointInterval = history.Last.CheckpointInterval,
        FirstCheckpointIsFull = question.FirstCheckpointIsFull,
        StateBytes = history.Last.StateBytes,
        SnapshotBytesPerSecond = history.Last.SnapshotBytesPerSecond,
        Workers = history.Last.Workers,
        RestoredAsIntended = question.RestoredAsIntended,
        RootCauses = history.Causes,
        OwnerObjection = history.Last.OwnerObjection,
    };

    private static int GoodInARow(HealthFacts facts, string metric)
    {
        var good = 0;
        if (facts.Series.TryGetValue(metric, out var series))
        {
            for (var i = series.Samples.Length - 1; i >= 0 && series.Samples[i].At >= facts.StartedAt && series.Samples[i].Value >= 1; i--)
            {
                good++;
            }
        }
        return good;
    }

    private HealthScorer Scorer(HealthOptions? options) => options is null
        ? _scorer ??= new HealthScorer(_defaults, _items)
        : new HealthScorer(options, _items);

    private readonly record struct HistoryKey(JobKey Job, string Application);

    private sealed class Entry(HealthHistory history)
    {
        public HealthHistory History { get; } = history;

        public HealthBaseline? Usual { get; set; }
    }
}

/// <summary>What a watch is asked: the copy, and what is known of it from elsewhere.</summary>
internal sealed record HealthQuestion
{
    public required HealthTarget Target { get; init; }

    public HealthOptions? Options { get; init; }

    /// <summary>What to compare with; null compares the copy with itself, as while its baseline is being observed.</summary>
    public HealthBaseline? Baseline { get; init; }

    public TimeSpan? LagSlo { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? CaughtUpAt { get; init; }

    public DateTimeOffset? CatchUpDeadline { get; init; }

    public bool FirstCheckpointIsFull { get; init; }

    public bool? RestoredAsIntended { get; init; }

    public bool IsControlPlaneHeld { get; init; }

    public string? SecondCopy { get; init; }

    /// <summary>How long what is seen is remembered.</summary>
    public TimeSpan Keeps { get; init; }

    /// <summary>The answer is to hold what is usual for the copy.</summary>
    public bool WantsUsual { get; init; }
}

/// <summary>What a watch answers.</summary>
internal sealed record HealthAnswer
{
    public required DateTimeOffset At { get; init; }

    public required HealthEvaluation Evaluation { get; init; }

    /// <summary>Null when the delay is not known.</summary>
    public bool? HasCaughtUp { get; init; }

    /// <summary>Null when the delay is not known.</summary>
    public bool? LagIsAllowed { get; init; }

    public bool HasLag { get; init; }

    public bool HasNoLag { get; init; }

    public int GoodCycles { get; init; }

    public int GoodRuns { get; init; }

    public DateTimeOffset ObservedSince { get; init; }

    public int? Restarts { get; init; }

    public HealthBaseline? Usual { get; init; }

    public ImmutableArray<string> Troubles { get; init; } = [];
}
