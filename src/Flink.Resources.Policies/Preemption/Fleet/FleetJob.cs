using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>Priority bands that share a cluster; a larger number may take from a smaller one. Room inside is for priorities.</summary>
public enum WorkloadTier
{
    /// <summary>Not stated; treated as the least important.</summary>
    Unknown = 0,

    /// <summary>Jobs that end by themselves and fill what others leave.</summary>
    Batch = 100,

    /// <summary>Jobs for which minutes of delay are fine.</summary>
    NearRealTime = 500,

    /// <summary>Jobs for which seconds of delay matter.</summary>
    RealTime = 1000,

    /// <summary>Online services beside Flink: they are no jobs and are never moved here, but others yield to them.</summary>
    Online = 2000,
}

/// <summary>Facts derived from kinds of jobs.</summary>
public static class WorkloadTierExtensions
{
    extension(JobKind kind)
    {
        /// <summary>The band that a kind belongs to unless its owner says otherwise.</summary>
        public WorkloadTier DefaultTier => kind switch
        {
            JobKind.Streaming => WorkloadTier.RealTime,
            JobKind.NearRealTime => WorkloadTier.NearRealTime,
            JobKind.Batch => WorkloadTier.Batch,
            _ => WorkloadTier.Unknown,
        };
    }
}

/// <summary>TaskManagers (or the JobManager) of a job on one node.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="TaskManagers">TaskManagers there, 0 or more.</param>
/// <param name="HasJobManager">Whether the JobManager is there.</param>
public readonly record struct NodePlace(string Node, int TaskManagers, bool HasJobManager = false);

/// <summary>
/// A running job as collectors found it: what it holds, what it could do without, and what it loses by that. Null means unknown,
/// and unknown is expensive, never free.
/// </summary>
public sealed record FleetJob
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>Which start of the job this is; a plan is void for another one.</summary>
    public long Epoch { get; init; }

    /// <summary>The name of the backend.</summary>
    public required string Backend { get; init; }

    /// <summary>The dotted path of its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Its band.</summary>
    public required WorkloadTier Tier { get; init; }

    /// <summary>Its importance inside the band.</summary>
    public required JobPriority Priority { get; init; }

    /// <summary>The JobManager's container.</summary>
    public required ResourceAmount JobManager { get; init; }

    /// <summary>Each TaskManager's container.</summary>
    public required ResourceAmount TaskManager { get; init; }

    /// <summary>TaskManagers now, 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public required int TaskManagers
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A job has 0 or more TaskManagers.");
    }

    /// <summary>Where they are; empty where the backend hides nodes, as YARN does.</summary>
    public ImmutableArray<NodePlace> Places { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Slots per TaskManager, from 1.</summary>
    public int SlotsPerTaskManager { get; init; } = 1;

    /// <summary>
    /// Slots at minimum parallelism (largest parallelism per slot sharing group, summed); null when the job cannot be rescaled
    /// (no adaptive scheduler).
    /// </summary>
    public int? MinimumSlots { get; init; }

    /// <summary>Input rate divided by the rate that the job could process, 0 to 1; null when unknown.</summary>
    public double? LoadRatio { get; init; }

    /// <summary>The state's bytes; null when unknown.</summary>
    public long? StateBytes { get; init; }

    /// <summary>When its last checkpoint completed; null for never or unknown.</summary>
    public DateTimeOffset? LastCheckpointAt { get; init; }

    /// <summary>How long a checkpoint usually takes; null when unknown.</summary>
    public TimeSpan? CheckpointDuration { get; init; }

    /// <summary>The interval of checkpoints; null when there is none or it is unknown.</summary>
    public TimeSpan? CheckpointInterval { get; init; }

    /// <summary>Whether checkpoints outlive a cancelled job.</summary>
    public bool RetainsCheckpoints { get; init; }

    /// <summary>Whether it can be stopped with a savepoint.</summary>
    public bool CanSavepoint { get; init; }

    /// <summary>Whether its owner declared that it may be started again from nothing.</summary>
    public bool IsDisposable { get; init; }

    /// <summary>The time of a start without state; null for the option's default.</summary>
    public TimeSpan? StartTime { get; init; }

    /// <summary>When all its tasks ran, and its first checkpoint had completed; null while that is not so.</summary>
    public required DateTimeOffset? StableSince { get; init; }

    /// <summary>When a batch job is expected to end; null when it does not end or nobody knows.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>It is on its way out already.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>It is being migrated, rescaled or upgraded: nobody takes it.</summary>
    public bool IsMigrating { get; init; }

    /// <summary>It is in breach of its service level: moving it costs more.</summary>
    public bool BreachesSlo { get; init; }

    /// <summary>Names of disruption budgets that it counts against.</summary>
    public ImmutableArray<string> DisruptionBudgets { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>When it was stopped or shrunk for others in the last 24 hours.</summary>
    public ImmutableArray<DateTimeOffset> InvoluntaryStops { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>When these facts were collected.</summary>
    public required DateTimeOffset ObservedAt { get; init; }

    /// <summary>
    /// Its priority with the starvation guard: each involuntary stop of the last day raises it by one inside its band, at most by three.
    /// </summary>
    public int EffectivePriority => Priority.Value + Math.Min(3, InvoluntaryStops.Length);

    /// <summary>Everything that it holds.</summary>
    public ResourceAmount Total => JobManager + (TaskManager * TaskManagers);
}
