namespace Flink.Resources.Preemption.Fleet;

/// <content>Victims as another scheduler would choose them.</content>
internal sealed partial class PlacementPlanner
{
    private void Imitate(Imitation imitation)
    {
        var entitlements = new Dictionary<JobKey, Entitlement>();
        var candidates = Candidates(entitlements);
        var fleet = new ImitatedFleet(
            _request, _attempt.Placement.Queue, _backend, candidates, _attempt.Room.Shortfall, Options, _pass.BudgetUsed);
        foreach (var victim in imitation.Choose(fleet) ?? [])
        {
            var job = candidates[victim].Job;
            var step = new PlanStep(job, default, entitlements[victim], !job.IsLeaving && _use.ViolatesBudget(job), 0);
            if (step.ViolatesBudget && !Options.MayViolateBudgets)
            {
                Spare(job, BudgetUsedUp);
            }
            else if (Leaving(step) is { } leaving)
            {
                Do(leaving);
            }
            else
            {
                Spare(job, _use.Refuses(step with { Offer = new(MoveKind.Kill, 0, TimeSpan.Zero) }) ?? "no move of it is allowed now");
            }
        }
        foreach (var (_, candidate) in candidates)
        {
            Spare(candidate.Job, "it was not chosen");
        }
        if (IsDone && imitation.GivesBack)
        {
            GiveBack();
        }
    }

    private SortedDictionary<JobKey, ImitatedJob> Candidates(Dictionary<JobKey, Entitlement> entitlements)
    {
        var found = new List<MoveCandidate>();
        foreach (var (level, buckets) in _backend.Backend.Levels)
        {
            foreach (var (queue, bucket) in buckets)
            {
                var entitlement = Judge(level, queue);
                if (!entitlement.IsGranted)
                {
                    _attempt.Spared.Add(bucket, entitlement.Reason, Options.MaximumSparedListed);
                    continue;
                }
                foreach (var indexed in bucket.Jobs)
                {
                    if (BestLeaving(indexed.Job) is { } candidate)
                    {
                        found.Add(candidate);
                        entitlements.Add(candidate.Job.Job, entitlement);
                    }
                }
            }
        }
        return Aged(found);
    }

    private MoveCandidate? BestLeaving(FleetJob job)
    {
        if (JobRules.Spares(_pass, _request, job) is { } rule)
        {
            Spare(job, rule);
            return null;
        }
        MoveCandidate? best = null;
        _offers.Clear();
        MoveOffers.Add(_offers, job, _request, Options, _pass.Snapshot.UnknownStateBytes, _pass.Now);
        foreach (var offer in _offers)
        {
            var candidate = new MoveCandidate(job, offer.Kind, Rate(job, offer), 1);
            best = offer.Kind != MoveKind.Shrink && !(best is { } known && _parts.Order.Compare(known, candidate) <= 0) ? candidate : best;
        }
        if (best is null)
        {
            Spare(job, NoMove);
        }
        return best;
    }

    /// <summary>
    /// Other schedulers let the youngest of equals go. With the order by age that is the age; any other order takes its place: whoever it
    /// would take first counts as the youngest.
    /// </summary>
    private SortedDictionary<JobKey, ImitatedJob> Aged(List<MoveCandidate> candidates)
    {
        var result = new SortedDictionary<JobKey, ImitatedJob>(Comparer<JobKey>.Create(static (x, y) => string.CompareOrdinal(x.Value, y.Value)));
        var isByAge = _parts.Order is YoungestFirst;
        candidates.Sort(_parts.Order);
        for (var i = 0; i < candidates.Count; i++)
        {
            var job = candidates[i].Job;
            result.Add(job.Job, new(job, isByAge ? (job.StableSince - DateTimeOffset.UnixEpoch)?.Ticks : -i));
        }
        return result;
    }
}
