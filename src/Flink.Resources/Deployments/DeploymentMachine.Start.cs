namespace Flink.Resources;

/// <content>The start of a job where nothing of it lives.</content>
internal static partial class DeploymentMachine
{
    private static DeploymentRun CheckStart(DeploymentRun run, JobEvent happened)
    {
        if (happened is not FencesSeen fences)
        {
            return run;
        }
        if (fences.Unknown.Length > 0)
        {
            var reason = $"Not every backend could be asked for the job's fences, so nothing is started: {string.Join("; ", fences.Unknown)}";
            return IsLate(run, fences.At, run.Request.Options.CheckTimeout) ? End(run with { Reason = reason }, DeploymentState.Held, fences.At) : Again(run, fences.At, answered: false);
        }
        if (RivalIn(run, fences) is { } rival)
        {
            return End(run with { Reason = Words(rival) }, DeploymentState.Held, fences.At);
        }
        var epoch = Math.Max(fences.HighestEpoch, fences.Fences.Select(static f => f.Fence.Epoch).DefaultIfEmpty().Max()) + 1;
        return Go(
            run with { Epoch = epoch }, DeploymentState.Preparing, fences.At,
            new PrepareApplication(run.Request.Backend!, new Fence(run.Request.Job, epoch), run.Request.Spec!));
    }

    private static DeploymentRun Prepare(DeploymentRun run, JobEvent happened)
    {
        switch (happened)
        {
            case PrepareEnded { Result: WriteResult.Done, Application: { } prepared }:
                // Whoever takes a fence looks at all others after that: of two who do so at the same time, at most one sees nobody.
                return Do(run with { Application = prepared }, new LookForFences(run.Request.Job));
            case PrepareEnded { Result: WriteResult.Refused } refused:
                return End(
                    run with { Reason = refused.Holder is null ? $"{run.Request.Backend} refuses: {refused.Words}" : $"{refused.Holder} starts this job: {refused.Words}" },
                    DeploymentState.Held, refused.At);
            case FencesSeen { Unknown.IsEmpty: true } fences when RivalIn(run, fences) is { } rival:
                return GiveUp(run, DeploymentState.Held, Words(rival), fences.At);
            case FencesSeen { Unknown.IsEmpty: true } fences:
                return Go(run, DeploymentState.Starting, fences.At, new StartApplication(run.Application!, run.Request.Restore!));
            case PrepareEnded or FencesSeen when IsLate(run, happened.At, run.Request.Options.PreparationTimeout):
                return GiveUp(run, DeploymentState.Held, $"It could not be prepared in time: {WordsOf(happened)}", happened.At);
            case PrepareEnded or FencesSeen:
                return Again(run, happened.At, answered: false);
            default:
                return run;
        }
    }

    private static DeploymentRun Start(DeploymentRun run, JobEvent happened)
    {
        if (happened is not StartEnded started)
        {
            return run;
        }
        run = run with { MayRun = true };
        return started.Result switch
        {
            WriteResult.Done => Go(run with { IsLive = true }, DeploymentState.Verifying, started.At, new LookAtCopy(run.Copy!)),
            WriteResult.Refused => Fail(run, $"The start was refused: {started.Words}", started.At),
            _ when IsLate(run, started.At, run.Request.Options.SubmissionTimeout) => Fail(run, $"It did not start in time: {started.Words}", started.At),
            // The same identity again: it starts once, however often it is asked to.
            _ => Again(run with { IsLive = null }, started.At, answered: false),
        };
    }

    private static DeploymentRun Verify(DeploymentRun run, JobEvent happened)
    {
        if (happened is not CopySeen { Copy: var seen, At: var at })
        {
            return run;
        }
        if (seen.CompletedCheckpoints > 0 && seen.LatestCheckpoint is { } checkpoint && checkpoint != run.Snapshot?.Uri)
        {
            run = run with { Snapshot = new MigrationSnapshot(checkpoint, false, seen.LatestCheckpointAt ?? at) };
        }
        if (run.Request.Spec!.Kind == JobKind.Batch
            && (seen.JobState == FlinkJobState.Finished || seen is { ApplicationState: ApplicationState.Finished, Result: ApplicationResult.Succeeded }))
        {
            // Its JobManager stays up so that its end can be read; that has been done, and its room is others'.
            return Do(
                run with { Ending = DeploymentState.Finished, EnteredAt = at, IsLive = null }, new RemoveApplication(run.Application!.Application, HaMetadata.Purge));
        }
        if (EndedBadly(seen) is { } why)
        {
            return Fail(run, why, at);
        }
        if (seen.HasCheckpoints && seen.JobState == FlinkJobState.Running && seen.AllTasksRun)
        {
            return run.Request.Restore is RestorePoint.Snapshot wanted && !MigrationMachine.SamePlace(seen.RestoredFrom, wanted.Uri)
                ? Fail(run with { Snapshot = null }, $"It restored {seen.RestoredFrom ?? "nothing"} where {wanted.Uri} was meant.", at)
                : End(run, DeploymentState.Running, at);
        }
        return IsLate(run, at, run.Request.Options.VerificationTimeout)
            ? Park(run, seen.FlinkAnswers ? true : null, $"It was started and does not run in time: {seen.JobState}, {seen.Diagnostics ?? seen.Trouble}", at)
            : Again(run, at);
    }

    /// <summary>What was started goes, and is proved dead, before anybody may start the job again.</summary>
    private static DeploymentRun Fail(DeploymentRun run, string reason, DateTimeOffset at) => Do(
        run with { Ending = DeploymentState.Failed, Reason = reason, EnteredAt = at, IsLive = null }, new RemoveApplication(run.Application!.Application, HaMetadata.Keep));

    private static string? EndedBadly(CopyObservation seen) => seen switch
    {
        { IsStuck: true } => $"It can't run: {seen.Diagnostics}",
        { JobState: FlinkJobState.Failed or FlinkJobState.Canceled or FlinkJobState.Finished } => $"Its job ended: {seen.JobState}. {seen.Diagnostics}",
        { ApplicationState: ApplicationState.Finished } => $"It ended: {seen.Result}. {seen.Diagnostics}",
        { Application: LookupStatus.Absent } => $"It is gone: {seen.Trouble}",
        _ => null,
    };

    private static FenceObservation? RivalIn(DeploymentRun run, FencesSeen fences) => fences.Fences.FirstOrDefault(f =>
        f.State != ApplicationState.Finished && f.Application.Id != run.Application?.Application.Id);

    private static string Words(FenceObservation rival) =>
        $"{rival.Holder} has {rival.Fence} at {rival.Application} ({rival.State}): that may be another copy, so nothing is started. If nobody stands behind it, forget that fence.";
}
