using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Flink.Resources.Health;

/// <summary>One number before a move and after it.</summary>
/// <param name="Measure">What was measured, a short name (<c>inputRate</c>).</param>
/// <param name="Unit">Its unit (<c>records/s</c>).</param>
/// <param name="Before">On the source; null when it was not measured.</param>
/// <param name="After">On the target; null when it was not measured.</param>
public sealed record ParityLine(string Measure, string Unit, double? Before, double? After)
{
    /// <summary>After by before: 1 is the same. Null when one of them is missing, or nothing can be divided by.</summary>
    public double? Ratio => Before is { } before && After is { } after && before != 0 ? after / before : null;
}

/// <summary>Is the job on the target what it was on the source? Numbers of before and after side by side. What was not measured is null, never 0.</summary>
public sealed record ParityReport
{
    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>For how long the source was observed; null when it was not.</summary>
    public TimeSpan? ObservedBefore { get; init; }

    /// <summary>For how long the target was observed; null when it was not.</summary>
    public TimeSpan? ObservedAfter { get; init; }

    /// <summary>Before and after, in a fixed order.</summary>
    public ImmutableArray<ParityLine> Lines { get; init; } = [];

    /// <summary>From the source's snapshot to all tasks of the target running.</summary>
    public TimeSpan? Downtime { get; init; }

    /// <summary>From the order to start the target to all its tasks running.</summary>
    public TimeSpan? StartTime { get; init; }

    /// <summary>From all tasks running to having caught up with what came in meanwhile.</summary>
    public TimeSpan? CatchUpTime { get; init; }

    /// <summary>The median of the scores on the target after it had caught up.</summary>
    public double? ScoreMedian { get; init; }

    /// <summary>The lowest of them.</summary>
    public double? ScoreMinimum { get; init; }

    /// <summary>The source's own score before the move.</summary>
    public double? ScoreBefore { get; init; }

    /// <summary>The measures that are missing on one side or both.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Missing => [.. Lines.Where(static l => l.Before is null || l.After is null).Select(static l => l.Measure)];
}
