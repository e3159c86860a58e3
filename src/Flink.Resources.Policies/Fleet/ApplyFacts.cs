using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>All that a decision on a fleet rests on, as seen at one time.</summary>
public sealed record ApplyFacts
{
    /// <summary>What users want.</summary>
    public ImmutableArray<DesiredJob> Desired { get; init; } = [];

    /// <summary>What the journal says, at most one per job.</summary>
    public ImmutableArray<JobStanding> Standings { get; init; } = [];

    /// <summary>What runs on each declared cluster.</summary>
    public ImmutableArray<ClusterSight> Clusters { get; init; } = [];

    /// <summary>Jobs that the document does not name any more are stopped.</summary>
    public bool Prune { get; init; }
}

/// <summary>A job as its owner wants it.</summary>
public sealed record DesiredJob
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>Where it shall run.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Whether it shall run at all.</summary>
    public bool IsWanted { get; init; } = true;

    /// <summary>How it lives.</summary>
    public JobKind Kind { get; init; } = JobKind.Streaming;

    /// <summary>It writes checkpoints, so that it can be stopped and go on.</summary>
    public bool HasCheckpoints { get; init; } = true;

    /// <summary>What it starts from when the journal does not know it; null when only the journal may say so.</summary>
    public RestorePoint? Start { get; init; }

    /// <summary>The applications that already run it, by cluster.</summary>
    public ImmutableSortedDictionary<string, string> Adopt { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Changes when the owner changes what is started, or where. Opaque.</summary>
    public string? Revision { get; init; }

    /// <summary>Its jar.</summary>
    public string? Jar { get; init; }

    /// <summary>Its entry class.</summary>
    public string? EntryClass { get; init; }

    /// <summary>Directories that only this job writes snapshots to.</summary>
    public ImmutableArray<string> SnapshotDirectories { get; init; } = [];

    /// <summary>Why it must not be moved; null when it may.</summary>
    public string? Freeze { get; init; }
}

/// <summary>How the journal left a job.</summary>
public enum JobLife
{
    /// <summary>The journal does not know the job.</summary>
    Unknown = 0,

    /// <summary>It was started or moved, and runs as far as the journal knows.</summary>
    Lives,

    /// <summary>It was stopped with a savepoint.</summary>
    Stopped,

    /// <summary>It ran to its own end.</summary>
    Finished,

    /// <summary>Its start failed, and nothing of it lives.</summary>
    Failed,
}

/// <summary>What the journal says of one job.</summary>
public sealed record JobStanding
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>How the journal left it.</summary>
    public JobLife Life { get; init; }

    /// <summary>Where it lives, or lived last; null when the journal does not know the job.</summary>
    public Placement? Placement { get; init; }

    /// <summary>Its application, by the cluster's name for it.</summary>
    public string? Application { get; init; }

    /// <summary>The newest snapshot that the journal names; null when there is none.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The run that is not over; null when there is none.</summary>
    public OpenRun? Open { get; init; }

    /// <summary>Why it must not go back to a place that it came back from; null when there is no such place.</summary>
    public RefusedTarget? Refused { get; init; }

    /// <summary>Why nothing touches it; null when nothing is in the way.</summary>
    public string? Hold { get; init; }

    /// <summary>Somebody stopped it on purpose, beside the document, and nobody said start since.</summary>
    public bool IsStoppedOnPurpose { get; init; }

    /// <summary>Somebody asked to try again since the journal's newest run of it ended.</summary>
    public bool IsRetried { get; init; }

    /// <summary>Why its newest run ended as it did; null when all went well.</summary>
    public string? Reason { get; init; }
}

/// <summary>A run that is not over.</summary>
/// <param name="Run">Its name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="NeedsPerson">It waits for a person.</param>
/// <param name="Reason">Why.</param>
public sealed record OpenRun(string Run, string State, bool NeedsPerson, string? Reason);

/// <summary>A place that a job came back from.</summary>
/// <param name="Placement">The place.</param>
/// <param name="Revision">The revision of the desired state that asked for it; null when it had none.</param>
/// <param name="Reason">Why it came back.</param>
/// <param name="Times">How often, since somebody last asked to try again.</param>
public sealed record RefusedTarget(Placement Placement, string? Revision, string Reason, int Times = 1);

/// <summary>What runs on one cluster.</summary>
/// <param name="Name">The cluster.</param>
/// <param name="UnknownBecause">Why that is not known; null when it is.</param>
/// <param name="Applications">What runs, or may come to.</param>
public sealed record ClusterSight(string Name, string? UnknownBecause, ImmutableArray<SeenApplication> Applications);

/// <summary>An application on a cluster.</summary>
public sealed record SeenApplication
{
    /// <summary>The cluster's name for it.</summary>
    public required string Id { get; init; }

    /// <summary>The name that somebody gave it.</summary>
    public required string Name { get; init; }

    /// <summary>It runs, or may come to.</summary>
    public bool IsLive { get; init; } = true;

    /// <summary>Of one that ended: its job ran to its own end.</summary>
    public bool Succeeded { get; init; }

    /// <summary>The job of its fence; null when it was not started by this library.</summary>
    public JobKey? Job { get; init; }

    /// <summary>Its queue; null when unknown.</summary>
    public string? Queue { get; init; }

    /// <summary>Its jar; null when unknown.</summary>
    public string? Jar { get; init; }

    /// <summary>Its entry class; null when unknown.</summary>
    public string? EntryClass { get; init; }

    /// <summary>Where it writes checkpoints; null when unknown.</summary>
    public string? CheckpointDirectory { get; init; }
}
