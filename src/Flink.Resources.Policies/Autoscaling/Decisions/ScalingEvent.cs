using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>What a cycle reports.</summary>
public enum ScalingEventKind
{
    /// <summary>Something else.</summary>
    Unknown = 0,

    /// <summary>What was decided for each vertex that changes.</summary>
    ScalingReport,

    /// <summary>The deprecated alignment could not reach the parallelism that was asked for.</summary>
    ScalingLimited,

    /// <summary>The last scale-up brought less than the effectiveness threshold.</summary>
    IneffectiveScaling,

    /// <summary>Garbage collection or heap usage is above its threshold.</summary>
    MemoryPressure,

    /// <summary>The quota would be exceeded.</summary>
    ResourceQuotaReached,

    /// <summary>A plugin refused the decision.</summary>
    ScalingVetoed,

    /// <summary>Memory tuning is off; this is what it would set.</summary>
    ConfigurationRecommendation,

    /// <summary>The cycle could not be used.</summary>
    AutoscalerError,

    /// <summary>The window holds a disturbance. See <see cref="AutoscalerAdditions.SkipDisturbedWindows"/>.</summary>
    WindowDisturbed,

    /// <summary>The last scaling is undone. See <see cref="AutoscalerAdditions.WayBack"/>.</summary>
    ScalingRestored,

    /// <summary>The backend has no room. See <see cref="AutoscalerAdditions.BackendCapacity"/>.</summary>
    CapacityRefused,

    /// <summary>The room goes to more important jobs. See <see cref="AutoscalerAdditions.FleetArbiter"/>.</summary>
    ScalingDisplaced,

    /// <summary>Some subtasks get much more than others. See <see cref="AutoscalerAdditions.DataSkewReport"/>.</summary>
    DataSkew,
}

/// <summary>One report.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Key">Reports with the same key are the same; the kind, with the vertex where there is one.</param>
/// <param name="Message">For a person.</param>
public sealed record ScalingEvent(ScalingEventKind Kind, string Key, string Message);

/// <summary>A report that was sent.</summary>
/// <param name="At">When.</param>
/// <param name="Message">What it said.</param>
public sealed record SentEvent(DateTimeOffset At, string Message);

/// <summary>Keeps reports from being repeated.</summary>
public static class ScalingEvents
{
    /// <summary>
    /// The reports to send: those not sent within the event interval, or with another content then.
    /// </summary>
    /// <param name="settings">The event interval.</param>
    /// <param name="events">Reports of this cycle.</param>
    /// <param name="sent">What was sent before, by key.</param>
    /// <param name="now">The time of the cycle.</param>
    /// <returns>What to send, and what counts as sent afterwards.</returns>
    public static (ImmutableArray<ScalingEvent> ToSend, ImmutableSortedDictionary<string, SentEvent> Sent) Unrepeated(
        AutoscalerSettings settings, IEnumerable<ScalingEvent> events, ImmutableSortedDictionary<string, SentEvent> sent, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(sent);
        var send = ImmutableArray.CreateBuilder<ScalingEvent>();
        var known = sent.RemoveRange(sent.Where(s => now - s.Value.At >= settings.EventInterval).Select(static s => s.Key));
        foreach (var report in events)
        {
            if (known.TryGetValue(report.Key, out var before) && before.Message == report.Message)
            {
                continue;
            }
            send.Add(report);
            known = known.SetItem(report.Key, new(now, report.Message));
        }
        return (send.ToImmutable(), known);
    }

    internal static ScalingEvent Of(ScalingEventKind kind, string message) => new(kind, kind.ToString(), message);

    internal static IEnumerable<ScalingEvent> Of(JobDecision decision) =>
        from vertex in decision.Vertices
        from kind in vertex.Events
        select new ScalingEvent(kind, $"{kind} {vertex.Evaluation.Id}", $"{vertex.Evaluation.Id}: {vertex.Explain()}.");
}
