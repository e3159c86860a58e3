using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>The replaceable parts of the policy.</summary>
/// <param name="Entitlement">May it take from there at all?</param>
/// <param name="Cost">What does a move cost?</param>
/// <param name="Order">Among jobs of equal band, priority and queue: who first?</param>
public sealed record FleetPreemptionParts(IEntitlementRule Entitlement, IMoveCostModel Cost, ICandidateOrder Order)
{
    /// <summary>How victims are picked among those who may be asked; see <see cref="FleetPreemptionPresets"/>.</summary>
    public VictimSelection Selection { get; init; }

    /// <summary>The parts that know Flink.</summary>
    public static FleetPreemptionParts FlinkAware(FleetPreemptionOptions options) =>
        new(new TierAndGuaranteeRule(options), new CoreSecondsCost(options), new GentlestThenCheapest());

    /// <summary>The same entitlement, but victims as other schedulers choose them: the youngest first.</summary>
    public static FleetPreemptionParts ByAge(FleetPreemptionOptions options) =>
        new(new TierAndGuaranteeRule(options), new CoreSecondsCost(options), new YoungestFirst());
}

/// <summary>
/// Makes room for jobs at the lowest cost in Flink's own terms: a shrink before a savepoint before a requeue before a kill, never without
/// savepoint or retained checkpoint, all of the preemptor or nothing, and nobody moves who need not. Thread-safe; keeps nothing.
/// </summary>
public sealed class FleetPreemptionPolicy : IPreemptionPolicy
{
    private readonly FleetPreemptionOptions _options;
    private readonly FleetPreemptionParts _parts;

    /// <summary>Creates the policy.</summary>
    /// <param name="options">Its numbers.</param>
    /// <param name="parts">Its parts; null for the ones that know Flink.</param>
    /// <exception cref="ArgumentException">Options are out of range; the message names each with its value and its range.</exception>
    public FleetPreemptionPolicy(FleetPreemptionOptions options, FleetPreemptionParts? parts = null)
    {
        FleetPreemptionOptionsCheck.ThrowIfOutOfRange(options);
        _options = options;
        _parts = parts ?? FleetPreemptionParts.FlinkAware(options);
    }

    /// <inheritdoc/>
    public string Name => _parts.Selection switch
    {
        VictimSelection.KubeScheduler => "kube-scheduler",
        VictimSelection.KueueClassical => "kueue",
        VictimSelection.KueueFairSharing => "kueue-fair-sharing",
        VictimSelection.YarnCapacity => "yarn-capacity",
        _ => "flink-aware",
    };

    /// <inheritdoc/>
    public PreemptionPlan Plan(
        FleetSnapshot snapshot, ImmutableArray<PreemptionRequest> requests, PreemptionLedger ledger, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(ledger);
        var pass = new PlanningPass(snapshot, ledger, _options, now);
        var ordered = (requests.IsDefault ? [] : requests)
            .OrderByDescending(static r => r.Tier)
            .ThenByDescending(static r => r.Priority.Value)
            .ThenBy(static r => r.WaitingSince)
            .ThenBy(static r => r.Job.Value, StringComparer.Ordinal);
        return new(snapshot.Version, now, [.. ordered.Select(r => Decide(pass, r))]);
    }

    private PreemptionDecision Decide(PlanningPass pass, PreemptionRequest request)
    {
        var own = ActiveReservation(pass, request.Job);
        if (own is not null && pass.On(own.Placement.Backend) is { } holder)
        {
            // What is held for it is room for it.
            holder.Hold(own, pass.Snapshot, sign: -1);
        }
        var planners = Planners(pass, request);
        foreach (var planner in planners)
        {
            if (planner.TryFit() is { } fit)
            {
                pass.Commit(fit);
                return Report(pass, request, fit);
            }
        }
        if (Waits(pass, request, own) is { } reason)
        {
            Rehold(pass, own);
            return new() { Job = request.Job, Outcome = PreemptionOutcome.Waits, Placement = own?.Placement, Reason = reason };
        }
        var best = planners.Select(static p => p.Displace()).OrderBy(static a => a, AttemptOrder.Instance).FirstOrDefault();
        if (best is null)
        {
            return new() { Job = request.Job, Outcome = PreemptionOutcome.Refused, Reason = "no place that it may run in is known" };
        }
        if (best.Outcome == PreemptionOutcome.Refused)
        {
            Rehold(pass, own);
        }
        else
        {
            pass.Commit(best);
        }
        return Report(pass, request, best);
    }

    private static RoomReservation? ActiveReservation(PlanningPass pass, JobKey job) =>
        pass.Ledger.Reservations.TryGetValue(job, out var found) && found.Until > pass.Now ? found : null;

    private static void Rehold(PlanningPass pass, RoomReservation? own)
    {
        if (own is not null && pass.On(own.Placement.Backend) is { } holder)
        {
            holder.Hold(own, pass.Snapshot, sign: 1);
        }
    }

    private List<PlacementPlanner> Planners(PlanningPass pass, PreemptionRequest request)
    {
        var depth = pass.Ledger.DepthOf(request.Job);
        var result = new List<PlacementPlanner>();
        foreach (var placement in request.Placements)
        {
            if (pass.On(placement.Backend) is { } backend)
            {
                result.Add(new(pass, _parts, request, backend, placement, onlyReclaims: depth > 0));
            }
        }
        return result;
    }

    private string? Waits(PlanningPass pass, PreemptionRequest request, RoomReservation? own)
    {
        if (own is not null && own.Sources.Any(s => BackendPass.Pending(s, pass.Snapshot) is not null))
        {
            return "its room is being freed";
        }
        if (request.NeverPreempts)
        {
            return null;
        }
        if (pass.Ledger.DepthOf(request.Job) > 1)
        {
            return "it was displaced by one that had been displaced itself: it waits for free room";
        }
        return request.Tier < WorkloadTier.RealTime && pass.Now - request.WaitingSince < _options.MinimumWait
            ? "it has not waited long enough to displace anybody"
            : null;
    }

    private PreemptionDecision Report(PlanningPass pass, PreemptionRequest request, Attempt attempt)
    {
        var isRefused = attempt.Outcome == PreemptionOutcome.Refused;
        return new()
        {
            Job = request.Job,
            Outcome = attempt.Outcome,
            Placement = isRefused ? null : attempt.Placement,
            Moves = [.. attempt.Steps.Select(s => Move(pass, s))],
            Reservation = attempt.Outcome == PreemptionOutcome.Displaces ? Reserve(pass, request, attempt) : null,
            Spared = [.. attempt.Spared.Listed],
            SparedByRule = attempt.Spared.Counts.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Reason = attempt.Reason,
        };
    }

    private static RoomReservation Reserve(PlanningPass pass, PreemptionRequest request, Attempt attempt) => new(
        request.Job,
        attempt.Placement,
        request.Total,
        attempt.Nodes,
        [.. attempt.Steps.Select(static s => new RoomSource(s.Job.Job, s.Job.Epoch, s.Offer.TaskManagersKept, s.Offer.Kind != MoveKind.Shrink))],
        pass.Now + (request.Deadline ?? FleetPreemptionOptions.DeadlineOf(request.Tier)));

    private PlannedMove Move(PlanningPass pass, PlanStep step) => new()
    {
        Job = step.Job.Job,
        Epoch = step.Job.Epoch,
        From = new(step.Job.Backend, step.Job.Queue),
        Kind = step.Offer.Kind,
        TaskManagersKept = step.Offer.TaskManagersKept,
        Freed = step.Release.Amount,
        FreeAfter = step.Offer.FreeAfter,
        Cost = _parts.Cost.Rate(step.Job, step.Offer.Kind, step.Offer.TaskManagersKept, pass.Snapshot.UnknownStateBytes, pass.Now),
        Entitlement = step.Entitlement,
        Budgets = step.Job.DisruptionBudgets,
        ViolatesBudget = step.ViolatesBudget,
        Reason = $"{Verb(step.Offer.Kind)} because {step.Entitlement.Reason}",
    };

    private static string Verb(MoveKind kind) => kind switch
    {
        MoveKind.Finish => "ends by itself in time and is asked",
        MoveKind.Shrink => "gives up TaskManagers",
        MoveKind.StopWithSavepoint => "is stopped with a savepoint",
        MoveKind.Requeue => "takes a checkpoint and waits again",
        _ => "is stopped at once",
    };
}

/// <summary>Which of several placements: fewest budget violations, least important worst victim, lowest cost, name.</summary>
internal sealed class AttemptOrder : IComparer<Attempt>
{
    public static AttemptOrder Instance { get; } = new();

    public int Compare(Attempt? x, Attempt? y)
    {
        var left = KeyOf(x!);
        var right = KeyOf(y!);
        var order = left.CompareTo(right);
        return order != 0 ? order : string.CompareOrdinal(x!.Placement.ToString(), y!.Placement.ToString());
    }

    private static (bool Refused, int Violations, WorkloadTier Tier, int Priority, double Seconds) KeyOf(Attempt attempt)
    {
        var worst = attempt.Steps.Select(static s => new Level(s.Job.Tier, s.Job.EffectivePriority))
            .OrderByDescending(static l => l, Level.LeastImportantFirst).FirstOrDefault();
        return (
            attempt.Outcome == PreemptionOutcome.Refused,
            attempt.Steps.Count(static s => s.ViolatesBudget),
            worst.Tier,
            worst.Priority,
            attempt.Steps.Sum(static s => s.CoreSeconds));
    }
}
