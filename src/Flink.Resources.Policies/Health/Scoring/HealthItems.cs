using System.Collections.Immutable;
using Keys = Flink.Resources.Health.HealthItemKeys;

namespace Flink.Resources.Health;

/// <summary>The built-in items with their default numbers, which are this project's own.</summary>
public static class HealthItems
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The eleven items of a streaming job.</summary>
    public static ImmutableArray<HealthItem> Streaming { get; } =
    [
        new() { Key = Keys.Availability, Title = "Availability", Bad = 0.95, Good = 0.995, Weight = 15, Window = TenMinutes, LimitsScore = true },
        new() { Key = Keys.CheckpointSuccess, Title = "Checkpoint success", Bad = 0.70, Good = 0.98, Weight = 12, Window = TenMinutes, LimitsScore = true },
        new() { Key = Keys.CheckpointDuration, Title = "Checkpoint duration", Bad = 3.0, Good = 1.25, Weight = 8, Window = TenMinutes },
        new() { Key = Keys.Restarts, Title = "Restarts", Bad = 3, Good = 0, Weight = 12, Window = Hour, LimitsScore = true },
        new() { Key = Keys.Backpressure, Title = "Backpressure", Bad = 0.50, Good = 0.10, Weight = 8, Window = TenMinutes },
        new() { Key = Keys.Lag, Title = "Consumer lag", Bad = 3, Good = 1, Weight = 15, Window = TenMinutes, LimitsScore = true, CountsWhileCatchingUp = false },
        new() { Key = Keys.Throughput, Title = "Throughput parity", Bad = 0.80, Good = 0.97, Weight = 12, Window = TenMinutes, LimitsScore = true, CountsWhileCatchingUp = false },
        new() { Key = Keys.Resources, Title = "Resource use", Bad = 1.6, Good = 1.1, Weight = 6, Window = TimeSpan.FromMinutes(30) },
        new() { Key = Keys.GarbageCollection, Title = "Garbage collection", Bad = 0.20, Good = 0.05, Weight = 4, Window = TenMinutes },
        new() { Key = Keys.Churn, Title = "Container and pod churn", Bad = 2, Good = 0, Weight = 4, Window = Hour },
        new() { Key = Keys.Errors, Title = "Error log rate", Bad = 5, Good = 1.5, Weight = 4, Window = TenMinutes },
    ];

    /// <summary>A near-real-time job: its cycles are judged where a streaming job's presence, delay and rate are.</summary>
    public static ImmutableArray<HealthItem> NearRealTime { get; } = [.. Streaming.Select(static item => item.Key switch
    {
        Keys.Availability => item with { Key = Keys.CycleSuccess, Title = "Cycle success", Bad = 0.70, Good = 0.98, Window = Hour },
        Keys.Lag => item with { Key = Keys.Freshness, Title = "Freshness" },
        Keys.Throughput => item with { Key = Keys.CycleDuration, Title = "Cycle duration", Bad = 3.0, Good = 1.25, Window = Hour },
        _ => item,
    })];

    /// <summary>A batch job: whole runs are judged.</summary>
    public static ImmutableArray<HealthItem> Batch { get; } =
    [
        new() { Key = Keys.RunSuccess, Title = "Run success", Bad = 0.70, Good = 0.98, Weight = 35, Window = TimeSpan.FromDays(7), LimitsScore = true },
        new() { Key = Keys.RunDuration, Title = "Run time", Bad = 3.0, Good = 1.25, Weight = 20, Window = TimeSpan.FromDays(7), LimitsScore = true },
        new() { Key = Keys.Output, Title = "Output comparison", Bad = 0.5, Good = 1, Weight = 30, Window = TimeSpan.FromDays(7), LimitsScore = true },
        new() { Key = Keys.Resources, Title = "Resource use", Bad = 1.6, Good = 1.1, Weight = 15, Window = TimeSpan.FromDays(7) },
    ];
}
