using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Flink.Resources;

/// <summary>
/// The migration of one job as a pure function: what is known and what was just seen give what is known next, and what to do about it
/// (<see cref="MigrationRun.Pending"/>). It never waits, calls or looks at a clock; all of that is the runner's.
/// </summary>
/// <remarks>Files: the way there, the stop, the start, the way back, the watch over its health, and what people ask for.</remarks>
internal static partial class MigrationMachine
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopRetryPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReturnTimeout = TimeSpan.FromMinutes(15);
    private const int StopAttempts = 3;

    /// <summary>The first state of a run.</summary>
    public static MigrationRun Create(string run, MoveRequest request, DateTimeOffset at) => new()
    {
        Id = run,
        Request = request,
        State = MigrationState.Validating,
        EnteredAt = at,
        Timeline = [new StateChange(MigrationState.Validating, at)],
        Source = request.Source,
        Pending = new LookAtCopy(request.Source, Thorough: true),
    };

    /// <summary>The next state.</summary>
    public static MigrationRun Step(MigrationRun run, JobEvent happened) => run.IsFinal
        ? run
        : happened is RequestMade request
            ? Asked(run, request)
            : run.Ending != MigrationState.Unknown
                ? Undo(run, happened)
                : run.State switch
                {
                    MigrationState.Validating => Validate(run, happened),
                    MigrationState.Baselining => Observe(run, happened),
                    MigrationState.PreparingTarget => Prepare(run, happened),
                    MigrationState.Draining => Drain(run, happened),
                    MigrationState.Stopping => Stop(run, happened),
                    MigrationState.SourceFenced => FenceSource(run, happened),
                    MigrationState.Submitting => Submit(run, happened),
                    MigrationState.Restoring => Restore(run, happened),
                    MigrationState.CatchingUp or MigrationState.Soaking => Watch(run, happened),
                    MigrationState.RollbackRequested => DecideRollback(run, happened),
                    MigrationState.TargetStopping => StopTarget(run, happened),
                    MigrationState.TargetFenced => FenceTarget(run, happened),
                    MigrationState.SourceResubmitting => Resubmit(run, happened),
                    MigrationState.SourceVerifying => VerifySource(run, happened),
                    _ => run,
                };

    private static MigrationRun Go(MigrationRun run, MigrationState state, DateTimeOffset at, JobEffect? next) => run with
    {
        State = state,
        EnteredAt = at,
        Timeline = run.Timeline.Add(new StateChange(state, at)),
        Pending = next,
        NotBefore = null,
        IsHeld = false,
        Polls = 0,
    };

    private static MigrationRun Do(MigrationRun run, JobEffect next) => run with { Pending = next, NotBefore = null, Polls = 0 };

    private static MigrationRun DoAfter(MigrationRun run, JobEffect next, DateTimeOffset at, TimeSpan pause) =>
        run with { Pending = next, NotBefore = at + pause, Polls = 0 };

    /// <summary>The same effect once more: soon when something is under way, later and later when nobody answers.</summary>
    private static MigrationRun Again(MigrationRun run, DateTimeOffset at, bool answered = true)
    {
        var pause = run.Request.Options.PollInterval;
        if (!answered)
        {
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks << Math.Min(run.Polls, 16), LongestPause.Ticks));
        }
        return run with { NotBefore = at + pause, Polls = run.Polls + 1 };
    }

    private static bool IsLate(MigrationRun run, DateTimeOffset at, TimeSpan limit) => at - run.EnteredAt > limit;

    private static MigrationRun Park(MigrationRun run, LiveCopy live, string reason, DateTimeOffset at) =>
        Go(run, MigrationState.Parked, at, null) with { Live = live, Reason = reason };

    /// <summary>Gives up before the source was touched: takes back what was prepared, and ends.</summary>
    private static MigrationRun GiveUp(MigrationRun run, MigrationState ending, string reason, DateTimeOffset at) => run switch
    {
        { Target: { } target } => Do(run with { Ending = ending, Reason = reason }, new RemoveApplication(target.Application, HaMetadata.Purge)),
        { Pending: PrepareApplication prepare } => Do(run with { Ending = ending, Reason = reason }, new ForgetFence(prepare.Backend, prepare.Fence)),
        _ => Go(run with { Reason = reason }, ending, at, null),
    };

    private static MigrationRun Undo(MigrationRun run, JobEvent happened) => happened switch
    {
        RemoveEnded { Result: WriteResult.Done } => Do(run, new ForgetFence(run.Target!.Application.Backend, run.Target.Fence)),
        FenceForgotten { Result: WriteResult.Done } => Go(run with { Target = null }, run.Ending, happened.At, null) with { Ending = MigrationState.Unknown },
        // What is left behind was never started and is found by the next run: it is no reason to keep the job from its owner for long.
        _ when IsLate(run, happened.At, run.Request.Options.PreparationTimeout + run.Request.Options.ValidationTimeout) =>
            Go(run with { Reason = $"{run.Reason} What was prepared could not be taken back." }, run.Ending, happened.At, null) with { Ending = MigrationState.Unknown },
        _ => Again(run, happened.At, answered: false),
    };

    /// <summary>The same question has the same trigger id, however often it is asked, and no other run's question has it.</summary>
    private static TriggerId TriggerOf(MigrationRun run, string purpose, int attempt) => new(Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{run.Id}.{purpose}.{attempt}"))).AsSpan(0, 16)));

    private static string SnapshotDirectoryOf(MigrationRun run, string side) => $"{run.Request.SnapshotDirectory.TrimEnd('/')}/{run.Id}/{side}";

    internal static bool SamePlace(string? left, string? right) =>
        left is not null && right is not null && string.Equals(Plain(left), Plain(right), StringComparison.Ordinal);

    /// <summary><c>file:/x</c>, <c>file:///x</c>, <c>hdfs://nn/x/</c>: one place has several spellings.</summary>
    private static string Plain(string uri)
    {
        var end = uri.IndexOf(':', StringComparison.Ordinal);
        if (end <= 0)
        {
            return uri.TrimEnd('/');
        }
        var rest = uri[(end + 1)..].TrimEnd('/');
        return $"{uri[..end]}:{(rest.StartsWith("///", StringComparison.Ordinal) ? rest[2..] : rest)}";
    }
}
