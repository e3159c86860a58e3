using System.Collections.Immutable;

namespace Flink.Resources;

/// <content>From the first look to the moment before the stop: nothing of the source is touched.</content>
internal static partial class MigrationMachine
{
    private static readonly TimeSpan LongSavepoint = TimeSpan.FromMinutes(1);

    private static MigrationRun Validate(MigrationRun run, JobEvent happened) => ValidateOn(HoldStop(run, happened), happened);

    private static MigrationRun ValidateOn(MigrationRun run, JobEvent happened) => happened switch
    {
        CopySeen seen => ValidateSource(run, seen.Copy, seen.At),
        FencesSeen fences when fences.Unknown.Length > 0 => LateOr(run, fences.At, $"Not every backend could be asked for the job's fences: {string.Join("; ", fences.Unknown)}"),
        FencesSeen fences when RivalIn(run, fences) is { } rival => GiveUp(run, MigrationState.Held, Words(rival), fences.At),
        FencesSeen fences => Do(
            run with { Epoch = Math.Max(fences.HighestEpoch, fences.Fences.Select(static f => f.Fence.Epoch).DefaultIfEmpty().Max()) + 1 },
            new ProbeDirectory(run.Request.TargetBackend, run.Id, run.Request.SnapshotDirectory, run.Request.TargetSpec)),
        DirectoryTried { Verdict: DirectoryVerdict.Usable or DirectoryVerdict.NotOffered } tried => PrepareFirst(run, tried.At),
        DirectoryTried { Verdict: DirectoryVerdict.NotUsable } tried => GiveUp(run, MigrationState.Ineligible, $"The target can't use {run.Request.SnapshotDirectory} as the job's user. {tried.Words}", tried.At),
        // Whether it can is not known, and it may well: that speaks against the moment, not against the job.
        DirectoryTried tried => IsLateBeforeStop(run, tried.At, run.Request.Options.ValidationTimeout)
            ? GiveUp(run, MigrationState.Held, $"Whether the target can use {run.Request.SnapshotDirectory} could not be found out in time: {tried.Words}", tried.At)
            : Again(run, tried.At, answered: false),
        _ => run,
    };

    private static MigrationRun ValidateSource(MigrationRun run, CopyObservation seen, DateTimeOffset at)
    {
        var job = run.Request.Job;
        if (IsFinishedBatch(run, seen))
        {
            return PlaceNextRun(run, at);
        }
        if (seen.Application == LookupStatus.Absent || seen.ApplicationState is ApplicationState.Finished or ApplicationState.Prepared)
        {
            return GiveUp(run, MigrationState.Ineligible, $"{job} does not run at {run.Source.Application}: {seen.Diagnostics ?? seen.Trouble ?? seen.ApplicationState.ToString()}.", at);
        }
        if (!seen.FlinkAnswers || seen.Trouble is not null)
        {
            return LateOr(run, at, $"The JobManager of {run.Source.Application} can't be read: {seen.Trouble}");
        }
        if (seen.LiveJobs > 1)
        {
            return GiveUp(run, MigrationState.Ineligible, $"{run.Source.Application} runs {seen.LiveJobs} Flink jobs: all jobs of a session move together, or are split first.", at);
        }
        if (RunsToItsEnd(run, seen))
        {
            return Go(run with { SourceFacts = seen, Source = run.Source with { Job = seen.Job } }, MigrationState.Draining, at, new LookAtCopy(run.Source with { Job = seen.Job }));
        }
        if (seen.JobState != FlinkJobState.Running || !seen.AllTasksRun)
        {
            return LateOr(run, at, $"A job that does not run well is not moved: it is {seen.JobState}, {(seen.AllTasksRun ? "all" : "not all")} tasks run.");
        }
        if (seen.CheckpointInterval is null)
        {
            return GiveUp(run, MigrationState.Ineligible, "Checkpointing is off: the job would lose its state. Set execution.checkpointing.interval.", at);
        }
        var stop = MethodOf(run.Request.Options, seen);
        if (stop == StopMethod.LastCheckpoint && seen.RetainsCheckpoints != true)
        {
            return GiveUp(run, MigrationState.Ineligible, "Its checkpoints go with its end, so it can't be moved by its last checkpoint. Set execution.checkpointing.externalized-checkpoint-retention to RETAIN_ON_CANCELLATION, or stop it with a savepoint.", at);
        }
        return Do(run with { Stop = stop, SourceFacts = seen, Source = run.Source with { Job = seen.Job } }, new LookForFences(job));
    }

    /// <summary>A savepoint blocks the job for as long as it is written; a checkpoint costs records that are processed again.</summary>
    private static StopMethod MethodOf(MoveOptions options, CopyObservation seen)
    {
        if (options.Stop != StopMethod.Auto)
        {
            return options.Stop;
        }
        var allowed = seen.RetainsCheckpoints == true && !options.Sinks.IsEmpty && options.Sinks.Values.All(
            s => s is SinkClass.Idempotent or SinkClass.Transactional || (s == SinkClass.Append && options.AcceptsDuplicates));
        // The newest checkpoint's own pace: a full savepoint writes all state, an incremental checkpoint a part of it in the same time.
        return allowed && seen.CheckpointDuration > LongSavepoint ? StopMethod.LastCheckpoint : StopMethod.Savepoint;
    }

    private static MigrationRun PrepareFirst(MigrationRun run, DateTimeOffset at) => run.Baseline is null && run.Request.Options.Baseline > TimeSpan.Zero && IsJudged(run)
        ? BeginBaseline(run, at)
        : run.Request.KeepSourceFiles
        ? Go(run, MigrationState.PreparingTarget, at, new KeepDefinition(run.Source.Application, run.Id))
        : Go(run, MigrationState.PreparingTarget, at, PreparationOf(run));

    private static PrepareApplication PreparationOf(MigrationRun run) =>
        new(run.Request.TargetBackend, new Fence(run.Request.Job, run.Epoch), run.Request.TargetSpec);

    private static MigrationRun Prepare(MigrationRun run, JobEvent happened)
    {
        run = HoldStop(run, happened);
        var late = IsLateBeforeStop(run, happened.At, run.Request.Options.PreparationTimeout);
        switch (happened)
        {
            case DefinitionKept { Result: WriteResult.Done } kept:
                return Do(run with { Kept = kept.Definition }, PreparationOf(run));
            case DefinitionKept { Result: WriteResult.Refused } kept:
                return GiveUp(run, MigrationState.Ineligible, $"What starts the job again can't be kept: {kept.Words}", happened.At);
            case PrepareEnded { Result: WriteResult.Done, Application: { } target }:
                // Whoever takes a fence looks at all others after that: of two who do so at the same time, at most one sees nobody.
                return Do(run with { Target = target }, new LookForFences(run.Request.Job));
            case PrepareEnded { Result: WriteResult.Refused } refused:
                return Go(run with { Reason = refused.Holder is null ? $"The target refuses: {refused.Words}" : $"{refused.Holder} moves this job: {refused.Words}" }, MigrationState.Held, happened.At, null);
            case FencesSeen fences when fences.Unknown.IsEmpty && RivalIn(run, fences) is { } rival:
                return GiveUp(run, MigrationState.Held, Words(rival), happened.At);
            case FencesSeen { Unknown.IsEmpty: true } when run is { IsStopHeld: true, IsPaused: false }:
                return AwaitStop(run, happened.At);
            case FencesSeen { Unknown.IsEmpty: true } when run.Request.Options.Standby != StandbyLevel.None:
                return Do(run, new BringUpStandby(run.Target!, run.Request.Options.Standby));
            case FencesSeen { Unknown.IsEmpty: true } or StandbyBegun { Result: WriteResult.Done, IsReady: true } or StandbySeen { IsReady: true }:
                return run.IsPaused ? run with { Pending = null, NotBefore = null } : run.IsStopHeld ? AwaitStop(run, happened.At) : StopWhenDue(run, happened.At);
            case StandbyBegun { Result: WriteResult.Done }:
                return Do(run, new LookAtStandby(run.Target!, run.Request.Options.Standby));
            case StandbyBegun { Result: WriteResult.Refused } refused:
                return GiveUp(run, MigrationState.Held, $"The target has no room: {refused.Words}", happened.At);
            case StandbySeen { IsStuck: true } stuck:
                return GiveUp(run, MigrationState.Held, $"What shall stand by on the target won't come up: {stuck.Words}", happened.At);
            case StandbySeen { Status: LookupStatus.Absent } when !late:
                return DoAfter(run, new BringUpStandby(run.Target!, run.Request.Options.Standby), happened.At, run.Request.Options.PollInterval);
            case StandbySeen seen when !late:
                return Again(run, happened.At, seen.Status == LookupStatus.Found);
            case CopySeen seen when run.Cycle is not null:
                return AwaitCycle(run, seen.Copy, seen.At);
            case DefinitionKept or PrepareEnded or FencesSeen or StandbyBegun or StandbySeen when late:
                return GiveUp(run, MigrationState.Held, $"The target could not be prepared in time: {WordsOf(happened)}", happened.At);
            case DefinitionKept or PrepareEnded or FencesSeen or StandbyBegun:
                return Again(run, happened.At, answered: false);
            default:
                return run;
        }
    }

    /// <summary>Time in which nothing may be stopped is nobody's delay.</summary>
    private static bool IsLateBeforeStop(MigrationRun run, DateTimeOffset at, TimeSpan limit) =>
        !run.IsStopHeld && at - (run.StopHeldUntil > run.EnteredAt ? run.StopHeldUntil.Value : run.EnteredAt) > limit;

    private static string? WordsOf(JobEvent happened) => happened switch
    {
        DefinitionKept kept => kept.Words,
        PrepareEnded prepared => prepared.Words,
        FencesSeen fences => string.Join("; ", fences.Unknown),
        StandbyBegun standby => standby.Words,
        StandbySeen standby => standby.Words,
        StartEnded started => started.Words,
        RemoveEnded removed => removed.Words,
        DeathSeen death => $"{death.Verdict}, {death.Evidence.Seen}",
        _ => null,
    };

    private static FenceObservation? RivalIn(MigrationRun run, FencesSeen fences) => fences.Fences.FirstOrDefault(f =>
        f.State != ApplicationState.Finished
        && f.Application.Id != run.Source.Application.Id
        && f.Application.Id != run.Target?.Application.Id
        && f.Application.Id != run.Returned?.Application.Id);

    private static string Words(FenceObservation rival) =>
        $"{rival.Holder} has {rival.Fence} at {rival.Application} ({rival.State}): that may be another copy, or another move. If nobody stands behind it, forget that fence.";

    private static MigrationRun LateOr(MigrationRun run, DateTimeOffset at, string reason) =>
        IsLateBeforeStop(run, at, run.Request.Options.ValidationTimeout) ? GiveUp(run, MigrationState.Ineligible, reason, at) : Again(run, at, answered: false);
}
