namespace Flink.Resources.Preemption.Fleet;

/// <content>When taking in order did not suffice, and what is given back in the end.</content>
internal sealed partial class PlacementPlanner
{
    private readonly List<PlanStep[]> _choices = [];
    private readonly HashSet<Level> _choicesOf = [];

    /// <summary>
    /// Taking in order spent a budget on jobs that do not suffice: looks for other ones up to the same level. Only where sums count; on
    /// nodes a set that frees enough may still not fit.
    /// </summary>
    private void Complete(Level upTo, bool violating)
    {
        if (_backend.Backend.KnowsNodes || _searchSteps <= 0)
        {
            return;
        }
        var taken = _attempt.Steps.ToList();
        UndoAll();
        Collect(violating ? null : upTo);
        var jobs = violating ? _choices.Select(c => Array.ConvertAll(c, s => Exceeding(s, upTo))) : _choices;
        var needed = _attempt.Room.Shortfall.Most(_claim.Excess);
        var found = new MoveSearch(_use, jobs, needed).Find(ref _searchSteps);
        (found is null ? taken : InOrder(found)).ForEach(Do);
        if (found is not null)
        {
            PreferGentler();
            taken.ForEach(s => Spare(s.Job, "the budget that it would use up is needed by others"));
        }
    }

    private void UndoAll()
    {
        while (_attempt.Steps.Count > 0)
        {
            Undo(_attempt.Steps.Count - 1);
        }
    }

    /// <summary>Whoever is at most so important may exceed budgets: they are worse than any who need not.</summary>
    private static PlanStep Exceeding(PlanStep step, Level upTo) =>
        step.Job.DisruptionBudgets.IsEmpty || step.Offer.Kind == MoveKind.Finish || Level.LeastImportantFirst.Compare(LevelOf(step), upTo) > 0 ? step : step with { ViolatesBudget = true };

    /// <summary>What every job could do, by levels; null for all that the preemptor may ask.</summary>
    private void Collect(Level? upTo)
    {
        foreach (var (level, buckets) in _backend.Backend.Levels)
        {
            if (level.Tier > _request.Tier || (upTo is { } last && Level.LeastImportantFirst.Compare(level, last) > 0))
            {
                return;
            }
            if (!_choicesOf.Add(level))
            {
                continue;
            }
            foreach (var (queue, bucket) in buckets)
            {
                if (Judge(level, queue) is { IsGranted: true } entitlement)
                {
                    Collect(bucket, entitlement);
                }
            }
        }
    }

    private void Collect(JobBucket bucket, Entitlement entitlement)
    {
        foreach (var indexed in bucket.Jobs)
        {
            if (--_searchSteps <= 0)
            {
                return;
            }
            if (JobRules.Spares(_pass, _request, indexed.Job) is null && Choices(indexed.Job, entitlement) is { Length: > 0 } choices)
            {
                _choices.Add(choices);
            }
        }
    }

    /// <summary>To leave by the way that uses the fewest budgets, or to shrink: what else there is frees no more and uses no less.</summary>
    private PlanStep[] Choices(FleetJob job, Entitlement entitlement)
    {
        _offers.Clear();
        MoveOffers.Add(_offers, job, _request, Options, _pass.Snapshot.UnknownStateBytes, _pass.Now);
        MoveOffer? leaves = null;
        MoveOffer? shrinks = null;
        foreach (var offer in _offers)
        {
            if (offer.Kind == MoveKind.Shrink)
            {
                shrinks = offer;
            }
            else if (leaves is not { } known || (known.Kind != MoveKind.Finish && offer.Kind != MoveKind.StopWithSavepoint))
            {
                leaves = offer;
            }
        }
        return [.. new[] { leaves, shrinks }.OfType<MoveOffer>()
            .Select(o => new PlanStep(job, o, entitlement, ViolatesBudget: false, Rate(job, o).CoreSeconds))];
    }

    private List<PlanStep> InOrder(List<PlanStep> steps) =>
        [.. steps.OrderBy(static s => s.ViolatesBudget)
            .ThenBy(LevelOf, Level.LeastImportantFirst)
            .ThenByDescending(s => _claim.OverServed(s.Job.Queue))
            .ThenBy(static s => s.CoreSeconds / Math.Max(1, s.Release.Amount.CpuMillicores))
            .ThenBy(static s => s.Job.Job.Value, StringComparer.Ordinal)];

    private static Level LevelOf(PlanStep step) => new(step.Job.Tier, step.Job.EffectivePriority);

    /// <summary>The search only looks at budgets: who can leave more gently does, and nobody is said to exceed a budget that still allows it.</summary>
    private void PreferGentler()
    {
        for (var i = _attempt.Steps.Count - 1; i >= 0; i--)
        {
            Undo(i);
            var step = _undone! with { ViolatesBudget = _undone!.Offer.Kind != MoveKind.Finish && _use.ViolatesBudget(_undone.Job) };
            if (step.Offer.Kind != MoveKind.Shrink)
            {
                step = Leaving(step) ?? step;
            }
            Insert(i, step);
        }
    }

    /// <summary>The first whole move in the policy's order that budgets allow.</summary>
    private PlanStep? Leaving(PlanStep step)
    {
        _portion.Clear();
        _ = AddOffers(_portion, step.Job, step.ViolatesBudget, onlyFinish: false);
        _portion.Sort((x, y) => _parts.Order.Compare(x.Candidate, y.Candidate));
        foreach (var (candidate, offer, violates) in _portion)
        {
            var other = step with { Offer = offer, ViolatesBudget = violates, CoreSeconds = candidate.Cost.CoreSeconds };
            if (offer.Kind != MoveKind.Shrink && _use.Refuses(other) is null)
            {
                return other;
            }
        }
        return null;
    }

    private void Insert(int index, PlanStep step)
    {
        _attempt.Steps.Insert(index, step);
        _attempt.Room.Give(step.Release);
        _use.Add(step, 1);
    }

    /// <summary>From the last move to the first: not at all if that still fits, else the smallest shrink that does, else as it was.</summary>
    private void GiveBack()
    {
        for (var i = _attempt.Steps.Count - 1; i >= 0; i--)
        {
            Undo(i);
            if (IsDone)
            {
                Spare(_undone!.Job, NotNeeded);
                continue;
            }
            var step = Smallest(_undone!);
            Insert(i, step);
        }
    }

    private PlanStep Smallest(PlanStep step)
    {
        if (step.Offer.Kind == MoveKind.Finish || _parts.Selection != VictimSelection.LeastImportantFirst || ShrinkOf(step) is not { } shrink)
        {
            return step;
        }
        var (most, least) = (step.Job.TaskManagers - 1, shrink.TaskManagersKept);
        if (!FitsWith(step with { Offer = shrink }))
        {
            return step;
        }
        while (least < most)
        {
            var kept = least + ((most - least + 1) / 2);
            (least, most) = FitsWith(step with { Offer = shrink with { TaskManagersKept = kept } }) ? (kept, most) : (least, kept - 1);
        }
        return step with { Offer = shrink with { TaskManagersKept = least } };
    }

    private MoveOffer? ShrinkOf(PlanStep step)
    {
        _offers.Clear();
        MoveOffers.Add(_offers, step.Job, _request, Options, _pass.Snapshot.UnknownStateBytes, _pass.Now);
        foreach (var offer in _offers)
        {
            if (offer.Kind == MoveKind.Shrink)
            {
                return offer;
            }
        }
        return null;
    }

    private bool FitsWith(PlanStep step)
    {
        _attempt.Room.Give(step.Release);
        _use.Add(step, 1);
        var fits = IsDone;
        _attempt.Room.TakeBack(step.Release);
        _use.Add(step, -1);
        return fits;
    }
}
