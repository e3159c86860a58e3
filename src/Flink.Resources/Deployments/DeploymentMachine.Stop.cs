namespace Flink.Resources;

/// <content>The stop of a copy, and the proof that it is dead.</content>
internal static partial class DeploymentMachine
{
    private static DeploymentRun CheckStop(DeploymentRun run, JobEvent happened)
    {
        if (happened is not CopySeen { Copy: var seen, At: var at })
        {
            return run;
        }
        if (run.Request.Kind == DeploymentKind.Remove)
        {
            return Go(run, DeploymentState.Fencing, at, new RemoveApplication(run.Request.Copy!.Application, HaMetadata.Keep));
        }
        if (seen.Application == LookupStatus.Absent || seen.ApplicationState is ApplicationState.Finished or ApplicationState.Prepared)
        {
            return End(run with { IsLive = false, Reason = $"It does not run at {run.Request.Copy!.Application}: {seen.Diagnostics ?? seen.Trouble ?? seen.ApplicationState.ToString()}." }, DeploymentState.Held, at);
        }
        var late = IsLate(run, at, run.Request.Options.CheckTimeout);
        if (!seen.FlinkAnswers || seen.Trouble is not null)
        {
            return late
                ? End(run with { Reason = $"The JobManager of {run.Request.Copy!.Application} can't be read: {seen.Trouble}" }, DeploymentState.Held, at)
                : Again(run, at, answered: false);
        }
        if (seen.LiveJobs > 1)
        {
            return End(run with { IsLive = true, Reason = $"{run.Request.Copy!.Application} runs {seen.LiveJobs} Flink jobs: a session's jobs are not stopped one by one." }, DeploymentState.Held, at);
        }
        if (seen.JobState != FlinkJobState.Running || !seen.AllTasksRun)
        {
            return late
                ? End(run with { Reason = $"A job that does not run well can't write a savepoint: it is {seen.JobState}." }, DeploymentState.Held, at)
                : Again(run, at);
        }
        if (seen.CheckpointInterval is null)
        {
            return End(run with { IsLive = true, Reason = "Checkpointing is off: a stop would lose its state. Set execution.checkpointing.interval, or let it run to its end." }, DeploymentState.Held, at);
        }
        return AskToStop(Go(run with { IsLive = true, Job = seen.Job }, DeploymentState.Stopping, at, null), at, TimeSpan.Zero);
    }

    private static CopyRef Stopped(DeploymentRun run) => run.Request.Copy! with { Job = run.Job ?? run.Request.Copy!.Job };

    private static string DirectoryOf(DeploymentRun run) => $"{run.Request.SnapshotDirectory!.TrimEnd('/')}/{run.Id}";

    private static DeploymentRun AskToStop(DeploymentRun run, DateTimeOffset at, TimeSpan pause)
    {
        var attempt = run.StopAttempt + 1;
        var trigger = TriggerOf(run, attempt);
        return DoAfter(
            run with { StopAttempt = attempt, Trigger = trigger }, new StopWithSavepoint(Stopped(run), new SavepointRequest(trigger, DirectoryOf(run))), at, pause);
    }

    private static DeploymentRun Stop(DeploymentRun run, JobEvent happened) => happened switch
    {
        // Refused or lost: what the job does now decides, not the answer.
        TriggerEnded => Do(run, new LookAtCopy(Stopped(run), run.Trigger)),
        CopySeen seen => AfterSavepoint(run, seen.Copy, seen.At),
        SnapshotSeen { Status: LookupStatus.Found, Snapshot: { } found } seen => Saved(run, found, seen.At),
        SnapshotSeen { Status: LookupStatus.Absent } seen => Park(run, false, $"The job ended and left no savepoint of this stop: {seen.Words}", seen.At),
        SnapshotSeen seen => LateOr(run, false, $"The job ended; whether it left a savepoint could not be read: {seen.Words}", seen.At),
        _ => run,
    };

    private static DeploymentRun AfterSavepoint(DeploymentRun run, CopyObservation seen, DateTimeOffset at)
    {
        var runs = seen.JobState == FlinkJobState.Running && seen.AllTasksRun;
        switch (seen.Savepoint)
        {
            case SavepointLook.Completed when !string.IsNullOrEmpty(seen.SavepointLocation):
                return Saved(run with { EndedByStop = true }, seen.SavepointLocation, at);
            case SavepointLook.Failed when seen.SavepointNamedByCause is { } named:
                // It was written, the job failed afterwards. While it may still run on by itself, it is waited for.
                return runs
                    ? Park(run, true, $"The savepoint {named} was written, then the stop failed and the job runs on: {seen.SavepointCause}", at)
                    : seen.JobState.IsTerminal
                        ? Saved(run, named, at)
                        : LateOr(run, null, $"The savepoint {named} was written, then the stop failed; the job is {seen.JobState}: {seen.SavepointCause}", at);
            case SavepointLook.Failed when runs && run.StopAttempt < StopAttempts:
                return AskToStop(run with { Reason = $"Savepoint attempt {run.StopAttempt} failed: {seen.SavepointCause}" }, at, StopRetryPause);
            case SavepointLook.Failed when runs:
                return End(run with { IsLive = true, Reason = $"The savepoint failed {run.StopAttempt} times, the job runs on: {seen.SavepointCause}" }, DeploymentState.Held, at);
            case SavepointLook.Failed when seen.JobState.IsTerminal:
                return Park(run, false, $"The savepoint failed and the job ended ({seen.JobState}): {seen.SavepointCause} Its newest checkpoint was {seen.LatestCheckpoint ?? "none"}.", at);
            case SavepointLook.Absent or SavepointLook.Unknown when seen.JobState is FlinkJobState.Failed or FlinkJobState.Canceled:
                return Park(run, false, $"The job ended before it was stopped ({seen.JobState}). Its newest checkpoint was {seen.LatestCheckpoint ?? "none"}.", at);
            case SavepointLook.Absent when runs && seen.InProgress == 0:
                // The request never arrived, or the JobManager that knew it is gone: the same question again, under the same trigger.
                return IsLate(run, at, run.Request.Options.StopTimeout)
                    ? End(run with { IsLive = true, Reason = "The job can't be asked to stop: each request was lost." }, DeploymentState.Held, at)
                    : DoAfter(run, new StopWithSavepoint(Stopped(run), new SavepointRequest(run.Trigger!.Value, DirectoryOf(run))), at, run.Request.Options.PollInterval * 4);
            case SavepointLook.Absent when seen.JobState == FlinkJobState.Finished:
            case SavepointLook.Unknown when seen.ApplicationState == ApplicationState.Finished && !seen.FlinkAnswers:
                // Its end may be our doing. No other stop writes into this run's folder.
                return Do(run, new FindSnapshot(DirectoryOf(run)));
            default:
                return LateOr(run, null, $"The stop has no result: {seen.Trouble ?? seen.SavepointCause ?? seen.JobState.ToString()}", at);
        }
    }

    private static DeploymentRun LateOr(DeploymentRun run, bool? isLive, string reason, DateTimeOffset at) =>
        IsLate(run, at, run.Request.Options.StopTimeout) ? Park(run, isLive, reason, at) : Again(run, at);

    /// <summary>The next side effect is the one that keeps the copy from coming back.</summary>
    private static DeploymentRun Saved(DeploymentRun run, string snapshot, DateTimeOffset at) => Go(
        run with { Snapshot = new MigrationSnapshot(snapshot, true, at), IsLive = null, Reason = null },
        DeploymentState.Fencing, at, new RemoveApplication(run.Request.Copy!.Application, HaMetadata.Purge));

    private static DeploymentRun Fence(DeploymentRun run, JobEvent happened)
    {
        var limit = run.Request.Options.DeathTimeout;
        switch (happened)
        {
            case RemoveEnded { Result: WriteResult.Done or WriteResult.Underway }:
                return Do(run, new ProbeDeath(Stopped(run)));
            case DeathSeen death when death.Verdict == DeathVerdict.Dead || (run.EndedByStop && !death.CanComeBack && death.Verdict == DeathVerdict.Dying):
                return End(run with { IsLive = false }, DeploymentState.Stopped, death.At);
            case DeathSeen { Verdict: DeathVerdict.Alive } alive when !IsLate(run, alive.At, limit):
                // Somebody started it again, or the removal was lost: remove it once more, which does no harm.
                return DoAfter(
                    run, new RemoveApplication(run.Request.Copy!.Application, run.Snapshot is null ? HaMetadata.Keep : HaMetadata.Purge), alive.At, run.Request.Options.PollInterval);
            case DeathSeen or RemoveEnded:
                return IsLate(run, happened.At, limit)
                    ? Park(run, null, $"The copy is not proved dead: {WordsOf(happened)}", happened.At)
                    : Again(run, happened.At, answered: happened is DeathSeen);
            default:
                return run;
        }
    }
}
