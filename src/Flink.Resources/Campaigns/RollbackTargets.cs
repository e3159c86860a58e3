using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>A move that is to be undone.</summary>
/// <param name="Job">The job.</param>
/// <param name="Run">The run of the move.</param>
/// <param name="Priority">How important the job is.</param>
/// <param name="Queue">Its queue on the source.</param>
internal sealed record RollbackTarget(JobKey Job, string Run, JobPriority Priority, string Queue);

/// <summary>Finds the moves that a scope names.</summary>
internal sealed class RollbackTargets(IJournal journal, CampaignBook book, IMigrations migrations)
{
    /// <summary>The moves, the most important first.</summary>
    public async Task<ImmutableArray<RollbackTarget>> FindAsync(RollbackScope scope, CancellationToken cancellationToken)
    {
        if (scope is RollbackScope.Job job)
        {
            return [await NewestAsync(job.Key, cancellationToken).ConfigureAwait(false)];
        }
        var id = CampaignOf(scope);
        var page = await book.ReadAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"The journal holds no campaign '{id}'.");
        var jobs = await InAsync(page.Run, scope, cancellationToken).ConfigureAwait(false);
        return
        [
            .. jobs.Select(static j => new RollbackTarget(j.Move.Job.Job, j.Run!, j.Move.Job.Priority, j.Move.From.Queue))
                .OrderByDescending(static t => t.Priority).ThenBy(static t => t.Job.Value, StringComparer.Ordinal),
        ];
    }

    private static string CampaignOf(RollbackScope scope) => scope switch
    {
        RollbackScope.Wave wave => wave.Id,
        RollbackScope.Queue queue => queue.Id,
        RollbackScope.Campaign campaign => campaign.Id,
        RollbackScope.Unhealthy unhealthy => unhealthy.Id,
        _ => throw new ArgumentException($"{scope} names no campaign.", nameof(scope)),
    };

    private async Task<IEnumerable<CampaignJob>> InAsync(CampaignRun run, RollbackScope scope, CancellationToken cancellationToken)
    {
        var begun = run.Jobs.Values.Where(static j => j.Run is not null);
        switch (scope)
        {
            case RollbackScope.Wave wave:
                var position = run.Request.Plan.Waves.Select(static w => w.Number).ToList().IndexOf(wave.Number);
                return position >= 0 ? begun.Where(j => j.Wave == position) : throw new KeyNotFoundException(FormattableString.Invariant($"Campaign {run.Id} has no wave {wave.Number}."));
            case RollbackScope.Queue queue:
                return begun.Where(j => j.Move.From.Queue == queue.Path || j.Move.From.Queue.StartsWith($"{queue.Path}.", StringComparison.Ordinal));
            case RollbackScope.Unhealthy:
                var unhealthy = new List<CampaignJob>();
                foreach (var job in begun)
                {
                    if (await migrations.FindAsync(job.Run!, cancellationToken).ConfigureAwait(false) is { } move && IsUnhealthy(move))
                    {
                        unhealthy.Add(job);
                    }
                }
                return unhealthy;
            default:
                return begun;
        }
    }

    private static bool IsUnhealthy(MigrationRun run) =>
        run.WaitsForPerson || (!run.IsFinal && MigrationMachine.IsGoingBack(run)) || CampaignScores.VerdictOf(run) == Health.HealthVerdict.Unhealthy;

    private async Task<RollbackTarget> NewestAsync(JobKey job, CancellationToken cancellationToken)
    {
        var heads = await journal.ListAsync(new RunQuery(job), cancellationToken).ConfigureAwait(false);
        var head = heads.LastOrDefault(static h => h.Machine == Migrations.Machine) ?? throw new KeyNotFoundException($"The journal holds no move of {job}.");
        var run = (await migrations.FindAsync(head.Run, cancellationToken).ConfigureAwait(false))!;
        return new RollbackTarget(job, run.Request.ReturnOf ?? run.Id, run.Request.SourceSpec.Priority ?? default, run.Request.SourceSpec.Queue);
    }
}
