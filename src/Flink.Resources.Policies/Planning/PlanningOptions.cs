using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>What a wave is made of.</summary>
public enum WaveScope
{
    /// <summary>Jobs of one queue: what moves, is reported and goes back together is a queue's.</summary>
    Queue = 0,

    /// <summary>Jobs of any queue: fewer and larger waves.</summary>
    Fleet,
}

/// <summary>How waves are planned. The defaults are this project's own.</summary>
public sealed record PlanningOptions
{
    /// <summary>The plan's revision. At least 1.</summary>
    /// <value>1.</value>
    public int Revision { get; init; } = 1;

    /// <summary>Whether a wave takes jobs of one queue or of all. Canaries are always taken from all.</summary>
    /// <value><see cref="WaveScope.Queue"/>.</value>
    public WaveScope Scope { get; init; } = WaveScope.Queue;

    /// <summary>The most jobs of one wave. 1 to 10,000.</summary>
    /// <value>50.</value>
    public int MaximumJobsPerWave { get; init; } = 50;

    /// <summary>
    /// The most of one team's jobs, and of one source queue's capacity, that one wave takes. A job or session that is more than that
    /// alone moves as the only one of its team or queue. More than 0, at most 1.
    /// </summary>
    /// <value>0.20.</value>
    public double MaximumShare { get; init; } = 0.20;

    /// <summary>The limit of a queue's share does not count for queues with fewer jobs. 0 to 10,000.</summary>
    /// <value>5.</value>
    public int SmallQueue { get; init; } = 5;

    /// <summary>
    /// How much of the fleet that may be moved has moved at most at the end of each stage before the last: four shares of 0 to 1, none
    /// smaller than the one before.
    /// </summary>
    /// <value>0.01, 0.05, 0.10, 0.25.</value>
    public ImmutableArray<double> StageShares { get; init; } = [0.01, 0.05, 0.10, 0.25];

    /// <summary>The most jobs that go first because their owners offer it. 0 to 100.</summary>
    /// <value>3.</value>
    public int Volunteers { get; init; } = 3;

    /// <summary>A job without an eligibility report is left where it is.</summary>
    /// <value>true.</value>
    public bool RequireEligibility { get; init; } = true;

    /// <summary>How room is proved.</summary>
    public CapacityOptions Capacity { get; init; } = new();
}

/// <summary>How room is proved. The defaults are this project's own.</summary>
public sealed record CapacityOptions
{
    /// <summary>How much more than its need must be free on the target, as a share of the need. 0 to 10.</summary>
    /// <value>0.20.</value>
    public double Headroom { get; init; } = 0.20;

    /// <summary>The longest time in which a job must have worked off what came in while it was down. 1 second to 7 days.</summary>
    /// <value>2 hours.</value>
    public TimeSpan MaximumCatchUp { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The downtime of a job for which none is known. 0 to 1 day.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan AssumedDowntime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How old nodes and queues of a snapshot may be. 1 second to 1 day.</summary>
    /// <value>1 hour.</value>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The target's queues and nodes grow as the source's shrink: each wave is proved against the room of today. Otherwise the jobs of
    /// earlier waves fill it.
    /// </summary>
    /// <value>false.</value>
    public bool TargetGrows { get; init; }

    /// <summary>Node labels whose nodes take only jobs that ask for them, as exclusive partitions of YARN and tainted pools of Kubernetes.</summary>
    public ImmutableArray<string> ExclusiveFlavours { get; init; } = [];
}
