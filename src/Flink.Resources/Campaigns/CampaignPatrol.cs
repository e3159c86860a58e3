using System.Collections.Immutable;
using Flink.Resources.Health;
using Flink.Resources.Planning;
using Microsoft.Extensions.Logging;

namespace Flink.Resources;

/// <summary>
/// Looks beside a campaign's loop at jobs that no move looks at: some that were committed, whether they get worse, and some whose turn comes
/// late, whether jobs get worse that nobody moved. However large the campaign: few jobs, few at a time, once a minute. What it remembers is
/// lost with the process, and is learnt again.
/// </summary>
internal sealed partial class CampaignPatrol(HealthWatch health, IJournal journal, IMigrations migrations, AbortOptions options, TimeProvider timeProvider, ILogger logger)
{
    private const int MostCommitted = 40;
    private const int MostUnmoved = 20;
    private const int AtOnce = 4;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Learns = TimeSpan.FromMinutes(30);
    private readonly Lock _lock = new();
    private readonly Dictionary<JobKey, PatrolledJob> _committed = [];
    private readonly Dictionary<JobKey, PatrolledJob> _unmoved = [];
    private readonly HashSet<JobKey> _excluded = [];
    private ImmutableArray<DegradedJob> _degraded = [];
    private UnmovedJobs? _shifted;
    private DateTimeOffset _beganAt = DateTimeOffset.MinValue;
    private Task? _round;
    private bool _failed;

    /// <summary>Begins a round, unless it is under way, or was begun less than a minute ago.</summary>
    public void Begin(CampaignRun campaign, CancellationToken cancellationToken)
    {
        if (_round is { IsCompleted: false } || timeProvider.GetUtcNow() - _beganAt < Every)
        {
            return;
        }
        _beganAt = timeProvider.GetUtcNow();
        _round = GoRoundAsync(campaign, cancellationToken);
    }

    /// <summary>Ends with the round that is under way.</summary>
    public Task EndAsync() => _round ?? Task.CompletedTask;

    /// <summary>The facts with what the last round came to.</summary>
    public CampaignFacts AddTo(CampaignFacts facts)
    {
        lock (_lock)
        {
            return facts with { Degraded = _degraded, Unmoved = _shifted };
        }
    }

    private async Task GoRoundAsync(CampaignRun campaign, CancellationToken cancellationToken)
    {
        try
        {
            await ChooseCommittedAsync(campaign, cancellationToken).ConfigureAwait(false);
            ChooseUnmoved(campaign);
            foreach (var few in _committed.Values.Concat(_unmoved.Values).OrderBy(static j => j.Job.Value, StringComparer.Ordinal).Chunk(AtOnce).ToList())
            {
                await Task.WhenAll(few.Select(j => LookAsync(campaign, j, cancellationToken))).ConfigureAwait(false);
            }
            await ForgetThoseBroughtBackAsync(cancellationToken).ConfigureAwait(false);
            Sum(campaign);
            _failed = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The campaign ends.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The next round asks again. Told once, until a round goes well.
            if (!_failed && !cancellationToken.IsCancellationRequested)
            {
                LogRoundFailed(exception, campaign.Id, Every);
            }
            _failed = true;
        }
    }

    /// <summary>Those that were committed last, each as long as it counts: what is worse needs a history.</summary>
    private async Task ChooseCommittedAsync(CampaignRun campaign, CancellationToken cancellationToken)
    {
        var from = timeProvider.GetUtcNow() - options.DegradedWithin;
        foreach (var gone in _committed.Values.Where(j => j.WorseSince is null && j.Committed!.EndedAt < from).ToList())
        {
            Drop(_committed, gone.Job);
            _excluded.Add(gone.Job);
        }
        foreach (var job in campaign.Jobs.Values
            .Where(j => j is { State: CampaignJobState.Committed, Run: not null, EndedAt: { } at } && at >= from && !_committed.ContainsKey(j.Move.Job.Job) && !_excluded.Contains(j.Move.Job.Job))
            .OrderByDescending(static j => j.EndedAt).ThenBy(static j => j.Move.Job.Job.Value, StringComparer.Ordinal).Take(MostCommitted - _committed.Count).ToList())
        {
            var key = job.Move.Job.Job;
            if (job.Move.Job.Kind != JobKind.Batch && await migrations.FindAsync(job.Run!, cancellationToken).ConfigureAwait(false) is { Target: not null } run
                && (run.Baseline ?? run.Watched.Usual) is { } usual)
            {
                var question = MigrationMachine.QuestionOfTarget(run) with { Baseline = usual, CaughtUpAt = run.Watched.CaughtUpAt ?? job.EndedAt };
                _committed[key] = new PatrolledJob(key, job.Move.To.Backend, question, run.Watched.Median ?? run.ScoreBefore, Learns) { Committed = job };
            }
            else
            {
                // Nobody knows what is usual for it.
                _excluded.Add(key);
            }
        }
    }

    /// <summary>Those whose turn comes last: they are looked at for long.</summary>
    private void ChooseUnmoved(CampaignRun campaign)
    {
        foreach (var gone in _unmoved.Keys.Where(k => campaign.Jobs[k].State != CampaignJobState.Waiting).ToList())
        {
            Drop(_unmoved, gone);
        }
        if (_unmoved.Count >= MostUnmoved)
        {
            return;
        }
        foreach (var job in campaign.Request.Plan.Waves.Reverse().SelectMany(static w => w.Moves).Where(m => m.Job.Kind != JobKind.Batch && !_unmoved.ContainsKey(m.Job.Job)
            && campaign.Jobs[m.Job.Job].State == CampaignJobState.Waiting).Take(MostUnmoved - _unmoved.Count).ToList())
        {
            var question = MigrationMachine.QuestionOfSource(campaign.Request.Moves[job.Job.Job], timeProvider.GetUtcNow());
            _unmoved[job.Job.Job] = new PatrolledJob(job.Job.Job, job.From.Backend, question, null, Learns);
        }
    }

    private async Task LookAsync(CampaignRun campaign, PatrolledJob job, CancellationToken cancellationToken)
    {
        // That jobs which nobody moved are worse makes scores Unknown: their own must still be known, or nobody would see the end of it.
        var isHeld = campaign.Standing.Any(h => h.ScoresAreUnknown && (h.Backend == job.Backend || (h.Backend is null && job.Committed is not null)));
        job.Hear(await health.ReadAsync(job.Ask(timeProvider.GetUtcNow(), isHeld), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A job that somebody brought back is not worse where it was: it is not there.</summary>
    private async Task ForgetThoseBroughtBackAsync(CancellationToken cancellationToken)
    {
        foreach (var job in _committed.Values.Where(static j => j.WorseSince is not null).ToList())
        {
            var heads = await journal.ListAsync(new RunQuery(job.Job), cancellationToken).ConfigureAwait(false);
            if (heads.LastOrDefault(static h => h.Machine == Migrations.Machine) is { } last && last.Run != job.Committed!.Run)
            {
                Drop(_committed, job.Job);
                _excluded.Add(job.Job);
            }
        }
    }

    private void Sum(CampaignRun campaign)
    {
        var now = timeProvider.GetUtcNow();
        var known = _unmoved.Values.Where(j => j.IsLearnt && now - j.KnownAt < Fresh).ToList();
        lock (_lock)
        {
            _degraded =
            [
                .. _committed.Values.Where(static j => j.WorseSince is not null).OrderBy(static j => j.Job.Value, StringComparer.Ordinal)
                    .Select(j => new DegradedJob(j.Job, campaign.Request.Plan.Waves[j.Committed!.Wave].Number, j.Committed.EndedAt!.Value, j.WorseSince!.Value)),
            ];
            _shifted = known.Count == 0 ? null : new UnmovedJobs(known.Count, known.Count(static j => j.WorseSince is not null));
        }
    }

    private void Drop(Dictionary<JobKey, PatrolledJob> jobs, JobKey job)
    {
        jobs.Remove(job);
        health.Forget(job);
    }

    [LoggerMessage(1112, LogLevel.Warning, "The patrol of {Campaign} could not finish its round; what it knew stays, and it goes round again in {Every}.")]
    private partial void LogRoundFailed(Exception exception, string campaign, TimeSpan every);
}
