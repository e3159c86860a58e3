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
            var depth = DepthOf(decision.Job) + 1;
            displacements = displacements.AddRange(decision.Moves
                .Where(static m => m.Kind != MoveKind.Finish)
                .Select(m => new Displacement(m.Job, m.From, plan.DecidedAt, depth, m.Kind != MoveKind.Shrink)));
            reservations = decision.Reservation is { } reservation ? reservations.SetItem(decision.Job, reservation) : reservations;
        }
        return new(displacements, reservations);
    }

    /// <summary>Ends the reservation of a preemptor that started, gave up or vanished.</summary>
    public PreemptionLedger Release(JobKey preemptor) => new(Displacements, Reservations.Remove(preemptor));

    /// <summary>A displaced job has run undisturbed for its pause: it may preempt again. Its stops still count in the budgets.</summary>
    public PreemptionLedger Recovered(JobKey job) =>
        new([.. Displacements.Select(d => d.Job == job ? d with { Paused = false } : d)], Reservations);

    /// <summary>Forgets what is a day old and reservations whose time is over.</summary>
    public PreemptionLedger Prune(DateTimeOffset now) => new(
        Displacements.RemoveAll(d => now - d.At > TimeSpan.FromDays(1) && !d.Paused),
        Reservations.RemoveRange(Reservations.Values.Where(r => r.Until <= now).Select(static r => r.Job)));

    /// <summary>How long the chain of displacements is that ends with this job; 0 when it may preempt freely.</summary>
    internal int DepthOf(JobKey job) => Displacements.Where(d => d.Paused && d.Job == job).Select(static d => d.Depth).DefaultIfEmpty().Max();
}

/// <summary>One job that had to make room.</summary>
/// <param name="Job">The job.</param>
/// <param name="From">Where it lived.</param>
/// <param name="At">When.</param>
/// <param name="Depth">1 when the preemptor itself had not been displaced, else one more than its own.</param>
/// <param name="Paused">Whether the job may not preempt until it has run again for a while.</param>
public sealed record Displacement(JobKey Job, Placement From, DateTimeOffset At, int Depth, bool Paused);
