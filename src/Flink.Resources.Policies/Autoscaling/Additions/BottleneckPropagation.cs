using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>How much of the flow gets through, and who is in the way.</summary>
/// <param name="Share">From 0 (nothing) to 1 (all of it).</param>
/// <param name="Vertex">The bottleneck; null when all of it gets through.</param>
/// <param name="Why">Why it cannot grow.</param>
public readonly record struct FlowShare(double Share, string? Vertex, string Why);

/// <summary>
/// A vertex that cannot grow decides what reaches its sinks; more subtasks upstream of it would only wait. Its limit is
/// carried back against the flow: upstream vertices grow to what the bottleneck can take, and no further. Nothing
/// shrinks for it.
/// </summary>
public static class BottleneckPropagation
{
    /// <summary>How much of the flow each vertex may count on, by what lies behind it.</summary>
    /// <param name="settings">Limits, exclusions and external sinks.</param>
    /// <param name="decisions">Decisions of all vertices, inputs first, before the rule of the job.</param>
    /// <param name="restartTime">Expected downtime of one rescale.</param>
    /// <returns>In the same order; the share of a vertex itself is not part of its own entry.</returns>
    public static ImmutableArray<FlowShare> Behind(
        AutoscalerSettings settings, IReadOnlyList<VertexDecision> decisions, TimeSpan restartTime)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(decisions);
        var positions = decisions.Index().ToDictionary(static d => d.Item.Evaluation.Id, static d => d.Index, StringComparer.Ordinal);
        var behind = new FlowShare[decisions.Count];
        Array.Fill(behind, new(1, null, ""));
        for (var position = decisions.Count - 1; position >= 0; position--)
        {
            var own = Own(settings, decisions[position], restartTime);
            var through = own.Share < behind[position].Share ? own : behind[position];
            foreach (var edge in decisions[position].Evaluation.Inputs)
            {
                if (positions.TryGetValue(edge.From, out var input) && through.Share < behind[input].Share)
                {
                    behind[input] = through;
                }
            }
        }
        return [.. behind];
    }

    /// <summary>How much of the flow that arrives a vertex can take when it has grown as far as it can.</summary>
    public static FlowShare Own(AutoscalerSettings settings, VertexDecision decision, TimeSpan restartTime)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(decision);
        var evaluation = decision.Evaluation;
        var (rate, why) = Reachable(settings, decision);
        // Full use of what it has: only what does not fit even then is a bottleneck.
        var flow = Capacity.Needed(
            settings, evaluation.TargetDataRate, evaluation.CatchUpDataRate, utilization: 1, withRestart: true, restartTime);
        return rate < flow && double.IsFinite(flow) && rate >= 0 ? new(rate / flow, evaluation.Id, why) : new(1, null, "");
    }

    internal static string Limit(FlowShare share) => string.Create(CultureInfo.InvariantCulture,
        $"{share.Vertex} {share.Why} and takes only {100 * share.Share:0.#} % of the flow");

    private static (double Rate, string Why) Reachable(AutoscalerSettings settings, VertexDecision decision)
    {
        var evaluation = decision.Evaluation;
        if (External(settings, evaluation.Id) is { } sink)
        {
            var most = sink.MaxRate is { } limit ? Math.Min(limit, evaluation.TrueProcessingRate) : evaluation.TrueProcessingRate;
            return (most, "is held back by an external system");
        }
        if (decision.Reason is VertexReason.Excluded or VertexReason.Ineffective or VertexReason.NotWorthwhile or VertexReason.StepBlocked)
        {
            return (evaluation.TrueProcessingRate, decision.Reason == VertexReason.Excluded ? "is excluded from scaling" : "does not grow");
        }
        var ceiling = VertexScaler.Ceiling(settings, evaluation);
        return (evaluation.TrueProcessingRate / evaluation.Parallelism * ceiling, string.Create(CultureInfo.InvariantCulture,
            $"cannot grow beyond {ceiling}"));
    }

    internal static ExternalSink? External(AutoscalerSettings settings, string vertex)
    {
        foreach (var sink in settings.Extensions.ExternalSinks)
        {
            if (string.Equals(sink.Vertex, vertex, StringComparison.Ordinal))
            {
                return sink;
            }
        }
        return null;
    }
}
