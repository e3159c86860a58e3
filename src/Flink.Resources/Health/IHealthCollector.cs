using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>The copy of a job that is to be looked at.</summary>
/// <param name="Job">The job.</param>
/// <param name="Kind">What kind of job it is.</param>
/// <param name="Copy">The copy; its Flink job may be unknown, then it is the newest of its application.</param>
/// <param name="Since">Failures from before are not held against it.</param>
public sealed record HealthTarget(JobKey Job, JobKind Kind, CopyRef Copy, DateTimeOffset Since);

/// <summary>
/// Reads what a score is made of. Collectors are asked one after the other, the built-in one first; where two read the same metric the
/// later one counts. Register own ones with <c>AddHealthCollector</c>. Must be safe for concurrent use.
/// </summary>
public interface IHealthCollector
{
    /// <summary>Its name, for what it could not read.</summary>
    string Name { get; }

    /// <summary>
    /// Looks once. What can't be read is left out and named in <see cref="HealthReadings.Troubles"/>; it must not be made up. An exception
    /// other than that of the token counts as nothing read. No secrets in texts.
    /// </summary>
    /// <param name="target">What to look at.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    Task<HealthReadings> CollectAsync(HealthTarget target, CancellationToken cancellationToken = default);
}

/// <summary>What becomes of a number that only grows.</summary>
public enum HealthCounterUse
{
    /// <summary>Each step up is an event of its own (restarts, losses).</summary>
    Events = 1,

    /// <summary>What it grew by in a second is a sample (CPU seconds become cores).</summary>
    PerSecond,

    /// <summary>What it grew by is a sample (late records dropped).</summary>
    Growth,
}

/// <summary>A number that only grows. One that fell was begun anew: that look says nothing.</summary>
/// <param name="Total">The number.</param>
/// <param name="Use">What becomes of it.</param>
public readonly record struct HealthCounter(double Total, HealthCounterUse Use);

/// <summary>What one look of one collector brought, under the names of <see cref="HealthMetrics"/> or one's own.</summary>
public sealed record HealthReadings
{
    /// <summary>Nothing.</summary>
    public static HealthReadings None { get; } = new();

    /// <summary>Numbers as they are now.</summary>
    public ImmutableDictionary<string, double> Gauges { get; init; } = ImmutableDictionary.Create<string, double>(StringComparer.Ordinal);

    /// <summary>Numbers that only grow.</summary>
    public ImmutableDictionary<string, HealthCounter> Counters { get; init; } = ImmutableDictionary.Create<string, HealthCounter>(StringComparer.Ordinal);

    /// <summary>Dated events; those that were reported before are not counted again. An empty list says: read, and nothing happened.</summary>
    public ImmutableDictionary<string, ImmutableArray<HealthSample>> Events { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<HealthSample>>(StringComparer.Ordinal);

    /// <summary>Failures, with their times.</summary>
    public ImmutableArray<RootCause> RootCauses { get; init; } = [];

    /// <summary>How often it takes a checkpoint; null when it takes none or that was not read.</summary>
    public TimeSpan? CheckpointInterval { get; init; }

    /// <summary>Bytes of its state; null when not read.</summary>
    public long? StateBytes { get; init; }

    /// <summary>Bytes per second that it wrote into its largest checkpoint; null when not read.</summary>
    public double? SnapshotBytesPerSecond { get; init; }

    /// <summary>Containers or pods that it runs in; null when not read.</summary>
    public int? Workers { get; init; }

    /// <summary>The job's metrics were read and none of them says how far behind it is.</summary>
    public bool HasNoLag { get; init; }

    /// <summary>What the owner's check objects to; null when it passed or there is none.</summary>
    public string? OwnerObjection { get; init; }

    /// <summary>What could not be read, and why.</summary>
    public ImmutableArray<string> Troubles { get; init; } = [];

    /// <summary>Both; where they differ, the other one counts.</summary>
    internal HealthReadings With(HealthReadings other) => new()
    {
        Gauges = Gauges.SetItems(other.Gauges),
        Counters = Counters.SetItems(other.Counters),
        Events = Events.SetItems(other.Events),
        RootCauses = [.. RootCauses, .. other.RootCauses],
        CheckpointInterval = other.CheckpointInterval ?? CheckpointInterval,
        StateBytes = other.StateBytes ?? StateBytes,
        SnapshotBytesPerSecond = other.SnapshotBytesPerSecond ?? SnapshotBytesPerSecond,
        Workers = other.Workers ?? Workers,
        HasNoLag = (HasNoLag || other.HasNoLag) && !other.Gauges.ContainsKey(HealthMetrics.Lag),
        OwnerObjection = other.OwnerObjection ?? OwnerObjection,
        Troubles = [.. Troubles, .. other.Troubles],
    };
}
