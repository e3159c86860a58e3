using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>
/// What earlier plans did and still hold: displacements of the last day, and reservations. Immutable; the engine journals it.
/// </summary>
public sealed class PreemptionLedger
{
    private PreemptionLedger(ImmutableList<Displacement> displacements, ImmutableDictionary<JobKey, RoomReservation> reservations)
    {
        Displacements = displacements;
        Reservations = reservations;
    }

    /// <summary>A ledger without entries.</summary>
    public static PreemptionLedger Empty { get; } = new([], ImmutableDictionary<JobKey, RoomReservation>.Empty);

    /// <summary>Jobs that had to make room, oldest first.</summary>
    public ImmutableList<Displacement> Displacements { get; }

    /// <summary>By preemptor: room that is held for it.</summary>
    public ImmutableDictionary<JobKey, RoomReservation> Reservations { get; }

    /// <summary>Writes down what a plan does: its moves and its reservations.</summary>
    public PreemptionLedger Record(PreemptionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var (displacements, reservations) = (Displacements, Reservations);
        foreach (var decision in plan.Decisions)
        {
            if (decision.Reservation is not { } reservation)
            {
                continue;
            }
            var depth = DepthOf(decision.Job) + 1;
            displacements = displacements.AddRange(decision.Moves
                .Where(static m => m.Kind != MoveKind.Finish)
                .Select(m => new Displacement(m.Job, m.Epoch, m.From, m.Kind, m.TaskManagersKept, plan.DecidedAt, reservation.Until, depth)
                {
                    Budgets = m.Budgets,
                    Paused = m.Kind != MoveKind.Shrink,
                }));
            reservations = reservations.SetItem(decision.Job, reservation);
        }
        return new(displacements, reservations);
    }

    /// <summary>Ends the reservation of a preemptor that started, gave up or vanished. Moves that were begun go on counting.</summary>
    public PreemptionLedger Release(JobKey preemptor) => new(Displacements, Reservations.Remove(preemptor));

    /// <summary>A planned move was called off before anything happened to the job: its latest displacement counts nowhere.</summary>
    public PreemptionLedger CalledOff(JobKey job)
    {
        var last = Displacements.FindLastIndex(d => d.Job == job);
        return last < 0 ? this : new(Displacements.RemoveAt(last), Reservations);
    }

    /// <summary>A displaced job has run undisturbed for its pause: it may preempt again. Its stops still count in the budgets.</summary>
    public PreemptionLedger Recovered(JobKey job) =>
        new([.. Displacements.Select(d => d.Job == job ? d with { Paused = false } : d)], Reservations);

    /// <summary>
    /// What time does: displaced jobs that have run stably for <see cref="FleetPreemptionOptions.PauseAfterDisplacement"/> since may preempt
    /// again; displacements are forgotten after a day and reservations when their time is over.
    /// </summary>
    /// <param name="snapshot">The fleet.</param>
    /// <param name="options">The policy's numbers.</param>
    /// <param name="now">The time.</param>
    public PreemptionLedger Advance(FleetSnapshot snapshot, FleetPreemptionOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(options);
        return new PreemptionLedger([.. Displacements.Select(d => d.Paused && HasRecovered(d) ? d with { Paused = false } : d)], Reservations).Prune(now);

        // Stable since before it was displaced: it has not been stopped yet.
        bool HasRecovered(Displacement displacement) =>
            snapshot.Find(displacement.Job)?.StableSince is { } since && since > displacement.At && now - since >= options.PauseAfterDisplacement;
    }

    /// <summary>Forgets what is a day old and reservations whose time is over.</summary>
    public PreemptionLedger Prune(DateTimeOffset now) => new(
        Displacements.RemoveAll(d => now - d.At > TimeSpan.FromDays(1) && !d.Paused),
        Reservations.RemoveRange(Reservations.Values.Where(r => r.Until <= now).Select(static r => r.Job)));

    /// <summary>How long the chain of displacements is that ends with this job; 0 when it may preempt freely.</summary>
    internal int DepthOf(JobKey job) => Displacements.Where(d => d.Paused && d.Job == job).Select(static d => d.Depth).DefaultIfEmpty().Max();
}

/// <summary>One job that had to make room.</summary>
/// <param name="Job">The job.</param>
/// <param name="Epoch">The start that was displaced.</param>
/// <param name="From">Where it lived.</param>
/// <param name="Kind">What it did.</param>
/// <param name="TaskManagersKept">TaskManagers that it kept; 0 when it went.</param>
/// <param name="At">When that was decided.</param>
/// <param name="Until">By then it is done, or called off.</param>
/// <param name="Depth">1 when the preemptor itself had not been displaced, else one more than its own.</param>
public sealed record Displacement(
    JobKey Job, long Epoch, Placement From, MoveKind Kind, int TaskManagersKept, DateTimeOffset At, DateTimeOffset Until, int Depth)
{
    /// <summary>Disruption budgets that it counts against: while it moves, and until it has recovered.</summary>
    public ImmutableArray<string> Budgets { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whether the job may not preempt until it has run again for a while.</summary>
    public bool Paused { get; init; }

    /// <summary>Who frees what; while that still runs the move is going on.</summary>
    internal RoomSource Source => new(Job, Epoch, TaskManagersKept, Kind != MoveKind.Shrink);
}
