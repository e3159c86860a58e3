using Flink.Resources.Rollback;

namespace Flink.Resources;

/// <content>The stop of the source, and the proof that it is dead.</content>
internal static partial class MigrationMachine
{
    private static readonly TimeSpan FreshCheckpointPatience = TimeSpan.FromMinutes(1);

    /// <summary>Takes down whether the stop is held: two records, however long it lasts.</summary>
    private static MigrationRun HoldStop(MigrationRun run, JobEvent happened) => (run.IsStopHeld, happened.AreStopsHeld) switch
    {
        (false, true) => run with { IsStopHeld = true },
        (true, false) => run with { IsStopHeld = false, StopHeldUntil = happened.At, Reason = run.State == MigrationState.PreparingTarget ? null : run.Reason },
        _ => run,
    };

    /// <summary>All is ready: looks again and again until the stop is held no longer.</summary>
    private static MigrationRun AwaitStop(MigrationRun run, DateTimeOffset at)
    {
        var look = LookBeforeStop(run with { Reason = "All is ready, and the servers of one of its clusters are in trouble: the source is not stopped before they answer." }, at);
        return look with { NotBefore = at + LongestPause, Polls = look.Pending == run.Pending ? run.Polls + 1 : 0 };
    }

    /// <summary>The last looks before the stop once more: what stood by may have gone meanwhile, and another mover may have come.</summary>
    private static MigrationRun LookBeforeStop(MigrationRun run, DateTimeOffset at) =>
        run.Request.SourceSpec.Kind == JobKind.NearRealTime && !run.IsStopHeld ? StopWhenDue(run, at)
        : Do(run, new LookForFences(run.Request.Job));

    private static MigrationRun BeginStop(MigrationRun run, DateTimeOffset at) => run.Stop == StopMethod.LastCheckpoint
        ? Go(run, MigrationState.Stopping, at, new TriggerCheckpoint(run.Source, TriggerOf(run, "checkpoint", 1)))
        : AskToStop(run with { State = MigrationState.Stopping, EnteredAt = at, Timeline = run.Timeline.Add(new StateChange(MigrationState.Stopping, at)) }, at, TimeSpan.Zero);

    private static MigrationRun AskToStop(MigrationRun run, DateTimeOffset at, TimeSpan pause)
    {
        var attempt = run.StopAttempt + 1;
        var trigger = TriggerOf(run, "stop", attempt);
        return DoAfter(
            run with { StopAttempt = attempt, Trigger = trigger },
            new StopWithSavepoint(run.Source, new SavepointRequest(trigger, SnapshotDirectoryOf(run, "source"))), at, pause);
    }

    private static MigrationRun Stop(MigrationRun run, JobEvent happened) => StopOn(HoldStop(run, happened), happened);

    private static MigrationRun StopOn(MigrationRun run, JobEvent happened) => (run.Stop, happened) switch
    {
        (StopMethod.LastCheckpoint, TriggerEnded) => Do(run, new LookAtCopy(run.Source)),
        (StopMethod.LastCheckpoint, CopySeen seen) => AfterCheckpoint(run, seen.Copy, seen.At),
        // Refused or lost: what the job does now decides, not the answer.
        (_, TriggerEnded) => Do(run, new LookAtCopy(run.Source, run.Trigger)),
        (_, CopySeen seen) => AfterSavepoint(run, seen.Copy, seen.At),
        (_, SnapshotSeen { Status: LookupStatus.Found, Snapshot: { } found } seen) => Stopped(run, found, seen.At),
        (_, SnapshotSeen { Status: LookupStatus.Absent } seen) => Park(run, LiveCopy.None, $"The job ended and left no savepoint of this move: {seen.Words}", seen.At),
        (_, SnapshotSeen seen) => StopLateOr(run, LiveCopy.None, $"The job ended; whether it left a savepoint could not be read: {seen.Words}", seen.At),
        _ => run,
    };

    private static MigrationRun AfterSavepoint(MigrationRun run, CopyObservation seen, DateTimeOffset at)
    {
        var runs = seen.JobState == FlinkJobState.Running && seen.AllTasksRun;
        switch (seen.Savepoint)
        {
            case SavepointLook.Completed when !string.IsNullOrEmpty(seen.SavepointLocation):
                return Stopped(run with { EndedByStop = true }, seen.SavepointLocation, at);
            case SavepointLook.Failed when seen.SavepointNamedByCause is { } named:
                // It was written, the job failed afterwards. If it runs again by itself it went on from before the savepoint; while it may
                // still do so, it is waited for.
                return runs
                    ? Park(run, LiveCopy.Source, $"The savepoint {named} was written, then the stop failed and the job runs on: {seen.SavepointCause}", at)
                    : seen.JobState.IsTerminal
                        ? Stopped(run, named, at)
                        : StopLateOr(run, LiveCopy.Unknown, $"The savepoint {named} was written, then the stop failed; the job is {seen.JobState}: {seen.SavepointCause}", at);
            case SavepointLook.Failed or SavepointLook.Absent when runs && run.IsStopHeld:
                // It runs on, and is not asked again before it can be read.
                return Again(run, at);
            case SavepointLook.Failed when runs && run.StopAttempt < StopAttempts:
                return AskToStop(run with { Reason = $"Savepoint attempt {run.StopAttempt} failed: {seen.SavepointCause}" }, at, StopRetryPause);
            case SavepointLook.Failed when runs:
                return GiveUp(run, MigrationState.Held, $"The savepoint failed {run.StopAttempt} times, the job runs on: {seen.SavepointCause}", at);
            case SavepointLook.Failed when seen.JobState.IsTerminal:
                return Park(run, LiveCopy.None, $"The savepoint failed and the job ended ({seen.JobState}): {seen.SavepointCause} Its newest checkpoint was {seen.LatestCheckpoint ?? "none"}.", at);
            case SavepointLook.Absent or SavepointLook.Unknown when seen.JobState is FlinkJobState.Failed or FlinkJobState.Canceled:
                return Park(run, LiveCopy.None, $"The job ended before it was stopped ({seen.JobState}). Its newest checkpoint was {seen.LatestCheckpoint ?? "none"}.", at);
            case SavepointLook.Absent when runs && seen.InProgress == 0:
                // The request never arrived, or the JobManager that knew it is gone: the same question again, under the same trigger.
                return IsLate(run, at, run.Request.Options.StopTimeout)
                    ? GiveUp(run, MigrationState.Held, "The job can't be asked to stop: each request was lost.", at)
                    : DoAfter(run, new StopWithSavepoint(run.Source, new SavepointRequest(run.Trigger!.Value, SnapshotDirectoryOf(run, "source"))), at, run.Request.Options.PollInterval * 4);
            case SavepointLook.Absent when seen.JobState == FlinkJobState.Finished:
            case SavepointLook.Unknown when seen.ApplicationState == ApplicationState.Finished && !seen.FlinkAnswers:
                // Its end may be our doing. No other stop writes into this run's folder.
                return Do(run, new FindSnapshot(SnapshotDirectoryOf(run, "source")));
            default:
                return StopLateOr(run, LiveCopy.Unknown, $"The stop has no result: {seen.Trouble ?? seen.SavepointCause ?? seen.JobState.ToString()}", at);
        }
    }

    private static MigrationRun AfterCheckpoint(MigrationRun run, CopyObservation seen, DateTimeOffset at)
    {
        if (run.IsStopHeld)
        {
            return Again(run, at, seen.FlinkAnswers);
        }
        var before = run.SourceFacts?.LatestCheckpointId ?? 0;
        if (seen.LatestCheckpoint is { } checkpoint && (seen.LatestCheckpointId > before || IsLate(run, at, FreshCheckpointPatience)))
        {
            // Flink's own pointers to checkpoints stay until the newest one is known from storage.
            return Go(
                run with { Origin = new MigrationSnapshot(checkpoint, false, at), Live = LiveCopy.Unknown },
                MigrationState.SourceFenced, at, new RemoveApplication(run.Source.Application, HaMetadata.Keep));
        }
        return IsLate(run, at, run.Request.Options.StopTimeout)
            ? GiveUp(run, MigrationState.Held, $"There is no completed checkpoint to go on from: {seen.Trouble ?? seen.JobState.ToString()}", at)
            : Again(run, at, seen.FlinkAnswers);
    }

    private static MigrationRun StopLateOr(MigrationRun run, LiveCopy live, string reason, DateTimeOffset at) =>
        IsLate(run, at, run.Request.Options.StopTimeout) ? Park(run, live, reason, at) : Again(run, at);

    /// <summary>The next side effect is the one that keeps the source from coming back.</summary>
    private static MigrationRun Stopped(MigrationRun run, string snapshot, DateTimeOffset at) => Go(
        run with { Origin = new MigrationSnapshot(snapshot, true, at), Live = LiveCopy.Unknown, Reason = null },
        MigrationState.SourceFenced, at, new RemoveApplication(run.Source.Application, HaMetadata.Purge));

    private static MigrationRun FenceSource(MigrationRun run, JobEvent happened)
    {
        switch (happened)
        {
            case RemoveEnded { Result: WriteResult.Refused } refused:
                return FenceLateOr(run, LiveCopy.Source, refused.Words, refused.At);
            case RemoveEnded { Result: WriteResult.Unknown } unknown:
                return FenceLateOr(run, LiveCopy.Unknown, unknown.Words, unknown.At);
            case RemoveEnded when run.Pending is RemoveApplication { Metadata: HaMetadata.Purge } && run.Stop == StopMethod.LastCheckpoint && run.Origin is { IsSavepoint: false } && run.Live == LiveCopy.None:
                return SourceIsDead(run, happened.At);
            case RemoveEnded:
                return Do(run, new ProbeDeath(run.Source));
            case DeathSeen death when death.Verdict == DeathVerdict.Dead || (run.EndedByStop && !death.CanComeBack && death.Verdict == DeathVerdict.Dying):
                return run.Stop == StopMethod.LastCheckpoint && run.Origin is { IsSavepoint: false } checkpoint
                    ? Do(run with { Live = LiveCopy.None }, new FindSnapshot(checkpoint.Uri[..checkpoint.Uri.TrimEnd('/').LastIndexOf('/')]))
                    : SourceIsDead(run with { Live = LiveCopy.None }, death.At);
            case DeathSeen { Verdict: DeathVerdict.Alive } alive when !IsLate(run, alive.At, run.Request.Options.DeathTimeout):
                // Somebody started it again, or the removal was lost: remove it once more, which does no harm.
                return DoAfter(run, new RemoveApplication(run.Source.Application, run.Origin is { IsSavepoint: true } ? HaMetadata.Purge : HaMetadata.Keep), alive.At, run.Request.Options.PollInterval);
            case DeathSeen death:
                return IsLate(run, death.At, run.Request.Options.DeathTimeout)
                    ? Park(run, LiveCopy.Unknown, $"The source is not proved dead, so nothing is started: {death.Verdict}, {death.Evidence.Seen}", death.At)
                    : Again(run, death.At);
            case SnapshotSeen { Status: LookupStatus.Found, Snapshot: { } newest } seen:
                return Do(run with { Origin = new MigrationSnapshot(newest, false, seen.At) }, new RemoveApplication(run.Source.Application, HaMetadata.Purge));
            case SnapshotSeen { Status: LookupStatus.Absent } seen:
                return Park(run, LiveCopy.None, $"The source is dead and its checkpoints are gone: {seen.Words}", seen.At);
            case SnapshotSeen seen:
                return IsLate(run, seen.At, run.Request.Options.DeathTimeout)
                    ? Park(run, LiveCopy.None, $"The source is dead; its newest checkpoint could not be read: {seen.Words}", seen.At)
                    : Again(run, seen.At, answered: false);
            default:
                return run;
        }
    }

    private static MigrationRun FenceLateOr(MigrationRun run, LiveCopy live, string? words, DateTimeOffset at) => IsLate(run, at, run.Request.Options.DeathTimeout)
        ? Park(run, live, $"The source can't be removed, so nothing is started: {words}", at)
        : Again(run, at, answered: false);

    private static MigrationRun SourceIsDead(MigrationRun run, DateTimeOffset at) => run.WantsBack is { } reason
        ? Go(run with { Reason = reason, Rollback = new MigrationRollback(reason, RollbackChoice.ReturnToOrigin, "The target was never started: nothing is lost or repeated.") }, MigrationState.TargetFenced, at, new RemoveApplication(run.Target!.Application, HaMetadata.Purge))
        : Go(run, MigrationState.Submitting, at, new StartApplication(run.Target!, new RestorePoint.Snapshot(run.Origin!.Uri)));
}
