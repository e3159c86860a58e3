using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>
/// Carries one campaign under its lease: hears what its runs say, writes it down, decides, has jobs started. One loop; the runs go on beside it,
/// each under the lease of its own job.
/// </summary>
internal sealed class CampaignCarrier
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPace = TimeSpan.FromSeconds(2);
    private readonly IMigrations _migrations;
    private readonly CampaignPen _pen;
    private readonly TimeProvider _timeProvider;
    private readonly IProgress<CampaignReport>? _progress;
    private readonly CampaignSituations? _situations;
    private readonly CampaignMailbox _mailbox;
    private readonly CampaignObserver _observer;
    private readonly CampaignSideTasks _beside;
    private readonly CampaignArbiter _arbiter;
    private readonly CampaignStarter _starter;
    private readonly StartGate _gate;
    private readonly Dictionary<JobKey, MigrationRun> _runs = [];
    private readonly Dictionary<JobKey, Task> _carried = [];
    private readonly HashSet<JobKey> _recalled = [];
    private IReadOnlyDictionary<JobKey, string> _waits = ImmutableDictionary<JobKey, string>.Empty;
    private readonly TimeSpan _pace;
    private DateTimeOffset _polledAt = DateTimeOffset.MinValue;
    private DateTimeOffset _decidedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _reportedAt = DateTimeOffset.MinValue;

    public CampaignCarrier(
        CampaignPage page, JobLease lease, IJournal journal, IMigrations migrations, IBackendCatalog backends, CampaignBook book,
        PlacementMemory placements, TimeProvider timeProvider, IProgress<CampaignReport>? progress, CampaignSituations? situations, CampaignSenses senses)
    {
        (_migrations, _timeProvider, _progress, _situations) = (migrations, timeProvider, progress, situations);
        _pen = new CampaignPen(page, lease, book);
        var examiner = senses.Eligibility is { } eligibility ? new CampaignExaminer(eligibility, timeProvider, senses.Logger) : null;
        _starter = new CampaignStarter(_pen, journal, migrations, placements, examiner, timeProvider);
        _mailbox = new CampaignMailbox(timeProvider);
        // Room is proved for all that may start together: a few at a time cost what one costs.
        _pace = TimeSpan.FromTicks(Math.Min(LongestPace.Ticks, page.Run.Request.Options.PollInterval.Ticks / 5));
        _observer = new CampaignObserver(page.Run.Request, backends, timeProvider);
        var listener = new CampaignListener(page.Run, journal, senses.Incidents, timeProvider, senses.Logger);
        var patrol = senses.Health is { } health ? new CampaignPatrol(health(), journal, migrations, page.Run.Request.Options.Abort, timeProvider, senses.Logger) : null;
        _beside = new CampaignSideTasks(_observer, listener, patrol, examiner, timeProvider, senses.Logger);
        _arbiter = new CampaignArbiter(_pen, _observer, listener, patrol, _runs, situations, timeProvider);
        _gate = new StartGate(page.Run.Request.Options.Limits, page.Run.Request.Options.Windows);
    }

    private CampaignOptions Options => _pen.Run.Request.Options;

    private DateTimeOffset Now => _timeProvider.GetUtcNow();

    public async Task<CampaignReport> RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isUndecided = true;
        try
        {
            // Runs ask how things stand as soon as they go on.
            _situations?.Set(_pen.Run);
            await TakeUpAsync(end.Token).ConfigureAwait(false);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                isUndecided |= await HearAsync().ConfigureAwait(false);
                isUndecided |= await _starter.HearAsync().ConfigureAwait(false);
                isUndecided |= await PollAsync(end.Token).ConfigureAwait(false);
                if (isUndecided && Now - _decidedAt >= _pace)
                {
                    (isUndecided, _decidedAt) = (false, Now);
                    await DecideAsync(end.Token).ConfigureAwait(false);
                }
                if (_pen.Run.IsFinal)
                {
                    break;
                }
                Report();
                await _mailbox.WaitAsync(isUndecided ? _pace : Options.PollInterval, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // The end of the loop is the end of what it carries: the journal has all of it.
            _situations?.Forget(_pen.Run.Id);
            // Not CancelAsync: that goes to the thread pool, and in virtual time nothing may leave its thread.
            end.Cancel();
            await Task.WhenAll(_carried.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _beside.EndAsync(_pen.Run.Id).ConfigureAwait(false);
        }
        var report = CampaignReports.Of(_pen.Run, _runs, _waits, Now);
        _progress?.Report(report);
        return report;
    }

    /// <summary>What an earlier process left: runs that are not over go on, starts that were decided are looked for.</summary>
    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, job) in _pen.Run.Jobs)
        {
            if (job.State == CampaignJobState.Starting)
            {
                await StartAsync(key, cancellationToken).ConfigureAwait(false);
            }
            else if (job.Run is { } id)
            {
                await TakeUpAsync(key, id, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task TakeUpAsync(JobKey key, string id, CancellationToken cancellationToken)
    {
        if (await _migrations.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } run)
        {
            throw new JournalException($"The journal holds {_pen.Run.Id} and not {id}, which it started.");
        }
        _mailbox.Post(new RunNews(key, run, run.IsFinal || run.WaitsForPerson));
        if (!run.IsFinal && !run.WaitsForPerson)
        {
            Carry(key, id, cancellationToken);
        }
    }

    /// <summary>Writes down what the runs said.</summary>
    private async Task<bool> HearAsync()
    {
        var changed = false;
        foreach (var news in _mailbox.Take())
        {
            if (news.Failure is { } failure)
            {
                throw new InvalidOperationException($"The run of {news.Job} could not be carried: {failure.Message}", failure);
            }
            if (news.IsOver)
            {
                _carried.Remove(news.Job);
            }
            if (news.Run is not { } run)
            {
                changed = true;
                continue;
            }
            _runs[news.Job] = run;
            var before = _pen.Run.Jobs[news.Job];
            if (CampaignMachine.StateOf(run.State, run.IsHeld) == before.State)
            {
                continue;
            }
            changed = true;
            var ended = run.IsFinal || run.State == MigrationState.Parked || run.IsHeld;
            var reached = new JobReached(
                news.Job, run.State, run.Reason, ended && run.State != MigrationState.Committed ? FailureSignature.Of(run) : null,
                run.Timeline.Any(static t => t.State == MigrationState.RollbackRequested), run.AskedBackBy is not null, run.IsHeld) { At = Now };
            await _pen.WriteAsync(reached).ConfigureAwait(false);
            if (ended && run.State != MigrationState.Committed)
            {
                // What went well can wait for the next look at everything.
                await _arbiter.JudgeAsync().ConfigureAwait(false);
            }
        }
        return changed;
    }

    /// <summary>What comes round with time: requests, servers, windows, parked runs that a person let go.</summary>
    private async Task<bool> PollAsync(CancellationToken cancellationToken)
    {
        if (Now - _polledAt < Options.PollInterval)
        {
            return false;
        }
        _polledAt = Now;
        await _pen.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        if (_observer.IsDue)
        {
            Look(cancellationToken);
        }
        foreach (var (key, job) in _pen.Run.Jobs)
        {
            if (job.Run is { } id && !job.IsFinal && !_carried.ContainsKey(key)
                && await _migrations.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } run && !run.WaitsForPerson)
            {
                Carry(key, id, cancellationToken);
            }
        }
        await _arbiter.PollAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private void Look(CancellationToken cancellationToken) => _observer.Begin(Wake, cancellationToken);

    /// <summary>Something is known that may lead to another decision.</summary>
    private void Wake() => _mailbox.Post(new RunNews(default, null, false));

    private async Task DecideAsync(CancellationToken cancellationToken)
    {
        // What is decided may leave room for more decisions, a wave that is over for the next one. Each round changes something.
        while (!_pen.Run.IsFinal)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var verdict = CampaignMachine.Decide(_pen.Run, ViewOf(), _gate);
            _waits = verdict.Waits;
            if (verdict.NeedsFreshSnapshots)
            {
                Look(cancellationToken);
            }
            var changed = false;
            foreach (var decision in verdict.Decisions)
            {
                changed |= await CarryOutAsync(decision, cancellationToken).ConfigureAwait(false);
            }
            await CallOffAsync(cancellationToken).ConfigureAwait(false);
            if (!changed)
            {
                return;
            }
        }
    }

    private CampaignView ViewOf()
    {
        var now = Now;
        var mayStart = _pen.Run.State == CampaignState.Running && Options.Capacity is not null;
        return new CampaignView
        {
            Now = now,
            Capacity = mayStart && _observer.Snapshots is { } snapshots ? CampaignCapacity.FactsOf(_pen.Run, _runs, snapshots, now) : null,
            IsStale = mayStart && _observer.IsStale(now),
            Judges = _starter.Judges,
            PutOff = _starter.PutOff,
        };
    }

    /// <summary>Whether something changed that may lead to another decision.</summary>
    private async Task<bool> CarryOutAsync(CampaignDecision decision, CancellationToken cancellationToken)
    {
        switch (decision)
        {
            case CampaignDecision.Start start:
                // Somebody may have asked to pause meanwhile: then this is decided again.
                if (!await _pen.TryWriteAsync(new JobsChosen(start.Jobs) { At = Now }, cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }
                foreach (var job in start.Jobs)
                {
                    await StartAsync(job, cancellationToken).ConfigureAwait(false);
                }
                return true;
            case CampaignDecision.Judge judge:
                _starter.Judge(judge.Jobs, Wake, cancellationToken);
                return false;
            case CampaignDecision.Leave leave:
                await _starter.LeaveAsync(leave.Job, leave.Reason).ConfigureAwait(false);
                return true;
            case CampaignDecision.Recall recall:
                if (_recalled.Add(recall.Job))
                {
                    await RecallAsync(recall.Job, recall.Reason, cancellationToken).ConfigureAwait(false);
                }
                return false;
            case CampaignDecision.End over:
                await _pen.WriteAsync(new CampaignOver(over.State) { At = Now }).ConfigureAwait(false);
                return true;
            default:
                return false;
        }
    }

    private async Task StartAsync(JobKey key, CancellationToken cancellationToken)
    {
        if (await _starter.StartAsync(key, cancellationToken).ConfigureAwait(false) is { } id)
        {
            Carry(key, id, cancellationToken);
        }
    }

    private async Task RecallAsync(JobKey key, string reason, CancellationToken cancellationToken)
    {
        var id = _pen.Run.Jobs[key].Run!;
        if (await _migrations.RequestAsync(id, MigrationRequest.Abort, _pen.Run.Id, reason, cancellationToken).ConfigureAwait(false) is not null)
        {
            await _migrations.RequestAsync(id, MigrationRequest.RollBack, _pen.Run.Id, reason, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A campaign that was called off calls off those whose source was not stopped yet; the others go on to their end.</summary>
    private async Task CallOffAsync(CancellationToken cancellationToken)
    {
        if (_pen.Run.Asked.FirstOrDefault(static h => h.Key == CampaignMachine.AbortKey) is not { } abort)
        {
            return;
        }
        foreach (var key in _pen.Run.Open.Where(k => _pen.Run.Jobs[k] is { State: CampaignJobState.Moving, Run: not null }))
        {
            if (_recalled.Add(key))
            {
                await _migrations.RequestAsync(_pen.Run.Jobs[key].Run!, MigrationRequest.Abort, _pen.Run.Id, abort.Reason, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Carry(JobKey key, string id, CancellationToken cancellationToken)
    {
        // Entered before it begins: what begins may end before the call returns.
        _carried[key] = Task.CompletedTask;
        var carrying = CarryAsync(key, id, cancellationToken);
        if (!carrying.IsCompleted)
        {
            _carried[key] = carrying;
        }
    }

    private async Task CarryAsync(JobKey key, string id, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    var run = await _migrations.RunAsync(id, new Told(this, key), cancellationToken).ConfigureAwait(false);
                    _mailbox.Post(new RunNews(key, run, IsOver: true));
                    return;
                }
                catch (InvalidOperationException)
                {
                    // Another process carries it, a click for example; it is looked at again until it is over.
                }
                await Task.Delay(LookAgain, _timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The loop ends.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _mailbox.Post(new RunNews(key, null, IsOver: true, exception));
        }
    }

    private void Report()
    {
        if (_progress is not null && Now - _reportedAt >= Options.ReportInterval)
        {
            _reportedAt = Now;
            _progress.Report(CampaignReports.Of(_pen.Run, _runs, _waits, _reportedAt));
        }
    }

    private sealed class Told(CampaignCarrier carrier, JobKey job) : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value) => carrier._mailbox.Post(new RunNews(job, value, IsOver: false));
    }
}
