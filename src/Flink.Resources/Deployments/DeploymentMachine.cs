using System.Security.Cryptography;
using System.Text;

namespace Flink.Resources;

/// <summary>
/// The start or the stop of one job as a pure function. It never waits, calls or looks at a clock; all of that is the carrier's.
/// </summary>
internal static partial class DeploymentMachine
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopRetryPause = TimeSpan.FromSeconds(10);
    private const int StopAttempts = 3;

    /// <summary>The first state of a run.</summary>
    public static DeploymentRun Create(string run, DeploymentRequest request, DateTimeOffset at) => new()
    {
        Id = run,
        Request = request,
        State = DeploymentState.Checking,
        EnteredAt = at,
        Timeline = [new DeploymentChange(DeploymentState.Checking, at)],
        IsLive = request.Kind == DeploymentKind.Start ? false : null,
        Pending = request.Kind == DeploymentKind.Start ? new LookForFences(request.Job) : new LookAtCopy(request.Copy!, Thorough: true),
    };

    /// <summary>The next state.</summary>
    public static DeploymentRun Step(DeploymentRun run, JobEvent happened) => run.IsFinal
        ? run
        : happened is RequestMade request
            ? Asked(run, request)
            : run switch
            {
                { Ending: not DeploymentState.Unknown } => Undo(run, happened),
                { State: DeploymentState.Checking, Request.Kind: DeploymentKind.Start } => CheckStart(run, happened),
                { State: DeploymentState.Checking } => CheckStop(run, happened),
                { State: DeploymentState.Preparing } => Prepare(run, happened),
                { State: DeploymentState.Starting } => Start(run, happened),
                { State: DeploymentState.Verifying } => Verify(run, happened),
                { State: DeploymentState.Stopping } => Stop(run, happened),
                { State: DeploymentState.Fencing } => Fence(run, happened),
                _ => run,
            };

    /// <summary>Whether a request has an effect in the state the run is in; null when it has, else why not.</summary>
    public static string? Objection(DeploymentRun run, MigrationRequest request) => request switch
    {
        _ when run.IsFinal => $"The run is over: {run.State}.",
        MigrationRequest.Abort when run.State is DeploymentState.Checking or DeploymentState.Preparing => null,
        MigrationRequest.Abort => $"It is past the point where it could be called off: {run.State}.",
        MigrationRequest.SourceLives or MigrationRequest.TargetLives or MigrationRequest.NoneLives =>
            run.State == DeploymentState.Parked ? null : $"Only a parked run asks whether its copy lives; this one is {run.State}.",
        _ => $"{request} is no request to a {(run.Request.Kind == DeploymentKind.Start ? "start" : "stop")}.",
    };

    private static DeploymentRun Asked(DeploymentRun run, RequestMade asked)
    {
        if (Objection(run, asked.Request) is not null || run.Ending != DeploymentState.Unknown)
        {
            return run;
        }
        var reason = asked.Reason is null ? $"{asked.By} asked for it." : $"{asked.By}: {asked.Reason}";
        return (asked.Request, run.Request.Kind) switch
        {
            (MigrationRequest.Abort, _) => GiveUp(run, DeploymentState.Cancelled, reason, asked.At),
            (MigrationRequest.NoneLives, DeploymentKind.Start) => End(run with { IsLive = false, Reason = reason }, DeploymentState.Failed, asked.At),
            (MigrationRequest.NoneLives, _) => End(run with { IsLive = false, Reason = reason }, DeploymentState.Stopped, asked.At),
            (_, DeploymentKind.Start) => End(run with { IsLive = true, Reason = reason }, DeploymentState.Running, asked.At),
            _ => End(run with { IsLive = true, Reason = reason }, DeploymentState.Held, asked.At),
        };
    }

    private static DeploymentRun Go(DeploymentRun run, DeploymentState state, DateTimeOffset at, JobEffect? next) => run with
    {
        State = state,
        EnteredAt = at,
        Timeline = run.Timeline.Add(new DeploymentChange(state, at)),
        Pending = next,
        NotBefore = null,
        Polls = 0,
    };

    private static DeploymentRun End(DeploymentRun run, DeploymentState state, DateTimeOffset at) =>
        Go(run, state, at, null) with { Ending = DeploymentState.Unknown };

    private static DeploymentRun Do(DeploymentRun run, JobEffect next) => run with { Pending = next, NotBefore = null, Polls = 0 };

    private static DeploymentRun DoAfter(DeploymentRun run, JobEffect next, DateTimeOffset at, TimeSpan pause) =>
        run with { Pending = next, NotBefore = at + pause, Polls = 0 };

    /// <summary>The same effect once more: soon when something is under way, later and later when nobody answers.</summary>
    private static DeploymentRun Again(DeploymentRun run, DateTimeOffset at, bool answered = true)
    {
        var pause = run.Request.Options.PollInterval;
        if (!answered)
        {
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks << Math.Min(run.Polls, 16), LongestPause.Ticks));
        }
        return run with { NotBefore = at + pause, Polls = run.Polls + 1 };
    }

    private static bool IsLate(DeploymentRun run, DateTimeOffset at, TimeSpan limit) => at - run.EnteredAt > limit;

    private static DeploymentRun Park(DeploymentRun run, bool? isLive, string reason, DateTimeOffset at) =>
        Go(run, DeploymentState.Parked, at, null) with { IsLive = isLive, Reason = reason, Ending = DeploymentState.Unknown };

    /// <summary>Gives up before anything was started or stopped: takes back what was prepared, and ends.</summary>
    private static DeploymentRun GiveUp(DeploymentRun run, DeploymentState ending, string reason, DateTimeOffset at) => run switch
    {
        { Application: { } prepared } => Do(run with { Ending = ending, Reason = reason, EnteredAt = at }, new RemoveApplication(prepared.Application, HaMetadata.Purge)),
        { Pending: PrepareApplication prepare } => Do(run with { Ending = ending, Reason = reason, EnteredAt = at }, new ForgetFence(prepare.Backend, prepare.Fence)),
        _ => End(run with { Reason = reason }, ending, at),
    };

    private static DeploymentRun Undo(DeploymentRun run, JobEvent happened) => happened switch
    {
        // What may have run is proved dead, and its fence stays; what never ran gives its fence back.
        RemoveEnded { Result: WriteResult.Done or WriteResult.Underway } when run.MayRun => Do(run, new ProbeDeath(run.Copy!)),
        RemoveEnded { Result: WriteResult.Done } => Do(run, new ForgetFence(run.Application!.Application.Backend, run.Application.Fence)),
        FenceForgotten { Result: WriteResult.Done } => End(run with { Application = null }, run.Ending, happened.At),
        DeathSeen { Verdict: DeathVerdict.Dead } => End(run with { IsLive = false }, run.Ending, happened.At),
        DeathSeen { Verdict: DeathVerdict.Alive } when !IsLate(run, happened.At, run.Request.Options.DeathTimeout) =>
            DoAfter(run, new RemoveApplication(run.Application!.Application, HaMetadata.Keep), happened.At, run.Request.Options.PollInterval),
        _ when run.MayRun && IsLate(run, happened.At, run.Request.Options.DeathTimeout) =>
            Park(run, null, $"{run.Reason ?? $"It ended: {run.Ending}."} What was started is not proved dead: {WordsOf(happened)}", happened.At),
        _ when IsLate(run, happened.At, run.Request.Options.PreparationTimeout) =>
            End(run with { Reason = $"{run.Reason} What was prepared could not be taken back." }, run.Ending, happened.At),
        _ => Again(run, happened.At, answered: false),
    };

    private static TriggerId TriggerOf(DeploymentRun run, int attempt) => new(Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{run.Id}.stop.{attempt}"))).AsSpan(0, 16)));

    private static string? WordsOf(JobEvent happened) => happened switch
    {
        PrepareEnded prepared => prepared.Words ?? prepared.Holder,
        FencesSeen fences => string.Join("; ", fences.Unknown),
        StartEnded started => started.Words,
        RemoveEnded removed => removed.Words,
        DeathSeen death => $"{death.Verdict}, {death.Evidence.Seen}",
        _ => null,
    };
}
