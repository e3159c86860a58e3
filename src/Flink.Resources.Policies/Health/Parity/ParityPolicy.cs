using System.Collections.Immutable;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>One side of a comparison: what was usual while it was observed.</summary>
public sealed record ParitySide
{
    /// <summary>Observed at this time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>For how long; null when it was not observed.</summary>
    public TimeSpan? Observed { get; init; }

    /// <summary>What was usual then.</summary>
    public HealthBaseline Usual { get; init; } = HealthBaseline.Empty;

    /// <summary>How often it restarted while it was observed; null when not known.</summary>
    public int? Restarts { get; init; }

    /// <summary>The newest checkpoint's duration, for a side that was looked at once and not observed.</summary>
    public TimeSpan? CheckpointDuration { get; init; }

    /// <summary>Its state's bytes, likewise.</summary>
    public long? StateBytes { get; init; }
}

/// <summary>Puts before and after side by side.</summary>
public static class ParityPolicy
{
    /// <summary>Compares. Times and scores are the caller's to add.</summary>
    /// <param name="before">The source.</param>
    /// <param name="after">The target.</param>
    public static ParityReport Compare(ParitySide before, ParitySide after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ParityLine Line(string measure, string unit, string metric, Func<BaselineStatistic, double> of) =>
            new(measure, unit, Of(before, metric, of), Of(after, metric, of));
        return new()
        {
            At = after.At,
            ObservedBefore = before.Observed,
            ObservedAfter = after.Observed,
            Lines =
            [
                Line("inputRate", "records/s", Metrics.Consumed, static s => s.Median),
                Line("outputRate", "records/s", Metrics.Emitted, static s => s.Median),
                Line("lagMedian", "s", Metrics.Lag, static s => s.Median),
                Line("lagP95", "s", Metrics.Lag, static s => s.P95),
                new("checkpointDurationP90", "s", CheckpointDuration(before), CheckpointDuration(after)),
                new("stateSize", "bytes", StateBytes(before), StateBytes(after)),
                new("restartsPerDay", "1/day", PerDay(before), PerDay(after)),
                Line("cpuRequested", "cores", Metrics.CpuHeld, static s => s.Median),
                Line("cpuUsed", "cores", Metrics.CpuCores, static s => s.Median),
                Line("memoryRequested", "bytes", Metrics.MemoryHeld, static s => s.Median),
                Line("memoryUsed", "bytes", Metrics.MemoryBytes, static s => s.Median),
                Line("gcShareP90", "1", Metrics.GarbageCollection, static s => s.P90),
                Line("backpressureP90", "1", Metrics.Backpressure, static s => s.P90),
            ],
        };
    }

    private static double? Of(ParitySide side, string metric, Func<BaselineStatistic, double> of) =>
        side.Usual.Find(metric, side.At) is { } usual ? of(usual) : null;

    private static double? CheckpointDuration(ParitySide side) =>
        Of(side, Metrics.CheckpointCompleted, static s => s.P90) ?? side.CheckpointDuration?.TotalSeconds;

    private static double? StateBytes(ParitySide side) => Of(side, Metrics.StateBytes, static s => s.Median) ?? side.StateBytes;

    private static double? PerDay(ParitySide side) =>
        side is { Restarts: { } restarts, Observed: { Ticks: > 0 } observed } ? restarts / observed.TotalDays : null;
}
