namespace Flink.Resources;

/// <summary>Brings one job back: turns its move round, calls it off, or moves the job back. Asked for twice it happens once.</summary>
internal sealed class JobReturn(IJournal journal, IMigrations migrations, TimeProvider timeProvider, TimeSpan pollInterval)
{
    private const int Tries = 20;
    private static readonly TimeSpan LongestSoak = TimeSpan.FromMinutes(2);

    /// <summary>The move that undoes a move that is over: an ordinary one, from the state that the job has now.</summary>
    public static MoveRequest ReverseOf(MigrationRun run) => new()
    {
        Job = run.Request.Job,
        Source = new CopyRef(run.Target!.Application),
        SourceSpec = run.Request.TargetSpec,
        TargetBackend = run.Source.Application.Backend,
        TargetSpec = MigrationMachine.SourceSpecOf(run),
        SnapshotDirectory = run.Request.SnapshotDirectory,
        // It is to be back soon: what is usual is known there, and nobody waits for a verdict.
        Options = run.Request.Options with { Baseline = TimeSpan.Zero, KnownBaseline = null, Soak = run.Request.Options.Soak < LongestSoak ? run.Request.Options.Soak : LongestSoak },
        Revision = run.Request.Revision,
        ReturnOf = run.Id,
    };

    /// <summary>How a job would go back now.</summary>
    public static RollbackWay WayOf(MigrationRun run) => run switch
    {
        { State: MigrationState.Committed, Target: not null } => RollbackWay.MoveBack,
        { IsFinal: true } => RollbackWay.None,
        _ when MigrationMachine.IsGoingBack(run) || run.Ending != MigrationState.Unknown => RollbackWay.Join,
        _ when MigrationMachine.BeforeStop(run) => RollbackWay.CallOff,
        _ => RollbackWay.TurnRound,
    };

    public async Task<RollbackResult> BringBackAsync(RollbackTarget target, string by, string? reason, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var run = await migrations.FindAsync(target.Run, cancellationToken).ConfigureAwait(false)
                ?? throw new KeyNotFoundException($"The journal holds no run '{target.Run}'.");
            var way = WayOf(run);
            switch (way)
            {
                case RollbackWay.None:
                    return new RollbackResult(target.Job, way, RollbackEnd.Nothing, run.Id, run.State == MigrationState.Committed ? "It ended by itself." : $"It runs where it was: {run.State}.");
                case RollbackWay.MoveBack:
                    if (await MoveBackAsync(run, attempt < Tries, cancellationToken).ConfigureAwait(false) is { } moved)
                    {
                        return moved;
                    }
                    break;
                default:
                    var request = way == RollbackWay.CallOff ? MigrationRequest.Abort : MigrationRequest.RollBack;
                    var objection = way == RollbackWay.Join ? null : await migrations.RequestAsync(run.Id, request, by, reason, cancellationToken).ConfigureAwait(false);
                    if (objection is null)
                    {
                        return ResultOf(target.Job, way, await CarryAsync(run.Id, cancellationToken).ConfigureAwait(false));
                    }
                    if (run.State == MigrationState.Parked)
                    {
                        return new RollbackResult(target.Job, way, RollbackEnd.Parked, run.Id, $"{run.Reason} {objection}");
                    }
                    if (attempt >= Tries)
                    {
                        return new RollbackResult(target.Job, way, RollbackEnd.Failed, run.Id, objection);
                    }
                    break;
            }
            // It changed between the look and the request: look again.
            await Task.Delay(TimeSpan.FromMilliseconds(200), timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static RollbackResult ResultOf(JobKey job, RollbackWay way, MigrationRun run) => run switch
    {
        { State: MigrationState.RolledBack or MigrationState.Cancelled or MigrationState.Held or MigrationState.Ineligible } => new(job, way, RollbackEnd.Back, run.Id, null),
        { WaitsForPerson: true } => new(job, way, RollbackEnd.Parked, run.Id, run.Reason),
        _ => new(job, way, RollbackEnd.Failed, run.Id, $"The move ended as {run.State}. {run.Reason}"),
    };

    /// <summary>Null: something else is under way with the job, and may be through in a moment.</summary>
    private async Task<RollbackResult?> MoveBackAsync(MigrationRun run, bool mayWait, CancellationToken cancellationToken)
    {
        var job = run.Request.Job;
        var (reverse, joined) = (await FindReverseAsync(run, cancellationToken).ConfigureAwait(false), true);
        if (reverse is null)
        {
            try
            {
                (reverse, joined) = (await migrations.CreateAsync(ReverseOf(run), cancellationToken).ConfigureAwait(false), false);
            }
            catch (InvalidOperationException exception)
            {
                return mayWait ? null : new RollbackResult(job, RollbackWay.MoveBack, RollbackEnd.Failed, run.Id, exception.Message);
            }
        }
        var back = await CarryAsync(reverse, cancellationToken).ConfigureAwait(false);
        var way = joined ? RollbackWay.Join : RollbackWay.MoveBack;
        return back switch
        {
            { State: MigrationState.Committed } => new RollbackResult(job, way, RollbackEnd.Back, back.Id, null),
            { WaitsForPerson: true } => new RollbackResult(job, way, RollbackEnd.Parked, back.Id, back.Reason),
            _ => new RollbackResult(job, way, RollbackEnd.Failed, back.Id, $"The way back ended as {back.State}. {back.Reason}"),
        };
    }

    /// <summary>A way back of this move that is under way, or has brought the job back.</summary>
    private async Task<string?> FindReverseAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        var heads = await journal.ListAsync(new RunQuery(run.Request.Job), cancellationToken).ConfigureAwait(false);
        foreach (var head in heads.Reverse().TakeWhile(h => h.Run != run.Id).Where(static h => h.Machine == Migrations.Machine))
        {
            if ((!head.IsFinal || head.State == nameof(MigrationState.Committed))
                && await migrations.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) is { } other && other.Request.ReturnOf == run.Id)
            {
                return head.Run;
            }
        }
        return null;
    }

    /// <summary>Carries a run, or waits for whoever does.</summary>
    private async Task<MigrationRun> CarryAsync(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await migrations.RunAsync(id, null, cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidOperationException)
            {
                // Somebody else carries it.
                await Task.Delay(pollInterval, timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
