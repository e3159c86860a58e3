using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>Reads out of the journal where each job lives, what was refused, what is held, and what is not over.</summary>
internal sealed class JournalReader(IJournal journal, IMigrations migrations, IDeployments deployments, IJobMarks marks)
{
    private const string Migration = "migration";
    private const string Deployment = "deployment";

    /// <summary>All jobs that the journal knows.</summary>
    /// <param name="job">Only this job; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<ImmutableDictionary<JobKey, KnownJob>> ReadAsync(JobKey? job, CancellationToken cancellationToken)
    {
        var heads = await journal.ListAsync(new RunQuery(job), cancellationToken).ConfigureAwait(false);
        var said = (await marks.ListAsync(job, cancellationToken).ConfigureAwait(false)).ToLookup(static m => m.Job);
        var runs = heads.Where(static h => h.Machine is Migration or Deployment).ToLookup(static h => h.Job);
        var known = ImmutableDictionary.CreateBuilder<JobKey, KnownJob>();
        foreach (var key in runs.Select(static g => g.Key).Concat(said.Select(static g => g.Key)).Distinct())
        {
            known[key] = await JobAsync(key, [.. runs[key]], [.. said[key]], cancellationToken).ConfigureAwait(false);
        }
        return known.ToImmutable();
    }

    private async Task<KnownJob> JobAsync(JobKey job, ImmutableArray<RunHead> runs, ImmutableArray<JobMark> said, CancellationToken cancellationToken)
    {
        var retriedAt = said.LastOrDefault(static m => m.Kind == JobMarkKind.Retry)?.At;
        var last = runs.LastOrDefault(static r => r.IsFinal)?.UpdatedAt;
        var known = new KnownJob(
            new JobStanding
            {
                Job = job,
                Hold = HoldOf(said),
                IsStoppedOnPurpose = said.LastOrDefault(static m => m.Kind is JobMarkKind.Stop or JobMarkKind.Start) is { Kind: JobMarkKind.Stop },
                IsRetried = retriedAt is not null && !(last > retriedAt),
            },
            null, null, runs, said);
        var refused = ImmutableArray<MigrationRun>.Empty;
        var isOpen = true;
        ApplicationHandle? untouched = null;
        foreach (var head in runs.Reverse())
        {
            if (head.Machine == Migration)
            {
                var run = await migrations.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) ?? throw Lost(head);
                known = WithMigration(known, run, ref untouched);
                // What went there and stayed ends the count, and so does a retry.
                isOpen &= !(head.UpdatedAt < retriedAt);
                if (isOpen && LeftBy(run) is { } left)
                {
                    isOpen = refused.IsEmpty || LeftBy(refused[0]) == left;
                    refused = isOpen ? refused.Add(run) : refused;
                }
                else if (run.State is MigrationState.Committed or MigrationState.RolledBack && (refused.IsEmpty || TargetOf(run) == LeftBy(refused[0])))
                {
                    isOpen = isOpen && run.Request.ReturnOf is null && refused is [{ Request.ReturnOf: { } undone }] && undone == run.Id;
                }
            }
            else
            {
                known = WithDeployment(known, await deployments.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) ?? throw Lost(head));
            }
        }
        if (known.Standing.Life == JobLife.Unknown && untouched is not null)
        {
            // It was to be moved from where somebody else had started it, and nothing of it was changed.
            known = known with { Handle = untouched, Standing = known.Standing with { Life = JobLife.Lives, Application = untouched.Id } };
        }
        return refused.IsEmpty ? known : known with { Standing = known.Standing with { Refused = RefusedOf(refused) } };
    }

    private static KnownJob WithMigration(KnownJob known, MigrationRun run, ref ApplicationHandle? untouched)
    {
        var (source, target) = (run.Source.Application, run.Request.TargetBackend);
        switch (run.State)
        {
            case MigrationState.Committed when run.Target is { } there:
                return Lives(known, there.Application, run.Request.TargetSpec, new Placement(target, run.Request.TargetSpec.Queue), (run.Origin)?.Uri, run.Reason);
            case MigrationState.RolledBack:
                var back = run.Returned?.Application ?? source;
                var spec = run.Returned is null && run.Request.KeepSourceFiles ? null : run.Request.SourceSpec;
                return Lives(known, back, spec, new Placement(back.Backend, run.Request.SourceSpec.Queue), (run.Return ?? run.Origin)?.Uri, run.Reason);
            case MigrationState.Held or MigrationState.Ineligible or MigrationState.Cancelled:
                if (known.Standing.Life == JobLife.Unknown)
                {
                    untouched = source;
                    known = known with
                    {
                        Standing = known.Standing with { Placement = known.Standing.Placement ?? new Placement(source.Backend, run.Request.SourceSpec.Queue), Reason = known.Standing.Reason ?? run.Reason },
                    };
                }
                return known;
            case { } when !run.IsFinal && known.Standing.Open is null:
                var open = new OpenRun(run.Id, run.State.ToString(), run.WaitsForPerson, run.Reason);
                var at = run.Live == LiveCopy.Target ? run.Target?.Application ?? source : run.Returned?.Application ?? source;
                return known with
                {
                    Handle = known.Handle ?? at,
                    Standing = known.Standing with
                    {
                        Open = open,
                        Placement = new Placement(at.Backend, run.Live == LiveCopy.Target ? run.Request.TargetSpec.Queue : run.Request.SourceSpec.Queue),
                        Application = at.Id,
                        Snapshot = (run.Return ?? run.Origin)?.Uri,
                    },
                };
            default:
                return known;
        }
    }

    private static KnownJob WithDeployment(KnownJob known, DeploymentRun run)
    {
        if (!run.IsFinal && known.Standing.Open is null)
        {
            return known with { Standing = known.Standing with { Open = new OpenRun(run.Id, run.State.ToString(), run.WaitsForPerson, run.Reason) } };
        }
        var place = run.Request.Kind == DeploymentKind.Start ? new Placement(run.Request.Backend!, run.Request.Spec!.Queue) : null;
        return (run.State, run.Request.Kind) switch
        {
            (DeploymentState.Running, _) => Lives(known, run.Application!.Application, run.Request.Spec, place!, (run.Request.Restore as RestorePoint.Snapshot)?.Uri, run.Reason),
            (DeploymentState.Finished, _) => Settled(known, JobLife.Finished, run, place),
            (DeploymentState.Failed, _) => Settled(known, JobLife.Failed, run, place),
            (DeploymentState.Stopped, DeploymentKind.Stop) => Settled(known, JobLife.Stopped, run, place),
            _ => known,
        };
    }

    private static KnownJob Lives(KnownJob known, ApplicationHandle handle, ApplicationSpec? spec, Placement place, string? snapshot, string? reason)
    {
        // Newest first: what is known stays.
        var standing = known.Standing with { Snapshot = known.Standing.Snapshot ?? snapshot };
        return known.Standing.Life != JobLife.Unknown
            ? known with { Standing = standing }
            : known with
            {
                Handle = known.Handle ?? handle,
                Spec = spec,
                Standing = standing with
                {
                    Life = JobLife.Lives, Placement = standing.Open is null ? place : standing.Placement ?? place, Application = standing.Open is null ? handle.Id : standing.Application ?? handle.Id, Reason = standing.Reason ?? reason,
                },
            };
    }

    private static KnownJob Settled(KnownJob known, JobLife life, DeploymentRun run, Placement? place)
    {
        var snapshot = run.Snapshot?.Uri ?? (run.Request.Restore as RestorePoint.Snapshot)?.Uri;
        var standing = known.Standing with { Snapshot = known.Standing.Snapshot ?? snapshot };
        return known.Standing.Life != JobLife.Unknown
            ? known with { Standing = standing }
            : known with
            {
                Handle = known.Handle ?? run.Copy?.Application,
                Standing = standing with { Life = life, Placement = place ?? standing.Placement, Application = run.Copy?.Application.Id, Reason = run.Reason },
            };
    }

    private static Placement TargetOf(MigrationRun run) => new(run.Request.TargetBackend, run.Request.TargetSpec.Queue);

    /// <summary>The place that a run brought its job away from against what was wanted; null when it did not.</summary>
    private static Placement? LeftBy(MigrationRun run) => run switch
    {
        { State: MigrationState.RolledBack, Request.ReturnOf: null } => TargetOf(run),
        { State: MigrationState.Committed, Request.ReturnOf: not null } => new Placement(run.Request.Source.Application.Backend, run.Request.SourceSpec.Queue),
        _ => null,
    };

    private static RefusedTarget RefusedOf(ImmutableArray<MigrationRun> refused) => new(
        LeftBy(refused[0])!, refused[0].Request.Revision, refused[0].Rollback?.Reason ?? refused[0].Reason ?? "somebody brought it back", refused.Length);

    private static string? HoldOf(ImmutableArray<JobMark> said) => said.LastOrDefault(static m => m.Kind is JobMarkKind.Hold or JobMarkKind.Release or JobMarkKind.TwoCopies) switch
    {
        { Kind: JobMarkKind.Hold } hold => hold.Reason is null ? $"{hold.By} asked for it" : $"{hold.By}: {hold.Reason}",
        { Kind: JobMarkKind.TwoCopies } two => $"two live copies were seen: {two.Reason}",
        _ => null,
    };

    private static JournalException Lost(RunHead head) => new($"The journal lists {head.Run} and does not give it back.");
}
