using Flink.Resources.Kinds;

namespace Flink.Resources;

/// <content>The right moment: a batch job runs to its end, a near-real-time job is stopped at the border of its cycle.</content>
internal static partial class MigrationMachine
{
    private static readonly TimeSpan DrainPoll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestCyclePoll = TimeSpan.FromSeconds(5);

    private static bool RunsToItsEnd(MigrationRun run, CopyObservation seen) => seen.Job is not null && !seen.JobState.IsTerminal && StopTimingPolicy.Decide(new StopTimingFacts
    {
        Kind = run.Request.SourceSpec.Kind,
        Checkpoints = seen.CheckpointInterval is not null,
        Now = DateTimeOffset.MinValue,
    }).Timing == StopTiming.AfterCompletion;

    private static bool IsFinishedBatch(MigrationRun run, CopyObservation seen) => run.Request.SourceSpec.Kind == JobKind.Batch
        && (seen is { FlinkAnswers: true, LiveJobs: 0, JobState: FlinkJobState.Finished } or { ApplicationState: ApplicationState.Finished, Result: ApplicationResult.Succeeded });

    private static MigrationRun PlaceNextRun(MigrationRun run, DateTimeOffset at) => Go(
        run with { Live = LiveCopy.None, Reason = $"The batch job finished where it was and is not started again: its next run is placed on {run.Request.TargetBackend}, {run.Request.TargetSpec.Queue}." },
        MigrationState.Committed, at, null);

    private static MigrationRun Drain(MigrationRun run, JobEvent happened) => happened switch
    {
        CopySeen { Copy: var seen } when IsFinishedBatch(run, seen) => PlaceNextRun(run, happened.At),
        CopySeen { Copy: { Application: LookupStatus.Absent } or { ApplicationState: ApplicationState.Finished } or { FlinkAnswers: true, JobState: FlinkJobState.Failed or FlinkJobState.Canceled } } seen =>
            GiveUp(run, MigrationState.Held, $"The batch job ended without being known to have finished: {EndOf(seen.Copy)}.", seen.At),
        CopySeen => run with { NotBefore = happened.At + DrainPoll, Polls = run.Polls + 1 },
        _ => run,
    };

    private static string EndOf(CopyObservation seen) => seen.JobState.IsTerminal ? seen.JobState.ToString() : seen.Diagnostics ?? seen.Trouble ?? seen.Result.ToString();

    private static MigrationRun StopWhenDue(MigrationRun run, DateTimeOffset at) => run.Request.SourceSpec.Kind == JobKind.NearRealTime
        ? Do(run with { Cycle = new CycleWait(at) }, new LookAtCopy(run.Source))
        : BeginStop(run, at);

    private static MigrationRun AwaitCycle(MigrationRun run, CopyObservation seen, DateTimeOffset at)
    {
        if (run.IsPaused)
        {
            return run with { Pending = null, NotBefore = null };
        }
        if (run.IsStopHeld)
        {
            return AwaitStop(run with { Cycle = null }, at);
        }
        if (seen.JobState.IsTerminal || seen.Application == LookupStatus.Absent || seen.ApplicationState == ApplicationState.Finished)
        {
            return GiveUp(run, MigrationState.Held, $"The job ended before it was stopped: {EndOf(seen)}.", at);
        }
        long? newest = seen.HasCheckpoints ? seen.LatestCheckpointId ?? 0 : null;
        var decision = StopTimingPolicy.Decide(new StopTimingFacts
        {
            Kind = JobKind.NearRealTime,
            Checkpoints = true,
            Now = at,
            LookedAt = run.Cycle!.LookedAt,
            CheckpointBefore = run.Cycle.Checkpoint,
            CheckpointNow = newest,
            InProgress = seen.InProgress,
        });
        if (decision.Timing == StopTiming.Now)
        {
            return BeginStop(run with { Cycle = null }, at);
        }
        if (at - run.Cycle.Since > run.Request.Options.CycleTimeout)
        {
            return GiveUp(run, MigrationState.Held, $"No cycle of the job ended in time. {decision.Reason}", at);
        }
        // A checkpoint under way ends the cycle that the last look saw: that look stays the one to compare with.
        var looked = newest is null ? run.Cycle : run.Cycle with { LookedAt = at, Checkpoint = seen.InProgress > 0 ? run.Cycle.Checkpoint ?? newest : newest };
        return run with { Cycle = looked, NotBefore = at + CyclePoll(run), Polls = run.Polls + 1 };
    }

    /// <summary>Often enough to see each border soon, and no more.</summary>
    private static TimeSpan CyclePoll(MigrationRun run)
    {
        var pause = (run.SourceFacts?.CheckpointInterval ?? TimeSpan.Zero) / 20;
        var least = run.Request.Options.PollInterval;
        return pause < least ? least : pause > LongestCyclePoll ? LongestCyclePoll : pause;
    }
}
