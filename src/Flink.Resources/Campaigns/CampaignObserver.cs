using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>
/// Looks at the clusters of a campaign beside its loop: their room, and how their servers answer. What it learnt last is there at once;
/// a cluster that does not answer keeps nobody waiting.
/// </summary>
internal sealed class CampaignObserver
{
    private static readonly TimeSpan LongPending = TimeSpan.FromMinutes(5);
    private readonly Lock _lock = new();
    private readonly TimeProvider _timeProvider;
    private readonly CampaignOptions _options;
    private readonly ImmutableArray<Watched> _watched;
    private readonly TimeSpan _memory;
    private readonly List<MeanScore> _scores = [];
    private Task? _looking;
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;

    public CampaignObserver(CampaignRequest request, IBackendCatalog backends, TimeProvider timeProvider)
    {
        (_timeProvider, _options) = (timeProvider, request.Options);
        var moves = request.Plan.Waves.SelectMany(static w => w.Moves).ToList();
        var sources = moves.Select(static m => m.From.Backend).ToHashSet(StringComparer.Ordinal);
        var targets = moves.Select(static m => m.To.Backend).ToHashSet(StringComparer.Ordinal);
        _watched = [.. sources.Union(targets, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(b => new Watched(backends.GetRequired(b), sources.Contains(b), targets.Contains(b)))];
        var abort = request.Options.Abort;
        _memory = new[] { abort.TargetTroubleFor, abort.SourceUnreadableFor, abort.RearmAfter, abort.MeanScoreFor }.Max() + TimeSpan.FromMinutes(15);
    }

    /// <summary>Whether it is time to look.</summary>
    public bool IsDue => _timeProvider.GetUtcNow() - _lookedAt >= _options.ControlPlaneInterval;

    /// <summary>Begins to look, unless it looks already, or did a moment ago; <paramref name="done"/> is called when all have answered.</summary>
    public void Begin(Action done, CancellationToken cancellationToken)
    {
        // Servers that fail at once are not asked at once again.
        if (_looking is { IsCompleted: false } || _timeProvider.GetUtcNow() - _lookedAt < _options.SnapshotAge / 2)
        {
            return;
        }
        _lookedAt = _timeProvider.GetUtcNow();
        _looking = LookAsync(done, cancellationToken);
    }

    /// <summary>Ends with the look that is under way.</summary>
    public Task EndAsync() => _looking ?? Task.CompletedTask;

    /// <summary>A mean of the scores of the jobs that are watched.</summary>
    public void AddScore(MeanScore score)
    {
        lock (_lock)
        {
            _scores.RemoveAll(s => s.At < score.At - _memory);
            _scores.Add(score);
        }
    }

    /// <summary>What was measured, for the abort rules.</summary>
    public CampaignFacts Facts
    {
        get
        {
            lock (_lock)
            {
                return new CampaignFacts
                {
                    Now = _timeProvider.GetUtcNow(),
                    Scores = [.. _scores],
                    ControlPlanes =
                    [
                        .. _watched.Where(static w => w.Samples.Count > 0).Select(static w => new ControlPlaneFacts
                        {
                            Backend = w.Backend.Info.Name,
                            IsSource = w.IsSource,
                            IsTarget = w.IsTarget,
                            Samples = [.. w.Samples],
                        }),
                    ],
                };
            }
        }
    }

    /// <summary>The newest snapshots; null before each cluster was seen once.</summary>
    public ImmutableArray<BackendSnapshot>? Snapshots
    {
        get
        {
            lock (_lock)
            {
                return _watched.All(static w => w.Newest is not null) ? [.. _watched.Select(static w => w.Newest!)] : null;
            }
        }
    }

    /// <summary>Whether a snapshot is too old to prove room.</summary>
    public bool IsStale(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _watched.Any(w => w.Newest is not { Queues.AsOf: { } at } || now - at > _options.SnapshotAge);
        }
    }

    private async Task LookAsync(Action done, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_watched.Select(w => LookAsync(w, cancellationToken))).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        done();
    }

    private async Task LookAsync(Watched watched, CancellationToken cancellationToken)
    {
        var began = _timeProvider.GetTimestamp();
        BackendSnapshot? snapshot = null;
        try
        {
            snapshot = await watched.Backend.GetSnapshotAsync(_options.SnapshotAge / 2, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            // Whatever it fails with: that it can't be read is what is learnt.
        }
        var now = _timeProvider.GetUtcNow();
        var isReadable = snapshot is { Queues.StaleBecause: null, Applications.StaleBecause: null };
        lock (_lock)
        {
            watched.Newest = snapshot ?? watched.Newest;
            watched.Samples.RemoveAll(s => s.At < now - _memory);
            watched.Samples.Add(new ControlPlaneSample(
                now, isReadable, isReadable ? 0 : 1, _timeProvider.GetElapsedTime(began), isReadable ? PendingShare(snapshot!, now) : null));
        }
    }

    /// <summary>The share of applications that have been waiting for their processes for too long.</summary>
    private static double? PendingShare(BackendSnapshot snapshot, DateTimeOffset now)
    {
        var (waiting, all) = (0, 0);
        foreach (var application in snapshot.Applications.Items)
        {
            if (application.State is ApplicationState.Starting or ApplicationState.Running)
            {
                all++;
                waiting += application.State == ApplicationState.Starting && now - application.StartedAt > LongPending ? 1 : 0;
            }
        }
        return all == 0 ? null : (double)waiting / all;
    }

    private sealed class Watched(IResourceBackend backend, bool isSource, bool isTarget)
    {
        public IResourceBackend Backend => backend;

        public bool IsSource => isSource;

        public bool IsTarget => isTarget;

        public List<ControlPlaneSample> Samples { get; } = [];

        public BackendSnapshot? Newest { get; set; }
    }
}
