using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>Everything that was seen of one job, dated. What could not be read is left out or null: then it is not known, which is never good.</summary>
public sealed record HealthFacts
{
    /// <summary>Now.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>What kind of job it is. A kind that is not stated is taken for streaming.</summary>
    public JobKind Kind { get; init; } = JobKind.Streaming;

    /// <summary>When this copy of the job was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it had caught up with what piled up before its start; null until then. A job that nobody moved caught up when it started.</summary>
    public DateTimeOffset? CaughtUpAt { get; init; }

    /// <summary>By when it has to catch up; null when that is not known.</summary>
    public DateTimeOffset? CatchUpDeadline { get; init; }

    /// <summary>It does not run because somebody wants it so.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The control plane through which it is seen is in trouble.</summary>
    public bool IsControlPlaneHeld { get; init; }

    /// <summary>By name, see <see cref="HealthMetrics"/>. Own items read series of their own names.</summary>
    public ImmutableDictionary<string, HealthSeries> Series { get; init; } = ImmutableDictionary.Create<string, HealthSeries>(StringComparer.Ordinal);

    /// <summary>What was usual before.</summary>
    public HealthBaseline Baseline { get; init; } = HealthBaseline.Empty;

    /// <summary>The delay that the job's owner allows; null when nothing was said.</summary>
    public TimeSpan? LagSlo { get; init; }

    /// <summary>How often it takes a checkpoint; null when it takes none.</summary>
    public TimeSpan? CheckpointInterval { get; init; }

    /// <summary>Its first checkpoint is a full one, as after a restore that leaves the snapshot to its owner (NO_CLAIM).</summary>
    public bool FirstCheckpointIsFull { get; init; }

    /// <summary>Size of its state in bytes; null when not known.</summary>
    public long? StateBytes { get; init; }

    /// <summary>Measured bytes per second that it writes into snapshots; null when not known.</summary>
    public double? SnapshotBytesPerSecond { get; init; }

    /// <summary>How many containers or pods it runs in; null when not known.</summary>
    public int? Workers { get; init; }

    /// <summary>Whether it restored the snapshot that was meant; null while that is not known.</summary>
    public bool? RestoredAsIntended { get; init; }

    /// <summary>What was restored instead, for the report.</summary>
    public string? RestoredInstead { get; init; }

    /// <summary>Where a second copy of the job is alive; null when none was seen.</summary>
    public string? SecondCopy { get; init; }

    /// <summary>In what its environment (time zone, character set, user and the like) differs from the source's.</summary>
    public ImmutableArray<string> EnvironmentDifferences { get; init; } = [];

    /// <summary>Failures that were seen since it was started.</summary>
    public ImmutableArray<RootCause> RootCauses { get; init; } = [];

    /// <summary>What the owner's own check objects to; null when it passed or there is none.</summary>
    public string? OwnerObjection { get; init; }
}
