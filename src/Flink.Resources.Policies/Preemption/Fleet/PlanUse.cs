namespace Flink.Resources.Preemption.Fleet;

/// <summary>Budgets and guarantees that a plan uses up while it is made.</summary>
internal sealed class PlanUse(PlanningPass pass, BackendPass backend, QueueClaim claim, PreemptionRequest request, bool guardsGuarantees)
{
    private readonly Dictionary<string, int> _budgets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _stops = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _savepoints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceAmount> _freedFrom = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _paths = new(StringComparer.Ordinal);
    private ResourceAmount _freed;
    private ResourceAmount _disturbed;

    /// <summary>Whether enough is freed inside the preemptor's own queues for their maximums.</summary>
    public bool CoversQueue => claim.Excess.FitsIn(_freed);

    public bool ViolatesBudget(FleetJob job)
    {
        foreach (var budget in job.DisruptionBudgets)
        {
            if (pass.Options.DisruptionBudgets.TryGetValue(budget, out var allowed)
                && pass.BudgetUsed(budget) + _budgets.GetValueOrDefault(budget) >= allowed)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The first limit that a move would break; null for none.</summary>
    public string? Refuses(PlanStep step)
    {
        var freed = step.Release.Amount;
        if (guardsGuarantees && GuaranteeBroken(step.Job.Queue, freed) is { } queue)
        {
            return $"{queue} would fall below its guarantee";
        }
        if (step.Entitlement.NeedsFinalShare && !claim.FinalShareHolds(step.Job.Queue, FreedFrom(step.Job.Queue) + freed))
        {
            return "its queue's share would fall below the preemptor's";
        }
        if (step.Offer.Kind == MoveKind.Finish)
        {
            return null;
        }
        var perPass = Amounts.Fraction(backend.Backend.Capacity, pass.Options.MaximumBeingFreed);
        if (!(backend.BeingFreed + _disturbed + freed).FitsIn(perPass))
        {
            return "no more may be freed at a time";
        }
        if (StopsLeft(step.Job) <= 0)
        {
            return "enough jobs of its queue made room in the last hour";
        }
        return SavepointBudgetBroken(step) ?? (!step.ViolatesBudget && ViolatesBudget(step.Job) ? "its disruption budget is used up" : null);
    }

    /// <summary>Why nothing at all can be taken from a queue any more; null when something may.</summary>
    public string? ExhaustedQueue(string queue, Entitlement entitlement)
    {
        if (entitlement.NeedsFinalShare && !claim.FinalShareHolds(queue, FreedFrom(queue)))
        {
            return "its queue's share would fall below the preemptor's";
        }
        // A job may be all memory or all CPU: nothing can be taken only when neither is left.
        return GuaranteeBroken(queue, Amounts.Of(1, 0)) is { } path && GuaranteeBroken(queue, Amounts.Of(0, 1)) is not null
            ? $"{path} would fall below its guarantee"
            : null;
    }

    /// <summary>How many more jobs of a job's queue may be displaced now; the largest number when they are not rationed.</summary>
    public int StopsLeft(FleetJob job)
    {
        // Batch that yields in the morning loses next to nothing and was told so: that is no disturbance to be rationed.
        if (request.LosesAtMostOneInterval && job.Tier <= WorkloadTier.Batch)
        {
            return int.MaxValue;
        }
        var running = backend.Backend.Running.GetValueOrDefault(job.Queue) + pass.GoneInLastHour(job.Backend, job.Queue);
        var allowed = Math.Max(1, (int)(running * pass.Options.MaximumStopsPerQueueAndHour));
        return Math.Max(0, allowed - pass.StopsInLastHour(job.Backend, job.Queue) - _stops.GetValueOrDefault(job.Queue));
    }

    /// <summary>What a queue and its parents may still lose; null when nothing is guaranteed to them.</summary>
    public ResourceAmount? SurplusOf(string queue)
    {
        ResourceAmount? least = null;
        foreach (var path in PathsOf(queue))
        {
            if (claim.Holds(path))
            {
                break;
            }
            if (backend.Backend.Queues.TryGetValue(path, out var report) && report.Guaranteed is { } guaranteed)
            {
                var surplus = (backend.UsedBy(path)!.Value - FreedFrom(path) - guaranteed).AtLeastZero();
                least = least is { } known ? known.Least(surplus) : surplus;
            }
        }
        return least;
    }

    public void Add(PlanStep step, int sign)
    {
        var release = step.Release.Amount * sign;
        foreach (var path in PathsOf(step.Job.Queue))
        {
            _freedFrom[path] = FreedFrom(path) + release;
        }
        _freed += release;
        if (step.Offer.Kind == MoveKind.Finish)
        {
            return;
        }
        _disturbed += release;
        // Who exceeds a budget leaves what it still allows to others.
        foreach (var budget in step.ViolatesBudget ? [] : step.Job.DisruptionBudgets)
        {
            _budgets[budget] = _budgets.GetValueOrDefault(budget) + sign;
        }
        _stops[step.Job.Queue] = _stops.GetValueOrDefault(step.Job.Queue) + sign;
        if (step.Offer.Kind == MoveKind.StopWithSavepoint)
        {
            _savepoints[step.Job.Job.Team] = _savepoints.GetValueOrDefault(step.Job.Job.Team) + sign;
        }
    }

    private string[] PathsOf(string queue)
    {
        if (!_paths.TryGetValue(queue, out var paths))
        {
            _paths.Add(queue, paths = [.. QueuePaths.SelfAndAbove(queue)]);
        }
        return paths;
    }

    private ResourceAmount FreedFrom(string queue) => _freedFrom.GetValueOrDefault(queue);

    /// <summary>The victim's queue or a parent of it that would fall below its guarantee; what holds the preemptor as well is not asked.</summary>
    private string? GuaranteeBroken(string queue, ResourceAmount freed)
    {
        foreach (var path in PathsOf(queue))
        {
            if (claim.Holds(path))
            {
                return null;
            }
            if (!backend.Backend.Queues.TryGetValue(path, out var report) || report.Guaranteed is not { } guaranteed)
            {
                continue;
            }
            var left = backend.UsedBy(path)!.Value - FreedFrom(path) - freed;
            if ((freed.Memory.Bytes > 0 && left.Memory.Bytes < guaranteed.Memory.Bytes)
                || (freed.CpuMillicores > 0 && left.CpuMillicores < guaranteed.CpuMillicores))
            {
                return path;
            }
        }
        return null;
    }

    private string? SavepointBudgetBroken(PlanStep step)
    {
        if (step.Offer.Kind != MoveKind.StopWithSavepoint)
        {
            return null;
        }
        var team = step.Job.Job.Team;
        var all = pass.Savepoints + _savepoints.Values.Sum();
        return all >= pass.Options.MaximumSavepoints
            || pass.SavepointsOf(team) + _savepoints.GetValueOrDefault(team) >= pass.Options.MaximumSavepointsPerTeam
            ? "enough savepoints are being written"
            : null;
    }
}

/// <summary>What the preemptor's queue may claim, the request included.</summary>
internal sealed class QueueClaim
{
    private readonly BackendPass _backend;
    private readonly string _queue;
    private readonly ResourceAmount _request;
    private readonly double _deadZone;

    private QueueClaim(BackendPass backend, string queue, ResourceAmount request, double deadZone)
    {
        _backend = backend;
        _queue = queue;
        _request = request;
        _deadZone = deadZone;
    }

    public bool HasGuarantee { get; private set; }

    public bool IsWithinGuarantee { get; private set; } = true;

    /// <summary>How much must be freed inside the own queues so that none exceeds its maximum.</summary>
    public ResourceAmount Excess { get; private set; }

    /// <summary>The lowest of the own queues that would exceed its maximum: only room inside it helps.</summary>
    public string? OnlyBelow { get; private set; }

    /// <summary>An own queue whose maximum is smaller than the request alone.</summary>
    public string? TooLargeFor { get; private set; }

    public static QueueClaim Of(BackendPass backend, string queue, ResourceAmount request, double deadZone)
    {
        var claim = new QueueClaim(backend, queue, request, deadZone);
        foreach (var path in QueuePaths.SelfAndAbove(queue))
        {
            if (backend.Backend.Queues.TryGetValue(path, out var report))
            {
                claim.Read(path, report);
            }
        }
        return claim;
    }

    /// <summary>Whether a queue is the preemptor's or holds it.</summary>
    public bool Holds(string queue) => QueuePaths.IsSelfOrBelow(_queue, queue);

    /// <summary>Whether a queue holds more than its guarantee and the dead zone in some resource.</summary>
    public bool Owes(string queue) =>
        _backend.Backend.Queues.TryGetValue(queue, out var report)
        && !_backend.UsedBy(queue)!.Value.FitsIn(Amounts.Fraction(report.Guaranteed ?? default, 1 + _deadZone));

    /// <summary>What a queue holds above its guarantee, as a share of the backend.</summary>
    public double OverServed(string queue) => OverServed(queue, default);

    /// <summary>After losing so much a queue's share is still at least the preemptor's new one.</summary>
    public bool FinalShareHolds(string victim, ResourceAmount lost) =>
        OverServed(_queue, default(ResourceAmount) - _request) <= OverServed(victim, lost);

    private double OverServed(string queue, ResourceAmount lost) =>
        _backend.Backend.Queues.TryGetValue(queue, out var report)
            ? (_backend.UsedBy(queue)!.Value - lost - (report.Guaranteed ?? default)).AtLeastZero().ShareOf(_backend.Backend.Capacity)
            : 0;

    private void Read(string path, QueueReport report)
    {
        var after = _backend.UsedBy(path)!.Value + _request;
        if (string.Equals(path, _queue, StringComparison.Ordinal) && report.Guaranteed is { } guaranteed)
        {
            HasGuarantee = true;
            IsWithinGuarantee = after.FitsIn(guaranteed);
        }
        if (report.Maximum is not { } maximum || after.FitsIn(maximum))
        {
            return;
        }
        TooLargeFor ??= _request.FitsIn(maximum) ? null : path;
        OnlyBelow ??= path;
        var excess = (after - maximum).AtLeastZero();
        Excess = Excess.Most(excess);
    }
}
