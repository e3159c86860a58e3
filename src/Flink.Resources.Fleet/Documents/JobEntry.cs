using System.Collections.Immutable;
using Flink.Resources.Health;

namespace Flink.Resources.Fleet;

/// <summary>One job as its owner wants it, with the defaults of the document put in.</summary>
public sealed record JobEntry
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>Where it stands in the document.</summary>
    public required SourcePosition At { get; init; }

    /// <summary>Where it shall run: the one value that a user changes to move it.</summary>
    public required string Cluster { get; init; }

    /// <summary>The dotted path of its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The name of its runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>How it lives.</summary>
    public JobKind Kind { get; init; } = JobKind.Streaming;

    /// <summary>How important it is; null for the queue's default.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>The part of the cluster to run in; null for any.</summary>
    public string? Zone { get; init; }

    /// <summary>The applications that already run it, by cluster: a YARN application id, a Kubernetes cluster-id.</summary>
    public ImmutableSortedDictionary<string, string> Adopt { get; init; } = Maps.Empty<string>();

    /// <summary>Its jar.</summary>
    public required ArtifactRef Jar { get; init; }

    /// <summary>Further files that it needs.</summary>
    public ImmutableArray<ArtifactRef> Files { get; init; } = [];

    /// <summary>Its entry class; null when the jar's manifest names it.</summary>
    public string? EntryClass { get; init; }

    /// <summary>The arguments of <c>main()</c>.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Its default parallelism.</summary>
    public required int Parallelism { get; init; }

    /// <summary>Its JobManager.</summary>
    public required ContainerResources JobManager { get; init; }

    /// <summary>Each TaskManager.</summary>
    public required TaskManagerResources TaskManager { get; init; }

    /// <summary>Flink configuration.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } = Maps.Empty<string>();

    /// <summary>Environment variables.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = Maps.Empty<string>();

    /// <summary>Environment variables whose values the cluster keeps, by the variable's name.</summary>
    public ImmutableSortedDictionary<string, SecretRef> Secrets { get; init; } = Maps.Empty<SecretRef>();

    /// <summary>Whether it shall run.</summary>
    public DesiredState State { get; init; } = DesiredState.Running;

    /// <summary>What it starts from when the journal does not say; null when only the journal may say so.</summary>
    public RestorePoint? Start { get; init; }

    /// <summary>Where its savepoints go, the job's name put in.</summary>
    public required string SnapshotDirectory { get; init; }

    /// <summary>How it is moved.</summary>
    public MoveEntry Move { get; init; } = new();

    /// <summary>What a planner and the checks before a move want to know of it.</summary>
    public JobFacts Facts { get; init; } = new();
}

/// <summary>Whether a job shall run.</summary>
public enum DesiredState
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is stopped on purpose.</summary>
    Stopped,
}

/// <summary>A value that a cluster keeps: a key of a Kubernetes Secret.</summary>
/// <param name="Name">The Secret's name.</param>
/// <param name="Key">The key in it.</param>
public sealed record SecretRef(string Name, string Key);

/// <summary>How a job is moved.</summary>
public sealed record MoveEntry
{
    /// <summary>The options of its move, its sinks among them.</summary>
    public MoveOptions Options { get; init; } = new();

    /// <summary>For how long before the stop it is measured what the job is like. Zero or more.</summary>
    public TimeSpan Baseline { get; init; } = TimeSpan.FromHours(2);

    /// <summary>What happens when it is unhealthy after the move.</summary>
    public OnUnhealthy OnUnhealthy { get; init; } = OnUnhealthy.Hold;

    /// <summary>The longest that it may take to work off what came in meanwhile; null when not limited.</summary>
    public TimeSpan? MaximumCatchUp { get; init; }
}

/// <summary>What an owner declares of a job.</summary>
public sealed record JobFacts
{
    /// <summary>Who owns it; null when nobody is named.</summary>
    public string? Owner { get; init; }

    /// <summary>Why it must not be moved; null when it may.</summary>
    public string? Freeze { get; init; }

    /// <summary>Topics and tables that it reads.</summary>
    public ImmutableArray<string> Reads { get; init; } = [];

    /// <summary>Topics and tables that it writes.</summary>
    public ImmutableArray<string> Writes { get; init; } = [];

    /// <summary>The job for which this one stands by; null when it is no standby.</summary>
    public JobKey? StandbyOf { get; init; }

    /// <summary>It keeps no state.</summary>
    public bool IsStateless { get; init; }

    /// <summary>Its owner offers it to go first.</summary>
    public bool IsVolunteer { get; init; }

    /// <summary>It was made for trying the way out.</summary>
    public bool IsSynthetic { get; init; }

    /// <summary>A person approved its move.</summary>
    public bool IsApproved { get; init; }

    /// <summary>Warnings that its owner knows and accepts, such as <c>E07</c>.</summary>
    public ImmutableArray<string> Acknowledged { get; init; } = [];

    /// <summary>Those that stand at the job itself: what they ask to be fixed is fixed. A remedy is done job by job, defaults say nothing of it.</summary>
    public ImmutableArray<string> Remedied { get; init; } = [];

    /// <summary>How long its sources keep records; null when not declared.</summary>
    public TimeSpan? SourceRetention { get; init; }

    /// <summary>The lag that its owner promises at most; null when not declared.</summary>
    public TimeSpan? LagObjective { get; init; }
}
