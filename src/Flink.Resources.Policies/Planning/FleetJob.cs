using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>What a planner knows of one job that is to be moved.</summary>
public sealed record FleetJob
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>How it lives.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>How important it is.</summary>
    public required JobPriority Priority { get; init; }

    /// <summary>Where it is.</summary>
    public required Placement Source { get; init; }

    /// <summary>Where it shall be.</summary>
    public required Placement Target { get; init; }

    /// <summary>What it takes, per container. Observed sizes where they are known.</summary>
    public required JobNeed Need { get; init; }

    /// <summary>Size of its state in bytes; null when it is not known, which counts as the largest.</summary>
    public long? StateBytes { get; init; }

    /// <summary>It keeps no state.</summary>
    public bool IsStateless { get; init; }

    /// <summary>Flink's version on the source, such as <c>1.20.5</c>.</summary>
    public required string FlinkVersion { get; init; }

    /// <summary>Its state backend, such as <c>rocksdb</c>; null when not known.</summary>
    public string? StateBackend { get; init; }

    /// <summary>The classes of its sinks.</summary>
    public ImmutableArray<SinkClass> Sinks { get; init; } = [];

    /// <summary>Topics and tables that it reads.</summary>
    public ImmutableArray<string> Reads { get; init; } = [];

    /// <summary>Topics and tables that it writes.</summary>
    public ImmutableArray<string> Writes { get; init; } = [];

    /// <summary>The job for which this one stands by; null when it is no standby.</summary>
    public JobKey? StandbyOf { get; init; }

    /// <summary>The session application that runs it together with others; null when it has its own.</summary>
    public string? Session { get; init; }

    /// <summary>Its owner offers it to go first.</summary>
    public bool IsVolunteer { get; init; }

    /// <summary>It was made for trying the way out: nobody misses it.</summary>
    public bool IsSynthetic { get; init; }

    /// <summary>Records per second that come in; null when not known.</summary>
    public double? InputRate { get; init; }

    /// <summary>Records per second that it can work off on the target; null when not known.</summary>
    public double? MaximumRate { get; init; }

    /// <summary>How long it will be without output; null when not known.</summary>
    public TimeSpan? ExpectedDowntime { get; init; }

    /// <summary>The p95 of how long moves like this took from stop to caught up; null when there were none.</summary>
    public TimeSpan? ExpectedDuration { get; init; }

    /// <summary>The storage system that takes its savepoint, such as <c>hdfs://ns1</c>; null when not known, then its writes are not limited.</summary>
    public string? SnapshotStorage { get; init; }

    /// <summary>Bytes per second that its savepoint writes; null when not known, which counts as all that is allowed.</summary>
    public double? SavepointBytesPerSecond { get; init; }

    /// <summary>The Kafka clusters from which it reads; their free read rate must be known to start it. What is not named is not limited.</summary>
    public ImmutableArray<string> KafkaClusters { get; init; } = [];

    /// <summary>A person approved its move.</summary>
    public bool IsApproved { get; init; }
}

/// <summary>What a job takes.</summary>
/// <param name="JobManager">One JobManager.</param>
/// <param name="TaskManager">One TaskManager.</param>
/// <param name="TaskManagers">How many TaskManagers, at least 0.</param>
/// <param name="Flavour">The kind of nodes that it needs (a YARN node label, a Kubernetes node pool); null for any.</param>
public sealed record JobNeed(ResourceAmount JobManager, ResourceAmount TaskManager, int TaskManagers, string? Flavour = null);
