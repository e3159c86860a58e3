namespace Flink.Resources.Fleet;

/// <summary>From what the engine knows to what a reader wants to see.</summary>
internal static class FleetReportBuilder
{
    /// <summary>Evidence is log tails: the end of them says what happened.</summary>
    private const int LongestEvidence = 2_000;

    public static FleetReport Build(CampaignReport campaign)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        return new FleetReport
        {
            Campaign = campaign.Id,
            Name = campaign.Name,
            State = campaign.State,
            At = campaign.At,
            StartedAt = campaign.StartedAt,
            EndedAt = campaign.EndedAt,
            Waves = [.. campaign.Waves.Select(static w => new FleetReportWave(w.Number, w.Stage, w.StartedAt, w.EndedAt))],
            Jobs = [.. campaign.Jobs.Select(Job)],
            Left = [.. campaign.Left.Select(static l => new FleetReportLeft(l.Job.Job.Value, l.Job.Source, l.Reason))],
            Holds = [.. campaign.Holds.Select(static h => h.Reason)],
            Notes = [.. campaign.Notes.Select(static n => new FleetReportNote(n.At, n.What, n.By))],
        };
    }

    private static FleetReportJob Job(CampaignJobReport job) => new()
    {
        Job = job.Job.Value,
        From = job.Move.From,
        To = job.Move.To,
        Wave = job.Wave,
        State = job.State,
        Reason = job.Reason,
        Findings = job.Findings,
        StartedAt = job.StartedAt,
        EndedAt = job.EndedAt,
        Timeline = job.Timeline,
        Downtime = job.Downtime,
        Score = job.Score,
        Verdict = job.Verdict,
        Coverage = job.Run?.Coverage,
        LostPoints = job.Run?.LostPoints,
        Losses = [.. (job.Run?.Losses ?? []).Select(static l => new FleetReportLoss(l.Item, l.LostPoints))],
        Parity = [.. (job.Run?.Parity?.Lines ?? []).Select(static l => new FleetReportMeasure(l.Measure, l.Unit, l.Before, l.After))],
        Rollback = job is { State: CampaignJobState.RolledBack or CampaignJobState.GoingBack, Rollback: { } rollback }
            ? new FleetReportRollback(rollback.Reason, rollback.Choice, rollback.Effect, End(job.Run?.Evidence))
            : null,
    };

    private static string? End(string? evidence) =>
        evidence is { Length: > LongestEvidence } ? "… " + evidence[^LongestEvidence..] : evidence;
}
