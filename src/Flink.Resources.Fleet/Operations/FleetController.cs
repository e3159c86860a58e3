using System.Collections.Concurrent;
using System.Collections.Immutable;
using Flink.Resources.Eligibility;
using Flink.Resources.Planning;

namespace Flink.Resources.Fleet;

/// <summary>The commands over the fleet of one document.</summary>
internal sealed partial class FleetController : IFleet
{
    private readonly FleetDocument _document;
    private readonly IJournal _journal;
    private readonly IBackendCatalog _backends;
    private readonly IMigrations _migrations;
    private readonly IDeployments _deployments;
    private readonly IJobMarks _marks;
    private readonly ICampaigns _campaigns;
    private readonly ICopyWatcher _watcher;
    private readonly TimeProvider _timeProvider;
    private readonly JournalReader _reader;
    private readonly ClusterReader _clusters;
    private readonly FleetMover _mover;
    private readonly FleetEligibility _eligibility;
    private readonly FleetNames _names;

    public FleetController(
        FleetDocument document, IJournal journal, IBackendCatalog backends, IMigrations migrations, IDeployments deployments, IJobMarks marks,
        ICampaigns campaigns, ICopyWatcher watcher, IEligibilityJudge judge, TimeProvider timeProvider)
    {
        (_document, _journal, _backends, _migrations, _deployments, _marks) = (document, journal, backends, migrations, deployments, marks);
        (_campaigns, _watcher, _timeProvider) = (campaigns, watcher, timeProvider);
        _reader = new JournalReader(journal, migrations, deployments, marks);
        _clusters = new ClusterReader(backends);
        _mover = new FleetMover(document, campaigns, timeProvider);
        _eligibility = new FleetEligibility(document, judge, timeProvider);
        _names = new FleetNames(document, _reader);
    }

    public async Task<FleetPlan> PlanAsync(ApplyOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ApplyOptions();
        await RequireAsync(options, cancellationToken).ConfigureAwait(false);
        var facts = await ReadAsync(options.Prune, cancellationToken).ConfigureAwait(false);
        var (decisions, reports) = await ChooseAsync(ApplyPolicy.Decide(facts.Facts), facts, options, cancellationToken).ConfigureAwait(false);
        var moves = decisions.Where(static d => d.Action == ApplyAction.Move).ToList();
        var planned = moves.Count < 2 ? Judged(decisions, reports) : WithWaves(decisions, _mover.Plan(moves, reports, facts));
        return new FleetPlan
        {
            At = _timeProvider.GetUtcNow(),
            Jobs = planned,
            Eligibility = reports,
            Exit = planned.Any(static d => d.IsLeft) ? FleetExit.LeftAlone : FleetExit.Ok,
        };
    }

    public async Task<FleetChange> ApplyAsync(ApplyOptions? options = null, IProgress<FleetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new ApplyOptions();
        await RequireAsync(options, cancellationToken).ConfigureAwait(false);
        // What was begun comes to its end first; what it left is judged anew.
        var begun = await _mover.CarryOnAsync(progress, cancellationToken).ConfigureAwait(false);
        var facts = await ReadAsync(options.Prune, cancellationToken).ConfigureAwait(false);
        var judgedAt = _timeProvider.GetUtcNow();
        var tried = begun.Select(static o => o.Job).ToHashSet();
        var (decisions, reports) = await ChooseAsync(
            ApplyPolicy.Decide(facts.Facts).Where(d => !tried.Contains(d.Job) || d.Action is not ApplyAction.Move), facts, options, cancellationToken).ConfigureAwait(false);
        var still = decisions.Where(static d => d.Action is not (ApplyAction.Move or ApplyAction.Start or ApplyAction.Stop or ApplyAction.Continue)).Select(Unchanged);
        ImmutableArray<JobOutcome> singles = await EachAsync(
            decisions.Where(static d => d.Action is ApplyAction.Start or ApplyAction.Stop or ApplyAction.Continue), d => SingleAsync(d, facts, progress, cancellationToken)).ConfigureAwait(false);
        var moves = decisions.Where(static d => d.Action == ApplyAction.Move).ToList();
        // One job needs no waves.
        ImmutableArray<JobOutcome> moved = moves.Count switch
        {
            0 => [],
            1 when reports[0].Refusal() is { } refusal => [new JobOutcome(moves[0].Job, ApplyAction.Move, JobEnd.Left, refusal)],
            1 => [await SingleAsync(moves[0], facts, progress, cancellationToken).ConfigureAwait(false)],
            _ => await _mover.MoveAsync(moves, reports, judgedAt, facts, progress, cancellationToken).ConfigureAwait(false),
        };
        return Change([.. begun.Concat(still).Concat(singles).Concat(moved).GroupBy(static o => o.Job).Select(static g => g.Last()).OrderBy(static o => o.Job.Value, StringComparer.Ordinal)]) with { Eligibility = reports };
    }

    public async Task RunAsync(IProgress<FleetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = _watcher.RunAsync(stop.Token);
        var carry = CarryAsync(progress, stop.Token);
        try
        {
            // Whichever ends first ends the other: neither ends without a cause.
            await (await Task.WhenAny(watch, carry).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(watch, carry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RequireAsync(ApplyOptions options, CancellationToken cancellationToken)
    {
        if (options.Job is { } job)
        {
            await RequireAsync(job, cancellationToken).ConfigureAwait(false);
        }
        if (options.Queue is { } queue)
        {
            await _names.RequireAsync(queue, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<FleetFacts> ReadAsync(bool prune, CancellationToken cancellationToken) =>
        FleetFacts.ReadAsync(_document, _reader, _clusters, prune, cancellationToken);

    /// <summary>Whatever is not over, again and again: runs that were left, and campaigns that others wrote down.</summary>
    private async Task CarryAsync(IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _mover.CarryOnAsync(progress, cancellationToken).ConfigureAwait(false);
            var facts = await ReadAsync(prune: false, cancellationToken).ConfigureAwait(false);
            await EachAsync(
                ApplyPolicy.Decide(facts.Facts).Where(static d => d.Action == ApplyAction.Continue), d => SingleAsync(d, facts, progress, cancellationToken)).ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromSeconds(10), _timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The jobs that are asked for, and whether those that would move may; what was begun goes on beside any limit, and what may not move
    /// takes nothing of it.
    /// </summary>
    private async Task<(ImmutableArray<JobDecision> Decisions, ImmutableArray<EligibilityReport> Reports)> ChooseAsync(
        IEnumerable<JobDecision> decisions, FleetFacts facts, ApplyOptions options, CancellationToken cancellationToken)
    {
        var asked = new Queue<JobDecision>(decisions.Where(d => (options.Job is null || d.Job == options.Job) && (options.Queue is not { } queue || IsIn(d, queue))));
        var chosen = ImmutableArray.CreateBuilder<JobDecision>(asked.Count);
        var reports = ImmutableArray.CreateBuilder<EligibilityReport>();
        var tries = new DirectoryTries();
        for (var rest = options.Limit ?? asked.Count; asked.Count > 0;)
        {
            var batch = new List<JobDecision>();
            while (asked.TryDequeue(out var next))
            {
                if (!Begins(next))
                {
                    chosen.Add(next);
                }
                else if (rest > 0)
                {
                    rest--;
                    batch.Add(next);
                    chosen.Add(next);
                }
                if (rest == 0 && batch.Exists(static d => d.Action == ApplyAction.Move))
                {
                    break;
                }
            }
            var judged = await _eligibility.JudgeAsync(batch.Where(static d => d.Action == ApplyAction.Move).Select(m => _mover.Request(m, facts)), tries, cancellationToken).ConfigureAwait(false);
            reports.AddRange(judged);
            rest += judged.Count(static r => !r.IsEligible);
        }
        return (chosen.ToImmutable(), reports.ToImmutable());
    }

    /// <summary>It counts against a limit.</summary>
    private static bool Begins(JobDecision decision) => decision.IsChange && decision.Action != ApplyAction.Continue;

    /// <summary>A job alone needs no waves, and may not move all the same.</summary>
    private static ImmutableArray<JobDecision> Judged(ImmutableArray<JobDecision> decisions, ImmutableArray<EligibilityReport> reports) =>
    [
        .. decisions.Select(d => d.Action == ApplyAction.Move && reports.First(r => r.Job == d.Job).Refusal() is { } refusal ? d with { Action = ApplyAction.Leave, Reason = refusal } : d),
    ];

    private bool IsIn(JobDecision decision, string queue)
    {
        var its = _document.Jobs.GetValueOrDefault(decision.Job)?.Queue ?? decision.From?.Queue;
        return its is not null && FleetNames.IsIn(its, queue);
    }

    private static ImmutableArray<JobDecision> WithWaves(ImmutableArray<JobDecision> decisions, MigrationPlan plan)
    {
        var words = plan.Waves.SelectMany(static w => w.Moves.Select(m => (m.Job.Job, Words: FormattableString.Invariant($"Wave {w.Number}{(w.NeedsApproval ? ", once approved" : "")}. {m.Reason}"))))
            .ToDictionary(static p => p.Job, static p => p.Words);
        var left = plan.Left.ToDictionary(static u => u.Job.Job, static u => u.Reason);
        return
        [
            .. decisions.Select(d => d.Action != ApplyAction.Move ? d
                : left.TryGetValue(d.Job, out var why) ? d with { Action = ApplyAction.Leave, Reason = why }
                : words.TryGetValue(d.Job, out var wave) ? d with { Reason = $"{d.Reason} {wave}" } : d),
        ];
    }

    /// <summary>One start, stop or open run.</summary>
    private async Task<JobOutcome> SingleAsync(JobDecision decision, FleetFacts facts, IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var move = decision.Action == ApplyAction.Move ? await PatientlyAsync(() => _migrations.CreateAsync(_mover.Request(decision, facts), cancellationToken), cancellationToken).ConfigureAwait(false)
                : decision.Run is { } open && await _migrations.FindAsync(open, cancellationToken).ConfigureAwait(false) is not null ? open : null;
            if (move is not null)
            {
                var told = Told<MigrationRun>(progress, r => new FleetProgress(_timeProvider.GetUtcNow(), decision.Job, r.State.ToString(), r.Reason));
                return OutcomeOf(decision, await PatientlyAsync(() => _migrations.RunAsync(move, told, cancellationToken), cancellationToken).ConfigureAwait(false));
            }
            var id = decision.Run ?? await PatientlyAsync(() => _deployments.CreateAsync(RequestOf(decision, facts), cancellationToken), cancellationToken).ConfigureAwait(false);
            var heard = Told<DeploymentRun>(progress, r => new FleetProgress(_timeProvider.GetUtcNow(), decision.Job, r.State.ToString(), r.Reason));
            return OutcomeOf(decision, await PatientlyAsync(() => _deployments.RunAsync(id, heard, cancellationToken), cancellationToken).ConfigureAwait(false));
        }
        catch (InvalidOperationException exception)
        {
            // Another process is at it.
            return new JobOutcome(decision.Job, decision.Action, JobEnd.Left, exception.Message, decision.Run);
        }
        catch (ArgumentException exception)
        {
            return new JobOutcome(decision.Job, decision.Action, JobEnd.Failed, exception.Message, decision.Run);
        }
    }

    private Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) => LeasePatience.WaitAsync(work, _timeProvider, cancellationToken);

    private DeploymentRequest RequestOf(JobDecision decision, FleetFacts facts)
    {
        if (decision.Action == ApplyAction.Start)
        {
            return new DeploymentRequest
            {
                Job = decision.Job,
                Kind = DeploymentKind.Start,
                Backend = decision.To!.Backend,
                Spec = _document.SpecFor(decision.Job, decision.To!.Backend),
                Restore = decision.Restore,
            };
        }
        var known = facts.Known.GetValueOrDefault(decision.Job);
        return new DeploymentRequest
        {
            Job = decision.Job,
            Kind = DeploymentKind.Stop,
            Copy = new CopyRef(facts.Survey.Reports.GetValueOrDefault((decision.From!.Backend, decision.Application!))?.Application ?? known!.Handle!),
            SnapshotDirectory = _document.Jobs.GetValueOrDefault(decision.Job)?.SnapshotDirectory ?? DirectoryOf(known),
        };
    }

    /// <summary>Where a job without entry keeps its snapshots: beside the newest one that the journal names.</summary>
    private static string? DirectoryOf(KnownJob? known) => known?.Standing.Snapshot is { } snapshot
        ? snapshot.TrimEnd('/')[..snapshot.TrimEnd('/').LastIndexOf('/')]
        : known?.Spec?.Configuration.GetValueOrDefault("execution.checkpointing.savepoint-dir") ?? known?.Spec?.Configuration.GetValueOrDefault("state.savepoints.dir");

    private static JobOutcome Unchanged(JobDecision decision) => new(
        decision.Job, decision.Action, decision.IsLeft ? JobEnd.Left : JobEnd.Unchanged, decision.Reason, decision.Run, AdoptLine: decision.AdoptLine);

    private static JobOutcome OutcomeOf(JobDecision decision, MigrationRun run) => new(
        decision.Job, decision.Action,
        run.State switch
        {
            MigrationState.Committed => JobEnd.Done,
            MigrationState.RolledBack => JobEnd.TakenBack,
            _ when run.WaitsForPerson => JobEnd.NeedsPerson,
            _ => JobEnd.Left,
        },
        run.Reason ?? (run.State == MigrationState.Committed ? $"It runs on {run.Request.TargetBackend}." : run.State.ToString()), run.Id, run.State.ToString());

    private static JobOutcome OutcomeOf(JobDecision decision, DeploymentRun run) => new(
        decision.Job, decision.Action,
        run.State switch
        {
            DeploymentState.Running or DeploymentState.Finished or DeploymentState.Stopped => JobEnd.Done,
            DeploymentState.Failed => JobEnd.Failed,
            DeploymentState.Parked => JobEnd.NeedsPerson,
            _ => JobEnd.Left,
        },
        run.Reason ?? run.State switch
        {
            DeploymentState.Running => $"It runs on {run.Copy?.Application.Backend}.",
            DeploymentState.Stopped => $"It is stopped; its savepoint is {run.Snapshot?.Uri ?? "none"}.",
            _ => run.State.ToString(),
        },
        run.Id, run.State.ToString());

    private static FleetChange Change(ImmutableArray<JobOutcome> jobs) => new()
    {
        Jobs = jobs,
        Exit = jobs.Any(static j => j.End == JobEnd.Failed) ? FleetExit.Failure
            : jobs.Any(static j => j.End is JobEnd.Left or JobEnd.TakenBack or JobEnd.NeedsPerson) ? FleetExit.LeftAlone
            : FleetExit.Ok,
    };

    private static Progress<T>? Told<T>(IProgress<FleetProgress>? progress, Func<T, FleetProgress> words) => progress is null ? null : new Progress<T>(progress, words);

    /// <summary>As many at a time as the document has in flight, in their order. Without locks, so that a simulated clock sees all of it.</summary>
    private async Task<ImmutableArray<JobOutcome>> EachAsync(IEnumerable<JobDecision> decisions, Func<JobDecision, Task<JobOutcome>> work)
    {
        var waiting = new ConcurrentQueue<JobDecision>(decisions);
        var outcomes = new ConcurrentQueue<JobOutcome>();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(_document.Campaign.Limits.InFlight, waiting.Count)).Select(async _ =>
        {
            while (waiting.TryDequeue(out var decision))
            {
                outcomes.Enqueue(await work(decision).ConfigureAwait(false));
            }
        })).ConfigureAwait(false);
        return [.. outcomes];
    }

    /// <summary>Passes reports on at once, where they happen.</summary>
    private sealed class Progress<T>(IProgress<FleetProgress> inner, Func<T, FleetProgress> words) : IProgress<T>
    {
        public void Report(T value) => inner.Report(words(value));
    }
}
