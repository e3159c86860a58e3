using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>What it takes to undo the last scaling.</summary>
/// <param name="At">When it was decided.</param>
/// <param name="Before">Parallelism of every vertex before.</param>
/// <param name="After">Parallelism of every vertex after.</param>
/// <param name="Configuration">Configuration keys that memory tuning had set before.</param>
/// <param name="Health">The health score before, 0 to 10.</param>
public sealed record ScalingUndo(
    DateTimeOffset At,
    ImmutableSortedDictionary<string, int> Before,
    ImmutableSortedDictionary<string, int> After,
    ImmutableSortedDictionary<string, string> Configuration,
    double Health);

/// <summary>A step that is not taken again for a while.</summary>
/// <param name="From">The parallelism it starts from.</param>
/// <param name="To">Where it led; any step in that direction is meant.</param>
/// <param name="Until">How long.</param>
public sealed record BlockedStep(int From, int To, DateTimeOffset Until);

/// <summary>A scaling that is undone.</summary>
/// <param name="Undo">What it goes back to.</param>
/// <param name="BlockedUntil">How long its steps are blocked afterwards.</param>
public sealed record ScalingRestoration(ScalingUndo Undo, DateTimeOffset BlockedUntil);

/// <summary>The way back after a scaling that did harm.</summary>
public static class WayBack
{
    /// <summary>
    /// Looks at the last scaling: it stands once the job has run for the stabilization interval, or when somebody else
    /// has changed the parallelism since; it is undone when the health score drops before that.
    /// </summary>
    /// <param name="settings">Stabilization interval, drop and back-off.</param>
    /// <param name="facts">Health, graph and times.</param>
    /// <param name="undo">What is remembered of the last scaling.</param>
    /// <returns>What still is to be remembered, and what is to be undone; both null: the scaling stands.</returns>
    public static (ScalingUndo? Undo, ScalingRestoration? Restoration) Look(
        AutoscalerSettings settings, AutoscalerFacts facts, ScalingUndo undo)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(undo);
        var since = facts.RunningSince > undo.At ? facts.RunningSince : undo.At;
        if (facts.Now - since > settings.StabilizationInterval)
        {
            return (null, null);
        }
        if (!Runs(facts.Topology, undo.After))
        {
            // Before the restart the job still runs as it did; after it somebody else has decided.
            return (facts.RunningSince > undo.At ? null : undo, null);
        }
        return facts.Health is { } health && undo.Health - health >= settings.Extensions.WayBackHealthDrop
            ? (undo, new(undo, Later(facts.Now, settings.Extensions.WayBackBackOff)))
            : (undo, null);
    }

    /// <summary>The decision that restores what was before.</summary>
    public static JobDecision Restore(AutoscalerFacts facts, ScalingRestoration restoration)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(restoration);
        var note = new ScalingNote(AutoscalerAdditions.WayBack, string.Create(CultureInfo.InvariantCulture,
            $"the health fell from {restoration.Undo.Health:0.#} to {facts.Health:0.#} after the scaling of {restoration.Undo.At:O}; blocked until {restoration.BlockedUntil:O}"));
        var vertices = facts.Topology.Vertices.Select(v => Vertex(v, restoration.Undo.Before.GetValueOrDefault(v.Id, v.Parallelism), note));
        return new([.. vertices], ImmutableSortedDictionary.Create<string, DelayedScaleDown>(StringComparer.Ordinal)) { Restoration = restoration };
    }

    /// <summary>Holds a step back that is blocked.</summary>
    /// <param name="decision">The decision of a vertex.</param>
    /// <param name="blocked">What is blocked; null: nothing.</param>
    /// <param name="now">The time of the cycle.</param>
    public static VertexDecision Block(VertexDecision decision, BlockedStep? blocked, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return decision.IsChange && blocked is not null && now < blocked.Until && decision.Evaluation.Parallelism == blocked.From
            && AgreeingWindows.Direction(blocked.From, blocked.To) == AgreeingWindows.Direction(blocked.From, decision.NewParallelism)
            ? decision.Held(VertexReason.StepBlocked, new(AutoscalerAdditions.WayBack, string.Create(CultureInfo.InvariantCulture,
                $"going from {blocked.From} to {blocked.To} was undone; blocked until {blocked.Until:O}")))
            : decision;
    }

    internal static DateTimeOffset Later(DateTimeOffset time, TimeSpan span) =>
        DateTimeOffset.MaxValue - time > span ? time + span : DateTimeOffset.MaxValue;

    private static bool Runs(JobTopology topology, ImmutableSortedDictionary<string, int> parallelism) =>
        topology.Vertices.All(v => parallelism.TryGetValue(v.Id, out var p) && p == v.Parallelism);

    private static VertexDecision Vertex(JobVertex vertex, int before, ScalingNote note)
    {
        var decision = VertexScaler.Unchanged(
            new()
            {
                Id = vertex.Id,
                Parallelism = vertex.Parallelism,
                MaxParallelism = vertex.MaxParallelism,
                SourcePartitions = vertex.SourcePartitions,
                HasHashInput = vertex.Inputs.Any(static e => e.Strategy == ShipStrategy.Hash),
                TargetDataRate = double.NaN,
                CatchUpDataRate = double.NaN,
                TrueProcessingRate = double.NaN,
                Thresholds = new(double.NaN, double.NaN),
            },
            VertexReason.AlreadyRight);
        return decision with
        {
            NewParallelism = before,
            AlignedParallelism = before,
            TargetParallelism = before,
            OutsideUtilizationBound = before != vertex.Parallelism,
            Reason = VertexReason.Restored,
            Notes = before != vertex.Parallelism ? [note] : [],
        };
    }
}
