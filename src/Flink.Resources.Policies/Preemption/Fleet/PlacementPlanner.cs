namespace Flink.Resources.Preemption.Fleet;

/// <summary>Makes room for one request at one placement: greedy from the least important on, then everything back that is not needed.</summary>
internal sealed partial class PlacementPlanner
{
    private const string NotNeeded = "the others make enough room";
    private const string BudgetUsedUp = "its disruption budget is used up";
    private const string NoMove = "it can make no move in time that keeps its state";
    private readonly PlanningPass _pass;
    private readonly FleetPreemptionParts _parts;
    private readonly PreemptionRequest _request;
    private readonly BackendPass _backend;
    private readonly Attempt _attempt;
    private readonly QueueClaim _claim;
    private readonly bool _onlyReclaims;
    private readonly PlanUse _use;
    private readonly List<MoveOffer> _offers = [];
    private readonly List<(MoveCandidate Candidate, MoveOffer Offer, bool Violates)> _portion = [];
    private readonly OrderedDictionary<JobKey, (FleetJob Job, string Rule)> _considered = [];
    private PlanStep? _undone;
    private bool _budgetsSpoke;
    private int _searchSteps;

    public PlacementPlanner(
        PlanningPass pass, FleetPreemptionParts parts, PreemptionRequest request, BackendPass backend, Placement placement, bool onlyReclaims)
    {
        _pass = pass;
        _parts = parts;
        _request = request;
        _backend = backend;
        _onlyReclaims = onlyReclaims;
        _attempt = new(backend, placement, RoomTest.For(backend, request));
        _claim = QueueClaim.Of(backend, placement.Queue, request.Total, pass.Options.DeadZone);
        _use = new(pass, backend, _claim, request, guardsGuarantees: parts.Selection == VictimSelection.LeastImportantFirst);
        _searchSteps = pass.Options.MaximumSearchSteps;
    }

    private FleetPreemptionOptions Options => _pass.Options;

    private bool IsDone => _attempt.Room.Fits && _use.CoversQueue;

    /// <summary>Whether there is room without anybody moving.</summary>
    public Attempt? TryFit() => IsDone ? Succeed(PreemptionOutcome.Fits, "there is room already") : null;

    public Attempt Displace()
    {
        if (CheapRefusal() is { } reason)
        {
            return Refuse(reason);
        }
        if (Imitation.For(_parts.Selection) is { } imitation)
        {
            Imitate(imitation);
        }
        else
        {
            Walk();
        }
        if (!IsDone)
        {
            return Refuse(BindingConstraint());
        }
        return _attempt.Steps.Count == 0
            ? Succeed(PreemptionOutcome.Fits, "there is room already")
            : Succeed(PreemptionOutcome.Displaces, $"room for {Amounts.Text(_request.Total)} is made by {_attempt.Steps.Count} moves");
    }

    private Attempt Succeed(PreemptionOutcome outcome, string reason)
    {
        (_attempt.Outcome, _attempt.Reason) = (outcome, reason);
        _attempt.Nodes = _attempt.Room.Assign();
        Tell();
        return _attempt;
    }

    private Attempt Refuse(string reason)
    {
        _attempt.Steps.Clear();
        Tell();
        (_attempt.Outcome, _attempt.Reason) = (PreemptionOutcome.Refused, reason);
        return _attempt;
    }

    /// <summary>Remembers the first rule that kept a job where it is; it may still be moved by another way.</summary>
    private void Spare(FleetJob job, string rule) => _considered.TryAdd(job.Job, (job, rule));

    private void Log(FleetJob job, string rule)
    {
        if (rule == BudgetUsedUp)
        {
            Spare(job, rule);
        }
        else
        {
            // Nothing that happens later moves it: no need to remember who it was.
            _attempt.Spared.Add(job, rule, Options.MaximumSparedListed);
        }
    }

    private void Tell()
    {
        foreach (var (job, rule) in _considered.Values)
        {
            if (!_attempt.Steps.Exists(s => s.Job.Job == job.Job))
            {
                _attempt.Spared.Add(job, rule, Options.MaximumSparedListed);
            }
        }
        _considered.Clear();
    }

    /// <summary>Impossible for a reason that needs no candidate to be looked at.</summary>
    private string? CheapRefusal()
    {
        if (_request.NeverPreempts)
        {
            return "there is no room, and it never displaces anybody";
        }
        if (!_request.Total.FitsIn(_backend.Backend.Capacity))
        {
            return $"it asks for {Amounts.Text(_request.Total)}, more than {_backend.Backend.Name} has";
        }
        if (_claim.TooLargeFor is { } queue)
        {
            return $"it is larger than the maximum of {queue}; a higher maximum would help";
        }
        if (_parts.Selection != VictimSelection.LeastImportantFirst)
        {
            return null;
        }
        // On nodes a little may suffice: what is free there already counts only together with it.
        var missing = _backend.Backend.KnowsNodes ? Amounts.Of(1, 1) : _attempt.Room.Shortfall;
        var takeable = Takeable(missing);
        return missing.FitsIn(takeable) || (_backend.Backend.KnowsNodes && !takeable.IsNothing)
            ? null
            : $"{Amounts.Text(_attempt.Room.Shortfall)} are missing, and all that it is entitled to take is {Amounts.Text(takeable)}";
    }

    /// <summary>All that the preemptor is entitled to; no further than until it is enough.</summary>
    private ResourceAmount Takeable(ResourceAmount enough)
    {
        ResourceAmount sum = default;
        foreach (var (level, buckets) in _backend.Backend.Levels)
        {
            if (level.Tier > _request.Tier)
            {
                break;
            }
            foreach (var (queue, bucket) in buckets)
            {
                sum = Judge(level, queue).IsGranted ? sum + bucket.Total : sum;
                if (enough.FitsIn(sum))
                {
                    return sum;
                }
            }
        }
        return sum;
    }

    private Entitlement Judge(Level level, string queue)
    {
        if (_claim.OnlyBelow is { } subtree && !QueuePaths.IsSelfOrBelow(queue, subtree))
        {
            return new(EntitlementKind.None, NeedsFinalShare: false, $"only room inside {subtree} would help, which is at its maximum");
        }
        var entitlement = _parts.Entitlement.Judge(new(
            _request, _attempt.Placement.Queue, _claim.IsWithinGuarantee, _claim.HasGuarantee, level.Tier, level.Priority, queue, _claim.Owes(queue)));
        return _onlyReclaims && entitlement.Kind != EntitlementKind.Reclaim
            ? new(EntitlementKind.None, NeedsFinalShare: false, "the preemptor was displaced itself and may only take back its guarantee")
            : entitlement;
    }

    private void Walk()
    {
        Walk(violating: false);
        if (!IsDone && Options.MayViolateBudgets)
        {
            Walk(violating: true);
        }
        if (IsDone)
        {
            GiveBack();
        }
    }

    private void Walk(bool violating)
    {
        WorkloadTier? tier = null;
        foreach (var (level, buckets) in _backend.Backend.Levels)
        {
            if (tier is { } finished && level.Tier != finished)
            {
                ClearNodes(finished, violating);
            }
            tier = level.Tier;
            if (IsDone || level.Tier > _request.Tier)
            {
                return;
            }
            WalkLevel(level, buckets, violating);
            if (!IsDone && _budgetsSpoke)
            {
                // Before anybody more important is asked.
                Complete(level, violating);
            }
        }
        ClearNodes(tier ?? WorkloadTier.Unknown, violating);
    }

    private void WalkLevel(
        Level level, System.Collections.Immutable.ImmutableSortedDictionary<string, JobBucket> buckets, bool violating)
    {
        var entitled = new List<(double Owed, string Queue, JobBucket Bucket, Entitlement Entitlement)>();
        foreach (var (queue, bucket) in buckets)
        {
            var entitlement = JudgeNow(level, queue);
            if (entitlement.IsGranted)
            {
                entitled.Add((-_claim.OverServed(queue), queue, bucket, entitlement));
            }
            else if (!violating)
            {
                _attempt.Spared.Add(bucket, entitlement.Reason, Options.MaximumSparedListed);
            }
        }
        entitled.Sort(static (x, y) => x.Owed != y.Owed ? x.Owed.CompareTo(y.Owed) : string.CompareOrdinal(x.Queue, y.Queue));
        foreach (var (_, _, bucket, entitlement) in entitled)
        {
            if (IsDone)
            {
                return;
            }
            if (_attempt.Room.CouldHelp(bucket.LargestPlace))
            {
                TakeFrom(bucket, entitlement, violating);
            }
        }
    }

    /// <summary>Entitlement, and whether the queue has anything left to give.</summary>
    private Entitlement JudgeNow(Level level, string queue)
    {
        var entitlement = Judge(level, queue);
        if (!entitlement.IsGranted || _use.ExhaustedQueue(queue, entitlement) is not { } rule)
        {
            return entitlement;
        }
        _budgetsSpoke = true;
        return new(EntitlementKind.None, NeedsFinalShare: false, rule);
    }

    private void TakeFrom(JobBucket bucket, Entitlement entitlement, bool violating)
    {
        _portion.Clear();
        var inPortion = 0;
        foreach (var indexed in bucket.Jobs)
        {
            inPortion += AddCandidates(_portion, indexed.Job, violating, log: !violating) ? 1 : 0;
            if (inPortion < Options.PortionSize)
            {
                continue;
            }
            Take(_portion, entitlement, violating);
            _portion.Clear();
            inPortion = 0;
            if (IsDone)
            {
                return;
            }
            if (_use.ExhaustedQueue(indexed.Job.Queue, entitlement) is not null)
            {
                _budgetsSpoke = true;
                return;
            }
        }
        Take(_portion, entitlement, violating);
    }

    private bool AddCandidates(List<(MoveCandidate Candidate, MoveOffer Offer, bool Violates)> portion, FleetJob job, bool violating, bool log)
    {
        var violates = !job.IsLeaving && _use.ViolatesBudget(job);
        var rule = JobRules.Spares(_pass, _request, job);
        if (rule is null && violates && !violating)
        {
            // To end by itself exceeds no budget.
            (rule, _budgetsSpoke) = (AddOffers(portion, job, violates: false, onlyFinish: true) is null ? null : BudgetUsedUp, true);
        }
        else if (rule is null && violates == violating)
        {
            rule = AddOffers(portion, job, violates, onlyFinish: false);
        }
        if (rule is not null && log)
        {
            Log(job, rule);
        }
        return rule is null;
    }

    private string? AddOffers(List<(MoveCandidate Candidate, MoveOffer Offer, bool Violates)> portion, FleetJob job, bool violates, bool onlyFinish)
    {
        _offers.Clear();
        MoveOffers.Add(_offers, job, _request, Options, _pass.Snapshot.UnknownStateBytes, _pass.Now);
        var usefulWhole = -1.0;
        var found = false;
        foreach (var offer in _offers)
        {
            if (onlyFinish && offer.Kind != MoveKind.Finish)
            {
                continue;
            }
            found = true;
            double useful;
            if (offer.Kind == MoveKind.Shrink)
            {
                useful = _attempt.Room.Useful(new(job, offer.TaskManagersKept, Leaves: false));
            }
            else
            {
                useful = usefulWhole = usefulWhole >= 0 ? usefulWhole : _attempt.Room.Useful(new(job, 0, Leaves: true));
            }
            // Cost only breaks ties among useful moves: rating the others would be wasted.
            portion.Add((new(job, offer.Kind, useful > 0 ? Rate(job, offer) : default, useful), offer, violates && offer.Kind != MoveKind.Finish));
        }
        return found ? null : NoMove;
    }

    private MoveCost Rate(FleetJob job, MoveOffer offer) =>
        _parts.Cost.Rate(job, offer.Kind, offer.TaskManagersKept, _pass.Snapshot.UnknownStateBytes, _pass.Now);

    private void Take(List<(MoveCandidate Candidate, MoveOffer Offer, bool Violates)> portion, Entitlement entitlement, bool violating)
    {
        portion.Sort((x, y) => _parts.Order.Compare(x.Candidate, y.Candidate));
        foreach (var (candidate, offer, _) in portion)
        {
            if (IsDone)
            {
                Spare(candidate.Job, NotNeeded);
                continue;
            }
            // Asked again: what was missing may be covered by now.
            var step = new PlanStep(
                candidate.Job, offer, entitlement, offer.Kind != MoveKind.Finish && _use.ViolatesBudget(candidate.Job), candidate.Cost.CoreSeconds);
            if (_attempt.Room.Useful(step.Release) > 0 || (_attempt.Room.Fits && !_use.CoversQueue))
            {
                TryTake(step, violating);
            }
            else if (!_backend.Backend.KnowsNodes)
            {
                Spare(candidate.Job, "what it holds is not what is missing");
            }
        }
    }

    private void TryTake(PlanStep step, bool violating)
    {
        var earlier = _attempt.Steps.FindIndex(s => s.Job.Job == step.Job.Job);
        if (earlier >= 0 && _attempt.Steps[earlier].Offer.Kind != MoveKind.Shrink)
        {
            return;
        }
        if (earlier >= 0)
        {
            // A job that shrinks may go altogether when that does not suffice.
            Undo(earlier);
        }
        var rule = step.ViolatesBudget && !violating ? BudgetUsedUp : _use.Refuses(step);
        if (rule is not null)
        {
            _budgetsSpoke = true;
            Spare(step.Job, rule);
            if (earlier >= 0)
            {
                Do(_undone!);
            }
            return;
        }
        Do(step);
    }

    private void Do(PlanStep step)
    {
        _attempt.Steps.Add(step);
        _attempt.Room.Give(step.Release);
        _use.Add(step, 1);
    }

    private void Undo(int index)
    {
        _undone = _attempt.Steps[index];
        _attempt.Steps.RemoveAt(index);
        _attempt.Room.TakeBack(_undone.Release);
        _use.Add(_undone, -1);
    }

    private string BindingConstraint()
    {
        var missing = Amounts.Text(_attempt.Room.Shortfall);
        var most = _attempt.Spared.Counts.OrderByDescending(static c => c.Value).ThenBy(static c => c.Key, StringComparer.Ordinal).FirstOrDefault();
        return most.Key is null
            ? $"{missing} stay missing even when all that may move has moved"
            : $"{missing} stay missing; most jobs ({most.Value}) are spared because {most.Key}";
    }
}
