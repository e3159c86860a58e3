namespace Flink.Resources.Preemption.Fleet;

/// <summary>What one pass over one snapshot has used up so far; each plan is applied to it before the next is made.</summary>
internal sealed class PlanningPass
{
    private readonly Dictionary<string, BackendPass> _backends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _budgetsUsed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _savepointsByTeam = new(StringComparer.Ordinal);
    private readonly Dictionary<Placement, int> _stopsInLastHour = [];
    private readonly Dictionary<Placement, int> _goneInLastHour = [];
    private readonly Dictionary<JobKey, (int Count, DateTimeOffset Last)> _displaced = [];

    public PlanningPass(FleetSnapshot snapshot, PreemptionLedger ledger, FleetPreemptionOptions options, DateTimeOffset now)
    {
        Snapshot = snapshot;
        Ledger = ledger;
        Options = options;
        Now = now;
        foreach (var displacement in ledger.Displacements.Where(d => d.Paused || now - d.At < TimeSpan.FromDays(1)))
        {
            Resume(displacement);
            var (count, last) = _displaced.GetValueOrDefault(displacement.Job);
            var isOfLastDay = now - displacement.At < TimeSpan.FromDays(1);
            _displaced[displacement.Job] = (count + (isOfLastDay ? 1 : 0), last > displacement.At ? last : displacement.At);
            if (now - displacement.At < TimeSpan.FromHours(1))
            {
                _stopsInLastHour[displacement.From] = _stopsInLastHour.GetValueOrDefault(displacement.From) + 1;
                _goneInLastHour[displacement.From] = _goneInLastHour.GetValueOrDefault(displacement.From) + (snapshot.Find(displacement.Job) is null ? 1 : 0);
            }
        }
        foreach (var source in ledger.Reservations.Values.Where(r => r.Until > now).SelectMany(static r => r.Sources))
        {
            if (BackendPass.Pending(source, snapshot) is not null)
            {
                Moving.Add(source.Job);
            }
        }
    }

    public FleetSnapshot Snapshot { get; }

    public PreemptionLedger Ledger { get; }

    public FleetPreemptionOptions Options { get; }

    public DateTimeOffset Now { get; }

    public HashSet<JobKey> Moving { get; } = [];

    public int Savepoints { get; private set; }

    public BackendPass? On(string backend)
    {
        if (!_backends.TryGetValue(backend, out var pass) && Snapshot.Backends.TryGetValue(backend, out var found))
        {
            _backends.Add(backend, pass = new(found, this));
        }
        return pass;
    }

    public int SavepointsOf(string team) => _savepointsByTeam.GetValueOrDefault(team);

    public int BudgetUsed(string budget) => _budgetsUsed.GetValueOrDefault(budget);

    public int StopsInLastHour(string backend, string queue) => _stopsInLastHour.GetValueOrDefault(new(backend, queue));

    /// <summary>Those of them that no longer run: they were running jobs of the queue as well.</summary>
    public int GoneInLastHour(string backend, string queue) => _goneInLastHour.GetValueOrDefault(new(backend, queue));

    /// <summary>Displacements of the last day, by the job's record and by the ledger, which may know of the same ones.</summary>
    public int StopsInLastDay(FleetJob job) => Math.Max(
        job.InvoluntaryStops.Count(s => Now - s < TimeSpan.FromDays(1)), _displaced.GetValueOrDefault(job.Job).Count);

    public bool IsCoolingDown(FleetJob job) =>
        job.InvoluntaryStops.Any(s => Now - s < Options.CoolDown)
        || (_displaced.TryGetValue(job.Job, out var found) && Now - found.Last < Options.CoolDown);

    /// <summary>What an earlier pass began: it uses up budgets until it is done, and its disruption until the job has recovered.</summary>
    private void Resume(Displacement displacement)
    {
        var isMoving = displacement.Until > Now && BackendPass.Pending(displacement.Source, Snapshot) is not null;
        if (isMoving)
        {
            Moving.Add(displacement.Job);
            if (displacement.Kind == MoveKind.StopWithSavepoint)
            {
                Savepoints++;
                _savepointsByTeam[displacement.Job.Team] = SavepointsOf(displacement.Job.Team) + 1;
            }
        }
        foreach (var budget in isMoving || displacement.Paused ? displacement.Budgets : [])
        {
            _budgetsUsed[budget] = BudgetUsed(budget) + 1;
        }
    }

    /// <summary>Applies a plan, so that the next one sees it.</summary>
    public void Commit(Attempt attempt)
    {
        foreach (var step in attempt.Steps)
        {
            Moving.Add(step.Job.Job);
            if (step.Offer.Kind == MoveKind.Finish)
            {
                continue;
            }
            foreach (var budget in step.Job.DisruptionBudgets)
            {
                _budgetsUsed[budget] = BudgetUsed(budget) + 1;
            }
            var place = new Placement(step.Job.Backend, step.Job.Queue);
            _stopsInLastHour[place] = _stopsInLastHour.GetValueOrDefault(place) + 1;
            if (step.Offer.Kind == MoveKind.StopWithSavepoint)
            {
                Savepoints++;
                _savepointsByTeam[step.Job.Job.Team] = SavepointsOf(step.Job.Job.Team) + 1;
            }
        }
        attempt.Pass.Commit(attempt);
    }
}

/// <summary>One backend's part of a pass: its free room without what is held for others, and what its queues will hold.</summary>
internal sealed class BackendPass
{
    private readonly Dictionary<string, ResourceAmount> _queueDelta = new(StringComparer.Ordinal);

    public BackendPass(FleetBackend backend, PlanningPass pass)
    {
        Backend = backend;
        Free = backend.Free;
        foreach (var reservation in pass.Ledger.Reservations.Values)
        {
            if (reservation.Until > pass.Now && string.Equals(reservation.Placement.Backend, backend.Name, StringComparison.Ordinal))
            {
                Hold(reservation, pass.Snapshot, sign: 1);
            }
        }
        foreach (var displacement in pass.Ledger.Displacements)
        {
            if (displacement.Until > pass.Now && string.Equals(displacement.From.Backend, backend.Name, StringComparison.Ordinal)
                && Pending(displacement.Source, pass.Snapshot) is { } release)
            {
                BeingFreed += release.Amount;
            }
        }
    }

    public FleetBackend Backend { get; }

    public ResourceAmount Free { get; private set; }

    /// <summary>By node: what differs from the snapshot's free room.</summary>
    public Dictionary<string, ResourceAmount> NodeDelta { get; } = new(StringComparer.Ordinal);

    /// <summary>Room that jobs are made to give up, by this pass and by earlier ones.</summary>
    public ResourceAmount BeingFreed { get; private set; }

    public ResourceAmount FreeOn(string node) =>
        Backend.Nodes.TryGetValue(node, out var report) ? FleetBackend.FreeOf(report) : FleetBackend.Unusable;

    /// <summary>What a queue and all below it hold after the plans of this pass; null when the backend reports no such queue.</summary>
    public ResourceAmount? UsedBy(string queue) =>
        Backend.Queues.TryGetValue(queue, out var report) ? report.Used + _queueDelta.GetValueOrDefault(queue) : null;

    /// <summary>Takes a reservation out of the free room (or gives it back to its owner): only the part that is there already.</summary>
    public void Hold(RoomReservation reservation, FleetSnapshot snapshot, int sign)
    {
        var outstanding = reservation.Sources.Select(s => Pending(s, snapshot)).OfType<Release>().ToList();
        var held = outstanding.Aggregate(reservation.Amount, static (sum, r) => sum - r.Amount).AtLeastZero();
        Free -= held * sign;
        // Its queue will hold all of it, and those that leave no longer hold what they give.
        AddToQueue(reservation.Placement.Queue, reservation.Amount * sign);
        foreach (var release in outstanding)
        {
            AddToQueue(release.Job.Queue, release.Amount * -sign);
        }
        var nodes = reservation.Nodes.ToDictionary(static n => n.Node, static n => n.Amount, StringComparer.Ordinal);
        foreach (var (node, amount) in outstanding.SelectMany(static r => r.Nodes()))
        {
            if (nodes.TryGetValue(node, out var onNode))
            {
                nodes[node] = (onNode - amount).AtLeastZero();
            }
        }
        foreach (var (node, amount) in nodes)
        {
            AddToNode(node, amount * -sign);
        }
    }

    /// <summary>What a source still has to release; null when it did.</summary>
    public static Release? Pending(RoomSource source, FleetSnapshot snapshot)
    {
        var job = snapshot.Find(source.Job);
        return job is null || job.Epoch != source.Epoch || (!source.Leaves && job.TaskManagers <= source.TaskManagersKept)
            ? null
            : new Release(job, source.TaskManagersKept, source.Leaves);
    }

    public void Commit(Attempt attempt)
    {
        foreach (var step in attempt.Steps)
        {
            var release = step.Release;
            Free += release.Amount;
            BeingFreed += step.Offer.Kind == MoveKind.Finish ? default : release.Amount;
            AddToQueue(step.Job.Queue, default(ResourceAmount) - release.Amount);
            foreach (var (node, amount) in release.Nodes())
            {
                AddToNode(node, amount);
            }
        }
        Free -= attempt.Room.Request.Total;
        AddToQueue(attempt.Placement.Queue, attempt.Room.Request.Total);
        foreach (var (node, amount) in attempt.Nodes)
        {
            AddToNode(node, default(ResourceAmount) - amount);
        }
    }

    private void AddToNode(string node, ResourceAmount amount) => NodeDelta[node] = NodeDelta.GetValueOrDefault(node) + amount;

    private void AddToQueue(string queue, ResourceAmount amount)
    {
        foreach (var path in QueuePaths.SelfAndAbove(queue))
        {
            _queueDelta[path] = _queueDelta.GetValueOrDefault(path) + amount;
        }
    }
}

/// <summary>Dotted paths of queues.</summary>
internal static class QueuePaths
{
    /// <summary>The queue, then its parents up to the root.</summary>
    public static IEnumerable<string> SelfAndAbove(string queue)
    {
        for (var path = queue; ;)
        {
            yield return path;
            if (path.LastIndexOf('.') is not (> 0 and var dot))
            {
                yield break;
            }
            path = path[..dot];
        }
    }

    public static bool IsSelfOrBelow(string queue, string ancestor) =>
        queue.StartsWith(ancestor, StringComparison.Ordinal) && (queue.Length == ancestor.Length || queue[ancestor.Length] == '.');
}

/// <summary>One chosen move while a plan is being made.</summary>
internal sealed record PlanStep(FleetJob Job, MoveOffer Offer, Entitlement Entitlement, bool ViolatesBudget, double CoreSeconds)
{
    public Release Release => new(Job, Offer.TaskManagersKept, Offer.Kind != MoveKind.Shrink);
}

/// <summary>What came of one request at one placement.</summary>
internal sealed class Attempt(BackendPass pass, Placement placement, RoomTest room)
{
    public BackendPass Pass => pass;

    public Placement Placement => placement;

    public RoomTest Room => room;

    public PreemptionOutcome Outcome { get; set; }

    public string Reason { get; set; } = "";

    public List<PlanStep> Steps { get; } = [];

    public SparedLog Spared { get; } = new();

    public System.Collections.Immutable.ImmutableArray<NodeAmount> Nodes { get; set; } = [];
}

/// <summary>Who was spared: a few names, and all counts.</summary>
internal sealed class SparedLog
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<SparedJob> _listed = [];

    public IReadOnlyList<SparedJob> Listed => _listed;

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public void Add(FleetJob job, string rule, int maximum)
    {
        _counts[rule] = _counts.GetValueOrDefault(rule) + 1;
        if (_listed.Count < maximum)
        {
            _listed.Add(new(job.Job, rule));
        }
    }

    public void Add(JobBucket bucket, string rule, int maximum)
    {
        _counts[rule] = _counts.GetValueOrDefault(rule) + bucket.Jobs.Count;
        foreach (var job in bucket.Jobs)
        {
            if (_listed.Count >= maximum)
            {
                return;
            }
            _listed.Add(new(job.Job.Job, rule));
        }
    }
}
