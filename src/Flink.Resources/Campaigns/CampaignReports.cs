using System.Collections.Immutable;
using Flink.Resources.Health;

namespace Flink.Resources;

/// <summary>Makes reports of what is known. Pure.</summary>
internal static class CampaignReports
{
    /// <summary>All that is known at a time.</summary>
    /// <param name="run">What the journal says.</param>
    /// <param name="runs">The newest look at each run; of a job that was brought back later, the run that did it.</param>
    /// <param name="waits">Why jobs wait that have their turn.</param>
    /// <param name="now">The time.</param>
    public static CampaignReport Of(
        CampaignRun run, IReadOnlyDictionary<JobKey, MigrationRun> runs, IReadOnlyDictionary<JobKey, string> waits, DateTimeOffset now) => new()
        {
            Id = run.Id,
            Name = run.Request.Name,
            State = run.State,
            At = now,
            CreatedAt = run.CreatedAt,
            StartedAt = run.StartedAt,
            EndedAt = run.EndedAt,
            Holds = [.. run.Holds],
            Waves = [.. run.Request.Plan.Waves.Select(w => WaveOf(run, w, runs, waits))],
            Left = run.Request.Plan.Left,
            Notes = [.. run.Notes],
        };

    private static WaveReport WaveOf(
        CampaignRun run, Planning.PlannedWave wave, IReadOnlyDictionary<JobKey, MigrationRun> runs, IReadOnlyDictionary<JobKey, string> waits)
    {
        ImmutableArray<CampaignJobReport> jobs = [.. wave.Moves.Select(m => JobOf(run, wave.Number, run.Jobs[m.Job.Job], runs.GetValueOrDefault(m.Job.Job), waits))];
        return new WaveReport
        {
            Number = wave.Number,
            Stage = wave.Stage,
            NeedsApproval = wave.NeedsApproval,
            IsApproved = run.IsApproved(wave),
            StartedAt = jobs.Min(static j => j.StartedAt),
            EndedAt = jobs.Any(static j => j.EndedAt is null) ? null : jobs.Max(static j => j.EndedAt),
            Jobs = jobs,
        };
    }

    private static CampaignJobReport JobOf(CampaignRun campaign, int wave, CampaignJob job, MigrationRun? run, IReadOnlyDictionary<JobKey, string> waits)
    {
        var isReturn = run?.Request.ReturnOf is not null;
        var scoreIsUnknown = run is null || CampaignJudge.ScoresAreUnknown(campaign, job.Move.To.Backend);
        return new CampaignJobReport
        {
            Move = job.Move,
            Wave = wave,
            State = isReturn ? ReturnStateOf(run!) : job.State,
            Reason = job.State == CampaignJobState.Waiting ? waits.GetValueOrDefault(job.Move.Job.Job) ?? job.Reason : isReturn ? run!.Reason : job.Reason,
            JudgedAt = campaign.JudgedAt(job),
            Findings = job.Findings,
            Signature = job.Signature,
            RunId = run?.Id ?? job.Run,
            Run = run,
            StartedAt = job.StartedAt,
            EndedAt = job.EndedAt,
            Score = scoreIsUnknown ? null : CampaignScores.ScoreOf(run!),
            Verdict = scoreIsUnknown ? HealthVerdict.Unknown : CampaignScores.VerdictOf(run!),
        };
    }

    private static CampaignJobState ReturnStateOf(MigrationRun run) => run.State switch
    {
        MigrationState.Committed => CampaignJobState.RolledBack,
        MigrationState.Parked => CampaignJobState.Parked,
        _ when run.IsFinal => CampaignJobState.Committed,
        _ => CampaignJobState.GoingBack,
    };
}
