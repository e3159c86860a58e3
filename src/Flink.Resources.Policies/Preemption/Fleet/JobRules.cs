namespace Flink.Resources.Preemption.Fleet;

/// <summary>Rules that spare a job whatever it would cost to move it, in the order in which they are told.</summary>
internal static class JobRules
{
    public static string? Spares(PlanningPass pass, PreemptionRequest request, FleetJob job)
    {
        if (job.Job == request.Job)
        {
            return "it is the preemptor itself";
        }
        if (job.Tier >= WorkloadTier.Online)
        {
            return "online services are never moved";
        }
        if (job.IsMigrating)
        {
            return "it is being migrated, rescaled or upgraded";
        }
        if (pass.Moving.Contains(job.Job))
        {
            return "it moves already for another preemptor";
        }
        if (job.IsLeaving)
        {
            return null;
        }
        if (job.StableSince is not { } since || pass.Now - since < pass.Options.MinimumRunTime)
        {
            return "it has not run long enough";
        }
        return SparedByHistory(pass, job);
    }

    private static string? SparedByHistory(PlanningPass pass, FleetJob job)
    {
        if (pass.IsCoolingDown(job))
        {
            return "it made room a short while ago";
        }
        var perDay = job.Tier >= WorkloadTier.RealTime ? pass.Options.MaximumStopsPerDayRealTime : pass.Options.MaximumStopsPerDay;
        return pass.StopsInLastDay(job) >= perDay ? "it made room often enough today" : null;
    }
}
