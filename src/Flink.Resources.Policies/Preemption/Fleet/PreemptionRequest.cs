using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>A job that wants to start and may find no room: the preemptor. Its JobManager and minimum TaskManagers come all or nothing.</summary>
public sealed record PreemptionRequest
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>Where it may run; with several places the one is taken where room costs least.</summary>
    public required ImmutableArray<Placement> Placements { get; init => field = value.IsDefault ? [] : value; }

    /// <summary>Its band.</summary>
    public required WorkloadTier Tier { get; init; }

    /// <summary>Its importance inside the band.</summary>
    public required JobPriority Priority { get; init; }

    /// <summary>The JobManager's container.</summary>
    public required ResourceAmount JobManager { get; init; }

    /// <summary>Each TaskManager's container.</summary>
    public required ResourceAmount TaskManager { get; init; }

    /// <summary>The fewest TaskManagers that it can start with, 0 or more. Further ones come later, without preemption.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public required int MinimumTaskManagers
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A job needs 0 or more TaskManagers.");
    }

    /// <summary>Since when it waits.</summary>
    public required DateTimeOffset WaitingSince { get; init; }

    /// <summary>How soon it must start; null for the band's default.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>It never displaces anybody.</summary>
    public bool NeverPreempts { get; init; }

    /// <summary>
    /// Nobody may lose more progress for it than one interval between checkpoints; a job that its owner declared disposable has none to lose.
    /// </summary>
    public bool LosesAtMostOneInterval { get; init; }

    /// <summary>The whole preemptor.</summary>
    public ResourceAmount Total => JobManager + (TaskManager * MinimumTaskManagers);
}
