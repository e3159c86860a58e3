namespace Flink.Resources.Preemption.Fleet;

/// <content>Several jobs leave one node together.</content>
internal sealed partial class PlacementPlanner
{
    /// <summary>
    /// Where nodes are known, a move may help only together with others on the same node: whole nodes are tried, the roomiest first, with
    /// jobs up to a band, until a round over all of them finds room for no further container.
    /// </summary>
    private void ClearNodes(WorkloadTier upTo, bool violating)
    {
        if (!_backend.Backend.KnowsNodes)
        {
            return;
        }
        var mayHelp = !IsDone;
        while (mayHelp)
        {
            mayHelp = false;
            foreach (var node in _attempt.Room.NodesToClear)
            {
                while (!IsDone && Clear(node, upTo, violating))
                {
                    // The same node may have room for another container.
                    mayHelp = true;
                }
                if (IsDone)
                {
                    return;
                }
            }
        }
    }

    private bool Clear(string node, WorkloadTier upTo, bool violating)
    {
        if (!_backend.Backend.OnNode.TryGetValue(node, out var jobs) || !_attempt.Room.CouldGain(node, HeldOn(node, jobs, upTo)))
        {
            return false;
        }
        var (before, count, shrunk) = (_attempt.Room.Containers, _attempt.Steps.Count, (List<PlanStep>?)null);
        foreach (var indexed in jobs)
        {
            if (indexed.Level.Tier > upTo)
            {
                break;
            }
            Leave(indexed, violating, ref count, ref shrunk);
            if (_attempt.Room.Containers > before || IsDone)
            {
                UndoUseless(before, count);
                return true;
            }
        }
        while (_attempt.Steps.Count > count)
        {
            Undo(_attempt.Steps.Count - 1);
        }
        shrunk?.ForEach(Do);
        return false;
    }

    /// <summary>Takes a job away altogether, in place of its shrink if there is one.</summary>
    private void Leave(IndexedJob indexed, bool violating, ref int count, ref List<PlanStep>? shrunk)
    {
        var earlier = _attempt.Steps.FindIndex(s => s.Job.Job == indexed.Job.Job);
        if (earlier >= 0 && _attempt.Steps[earlier].Offer.Kind != MoveKind.Shrink)
        {
            return;
        }
        if (earlier >= 0)
        {
            Undo(earlier);
            var smaller = _undone!;
            if (WholeStep(indexed, violating) is not { } instead)
            {
                Insert(earlier, smaller);
                return;
            }
            count--;
            (shrunk ??= []).Add(smaller);
            Do(instead);
        }
        else if (WholeStep(indexed, violating) is { } step)
        {
            Do(step);
        }
    }

    /// <summary>Jobs that left before the last one and were not what made the room keep their budgets for others.</summary>
    private void UndoUseless(long before, int from)
    {
        for (var i = _attempt.Steps.Count - 2; i >= from; i--)
        {
            Undo(i);
            if (_attempt.Room.Containers <= before && !IsDone)
            {
                Insert(i, _undone!);
            }
        }
    }

    private static ResourceAmount HeldOn(string node, System.Collections.Immutable.ImmutableArray<IndexedJob> jobs, WorkloadTier upTo)
    {
        ResourceAmount held = default;
        foreach (var indexed in jobs)
        {
            if (indexed.Level.Tier > upTo)
            {
                break;
            }
            var job = indexed.Job;
            foreach (var place in job.Places)
            {
                if (string.Equals(place.Node, node, StringComparison.Ordinal))
                {
                    held += (job.TaskManager * place.TaskManagers) + (place.HasJobManager ? job.JobManager : default);
                }
            }
        }
        return held;
    }

    /// <summary>The best move by which a job leaves altogether; null when there is none.</summary>
    private PlanStep? WholeStep(IndexedJob indexed, bool violating)
    {
        var job = indexed.Job;
        var entitlement = JudgeNow(indexed.Level, job.Queue);
        if (!entitlement.IsGranted)
        {
            return null;
        }
        _portion.Clear();
        _ = AddCandidates(_portion, job, violating, log: false);
        if (_portion.Count > 1)
        {
            _portion.Sort((x, y) => _parts.Order.Compare(x.Candidate, y.Candidate));
        }
        foreach (var (candidate, offer, violates) in _portion)
        {
            var step = new PlanStep(job, offer, entitlement, violates, candidate.Cost.CoreSeconds);
            if (offer.Kind != MoveKind.Shrink && _use.Refuses(step) is null)
            {
                return step;
            }
        }
        return null;
    }
}
