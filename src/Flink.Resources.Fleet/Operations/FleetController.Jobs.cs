using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Fleet;

/// <content>What people ask of single jobs.</content>
internal sealed partial class FleetController
{
    public async Task<FleetStatus> StatusAsync(CancellationToken cancellationToken = default)
    {
        var facts = await ReadAsync(prune: false, cancellationToken).ConfigureAwait(false);
        var decisions = ApplyPolicy.Decide(facts.Facts);
        var scores = await ScoresAsync(cancellationToken).ConfigureAwait(false);
        var decided = decisions.Select(static d => d.Job).ToHashSet();
        return new FleetStatus
        {
            At = _timeProvider.GetUtcNow(),
            Jobs =
            [
                .. decisions.Select(d => Line(d, facts, scores))
                    .Concat(facts.Facts.Standings.Where(s => !decided.Contains(s.Job) && s.Life != JobLife.Unknown).Select(s => Line(Rest(s), facts, scores)))
                    .OrderBy(static l => l.Job.Value, StringComparer.Ordinal),
            ],
            Exit = decisions.Any(static d => d.IsLeft) ? FleetExit.LeftAlone : FleetExit.Ok,
        };
    }

    public async Task<JobExplanation> ExplainAsync(JobKey job, CancellationToken cancellationToken = default)
    {
        var facts = await ReadAsync(prune: false, cancellationToken).ConfigureAwait(false);
        var known = facts.Known.GetValueOrDefault(job) ?? await RequireAsync(job, cancellationToken).ConfigureAwait(false);
        var standing = facts.Facts.Standings.FirstOrDefault(s => s.Job == job) ?? known.Standing;
        var decision = ApplyPolicy.Decide(facts.Facts).FirstOrDefault(d => d.Job == job) ?? Rest(standing);
        var runs = ImmutableArray.CreateBuilder<RunLine>();
        foreach (var head in known.Runs.Reverse())
        {
            runs.Add(await RunLineAsync(head, cancellationToken).ConfigureAwait(false));
        }
        return new JobExplanation
        {
            Job = Line(decision, facts, await ScoresAsync(cancellationToken).ConfigureAwait(false)),
            Standing = standing,
            Runs = runs.ToImmutable(),
            Marks = [.. known.Marks.Reverse()],
            Exit = decision.IsLeft ? FleetExit.LeftAlone : FleetExit.Ok,
        };
    }

    public async Task<JobEvidence> EvidenceAsync(JobKey job, CancellationToken cancellationToken = default)
    {
        var known = await RequireAsync(job, cancellationToken).ConfigureAwait(false);
        foreach (var head in known.Runs.Reverse())
        {
            if (await _migrations.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) is { } move && (move.Evidence is not null || move.State == MigrationState.Parked))
            {
                return new JobEvidence { Job = job, Run = move.Id, Reason = move.Rollback?.Reason ?? move.Reason, Text = move.Evidence, Exit = FleetExit.Ok };
            }
            if (await _deployments.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) is { State: DeploymentState.Failed or DeploymentState.Parked } start)
            {
                return new JobEvidence { Job = job, Run = start.Id, Reason = start.Reason, Exit = FleetExit.Ok };
            }
        }
        return new JobEvidence { Job = job, Exit = FleetExit.Ok };
    }

    public Task<FleetChange> HoldAsync(JobKey job, string by, string? reason = null, CancellationToken cancellationToken = default) =>
        MarkAsync(job, JobMarkKind.Hold, by, reason, "Nothing moves, starts or stops it by itself until it is released.", cancellationToken);

    public Task<FleetChange> ReleaseAsync(JobKey job, string by, string? reason = null, CancellationToken cancellationToken = default) =>
        MarkAsync(job, JobMarkKind.Release, by, reason, "It is held no more.", cancellationToken);

    public async Task<FleetChange> StopAsync(
        JobKey job, string by, string? reason = null, IProgress<FleetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await RequireAsync(job, cancellationToken).ConfigureAwait(false);
        // Said first: whatever happens to this process, nothing starts the job again.
        await _marks.AddAsync(job, JobMarkKind.Stop, by, reason, cancellationToken).ConfigureAwait(false);
        var facts = await ReadAsync(prune: false, cancellationToken).ConfigureAwait(false);
        var desired = facts.Facts.Desired.FirstOrDefault(d => d.Job == job) ?? Unnamed(job, facts);
        // As if the document said stopped.
        var decision = ApplyPolicy.Decide(facts.Facts with { Desired = [desired with { IsWanted = false }] }).First(d => d.Job == job);
        return Change([decision.Action is ApplyAction.Stop or ApplyAction.Continue ? await SingleAsync(decision, facts, progress, cancellationToken).ConfigureAwait(false) : Unchanged(decision)]);
    }

    public async Task<FleetChange> StartAsync(
        JobKey job, string by, string? reason = null, IProgress<FleetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!_document.Jobs.TryGetValue(job, out var entry))
        {
            throw _names.NotInDocument(job);
        }
        if (entry.State == DesiredState.Stopped)
        {
            return Change([new JobOutcome(job, ApplyAction.Leave, JobEnd.Left, "The document says stopped: write state: running, and apply.")]);
        }
        await _marks.AddAsync(job, JobMarkKind.Start, by, reason, cancellationToken).ConfigureAwait(false);
        return await ApplyAsync(new ApplyOptions { Job = job }, progress, cancellationToken).ConfigureAwait(false);
    }

    public async Task<FleetPlan> RetryAsync(JobKey job, string by, string? reason = null, CancellationToken cancellationToken = default)
    {
        await RequireAsync(job, cancellationToken).ConfigureAwait(false);
        await _marks.AddAsync(job, JobMarkKind.Retry, by, reason, cancellationToken).ConfigureAwait(false);
        // A campaign asks its own memory: it is told too. That it has nothing to forget is no error.
        _ = await _campaigns.RetryAsync(job, by, reason, cancellationToken).ConfigureAwait(false);
        return await PlanAsync(new ApplyOptions { Job = job }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<FleetChange> ResolveAsync(JobKey job, SeenCopy live, string by, string? reason = null, CancellationToken cancellationToken = default)
    {
        var known = await RequireAsync(job, cancellationToken).ConfigureAwait(false);
        if (live is not (SeenCopy.Source or SeenCopy.Target or SeenCopy.None))
        {
            throw new ArgumentException($"live is {live}: source, target or none is wanted.", nameof(live));
        }
        if (known.Standing.Open is not { } open)
        {
            return Change([new JobOutcome(job, ApplyAction.None, JobEnd.Unchanged, "No run of it waits for an answer.")]);
        }
        var objection = await _migrations.FindAsync(open.Run, cancellationToken).ConfigureAwait(false) is null
            ? await _deployments.ResolveAsync(open.Run, live != SeenCopy.None, by, reason, cancellationToken).ConfigureAwait(false)
            : await _migrations.RequestAsync(
                open.Run, live == SeenCopy.Source ? MigrationRequest.SourceLives : live == SeenCopy.Target ? MigrationRequest.TargetLives : MigrationRequest.NoneLives,
                by, reason, cancellationToken).ConfigureAwait(false);
        return Change([new JobOutcome(job, ApplyAction.Continue, objection is null ? JobEnd.Done : JobEnd.Left, objection ?? $"{open.Run} knows it now; apply goes on from there.", open.Run)]);
    }

    public async Task<FleetRollback> RollBackAsync(RollbackJobs jobs, string by, string? reason = null, bool preview = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        if ((jobs.Job is null ? 0 : 1) + (jobs.Queue is null ? 0 : 1) + (jobs.Unhealthy ? 1 : 0) != 1)
        {
            throw new ArgumentException("Exactly one of job, queue and unhealthy is wanted.", nameof(jobs));
        }
        var scopes = await ScopesAsync(jobs, cancellationToken).ConfigureAwait(false);
        if (preview)
        {
            var shown = new List<RollbackPreview>();
            foreach (var scope in scopes)
            {
                shown.AddRange(await _campaigns.PreviewRollbackAsync(scope, cancellationToken).ConfigureAwait(false));
            }
            return new FleetRollback { Preview = [.. shown.DistinctBy(static p => p.Job).OrderByDescending(static p => p.Priority).ThenBy(static p => p.Job.Value, StringComparer.Ordinal)], Exit = FleetExit.Ok };
        }
        var results = await Task.WhenAll(scopes.Select(s => _campaigns.RollBackAsync(s, by, reason, null, cancellationToken))).ConfigureAwait(false);
        var all = results.SelectMany(static r => r).DistinctBy(static r => r.Job).ToImmutableArray();
        return new FleetRollback
        {
            Jobs = all,
            Exit = all.Any(static r => r.End is RollbackEnd.Failed or RollbackEnd.Unknown) ? FleetExit.Failure
                : all.Any(static r => r.End == RollbackEnd.Parked) ? FleetExit.LeftAlone : FleetExit.Ok,
        };
    }

    /// <summary>A queue's moves may stand in several campaigns, or in none: each job is its own scope, so that the same click joins.</summary>
    private async Task<ImmutableArray<RollbackScope>> ScopesAsync(RollbackJobs jobs, CancellationToken cancellationToken)
    {
        if (jobs.Job is { } one)
        {
            await RequireAsync(one, cancellationToken).ConfigureAwait(false);
            return [new RollbackScope.Job(one)];
        }
        if (jobs.Queue is not { } queue)
        {
            var heads = await _journal.ListAsync(default, cancellationToken).ConfigureAwait(false);
            return [.. heads.Where(static h => h.Machine == "campaign").Reverse().Select(static h => new RollbackScope.Unhealthy(h.Run))];
        }
        var scopes = ImmutableArray.CreateBuilder<RollbackScope>();
        foreach (var (job, known) in (await _reader.ReadAsync(null, cancellationToken).ConfigureAwait(false)).OrderBy(static p => p.Key.Value, StringComparer.Ordinal))
        {
            if (known.Runs.LastOrDefault(static r => r.Machine == "migration" && (!r.IsFinal || r.State == nameof(MigrationState.Committed))) is { } head
                && await _migrations.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) is { Request: { ReturnOf: null } request }
                && FleetNames.IsIn(request.SourceSpec.Queue, queue))
            {
                scopes.Add(new RollbackScope.Job(job));
            }
        }
        if (scopes.Count == 0)
        {
            await _names.RequireAsync(queue, cancellationToken).ConfigureAwait(false);
        }
        return scopes.ToImmutable();
    }

    private async Task<FleetChange> MarkAsync(JobKey job, JobMarkKind kind, string by, string? reason, string words, CancellationToken cancellationToken)
    {
        var known = await RequireAsync(job, cancellationToken).ConfigureAwait(false);
        await _marks.AddAsync(job, kind, by, reason, cancellationToken).ConfigureAwait(false);
        if (kind == JobMarkKind.Hold && known.Standing.Open is { NeedsPerson: false } open && await _migrations.FindAsync(open.Run, cancellationToken).ConfigureAwait(false) is not null)
        {
            // Before its stop it waits; past it, it goes on to an end: stopping half-way is the worst place.
            var objection = await _migrations.RequestAsync(open.Run, MigrationRequest.Pause, by, reason, cancellationToken).ConfigureAwait(false);
            words = objection is null ? $"{words} {open.Run} waits before the stop." : $"{words} {open.Run} goes on to its end: {objection}";
        }
        if (kind == JobMarkKind.Release && known.Standing.Open is { } paused && await _migrations.FindAsync(paused.Run, cancellationToken).ConfigureAwait(false) is { IsPaused: true })
        {
            await _migrations.RequestAsync(paused.Run, MigrationRequest.Resume, by, reason, cancellationToken).ConfigureAwait(false);
        }
        return new FleetChange { Jobs = [new JobOutcome(job, ApplyAction.None, JobEnd.Done, words)], Exit = FleetExit.Ok };
    }

    private async Task<KnownJob> RequireAsync(JobKey job, CancellationToken cancellationToken) =>
        (await _reader.ReadAsync(job, cancellationToken).ConfigureAwait(false)).GetValueOrDefault(job)
        ?? (_document.Jobs.ContainsKey(job) ? new KnownJob(new JobStanding { Job = job }, null, null, [], [])
        : throw await _names.UnknownAsync(job, cancellationToken).ConfigureAwait(false));

    private static DesiredJob Unnamed(JobKey job, FleetFacts facts) =>
        new() { Job = job, Placement = facts.Facts.Standings.FirstOrDefault(s => s.Job == job)?.Placement ?? new Placement(string.Empty, string.Empty) };

    private static JobDecision Rest(JobStanding standing) => new()
    {
        Job = standing.Job, Action = ApplyAction.None, Reason = standing.Reason ?? "The document does not name it, and it does not run.", Application = standing.Application, Run = standing.Open?.Run,
    };

    private async Task<ImmutableDictionary<JobKey, double>> ScoresAsync(CancellationToken cancellationToken)
    {
        var scores = ImmutableDictionary.CreateBuilder<JobKey, double>();
        foreach (var campaign in await _campaigns.FindUnfinishedAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var job in (await _campaigns.FindAsync(campaign, cancellationToken).ConfigureAwait(false))?.Jobs ?? [])
            {
                if (job.Score is { } score)
                {
                    scores[job.Job] = score;
                }
            }
        }
        return scores.ToImmutable();
    }

    private JobStatusLine Line(JobDecision decision, FleetFacts facts, ImmutableDictionary<JobKey, double> scores)
    {
        var standing = facts.Facts.Standings.FirstOrDefault(s => s.Job == decision.Job);
        var entry = _document.Jobs.GetValueOrDefault(decision.Job);
        var place = decision.From ?? (standing is { Life: JobLife.Lives } ? standing.Placement : null);
        var live = place is not null && facts.Survey.Sights.Any(s => s.Name == place.Backend && s.Applications.Any(a => a.Id == decision.Application && a.IsLive));
        return new JobStatusLine
        {
            Job = decision.Job,
            Wanted = entry is { State: not DesiredState.Stopped } ? new Placement(entry.Cluster, entry.Queue) : null,
            Place = live ? place : null,
            Application = decision.Application,
            State = standing?.Open is { } open ? (open.NeedsPerson ? open.State == "Parked" ? "Parked" : "Paused" : open.State)
                : live ? "Running"
                : standing?.Life switch
                {
                    JobLife.Stopped => "Stopped",
                    JobLife.Finished => "Finished",
                    JobLife.Failed => "Failed",
                    JobLife.Lives when facts.Survey.Sights.Any(s => s.Name == place?.Backend && s.UnknownBecause is not null) => "Unknown",
                    JobLife.Lives => "Ended",
                    _ => "New",
                },
            Run = standing?.Open?.Run,
            Score = scores.TryGetValue(decision.Job, out var score) ? score : null,
            Next = decision.Action,
            Reason = decision.Reason,
        };
    }

    private async Task<RunLine> RunLineAsync(RunHead head, CancellationToken cancellationToken)
    {
        if (await _migrations.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) is { } move)
        {
            return new RunLine(
                move.Id, move.Request.ReturnOf is null ? "move" : "move back", move.State.ToString(), move.Source.Application.ToString(),
                move.Target?.Application.ToString() ?? move.Request.TargetBackend, head.CreatedAt, head.UpdatedAt, (move.Return ?? move.Origin)?.Uri, move.Downtime, move.Rollback is { } back ? $"{back.Reason} {back.Effect}" : move.Reason,
                [.. move.Timeline.Select(static t => new RunStep(t.State.ToString(), t.At))]);
        }
        var run = await _deployments.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) ?? throw new JournalException($"The journal lists {head.Run} and does not give it back.");
        return new RunLine(
            run.Id, run.Request.Kind.ToString().ToLower(CultureInfo.InvariantCulture), run.State.ToString(), run.Request.Copy?.Application.ToString(), run.Application?.Application.ToString() ?? run.Request.Backend,
            head.CreatedAt, head.UpdatedAt, run.Snapshot?.Uri, null, run.Reason, [.. run.Timeline.Select(static t => new RunStep(t.State.ToString(), t.At))]);
    }
}
