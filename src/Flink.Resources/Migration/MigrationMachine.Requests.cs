using Flink.Resources.Rollback;

namespace Flink.Resources;

/// <content>What people ask for. What comes at the wrong time changes nothing.</content>
internal static partial class MigrationMachine
{
    /// <summary>Whether a request has an effect in the state the run is in; null when it has, else why not.</summary>
    public static string? Objection(MigrationRun run, MigrationRequest request) => request switch
    {
        _ when run.IsFinal => $"The run is over: {run.State}.",
        MigrationRequest.Pause or MigrationRequest.Abort when !BeforeStop(run) => $"The source is being stopped, or is stopped already ({run.State}): ask for {MigrationRequest.RollBack} instead.",
        MigrationRequest.Pause or MigrationRequest.Abort => null,
        MigrationRequest.Resume => run.IsPaused ? null : "It is not paused.",
        MigrationRequest.RollBack or MigrationRequest.RollBackToOrigin when BeforeStop(run) => $"The source runs untouched ({run.State}): ask for {MigrationRequest.Abort} instead.",
        MigrationRequest.RollBack or MigrationRequest.RollBackToOrigin when run.State == MigrationState.Parked => CanReturn(run) ? null : "Say first which copy lives.",
        MigrationRequest.RollBack or MigrationRequest.RollBackToOrigin => IsGoingBack(run) ? "It is going back already." : null,
        MigrationRequest.AcceptAsIs => run.State is MigrationState.Baselining or MigrationState.CatchingUp or MigrationState.Soaking ? null : $"There is nothing to accept yet: {run.State}.",
        MigrationRequest.SourceLives or MigrationRequest.TargetLives or MigrationRequest.NoneLives =>
            run.State != MigrationState.Parked ? $"Only a parked run asks which copy lives; this one is {run.State}."
            : request == MigrationRequest.NoneLives && (run.Return ?? run.Origin) is null ? "There is no snapshot to go on from."
            : null,
        _ => $"{request} is no request.",
    };

    internal static bool BeforeStop(MigrationRun run) => run.State is MigrationState.Validating or MigrationState.Baselining or MigrationState.PreparingTarget or MigrationState.Draining;

    /// <summary>What comes of the pending effect leads towards the stop of the source.</summary>
    internal static bool IsBeforeStop(MigrationRun run) => run.State is MigrationState.Validating or MigrationState.PreparingTarget or MigrationState.Stopping && run.Ending == MigrationState.Unknown;

    internal static bool IsGoingBack(MigrationRun run) => run.WantsBack is not null || run.State is MigrationState.RollbackRequested
        or MigrationState.TargetStopping or MigrationState.TargetFenced or MigrationState.SourceResubmitting or MigrationState.SourceVerifying;

    /// <summary>A target that was started was started after the source's death; it is proved dead itself before anything else is.</summary>
    private static bool CanReturn(MigrationRun run) => run is { Target: not null, Origin: not null, Returned: null }
        && (run.TargetMayRun || run.Live is LiveCopy.Target or LiveCopy.None);

    private static MigrationRun Asked(MigrationRun run, RequestMade asked)
    {
        if (Objection(run, asked.Request) is not null || run.Ending != MigrationState.Unknown)
        {
            return run;
        }
        var reason = asked.Reason is null ? $"{asked.By} asked for it." : $"{asked.By}: {asked.Reason}";
        return asked.Request switch
        {
            MigrationRequest.Pause => run with { IsPaused = true },
            // Whether the source may be stopped by now, the next look says.
            MigrationRequest.Resume when run.Pending is null => LookBeforeStop(run with { IsPaused = false, StopHeldUntil = asked.At }, asked.At),
            MigrationRequest.Resume => run with { IsPaused = false },
            MigrationRequest.Abort => GiveUp(run with { AskedBackBy = asked.By }, MigrationState.Cancelled, reason, asked.At),
            MigrationRequest.AcceptAsIs when run.State == MigrationState.Baselining => run with { IsBaselineAccepted = true, NotBefore = null },
            MigrationRequest.AcceptAsIs => Commit(run with { Reason = reason }, asked.At, null),
            MigrationRequest.RollBack or MigrationRequest.RollBackToOrigin => Return(run with { ToOrigin = asked.Request == MigrationRequest.RollBackToOrigin, AskedBackBy = run.WaitsForPerson ? null : asked.By }, reason, asked.At),
            MigrationRequest.SourceLives => Go(run with { Live = LiveCopy.Source, Reason = reason }, MigrationState.RolledBack, asked.At, null),
            MigrationRequest.TargetLives => Go(run with { Live = LiveCopy.Target, Reason = reason }, MigrationState.Committed, asked.At, null),
            MigrationRequest.NoneLives => GoOn(run with { Live = LiveCopy.None, Reason = reason }, asked.At),
            _ => run,
        };
    }

    private static MigrationRun Return(MigrationRun run, string reason, DateTimeOffset at) => run.State switch
    {
        // There is no way back from the middle of a stop: it goes on to its end, and from there.
        MigrationState.Stopping or MigrationState.SourceFenced or MigrationState.Submitting => run with { WantsBack = reason },
        MigrationState.Parked when run.TargetMayRun => GoBack(run, reason, at),
        MigrationState.Parked => FenceTargetFrom(Decide(run with { Reason = reason }, RollbackChoice.ReturnToOrigin, "The target was never started: nothing is lost or repeated."), at),
        _ => GoBack(run, reason, at),
    };

    /// <summary>A person saw that nothing lives: on, in the direction that the run had.</summary>
    private static MigrationRun GoOn(MigrationRun run, DateTimeOffset at) => run.Rollback is not null
        ? ResubmitFrom(run with { Returned = null }, at)
        : run.TargetMayRun
            ? GoBack(run, run.Reason!, at)
            : Go(run, MigrationState.Submitting, at, new StartApplication(run.Target!, new RestorePoint.Snapshot(run.Origin!.Uri)));
}
