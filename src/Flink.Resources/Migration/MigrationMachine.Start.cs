using Flink.Resources.Translation;

namespace Flink.Resources;

/// <content>The start of the target, and the watch over it.</content>
internal static partial class MigrationMachine
{
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SoakPoll = TimeSpan.FromSeconds(10);

    internal static CopyRef TargetOf(MigrationRun run) => new(run.Target!.Application);

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
            WriteResult.Done => Go(run with { Live = LiveCopy.Target }, MigrationState.Restoring, started.At, new LookAtCopy(TargetOf(run))),
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
        run = WithCheckpointOf(
            run with { TargetWasUp = run.TargetWasUp || seen.Job is not null, TargetRetainsCheckpoints = seen.RetainsCheckpoints ?? run.TargetRetainsCheckpoints }, seen, at);
        if (HasEndedBadly(seen, out var why))
        {
            return GoBack(run, why, at);
        }
        if (seen.HasCheckpoints && seen.JobState == FlinkJobState.Running && seen.AllTasksRun)
        {
            run = run with { RunningAt = run.RunningAt ?? at };
            if (run.Pending is not LookAtCopy { Thorough: true })
            {
                // Not before: a JobManager that starts has better things to do than to describe itself.
                return Do(run, new LookAtCopy(TargetOf(run), Thorough: true));
            }
            // A snapshot that is not claimed counts as a savepoint for Flink, whatever it is; a savepoint that counts as a checkpoint is another one.
            if (!SamePlace(seen.RestoredFrom, run.Origin!.Uri) || (run.Origin.IsSavepoint && seen.RestoredFromSavepoint != true))
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
                return BeginCatchUp(run, at);
            }
        }
        else if (IsFinishedJob(run, seen))
        {
            return Commit(run, at, seen);
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

    /// <summary>
    /// A day's window or a text that is read otherwise looks healthy: what was set on the source must be set on the target. What is not known on one
    /// side is no difference, two zones that agree today are none yet, and a newer Java is chosen on purpose.
    /// </summary>
    private static string? Difference(JobEnvironment? source, JobEnvironment? target) => source is null || target is null
        ? null
        : EnvironmentCheck.Compare(source, target).FirstOrDefault(static f => f is { Verdict: EnvironmentVerdict.Different, Field: not "JavaMajor" }) is { } found
            ? $"The {NameOf(found.Field)} differs: {found.Source} on the source, {found.Target} on the target."
            : null;

    private static string NameOf(string field) => field switch
    {
        "TimeZone" => "time zone",
        "Locale" => "locale",
        "Charset" => "charset",
        "User" => "user",
        _ => field,
    };

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
        var at = happened.At;
        if ((happened as CopySeen)?.Copy is not { } seen)
        {
            return happened is HealthSeen scored ? Watch(WithCheckpointOf(run, scored.Copy, at), scored) : run;
        }
        run = WithCheckpointOf(run, seen, at);
        if (EndOf(run, seen, at) is { } end)
        {
            return end;
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
            ? Commit(run, at, seen)
            : run with { NotBefore = at + (left < SoakPoll ? left : SoakPoll), Polls = run.Polls + 1 };
    }

    /// <summary>The same look with a score. Through a control plane that is in trouble nothing is taken for an end.</summary>
    private static MigrationRun Watch(MigrationRun run, HealthSeen scored)
    {
        var (seen, at) = (scored.Copy, scored.At);
        if (!scored.Situation.IsControlPlaneHeld && EndOf(run, seen, at) is { } end)
        {
            return end;
        }
        return Judge(run, scored, seen.JobState == FlinkJobState.Running && seen.AllTasksRun);
    }

    private static MigrationRun WithCheckpointOf(MigrationRun run, CopyObservation seen, DateTimeOffset at) =>
        run.TargetCheckpoint is null && seen is { LatestCheckpoint: { Length: > 0 } checkpoint, CompletedCheckpoints: > 0 }
            ? run with { TargetCheckpoint = new MigrationSnapshot(checkpoint, false, seen.LatestCheckpointAt ?? at) }
            : run;

    private static MigrationRun? EndOf(MigrationRun run, CopyObservation seen, DateTimeOffset at) =>
        HasEndedBadly(seen, out var why) ? GoBack(run, why, at)
        : IsFinishedJob(run, seen) ? Commit(run, at, seen)
        : seen.JobState is FlinkJobState.Finished ? Commit(run with { Reason = "Somebody stopped the job on the target." }, at, seen)
        : null;

    private static MigrationRun GoBack(MigrationRun run, string reason, DateTimeOffset at) =>
        Go(run with { Reason = reason }, MigrationState.RollbackRequested, at, new CollectEvidence(TargetOf(run)));
}
