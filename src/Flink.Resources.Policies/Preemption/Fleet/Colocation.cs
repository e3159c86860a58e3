using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>What online services need from a time of the day on, until the next step.</summary>
/// <param name="From">The time of the day, in the clock of the plan's <c>now</c>.</param>
/// <param name="Needed">How much they need then.</param>
public readonly record struct OnlineStep(TimeOnly From, ResourceAmount Needed);

/// <summary>
/// Online services and Flink on one backend: batch fills what online leaves over at night, and yields ahead of the morning, losing at most
/// one interval between checkpoints. Pure: the time is an input.
/// </summary>
public sealed class Colocation
{
    private readonly ImmutableArray<OnlineStep> _steps;

    /// <summary>Creates a schedule.</summary>
    /// <param name="placement">The backend, and the queue that online services are accounted to.</param>
    /// <param name="podSize">The size of one pod; room is made in multiples of it.</param>
    /// <param name="steps">What is needed over the day; at least one step.</param>
    /// <param name="lead">How long before it is needed room is made. It must leave time for many passes; an hour is a good start.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lead is not from 0 to 24 hours.</exception>
    /// <exception cref="ArgumentException">There is no step, two steps begin at the same time, or a pod has no size.</exception>
    public Colocation(Placement placement, ResourceAmount podSize, ImmutableArray<OnlineStep> steps, TimeSpan lead)
    {
        ArgumentNullException.ThrowIfNull(placement);
        if (steps.IsDefaultOrEmpty || steps.Select(static s => s.From).Distinct().Count() != steps.Length)
        {
            throw new ArgumentException("The day needs at least one step, and each begins at a time of its own.", nameof(steps));
        }
        if (podSize.IsNothing)
        {
            throw new ArgumentException("A pod needs memory or CPU.", nameof(podSize));
        }
        if (lead < TimeSpan.Zero || lead > TimeSpan.FromDays(1))
        {
            throw new ArgumentOutOfRangeException(nameof(lead), lead, "The lead has to be from 0 to 24 hours.");
        }
        Placement = placement;
        PodSize = podSize;
        Lead = lead;
        _steps = [.. steps.OrderBy(static s => s.From)];
    }

    /// <summary>The backend, and the queue that online services are accounted to.</summary>
    public Placement Placement { get; }

    /// <summary>The size of one pod.</summary>
    public ResourceAmount PodSize { get; }

    /// <summary>How long before it is needed room is made.</summary>
    public TimeSpan Lead { get; }

    /// <summary>What online services need at an instant.</summary>
    public ResourceAmount NeededAt(DateTimeOffset at)
    {
        var time = TimeOnly.FromTimeSpan(at.TimeOfDay);
        // Before the day's first step yesterday's last one still holds.
        return _steps.LastOrDefault(s => s.From <= time, _steps[^1]).Needed;
    }

    /// <summary>The most that they need from now until the lead is over.</summary>
    public ResourceAmount NeededWithinLead(DateTimeOffset now)
    {
        var most = NeededAt(now);
        foreach (var step in _steps)
        {
            var ahead = step.From.ToTimeSpan() - now.TimeOfDay;
            ahead = ahead < TimeSpan.Zero ? ahead + TimeSpan.FromDays(1) : ahead;
            most = ahead <= Lead ? most.Most(step.Needed) : most;
        }
        return most;
    }

    /// <summary>What batch may still take now: free room that online services will not need within the lead. At night that is nearly all.</summary>
    /// <param name="snapshot">The fleet.</param>
    /// <param name="onlineUsed">What online services hold.</param>
    /// <param name="now">The time of the decision.</param>
    public ResourceAmount RoomForBatch(FleetSnapshot snapshot, ResourceAmount onlineUsed, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var free = snapshot.Backends.GetValueOrDefault(Placement.Backend)?.Free ?? default;
        return (free - (NeededWithinLead(now) - onlineUsed).AtLeastZero()).AtLeastZero();
    }

    /// <summary>
    /// The request that makes batch yield: what online services will lack within the lead, in whole pods, but no more than one pass may
    /// free; the next pass asks for the rest. Null when nothing is missing.
    /// </summary>
    /// <param name="snapshot">The fleet.</param>
    /// <param name="onlineUsed">What online services hold.</param>
    /// <param name="options">The policy's numbers.</param>
    /// <param name="now">The time of the decision.</param>
    public PreemptionRequest? Yield(FleetSnapshot snapshot, ResourceAmount onlineUsed, FleetPreemptionOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(options);
        if (!snapshot.Backends.TryGetValue(Placement.Backend, out var backend))
        {
            return null;
        }
        var missing = (NeededWithinLead(now) - onlineUsed).AtLeastZero();
        // A little less than the whole allowance, because jobs are freed whole.
        var perPass = backend.Free + Amounts.Fraction(backend.Capacity, options.MaximumBeingFreed * 0.8);
        var pods = Math.Min(missing.UnitsToCover(PodSize, int.MaxValue), perPass.UnitsOf(PodSize, int.MaxValue));
        return pods <= 0 ? null : new PreemptionRequest
        {
            Job = JobKey.Parse($"online/{Placement.Backend}"),
            Placements = [Placement],
            Tier = WorkloadTier.Online,
            Priority = new(0),
            JobManager = default,
            TaskManager = PodSize,
            MinimumTaskManagers = pods,
            WaitingSince = now,
            Deadline = Lead,
            LosesAtMostOneInterval = true,
        };
    }
}
