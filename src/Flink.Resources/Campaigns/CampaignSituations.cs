using System.Collections.Concurrent;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>Tells runs how things stand around them: whether their campaign is held, whether a cluster's servers are in trouble, and whether sources may be stopped.</summary>
internal sealed class CampaignSituations : IMigrationSituations
{
    private readonly ConcurrentDictionary<string, CampaignRun> _campaigns = new(StringComparer.Ordinal);

    public void Set(CampaignRun run) => _campaigns[run.Id] = run;

    public void Forget(string campaign) => _campaigns.TryRemove(campaign, out _);

    public MigrationSituation Find(MigrationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        foreach (var (_, campaign) in _campaigns)
        {
            if (campaign.Jobs.TryGetValue(run.Request.Job, out var job) && job.Run == run.Id)
            {
                // What was stopped for good is not started any more; what is under way still has to come to an end.
                var isHeld = campaign.Standing.Any(static h => h.Kind != CampaignHoldKind.Stop) || WaitsForItsSession(campaign, job);
                var isTargetInTrouble = CampaignJudge.ScoresAreUnknown(campaign, run.Request.TargetBackend);
                return new MigrationSituation(isTargetInTrouble, isHeld)
                {
                    AreStopsHeld = isTargetInTrouble || CampaignJudge.AreStopsHeld(campaign, run.Source.Application.Backend),
                };
            }
        }
        return MigrationSituation.Usual;
    }

    /// <summary>The jobs of a session move together or not at all: none is committed before all have arrived.</summary>
    private static bool WaitsForItsSession(CampaignRun campaign, CampaignJob job) => job.Move.Job.Session is { } session
        && campaign.Request.Plan.Waves[job.Wave].Moves.Any(m => m.Job.Session == session && campaign.Jobs[m.Job.Job].State is not (CampaignJobState.Soaking or CampaignJobState.Committed));
}
