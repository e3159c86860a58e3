using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>How a vertex's work is spread over its subtasks. NaN is not known.</summary>
/// <param name="BusyMsPerSecond">Busy milliseconds per second.</param>
/// <param name="RecordsInPerSecond">Records received per second.</param>
public readonly record struct SubtaskSpread(AggregatedMetric BusyMsPerSecond, AggregatedMetric RecordsInPerSecond);

/// <summary>
/// Skew between subtasks: a mean hides it, a maximum exaggerates it, and more subtasks do not cure it. It is reported
/// and plays no part in any decision.
/// </summary>
public static class DataSkew
{
    /// <summary>
    /// How many times the mean the greatest subtask gets: by records when these are known, else by busy time. NaN when
    /// neither is, or nothing comes. From 1 up to the parallelism.
    /// </summary>
    public static double Factor(SubtaskSpread spread)
    {
        var byRecords = Factor(spread.RecordsInPerSecond);
        return double.IsNaN(byRecords) ? Factor(spread.BusyMsPerSecond) : byRecords;
    }

    /// <summary>What to say about a vertex; null when its skew is below the threshold or not known.</summary>
    /// <param name="settings">The threshold.</param>
    /// <param name="spread">The spread over its subtasks.</param>
    public static ScalingNote? Note(AutoscalerSettings settings, SubtaskSpread spread)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var factor = Factor(spread);
        return !(factor >= settings.Extensions.DataSkewThreshold) ? null : new(AutoscalerAdditions.DataSkewReport, string.Create(
            CultureInfo.InvariantCulture,
            $"the greatest subtask gets {factor:0.0} times the mean; more subtasks do not cure that"));
    }

    internal static JobDecision Report(
        AutoscalerSettings settings, JobDecision decision, ImmutableDictionary<string, SubtaskSpread> spreads) => decision with
        {
            Vertices =
            [
                .. decision.Vertices.Select(v => spreads.TryGetValue(v.Evaluation.Id, out var spread) && Note(settings, spread) is { } note
                    ? v with { Notes = v.Notes.Add(note) }
                    : v),
            ],
        };

    internal static IEnumerable<ScalingEvent> Events(JobDecision decision) =>
        from vertex in decision.Vertices
        from note in vertex.Notes
        where note.Addition == AutoscalerAdditions.DataSkewReport
        select new ScalingEvent(ScalingEventKind.DataSkew, $"{ScalingEventKind.DataSkew} {vertex.Evaluation.Id}", $"{vertex.Evaluation.Id}: {note.Text}.");

    private static double Factor(AggregatedMetric metric) =>
        double.IsFinite(metric.Max) && double.IsFinite(metric.Avg) && metric.Avg > 0 && metric.Max >= metric.Avg
            ? metric.Max / metric.Avg
            : double.NaN;
}
