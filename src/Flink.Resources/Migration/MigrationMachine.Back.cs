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
        run = run with { Evidence = evidence.Text };
        var wrote = run.TargetMayRun && (seen.CompletedCheckpoints > 0 || run.RunningAt is not null);
        var runs = seen.JobState == FlinkJobState.Running && seen.AllTasksRun;
        if (!run.ToOrigin && runs && seen.CompletedCheckpoints > 0)
        {
            var trigger = TriggerOf(run, "return", 1);
            return Go(
                Decide(run, RollbackChoice.CarryForward, "The target's savepoint: nothing is lost or repeated."),
                MigrationState.TargetStopping, at,
                new StopWithSavepoint(TargetOf(run) with { Job = seen.Job }, new SavepointRequest(trigger, SnapshotDirectoryOf(run, "target")))) with { Trigger = trigger };
        }
        if (!run.ToOrigin && seen.LatestCheckpoint is { } checkpoint && seen.CompletedCheckpoints > 0)
        {
            return FenceTargetFrom(Decide(run with { Return = new MigrationSnapshot(checkpoint, false, at) }, RollbackChoice.TargetCheckpoint, "The target's newest checkpoint, like a failover: transactional sinks stay exact, others repeat from there."), at);
        }
        return ToOrigin(run, wrote, at);
    }

    private static MigrationRun Decide(MigrationRun run, RollbackChoice choice, string effect) =>
        run with { Rollback = new MigrationRollback(run.Reason ?? "asked for", choice, effect) };

    /// <summary>What the target committed since is written once more: allowed where that does no harm, or was accepted.</summary>
    private static MigrationRun ToOrigin(MigrationRun run, bool wrote, DateTimeOffset at)
    {
        var repeats = run.Request.Options.Sinks.Where(s => s.Value is not (SinkClass.Idempotent or SinkClass.Append)
            || (s.Value == SinkClass.Append && !run.Request.Options.AcceptsDuplicates)).Select(static s => s.Key).ToList();
        if (wrote && (repeats.Count > 0 || run.Request.Options.Sinks.IsEmpty) && !run.Request.Options.AcceptsDuplicates && !run.ToOrigin)
        {
            return Park(run, LiveCopy.Target, $"{run.Reason} Going back to {run.Origin!.Uri} would repeat what the target wrote to {(repeats.Count > 0 ? string.Join(", ", repeats) : "its sinks, of which nothing is declared")}. Ask for RollBackToOrigin to accept that.", at);
        }
        return FenceTargetFrom(Decide(run, RollbackChoice.ReturnToOrigin, wrote ? "What the target wrote since the stop is written again." : "The target wrote nothing: nothing is lost or repeated."), at);
    }

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
                return copy is { LatestCheckpoint: { } checkpoint, CompletedCheckpoints: > 0 }
                    ? FenceTargetFrom(Decide(run with { EndedByStop = false, Return = new MigrationSnapshot(checkpoint, false, seen.At) }, RollbackChoice.TargetCheckpoint, $"The target gave no savepoint ({copy.SavepointCause ?? copy.Trouble ?? "in time"}): its newest checkpoint, like a failover."), seen.At)
                    : ToOrigin(run with { EndedByStop = false }, wrote: true, seen.At);
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
    private static ApplicationSpec SourceSpecOf(MigrationRun run) => run.Kept is not { } kept
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
