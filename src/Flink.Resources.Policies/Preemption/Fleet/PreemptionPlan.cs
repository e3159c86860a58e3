using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>Decides who makes room for whom. Pure: same input, same plan; no clock, no I/O, no randomness.</summary>
public interface IPreemptionPolicy
{
    /// <summary>The policy's name.</summary>
    string Name { get; }

    /// <summary>
    /// Plans for several preemptors in one pass, the most important first: nobody is a victim twice, and what is freed for one is
    /// no room for the next. The order of <paramref name="requests"/> means nothing.
    /// </summary>
    /// <param name="snapshot">The fleet; the plan carries its version, and applying it compares each victim's epoch.</param>
    /// <param name="requests">Who waits for room.</param>
    /// <param name="ledger">What earlier plans did and still hold.</param>
    /// <param name="now">The time of the decision.</param>
    PreemptionPlan Plan(
        FleetSnapshot snapshot, ImmutableArray<PreemptionRequest> requests, PreemptionLedger ledger, DateTimeOffset now);
}

/// <summary>What is to be done, for whom and why.</summary>
/// <param name="SnapshotVersion">The version of the fleet's snapshot that was looked at.</param>
/// <param name="DecidedAt">The time of the decision.</param>
/// <param name="Decisions">One per request, in the order of planning: the most important first.</param>
public sealed record PreemptionPlan(long SnapshotVersion, DateTimeOffset DecidedAt, ImmutableArray<PreemptionDecision> Decisions)
{
    /// <summary>All moves of the plan.</summary>
    public IEnumerable<PlannedMove> Moves => Decisions.SelectMany(static d => d.Moves);
}

/// <summary>How a request ended.</summary>
public enum PreemptionOutcome
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>There is room already.</summary>
    Fits,

    /// <summary>Nothing is done now: room is being freed, or it has not waited long enough.</summary>
    Waits,

    /// <summary>The moves make room for the whole preemptor.</summary>
    Displaces,

    /// <summary>No room can be made; nobody is touched.</summary>
    Refused,
}

/// <summary>The decision on one request.</summary>
public sealed record PreemptionDecision
{
    /// <summary>Who asked.</summary>
    public required JobKey Job { get; init; }

    /// <summary>How it ended.</summary>
    public required PreemptionOutcome Outcome { get; init; }

    /// <summary>Where it fits, or will; null when it does not.</summary>
    public Placement? Placement { get; init; }

    /// <summary>Who moves, in the order of choice; empty unless the outcome is <see cref="PreemptionOutcome.Displaces"/>.</summary>
    public ImmutableArray<PlannedMove> Moves { get; init; } = [];

    /// <summary>The room that is held for the preemptor from now on; null when nothing is freed.</summary>
    public RoomReservation? Reservation { get; init; }

    /// <summary>Who was considered and spared: the first rule that spared it. At most as many as the option says.</summary>
    public ImmutableArray<SparedJob> Spared { get; init; } = [];

    /// <summary>How many were spared by each rule, the ones not listed included.</summary>
    public ImmutableSortedDictionary<string, int> SparedByRule { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>A sentence for a person: why, and for a refusal what would change it.</summary>
    public required string Reason { get; init; }
}

/// <summary>What a job can do to make room, the gentlest first.</summary>
public enum MoveKind
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Nothing is done: it ends or leaves by itself in time.</summary>
    Finish,

    /// <summary>It gives up whole TaskManagers above its minimum by a rescale.</summary>
    Shrink,

    /// <summary>It is stopped with a savepoint and waits in its queue again, with that savepoint to start from.</summary>
    StopWithSavepoint,

    /// <summary>It takes a checkpoint, is stopped, and waits in its queue again, with that checkpoint to start from.</summary>
    Requeue,

    /// <summary>The last resort: stopped at once, to start again from its last retained checkpoint.</summary>
    Kill,
}

/// <summary>One job's part of a plan.</summary>
public sealed record PlannedMove
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>The start that the plan is about.</summary>
    public required long Epoch { get; init; }

    /// <summary>Where it lives.</summary>
    public required Placement From { get; init; }

    /// <summary>What it does.</summary>
    public required MoveKind Kind { get; init; }

    /// <summary>TaskManagers that it keeps; 0 when it goes.</summary>
    public required int TaskManagersKept { get; init; }

    /// <summary>What becomes free.</summary>
    public required ResourceAmount Freed { get; init; }

    /// <summary>How long until it is free.</summary>
    public required TimeSpan FreeAfter { get; init; }

    /// <summary>What it loses.</summary>
    public required MoveCost Cost { get; init; }

    /// <summary>The rule that entitles the preemptor.</summary>
    public required Entitlement Entitlement { get; init; }

    /// <summary>Disruption budgets that it counts against.</summary>
    public ImmutableArray<string> Budgets { get; init; } = [];

    /// <summary>Whether one of them is exceeded.</summary>
    public bool ViolatesBudget { get; init; }

    /// <summary>A sentence for a person.</summary>
    public required string Reason { get; init; }
}

/// <summary>A job that was considered and stays.</summary>
/// <param name="Job">The job.</param>
/// <param name="Rule">The first rule that spared it.</param>
public sealed record SparedJob(JobKey Job, string Rule);

/// <summary>Room that belongs to the one that it is freed for; everybody else sees it as used.</summary>
/// <param name="Job">The preemptor.</param>
/// <param name="Placement">Where.</param>
/// <param name="Amount">How much: the whole preemptor, what was free before included.</param>
/// <param name="Nodes">On which nodes how much, where nodes are known; empty elsewhere.</param>
/// <param name="Sources">Who frees it; while these still run, that part of the room is not there yet.</param>
/// <param name="Until">The end of the reservation, whether it was used or not.</param>
public sealed record RoomReservation(
    JobKey Job,
    Placement Placement,
    ResourceAmount Amount,
    ImmutableArray<NodeAmount> Nodes,
    ImmutableArray<RoomSource> Sources,
    DateTimeOffset Until);

/// <summary>One that frees room.</summary>
/// <param name="Job">The job.</param>
/// <param name="Epoch">The start that frees it.</param>
/// <param name="TaskManagersKept">TaskManagers that it keeps; 0 when it goes.</param>
/// <param name="Leaves">Whether the whole job goes.</param>
public readonly record struct RoomSource(JobKey Job, long Epoch, int TaskManagersKept, bool Leaves);

/// <summary>Room on one node.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Amount">How much.</param>
public readonly record struct NodeAmount(string Node, ResourceAmount Amount);
