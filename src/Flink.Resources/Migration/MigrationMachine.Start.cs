namespace Flink.Resources;

/// <content>The start of the target, and the watch over it.</content>
internal static partial class MigrationMachine
{
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SoakPoll = TimeSpan.FromSeconds(10);

    private static CopyRef TargetOf(MigrationRun run) => new(run.Target!.Application);

    private static MigrationRun Submit(MigrationRun run, JobEvent happened)
    {
        if (happened is not StartEnded started)
        {
            return run;
        }
        run = run with { TargetMayRun = true };
        return started.Result switch
        {
            WriteResult.Done when run.WantsBack is { } reason => GoBack(run with { Live = LiveCopy.Target }, reason, started.At),
            WriteResult.Done => Go(run with { Live = LiveCopy.Target }, MigrationState.Restoring, started.At, new LookAtCopy(TargetOf(run), Thorough: true)),
            WriteResult.Refused => GoBack(run, $"The target was refused: {started.Words}", started.At),
            _ when IsLate(run, started.At, run.Request.Options.SubmissionTimeout) => GoBack(run, $"The target did not start in time: {started.Words}", started.At),
            // The same identity again: it starts once, however often it is asked to.
            _ => Again(run with { Live = LiveCopy.Unknown }, started.At, answered: false),
        };
    }

    private static MigrationRun Restore(MigrationRun run, JobEvent happened)
    {
        if (happened is not CopySeen { Copy: var seen, At: var at })
        {
            return run;
        }
        run = run with { TargetWasUp = run.TargetWasUp || seen.Job is not null, TargetRetainsCheckpoints = seen.RetainsCheckpoints ?? run.TargetRetainsCheckpoints };
        if (HasEndedBadly(seen, out var why))
        {
            return GoBack(run, why, at);
        }
        if (seen.HasCheckpoints && seen.JobState == FlinkJobState.Running && seen.AllTasksRun)
        {
            run = run with { RunningAt = run.RunningAt ?? at };
            if (!SamePlace(seen.RestoredFrom, run.Origin!.Uri) || seen.RestoredFromSavepoint != run.Origin.IsSavepoint)
            {
                return GoBack(run with { IsDamaged = true }, $"The target restored {seen.RestoredFrom ?? "nothing"} where {run.Origin.Uri} was meant.", at);
            }
            if (Difference(run.SourceFacts?.Environment, seen.Environment) is { } difference)
            {
                return GoBack(run with { IsDamaged = true }, difference, at);
            }
            run = run with { IsRestoreVerified = true };
            if (seen.CompletedCheckpoints >= 1)
            {
                return Go(run, MigrationState.CatchingUp, at, new LookAtCopy(TargetOf(run)));
            }
        }
        else if (IsFinishedJob(run, seen))
        {
            return Go(run, MigrationState.Committed, at, null);
        }
        return IsLate(run, at, RestoreLimit(run))
            ? GoBack(run, $"The target did not run and complete a checkpoint in time: {seen.JobState}, {seen.CompletedCheckpoints} checkpoints, {seen.Diagnostics ?? seen.Trouble}", at)
            : Again(run, at);
    }

    /// <summary>
    /// All state is read once, and written once by the first checkpoint, which is a full one: as long as the stop took to write it, three
    /// times each.
    /// </summary>
    private static TimeSpan RestoreLimit(MigrationRun run)
    {
        var began = run.Timeline.LastOrDefault(static t => t.State == MigrationState.Stopping).At;
        var writing = run is { Origin: { IsSavepoint: true } origin } && began != default ? origin.At - began : TimeSpan.Zero;
        return new[] { run.Request.Options.RestoreTimeout, 3 * (run.SourceFacts?.CheckpointInterval ?? TimeSpan.Zero), 6 * writing }.Max();
    }

    /// <summary>A day's window or a text that is read otherwise looks healthy: what was set on the source must be set on the target.</summary>
    private static string? Difference(RuntimeEnvironment? source, RuntimeEnvironment? target)
    {
        if (source is null || target is null)
        {
            return null;
        }
        if (Differs(source.TimeZone, target.TimeZone) && source.TimeZoneOffset != target.TimeZoneOffset)
        {
            return $"The time zone differs: {source.TimeZone} on the source, {target.TimeZone} on the target.";
        }
        if (source.TimeZoneOffset is { } before && target.TimeZoneOffset is { } after && before != after)
        {
            return FormattableString.Invariant($"The time zone differs: UTC{before:hh\\:mm} on the source, UTC{after:hh\\:mm} on the target.");
        }
        return Differs(source.Charset, target.Charset)
            ? $"The charset differs: {source.Charset} on the source, {target.Charset} on the target."
            : null;
    }

    private static bool Differs(string? left, string? right) =>
        left is not null && right is not null && !string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static bool HasEndedBadly(CopyObservation seen, out string why)
    {
        why = seen switch
        {
            { IsStuck: true } => $"The target can't run: {seen.Diagnostics}",
            { JobState: FlinkJobState.Failed or FlinkJobState.Canceled } => $"The target's job ended: {seen.JobState}. {seen.Diagnostics}",
            { ApplicationState: ApplicationState.Finished, Result: not ApplicationResult.Succeeded } => $"The target ended: {seen.Result}. {seen.Diagnostics}",
            { Application: LookupStatus.Absent } => $"The target is gone: {seen.Trouble}",
            _ => string.Empty,
        };
        return why.Length > 0;
    }

    private static bool IsFinishedJob(MigrationRun run, CopyObservation seen) => run.Request.TargetSpec.Kind == JobKind.Batch
        && (seen.JobState == FlinkJobState.Finished || seen is { ApplicationState: ApplicationState.Finished, Result: ApplicationResult.Succeeded });

    private static MigrationRun Watch(MigrationRun run, JobEvent happened)
    {
        if (happened is not CopySeen { Copy: var seen, At: var at })
        {
            return run;
        }
        if (HasEndedBadly(seen, out var why))
        {
            return GoBack(run, why, at);
        }
        if (IsFinishedJob(run, seen))
        {
            return Go(run, MigrationState.Committed, at, null);
        }
        if (seen.JobState is FlinkJobState.Finished)
        {
            return Go(run with { Reason = "Somebody stopped the job on the target." }, MigrationState.Committed, at, null);
        }
        var runs = seen.JobState == FlinkJobState.Running && seen.AllTasksRun;
        // Unknown is not healthy, and it is no standstill either: only a look that shows the job not running counts.
        run = run with { NotRunningSince = runs ? null : seen.FlinkAnswers ? run.NotRunningSince ?? at : run.NotRunningSince };
        if (run.NotRunningSince is { } since && at - since > LongestStandstill)
        {
            return GoBack(run, FormattableString.Invariant($"The target has not run for {(at - since).TotalSeconds:0} s: {seen.JobState}."), at);
        }
        if (!runs)
        {
            return Again(run, at, seen.FlinkAnswers);
        }
        if (run.State == MigrationState.CatchingUp)
        {
            return Go(run, MigrationState.Soaking, at, new LookAtCopy(TargetOf(run)));
        }
        var left = run.Request.Options.Soak - (at - run.EnteredAt);
        return left <= TimeSpan.Zero
            ? Go(run, MigrationState.Committed, at, null)
            : run with { NotBefore = at + (left < SoakPoll ? left : SoakPoll), Polls = run.Polls + 1 };
    }

    private static MigrationRun GoBack(MigrationRun run, string reason, DateTimeOffset at) =>
        Go(run with { Reason = reason }, MigrationState.RollbackRequested, at, new CollectEvidence(TargetOf(run)));
}
