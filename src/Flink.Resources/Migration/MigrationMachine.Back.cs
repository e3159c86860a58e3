using Flink.Resources.Rollback;

namespace Flink.Resources;

/// <content>The way back: from the best state that is allowed, to the definition that the source had.</content>
internal static partial class MigrationMachine
{
    private static readonly TimeSpan TargetStopTimeout = TimeSpan.FromMinutes(5);
    private const int ReturnAttempts = 3;

    private static MigrationRun DecideRollback(MigrationRun run, JobEvent happened)
    {
        if (happened is not EvidenceSeen { Copy: var seen, At: var at } evidence)
        {
            return run;
        }
        return Choose(run with { Evidence = evidence.Text }, EvidenceOf(run, seen, at), seen, at);
    }

    /// <summary>The policy chooses; what it does not allow by itself waits for a person.</summary>
    private static MigrationRun Choose(MigrationRun run, RollbackEvidence evidence, CopyObservation seen, DateTimeOffset at)
    {
        var decision = RollbackPolicy.Decide(evidence);
        run = run with { Rollback = new MigrationRollback(run.Reason ?? "asked for", decision.Choice, decision.DataEffect) };
        switch (decision.Choice)
        {
            case RollbackChoice.CarryForward:
                var trigger = TriggerOf(run, "return", 1);
                return Go(
                    run, MigrationState.TargetStopping, at,
                    new StopWithSavepoint(TargetOf(run) with { Job = seen.Job }, new SavepointRequest(trigger, SnapshotDirectoryOf(run, "target")))) with { Trigger = trigger };
            case RollbackChoice.TargetCheckpoint:
                return FenceTargetFrom(run with { Return = new MigrationSnapshot(decision.From!.Uri, false, at) }, at);
            case RollbackChoice.ReturnToOrigin:
                return FenceTargetFrom(run, at);
            default:
                return Park(run with { Rollback = null }, seen.FlinkAnswers ? LiveCopy.Target : LiveCopy.Unknown, $"{run.Reason} {decision.Reason}. RollBackToOrigin goes back to {run.Origin!.Uri} all the same.", at);
        }
    }

    internal static RollbackEvidence EvidenceOf(MigrationRun run, CopyObservation seen, DateTimeOffset at)
    {
        var wasUp = run.TargetWasUp || seen.Job is not null;
        return new RollbackEvidence
        {
            Now = at,
            Order = run.ToOrigin ? RollbackOrder.ToOrigin : RollbackOrder.Automatic,
            TargetRuns = !wasUp && seen.Application == LookupStatus.Found ? false
                : seen.FlinkAnswers ? seen.JobState == FlinkJobState.Running && seen.AllTasksRun
                : seen.ApplicationState == ApplicationState.Finished ? false : null,
            // Which one is the newest is looked for below its directory, once no other can follow.
            TargetCheckpoint = seen is { LatestCheckpoint: { } checkpoint, CompletedCheckpoints: > 0 } ? new RollbackSnapshot(checkpoint, seen.LatestCheckpointAt ?? at)
                : !seen.HasCheckpoints && run.TargetCheckpoint is { } known ? new RollbackSnapshot(known.Uri, known.At) : null,
            // Both backends retain checkpoints unless a specification says otherwise; who reads the stop's snapshot reads its neighbours.
            RetainsCheckpoints = seen.RetainsCheckpoints ?? run.TargetRetainsCheckpoints,
            SourceReadsCheckpoint = SameStore(seen.LatestCheckpoint ?? run.TargetCheckpoint?.Uri, run.Origin?.Uri) ? true : null,
            CheckpointInterval = seen.CheckpointInterval ?? run.SourceFacts?.CheckpointInterval,
            IsOneWay = IsOneWay(run.SourceFacts?.FlinkVersion, run.Request.TargetSpec.FlinkVersion),
            RestoredAsIntended = run.IsDamaged ? false : run.IsRestoreVerified ? true : seen.HasCheckpoints ? SamePlace(seen.RestoredFrom, run.Origin?.Uri) : null,
            Origin = run.Origin is { } origin ? new RollbackSnapshot(origin.Uri, origin.At) : null,
            // It is neither claimed nor deleted before the end of the run.
            OriginExists = run.Origin is not null,
            TargetWrote = !run.TargetMayRun ? false : wasUp ? MayHaveWritten(run, seen) : seen.Application == LookupStatus.Found ? false : null,
            Sinks = run.Request.Options.Sinks,
            AcceptsDuplicates = run.Request.Options.AcceptsDuplicates,
        };
    }

    /// <summary>Sinks that commit with checkpoints have written nothing before the first one.</summary>
    private static bool MayHaveWritten(MigrationRun run, CopyObservation seen) => run.Request.Options.Sinks.IsEmpty
        || run.Request.Options.Sinks.Values.Any(static s => s is not (SinkClass.Transactional or SinkClass.TableCommits))
        || !seen.HasCheckpoints || seen.CompletedCheckpoints > 0;

    /// <summary>State that another minor version of Flink wrote may not be readable by the one before.</summary>
    private static bool IsOneWay(string? source, string target) => source is not null && MinorOf(source) != MinorOf(target);

    private static string MinorOf(string version) => string.Join('.', version.Split('.').Take(2));

    private static bool SameStore(string? left, string? right) => Uri.TryCreate(left, UriKind.Absolute, out var one)
        && Uri.TryCreate(right, UriKind.Absolute, out var other) && one.Scheme == other.Scheme && one.Authority == other.Authority;

    private static MigrationRun Decide(MigrationRun run, RollbackChoice choice, string effect) =>
        run with { Rollback = new MigrationRollback(run.Reason ?? "asked for", choice, effect) };

    private static MigrationRun FenceTargetFrom(MigrationRun run, DateTimeOffset at) => Go(
        run with { Live = LiveCopy.Unknown }, MigrationState.TargetFenced, at,
        new RemoveApplication(run.Target!.Application, run.Rollback!.Choice == RollbackChoice.TargetCheckpoint ? HaMetadata.Keep : HaMetadata.Purge));

    private static MigrationRun StopTarget(MigrationRun run, JobEvent happened)
    {
        switch (happened)
        {
            case TriggerEnded:
                return Do(run, new LookAtCopy(TargetOf(run), run.Trigger));
            case CopySeen { Copy.Savepoint: SavepointLook.Completed, Copy.SavepointLocation: { Length: > 0 } location } seen:
                return FenceTargetFrom(run with { Return = new MigrationSnapshot(location, true, seen.At), EndedByStop = true }, seen.At);
            case CopySeen { Copy: { Savepoint: SavepointLook.Failed, SavepointNamedByCause: { } named } copy } seen when copy.JobState != FlinkJobState.Running:
                return FenceTargetFrom(run with { Return = new MigrationSnapshot(named, true, seen.At), EndedByStop = false }, seen.At);
            case CopySeen { Copy: var copy } seen when copy.Savepoint == SavepointLook.Failed || IsLate(run, seen.At, TargetStopTimeout) || HasEndedBadly(copy, out _):
                return Choose(run with { EndedByStop = false }, EvidenceOf(run, copy, seen.At) with { SavepointFailed = true }, copy, seen.At);
            case CopySeen seen:
                return Again(run, seen.At, seen.Copy.FlinkAnswers);
            default:
                return run;
        }
    }

    private static MigrationRun FenceTarget(MigrationRun run, JobEvent happened)
    {
        var limit = run.Request.Options.DeathTimeout;
        var byCheckpoint = run.Rollback?.Choice == RollbackChoice.TargetCheckpoint;
        switch (happened)
        {
            case RemoveEnded { Result: WriteResult.Done or WriteResult.Underway } when run.Live == LiveCopy.None:
                return ResubmitFrom(run, happened.At);
            case RemoveEnded { Result: WriteResult.Done or WriteResult.Underway }:
                return Do(run, new ProbeDeath(TargetOf(run)));
            case RemoveEnded removed:
                return IsLate(run, removed.At, limit) ? Park(run, LiveCopy.Unknown, $"The target can't be removed, so nothing is started: {removed.Words}", removed.At) : Again(run, removed.At, answered: false);
            case DeathSeen death when death.Verdict == DeathVerdict.Dead
                || (death.Verdict == DeathVerdict.Dying && !death.CanComeBack && run.EndedByStop && run.Rollback?.Choice == RollbackChoice.CarryForward):
                return byCheckpoint
                    ? Do(run with { Live = LiveCopy.None }, new FindSnapshot(run.Return!.Uri[..run.Return.Uri.TrimEnd('/').LastIndexOf('/')]))
                    : ResubmitFrom(run with { Live = LiveCopy.None }, death.At);
            case DeathSeen { Verdict: DeathVerdict.Alive } alive when !IsLate(run, alive.At, limit):
                return DoAfter(run, new RemoveApplication(run.Target!.Application, byCheckpoint ? HaMetadata.Keep : HaMetadata.Purge), alive.At, run.Request.Options.PollInterval);
            case DeathSeen death:
                return IsLate(run, death.At, limit)
                    ? Park(run, LiveCopy.Unknown, $"The target is not proved dead, so nothing is started: {death.Verdict}, {death.Evidence.Seen}", death.At)
                    : Again(run, death.At);
            case SnapshotSeen { Status: LookupStatus.Found, Snapshot: { } newest } seen:
                return Do(run with { Return = new MigrationSnapshot(newest, false, seen.At) }, new RemoveApplication(run.Target!.Application, HaMetadata.Purge));
            case SnapshotSeen { Status: LookupStatus.Absent } seen:
                return Park(run, LiveCopy.None, $"The target is dead and its checkpoints are gone: {seen.Words} RollBackToOrigin goes back to {run.Origin!.Uri}.", seen.At);
            case SnapshotSeen seen:
                return IsLate(run, seen.At, limit) ? Park(run, LiveCopy.None, $"The target's newest checkpoint could not be read: {seen.Words}", seen.At) : Again(run, seen.At, answered: false);
            default:
                return run;
        }
    }

    private static MigrationRun ResubmitFrom(MigrationRun run, DateTimeOffset at)
    {
        var decided = run.Return is null && run.Rollback!.Choice != RollbackChoice.ReturnToOrigin
            ? Decide(run, RollbackChoice.ReturnToOrigin, "The target left no snapshot: what it wrote since the stop is written again.")
            : run;
        return Go(
            decided with { Return = decided.Rollback!.Choice == RollbackChoice.ReturnToOrigin ? run.Origin : run.Return },
            MigrationState.SourceResubmitting, at, new LookForFences(run.Request.Job));
    }

    private static MigrationRun Resubmit(MigrationRun run, JobEvent happened)
    {
        switch (happened)
        {
            case FencesSeen fences when run.Returned is null && fences.Unknown.IsEmpty && RivalIn(run, fences) is { } rival:
                return Park(run, LiveCopy.Unknown, Words(rival), fences.At);
            case FencesSeen { Unknown.IsEmpty: true } fences:
                var epoch = Math.Max(Math.Max(fences.HighestEpoch, run.Epoch), fences.Fences.Select(static f => f.Fence.Epoch).DefaultIfEmpty().Max()) + 1;
                return Do(run with { Epoch = epoch }, new PrepareApplication(run.Source.Application.Backend, new Fence(run.Request.Job, epoch), SourceSpecOf(run)));
            case RemoveEnded { Result: WriteResult.Done or WriteResult.Underway }:
                return Do(run, new ProbeDeath(new CopyRef(run.Returned!.Application)));
            case DeathSeen { Verdict: DeathVerdict.Dead }:
                return Do(run with { Returned = null }, new LookForFences(run.Request.Job));
            case DeathSeen or RemoveEnded:
                return IsLate(run, happened.At, ReturnTimeout)
                    ? Park(run, LiveCopy.Unknown, $"The start that failed can't be proved dead: {WordsOf(happened)}", happened.At)
                    : Again(run, happened.At, answered: happened is DeathSeen);
            case PrepareEnded { Result: WriteResult.Done, Application: { } returned }:
                return Do(run with { Returned = returned }, new StartApplication(returned, new RestorePoint.Snapshot(run.Return!.Uri)));
            case PrepareEnded { Result: WriteResult.Refused } refused:
                return Park(run, LiveCopy.None, $"The source's place refuses the job: {refused.Words ?? refused.Holder} It goes on from {run.Return!.Uri}.", refused.At);
            case StartEnded { Result: WriteResult.Done } started:
                return Go(run with { Live = LiveCopy.Source }, MigrationState.SourceVerifying, started.At, new LookAtCopy(new CopyRef(run.Returned!.Application)));
            case StartEnded { Result: WriteResult.Refused } refused:
                return TryReturnAgain(run, $"The source's place refuses to start the job: {refused.Words}", refused.At);
            case FencesSeen or PrepareEnded or StartEnded:
                return IsLate(run, happened.At, ReturnTimeout)
                    ? Park(run, happened is StartEnded ? LiveCopy.Unknown : LiveCopy.None, $"The source's place does not answer: {WordsOf(happened)}", happened.At)
                    : Again(run, happened.At, answered: false);
            default:
                return run;
        }
    }

    /// <summary>A copy in which no Flink job was ever seen wrote nothing: once it is proved dead, the same snapshot is as good as before.</summary>
    private static MigrationRun TryReturnAgain(MigrationRun run, string why, DateTimeOffset at) => run is { ReturnWasUp: false, ReturnAttempt: < ReturnAttempts }
        ? Go(run with { ReturnAttempt = run.ReturnAttempt + 1, Live = LiveCopy.Unknown }, MigrationState.SourceResubmitting, at, new RemoveApplication(run.Returned!.Application, HaMetadata.Purge))
        : Park(run, LiveCopy.Unknown, $"{why} It goes on from {run.Return!.Uri}.", at);

    /// <summary>As it was started, from the kept bytes where they were kept: never translated back.</summary>
    internal static ApplicationSpec SourceSpecOf(MigrationRun run) => run.Kept is not { } kept
        ? run.Request.SourceSpec
        : run.Request.SourceSpec with { Jar = kept.Jar, Files = kept.Files };

    private static MigrationRun VerifySource(MigrationRun run, JobEvent happened)
    {
        if (happened is not CopySeen { Copy: var seen, At: var at })
        {
            return run;
        }
        run = run with { ReturnWasUp = run.ReturnWasUp || seen.Job is not null };
        if (HasEndedBadly(seen, out var why))
        {
            return TryReturnAgain(run, $"The way back failed: {why.Replace("The target", "The source", StringComparison.Ordinal)}", at);
        }
        if (seen.HasCheckpoints && seen.JobState == FlinkJobState.Running && seen.AllTasksRun)
        {
            if (!SamePlace(seen.RestoredFrom, run.Return!.Uri))
            {
                return Park(run, LiveCopy.Source, $"The source restored {seen.RestoredFrom ?? "nothing"} where {run.Return.Uri} was meant.", at);
            }
            if (seen.CompletedCheckpoints >= 1)
            {
                return Go(run, MigrationState.RolledBack, at, null);
            }
        }
        else if (IsFinishedJob(run, seen))
        {
            return Go(run, MigrationState.RolledBack, at, null);
        }
        return IsLate(run, at, RestoreLimit(run))
            ? Park(run, LiveCopy.Source, $"The source was started again and does not run: {seen.JobState}, {seen.Diagnostics ?? seen.Trouble}", at)
            : Again(run, at);
    }
}
