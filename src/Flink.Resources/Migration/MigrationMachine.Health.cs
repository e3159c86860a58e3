using System.Globalization;
using System.Runtime.CompilerServices;
using Flink.Resources.Health;

namespace Flink.Resources;

/// <content>What is usual for the source, and how the target compares with it.</content>
internal static partial class MigrationMachine
{
    private static readonly TimeSpan BaselineScores = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan BaselineGrace = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LeastPatience = TimeSpan.FromHours(4);
    private static readonly TimeSpan LeastNote = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestNote = TimeSpan.FromMinutes(30);
    private static readonly HealthOptions DefaultHealth = new();

    /// <summary>The same options give the same policies; making them checks every number anew.</summary>
    private static readonly ConditionalWeakTable<HealthOptions, Policies> Made = [];

    /// <summary>Whether the target is judged by its score: there is something to compare with, and time for a verdict.</summary>
    private static bool IsJudged(MigrationRun run) => run.Request.Options is var options
        && run.Request.TargetSpec.Kind != JobKind.Batch
        && (options.Baseline > TimeSpan.Zero || options.KnownBaseline is not null)
        && options.Soak >= HealthOf(run).Scoring.EvaluationPeriod * HealthOf(run).Commit.LastGood;

    private static HealthOptions HealthOf(MigrationRun run) => run.Request.Options.Health ?? DefaultHealth;

    private static TimeSpan PeriodOf(MigrationRun run) => HealthOf(run).Scoring.EvaluationPeriod;

    /// <summary>How long the source is observed. Who knows what is usual looks only whether the job is well.</summary>
    private static TimeSpan ObservationOf(MigrationRun run)
    {
        var (wanted, few) = (run.Request.Options.Baseline, PeriodOf(run) * HealthOf(run).Commit.LastGood);
        return run.IsBaselineAccepted ? TimeSpan.Zero : run.Request.Options.KnownBaseline is null || wanted < few ? wanted : few;
    }

    private static MigrationRun BeginBaseline(MigrationRun run, DateTimeOffset at) =>
        Go(run, MigrationState.Baselining, at, ReadSource(run, wantsUsual: false));

    /// <summary>How a target is asked for once its move is over.</summary>
    internal static HealthQuestion QuestionOfTarget(MigrationRun run) => ReadTarget(run, wantsUsual: false).Question;

    /// <summary>How a source is asked for whose move has not begun.</summary>
    internal static HealthQuestion QuestionOfSource(MoveRequest request, DateTimeOffset at) =>
        ReadSource(Create(string.Empty, request, at), wantsUsual: false).Question with { Keeps = TimeSpan.Zero };

    private static ReadHealth ReadSource(MigrationRun run, bool wantsUsual)
    {
        var asked = run.Timeline[0].At;
        return new ReadHealth(run.Source, Question(run, run.Source, asked) with
        {
            Baseline = run.Request.Options.KnownBaseline,
            // It was started long before, and has nothing to catch up with.
            StartedAt = asked - TimeSpan.FromDays(1),
            CaughtUpAt = asked - TimeSpan.FromDays(1),
            Keeps = run.Request.Options.Baseline,
            WantsUsual = wantsUsual,
        }, run.Watched);
    }

    private static ReadHealth ReadTarget(MigrationRun run, bool wantsUsual)
    {
        var started = run.Timeline.LastOrDefault(static t => t.State == MigrationState.Restoring).At;
        return new ReadHealth(TargetOf(run), Question(run, TargetOf(run), started) with
        {
            Baseline = run.Baseline ?? HealthBaseline.Empty,
            StartedAt = started,
            CaughtUpAt = run.Watched.CaughtUpAt,
            CatchUpDeadline = run.CatchUpDeadline,
            FirstCheckpointIsFull = true,
            RestoredAsIntended = run.IsRestoreVerified ? true : null,
            WantsUsual = wantsUsual,
        }, run.Watched);
    }

    private static HealthQuestion Question(MigrationRun run, CopyRef copy, DateTimeOffset since) => new()
    {
        Target = new HealthTarget(run.Request.Job, run.Request.TargetSpec.Kind, copy, since),
        Options = run.Request.Options.Health,
        LagSlo = run.Request.Options.LagSlo,
        StartedAt = since,
    };

    private static MigrationRun Observe(MigrationRun run, JobEvent happened) => happened switch
    {
        HealthSeen seen => Observed(run, seen),
        // Hours have passed since the first look: everything is looked at once more before anything begins.
        _ when run.Baseline is not null => Validate(run, happened),
        _ => run,
    };

    private static MigrationRun Observed(MigrationRun run, HealthSeen seen)
    {
        var (at, answer) = (seen.At, seen.Answer);
        if (!seen.Situation.IsControlPlaneHeld && (seen.Copy.Application == LookupStatus.Absent || seen.Copy.ApplicationState == ApplicationState.Finished || seen.Copy.JobState.IsTerminal))
        {
            return GiveUp(run, MigrationState.Ineligible, $"The job ended while it was observed: {seen.Copy.Diagnostics ?? seen.Copy.Trouble ?? $"{seen.Copy.ApplicationState}, {seen.Copy.JobState}"}.", at);
        }
        run = Scored(run, seen, out _);
        var length = ObservationOf(run);
        var window = length < BaselineScores ? length : BaselineScores;
        var (healthy, acceptable) = (run.Watched.HealthySince <= at - window, run.Watched.AcceptableSince <= at - window);
        // Who took the run over counts the time before, and has seen enough of it itself.
        if (at - run.Watched.ObservedSince >= length && at - answer.ObservedSince >= window && (healthy || acceptable || run.IsBaselineAccepted))
        {
            return answer.Usual is { } usual ? Baselined(run, seen, usual, healthy) : Do(run, ReadSource(run, wantsUsual: true));
        }
        var began = answer.ObservedSince > run.EnteredAt ? answer.ObservedSince : run.EnteredAt;
        return at - began > length + BaselineGrace
            ? GiveUp(run, MigrationState.Held, $"A job that is not well is not moved: {LostPointsText.Words(answer.Evaluation)}{Troubles(answer)}. AcceptAsIs takes it as it is.", at)
            : run with { Pending = ReadSource(run, wantsUsual: false), NotBefore = at + PeriodOf(run), Polls = run.Polls + 1 };
    }

    private static MigrationRun Baselined(MigrationRun run, HealthSeen seen, HealthBaseline usual, bool healthy)
    {
        var (at, watched) = (seen.At, run.Watched);
        double? score = watched.AcceptableCount > 0 ? watched.AcceptableSum / watched.AcceptableCount : seen.Answer.Evaluation.Score;
        return Do(
            run with
            {
                Baseline = run.Request.Options.KnownBaseline is { } known ? new HealthBaseline(known.Buckets, Newer(known, usual)) : usual,
                Before = new ParitySide
                {
                    At = at,
                    Observed = at - seen.Answer.ObservedSince,
                    Usual = usual,
                    Restarts = seen.Answer.Restarts,
                    CheckpointDuration = seen.Copy.CheckpointDuration,
                    StateBytes = seen.Copy.StateBytes,
                },
                ScoreBefore = score,
                Verdict = HealthVerdict.Unknown,
                Alarm = HealthAlarm.None,
                EnteredAt = at,
                Watched = new MigrationWatch
                {
                    // A source without a measure of its delay can't be known better on the target than it is here.
                    Soak = new HealthSoakState { Reference = healthy ? null : score, SourceCoverage = seen.Answer.HasNoLag ? seen.Answer.Evaluation.Coverage : null },
                },
            },
            new LookAtCopy(run.Source with { Job = null }, Thorough: true));
    }

    private static Dictionary<string, BaselineStatistic> Newer(HealthBaseline known, HealthBaseline usual)
    {
        var both = known.BeforeStop.ToDictionary(StringComparer.Ordinal);
        foreach (var (metric, statistic) in usual.BeforeStop)
        {
            both[metric] = statistic;
        }
        return both;
    }

    private static MigrationRun BeginCatchUp(MigrationRun run, DateTimeOffset at)
    {
        if (!IsJudged(run))
        {
            return Go(run, MigrationState.CatchingUp, at, new LookAtCopy(TargetOf(run)));
        }
        var (rate, busy) = (run.Baseline?.Find(HealthMetrics.Consumed, at)?.Median, run.Baseline?.Find(HealthMetrics.Busy, at)?.P90);
        var time = rate is { } consumed && busy is > 0.01 and var share && run.Downtime is { } downtime && downtime >= TimeSpan.Zero
            ? HealthPhases.CatchUpTime(downtime, consumed, consumed / share)
            : null;
        run = Go(run with { CatchUpDeadline = HealthPhases.CatchUpDeadline(at, time, HealthOf(run).Measuring) }, MigrationState.CatchingUp, at, null);
        return run with { Pending = ReadTarget(run, wantsUsual: false) };
    }

    /// <summary>A look at the target that was scored.</summary>
    private static MigrationRun Judge(MigrationRun run, HealthSeen seen, bool runs)
    {
        run = Scored(run, seen, out var statement);
        var (at, evaluation) = (seen.At, seen.Answer.Evaluation);
        var isLate = at > run.CatchUpDeadline;
        var reaction = HealthReactions.Decide(
            new HealthReactionFacts
            {
                OnUnhealthy = run.Request.Options.OnUnhealthy,
                Evaluation = evaluation,
                Verdict = run.Watched.Soak.Verdict,
                Statement = statement,
                Phase = run.State == MigrationState.CatchingUp ? HealthPhase.CatchUp : HealthPhase.Soak,
                HasCheckpoint = seen.Copy.CompletedCheckpoints > 0 || run.IsRestoreVerified,
                CaughtUpAt = run.Watched.CaughtUpAt,
                MissedCatchUpDeadline = isLate && seen.Answer.HasCaughtUp == false,
            },
            HealthOf(run).Verdicts.RollBackAfter);
        var reason = $"{reaction.Reason}; {LostPointsText.Words(evaluation)}";
        var isUnknown = statement.Alarm != HealthAlarm.None;
        switch (reaction.Kind)
        {
            case HealthReactionKind.RollBack:
                return GoBack(run, reason, at);
            case HealthReactionKind.Hold when !isUnknown && (run.Request.Options.OnUnhealthy == OnUnhealthy.Hold || evaluation.Gates.Any(static g => g.Gate == HealthGate.G6SecondCopy)):
                return Hold(run, reason);
            case HealthReactionKind.Hold:
                // Not for long, or nothing that a way back would cure: the watch goes on, and says so.
                return Next(run with { Reason = isUnknown ? $"{reaction.Reason}{Troubles(seen.Answer)}" : reaction.Reason }, at);
            default:
                run = run with { Reason = null };
                return !runs ? Next(run, at) : run.State == MigrationState.CatchingUp ? CatchUp(run, seen, isLate) : TryCommit(run, seen);
        }
    }

    private static MigrationRun CatchUp(MigrationRun run, HealthSeen seen, bool isLate)
    {
        var hasCaughtUp = seen.Answer.HasCaughtUp == true
            // Nothing says how far behind it is, or nothing says how far it may be: there is nothing to wait for.
            || (seen.Answer.HasCaughtUp is null && (seen.Answer.HasNoLag || !KnowsAllowedDelay(run, seen.At)))
            // What nobody sees is no reason to go back; the soak does not commit without it.
            || (seen.Answer.HasCaughtUp is null && isLate);
        if (!hasCaughtUp)
        {
            return Next(run, seen.At);
        }
        run = run with
        {
            Verdict = HealthVerdict.Unknown,
            Watched = new MigrationWatch
            {
                CaughtUpAt = seen.At,
                Restarts = run.Watched.Restarts,
                Soak = new HealthSoakState { Reference = run.Watched.Soak.Reference, SourceCoverage = run.Watched.Soak.SourceCoverage },
            },
        };
        run = Go(run, MigrationState.Soaking, seen.At, null);
        return run with { Pending = ReadTarget(run, wantsUsual: false) };
    }

    private static bool KnowsAllowedDelay(MigrationRun run, DateTimeOffset at) => run.Request.Options.LagSlo is not null
        || run.Baseline?.Find(run.Request.TargetSpec.Kind == JobKind.NearRealTime ? HealthMetrics.Freshness : HealthMetrics.Lag, at) is not null;

    private static MigrationRun TryCommit(MigrationRun run, HealthSeen seen)
    {
        var (at, options, soak) = (seen.At, run.Request.Options, run.Watched.Soak);
        var decision = PoliciesOf(run).Commit.Decide(soak, new HealthCommitFacts
        {
            Kind = run.Request.TargetSpec.Kind,
            Soak = options.Soak,
            CompletedCheckpoints = seen.Copy.CompletedCheckpoints,
            LagWithinSlo = seen.Answer.LagIsAllowed,
            HasNoLag = !KnowsAllowedDelay(run, at),
            // It is made with the commit, of what is known then.
            HasParityReport = true,
            IsHeld = seen.Situation.IsCampaignHeld,
            GoodCycles = seen.Answer.GoodCycles,
            GoodRuns = seen.Answer.GoodRuns,
        });
        if (decision.MayCommit)
        {
            return seen.Answer.Usual is null ? Do(run, ReadTarget(run, wantsUsual: true)) : Commit(run, at, seen.Copy);
        }
        var watched = soak.LastAt - soak.FirstAt;
        var patience = options.Soak > LeastPatience ? options.Soak : LeastPatience;
        var neverAgain = soak.WasUnhealthy && watched >= options.Soak;
        return neverAgain || (watched >= options.Soak + patience && !seen.Situation.IsCampaignHeld)
            ? Hold(run, $"It can't be committed: {string.Join("; ", decision.Unmet.Select(static u => u.Explanation))}; {LostPointsText.Words(seen.Answer.Evaluation)}")
            : Next(run, at);
    }

    /// <summary>Stays where it is until a person says what becomes of it.</summary>
    private static MigrationRun Hold(MigrationRun run, string reason) =>
        run with { IsHeld = true, Reason = $"{reason}. Ask for RollBack or AcceptAsIs." };

    private static MigrationRun Next(MigrationRun run, DateTimeOffset at) => run with
    {
        Pending = ReadTarget(run, wantsUsual: at + PeriodOf(run) - run.NotedAt >= NoteEvery(run)),
        NotBefore = at + PeriodOf(run),
        Polls = run.Polls + 1,
    };

    /// <summary>Counts an evaluation. It comes with what all before it came to, so that it does not matter which of them were journalled.</summary>
    private static MigrationRun Scored(MigrationRun run, HealthSeen seen, out HealthStatement statement)
    {
        var (evaluation, watched, policies) = (seen.Answer.Evaluation, seen.Watched, PoliciesOf(run));
        var soak = watched.Soak;
        if (run.State == MigrationState.Soaking)
        {
            (soak, statement) = policies.Commit.Step(soak, evaluation);
        }
        else
        {
            (var verdict, statement) = policies.Verdicts.Step(soak.Verdict, evaluation);
            soak = soak with { Verdict = verdict };
        }
        var noted = run.Verdict != statement.Verdict || run.Alarm != statement.Alarm || !(seen.At - run.NotedAt < NoteEvery(run));
        return run with
        {
            Score = evaluation.Score,
            Coverage = evaluation.Coverage,
            Verdict = statement.Verdict,
            Alarm = statement.Alarm,
            LostPoints = LostPointsText.Of(evaluation),
            Losses = [.. evaluation.Items.Where(static i => i.LostPoints > 0)],
            EvaluatedAt = seen.At,
            NotedAt = noted ? seen.At : run.NotedAt,
            Watched = watched.With(evaluation, HealthOf(run).Scoring) with
            {
                Soak = soak,
                Restarts = seen.Answer.Restarts ?? watched.Restarts,
                ObservedSince = watched.ObservedSince ?? seen.Answer.ObservedSince,
                Usual = seen.Answer.Usual ?? watched.Usual,
            },
        };
    }

    /// <summary>The longer the watch, the rarer the notes: some hundred of them, however long it takes.</summary>
    private static TimeSpan NoteEvery(MigrationRun run)
    {
        var share = (run.State == MigrationState.Baselining ? run.Request.Options.Baseline : run.Request.Options.Soak) / 100;
        return share < LeastNote ? LeastNote : share > LongestNote ? LongestNote : share;
    }

    private static MigrationRun Commit(MigrationRun run, DateTimeOffset at, CopyObservation? seen) =>
        Go(run with { Parity = ParityOf(run, at, seen) }, MigrationState.Committed, at, null);

    private static ParityReport ParityOf(MigrationRun run, DateTimeOffset at, CopyObservation? seen)
    {
        var before = run.Before ?? new ParitySide { At = at, CheckpointDuration = run.SourceFacts?.CheckpointDuration, StateBytes = run.SourceFacts?.StateBytes };
        var after = new ParitySide
        {
            At = at,
            Observed = at - run.Watched.ObservedSince,
            Usual = run.Watched.Usual ?? HealthBaseline.Empty,
            Restarts = run.Watched.Restarts,
            CheckpointDuration = seen?.CheckpointDuration,
            StateBytes = seen?.StateBytes,
        };
        var submitted = run.Timeline.LastOrDefault(static t => t.State == MigrationState.Submitting).At;
        return ParityPolicy.Compare(before, after) with
        {
            Downtime = run.Downtime,
            StartTime = submitted == default ? null : run.RunningAt - submitted,
            CatchUpTime = run.Watched.CaughtUpAt - run.RunningAt,
            ScoreMedian = run.State == MigrationState.Soaking ? run.Watched.Median : null,
            ScoreMinimum = run.State == MigrationState.Soaking ? run.Watched.Lowest : null,
            ScoreBefore = run.ScoreBefore,
        };
    }

    private static string Troubles(HealthAnswer answer) => answer.Troubles.IsEmpty
        ? string.Empty
        : string.Create(CultureInfo.InvariantCulture, $" (not read: {string.Join("; ", answer.Troubles.Distinct(StringComparer.Ordinal).Take(3))})");

    private static Policies PoliciesOf(MigrationRun run) => Made.GetValue(HealthOf(run), static o => new Policies(new HealthVerdictPolicy(o), new HealthCommitPolicy(o)));

    private sealed record Policies(HealthVerdictPolicy Verdicts, HealthCommitPolicy Commit);
}
