using System.Globalization;
using System.Text.Json;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>What somebody said who lets a job be moved again.</summary>
internal sealed record RetryAsked(string By, string? Reason);

/// <summary>Where jobs came back from. Nothing is kept for it: the runs of a job say it, and who lets it be moved again adds a run of one record.</summary>
internal sealed class PlacementMemory(IJournal journal, IMigrations migrations, TimeProvider timeProvider, string owner)
{
    private const string Machine = "retry";
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15);

    public async Task<RefusedPlacement?> FindAsync(JobKey job, CancellationToken cancellationToken)
    {
        RefusedPlacement? refused = null;
        var heads = await journal.ListAsync(new RunQuery(job), cancellationToken).ConfigureAwait(false);
        foreach (var head in heads.Reverse().TakeWhile(static h => h.Machine != Machine))
        {
            if (head.Machine != Migrations.Machine || head.State is not (nameof(MigrationState.RolledBack) or nameof(MigrationState.Committed)))
            {
                continue;
            }
            if (await migrations.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) is not { } run)
            {
                continue;
            }
            if (LeftBy(run) is { } left)
            {
                refused = refused is null ? Refuse(run, left, head.UpdatedAt) : refused.Placement == left ? refused with { Times = refused.Times + 1 } : refused;
            }
            else if (refused is null || TargetOf(run.Request) == refused.Placement)
            {
                // It went there and stayed: what was before does not count.
                break;
            }
        }
        return refused;
    }

    public async Task<string?> RetryAsync(JobKey job, string by, string? reason, CancellationToken cancellationToken)
    {
        var keeper = await JobLeaseKeeper.TryAcquireAsync(journal, job, owner, LeaseDuration, timeProvider, cancellationToken).ConfigureAwait(false)
            ?? throw new LeaseHeldException($"Another process is changing {job}: ask again when it is through.");
        await using var _ = keeper.ConfigureAwait(false);
        if (await FindAsync(job, cancellationToken).ConfigureAwait(false) is null)
        {
            return $"{job} did not come back from anywhere, or was let go already.";
        }
        var runs = await journal.ListAsync(new RunQuery(job), cancellationToken).ConfigureAwait(false);
        var record = new JournalRecord
        {
            Run = string.Create(CultureInfo.InvariantCulture, $"t-{timeProvider.GetUtcNow():yyyyMMddHHmmss}-{job.Value.Replace('/', '-')}-{runs.Length + 1}"),
            Job = job,
            Sequence = 1,
            Kind = JournalRecordKind.Created,
            Machine = Machine,
            State = "Asked",
            IsFinal = true,
            Payload = JsonSerializer.Serialize(new RetryAsked(by, reason), CampaignJson.Default.RetryAsked),
            At = timeProvider.GetUtcNow(),
            By = by,
        };
        return await journal.AppendAsync(record, keeper.Lease, cancellationToken).ConfigureAwait(false) == AppendResult.Appended
            ? null
            : throw new InvalidOperationException($"{record.Run} could not be written: another process is changing {job}.");
    }

    public static Placement TargetOf(MoveRequest request) => new(request.TargetBackend, request.TargetSpec.Queue);

    public static Placement SourceOf(MoveRequest request) => new(request.Source.Application.Backend, request.SourceSpec.Queue);

    /// <summary>The place that a run brought its job away from against what was wanted; null when it did not.</summary>
    private static Placement? LeftBy(MigrationRun run) => run switch
    {
        { State: MigrationState.RolledBack, Request.ReturnOf: null } => TargetOf(run.Request),
        { State: MigrationState.Committed, Request.ReturnOf: not null } => SourceOf(run.Request),
        _ => null,
    };

    private static RefusedPlacement Refuse(MigrationRun run, Placement place, DateTimeOffset at) => new()
    {
        Job = run.Request.Job,
        Placement = place,
        Revision = run.Request.Revision,
        Run = run.Id,
        Reason = run.Rollback?.Reason ?? run.Reason,
        At = at,
        Times = 1,
    };
}
