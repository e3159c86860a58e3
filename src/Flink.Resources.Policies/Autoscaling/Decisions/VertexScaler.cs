using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>What is remembered of a vertex between cycles.</summary>
/// <param name="Last">Its last scaling; null when there was none.</param>
/// <param name="Observations">Parallelism and true processing rate at earlier decisions, oldest first.</param>
/// <param name="Delayed">A scale-down that waits; null when none does.</param>
public sealed record VertexMemory(
    ScalingRecord? Last, IReadOnlyList<(int Parallelism, double TrueProcessingRate)> Observations, DelayedScaleDown? Delayed)
{
    /// <summary>Nothing.</summary>
    public static VertexMemory None { get; } = new(null, [], null);

    /// <summary>Measured rates; see <see cref="AutoscalerAdditions.ScalingCurve"/>.</summary>
    public ImmutableArray<RateObservation> Measured { get; init; } = [];

    /// <summary>What earlier windows proposed; see <see cref="AutoscalerAdditions.AgreeingWindows"/>.</summary>
    public StepProposal? Proposal { get; init; }

    /// <summary>A step that is blocked; see <see cref="AutoscalerAdditions.WayBack"/>.</summary>
    public BlockedStep? Blocked { get; init; }
}

/// <summary>Decides for one vertex.</summary>
public static class VertexScaler
{
    /// <summary>
    /// The parallelism a vertex should have by its own rates. The rule that a job is only restarted when some vertex is
    /// outside its bounds is not asked here.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="evaluation">Its rates.</param>
    /// <param name="memory">What is remembered of it.</param>
    /// <param name="restartTime">Expected downtime of one rescale.</param>
    /// <param name="now">The time of the cycle.</param>
    /// <returns>The decision, and the scale-down that waits afterwards.</returns>
    public static (VertexDecision Decision, DelayedScaleDown? Delayed) Decide(
        AutoscalerSettings settings, VertexEvaluation evaluation, VertexMemory memory, TimeSpan restartTime, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(memory);
        var capacity = Capacity.Needed(
            settings, evaluation.TargetDataRate, evaluation.CatchUpDataRate, settings.UtilizationTarget, withRestart: true, restartTime);
        if (double.IsNaN(evaluation.TrueProcessingRate) || double.IsNaN(capacity))
        {
            return (Unchanged(evaluation, VertexReason.MetricsMissing) with { Capacity = capacity }, memory.Delayed);
        }
        var decision = Target(settings, evaluation, memory, capacity, 1);
        if (decision.AlignedParallelism == evaluation.Parallelism)
        {
            return (decision, null);
        }
        return decision.AlignedParallelism > evaluation.Parallelism
            ? (Up(settings, decision, memory), null)
            : Down(settings, decision, memory, now);
    }

    /// <summary>The greatest parallelism a vertex can ever get.</summary>
    internal static int Ceiling(AutoscalerSettings settings, VertexEvaluation evaluation)
    {
        var ceiling = Math.Min(evaluation.MaxParallelism, Math.Max(evaluation.Parallelism, settings.VertexMaxParallelism));
        return settings.Extensions.CapAtPartitions && evaluation.SourcePartitions > 0
            ? Math.Max(Math.Min(evaluation.Parallelism, ceiling), Math.Min(ceiling, evaluation.SourcePartitions))
            : ceiling;
    }

    /// <summary>A growth again, for a share of the flow only; never below the current parallelism.</summary>
    internal static VertexDecision Limited(AutoscalerSettings settings, VertexDecision growth, VertexMemory memory, FlowShare share)
    {
        var evaluation = growth.Evaluation;
        var limited = Target(settings, evaluation, memory, growth.Capacity, share.Share);
        if (limited.AlignedParallelism >= growth.NewParallelism)
        {
            return growth;
        }
        var note = new ScalingNote(AutoscalerAdditions.BottleneckPropagation, string.Create(CultureInfo.InvariantCulture,
            $"{BottleneckPropagation.Limit(share)}, so {Math.Max(evaluation.Parallelism, limited.AlignedParallelism)} instead of {growth.NewParallelism}"));
        return limited.AlignedParallelism <= evaluation.Parallelism
            ? growth.Held(VertexReason.HeldByBottleneck, note)
            : growth with
            {
                NewParallelism = limited.AlignedParallelism,
                ExpectedProcessingRate = limited.ExpectedProcessingRate,
                Notes = growth.Notes.Add(note),
            };
    }

    internal static VertexDecision Unchanged(VertexEvaluation evaluation, VertexReason reason) => new()
    {
        Evaluation = evaluation,
        NewParallelism = evaluation.Parallelism,
        TargetParallelism = evaluation.Parallelism,
        AlignedParallelism = evaluation.Parallelism,
        Reason = reason,
    };

    private static VertexDecision Target(
        AutoscalerSettings settings, VertexEvaluation evaluation, VertexMemory memory, double capacity, double share)
    {
        var scalability = settings.ObservedScalability ? ScalingHistory.ScalabilityCoefficient(settings, memory.Observations) : 1;
        var factor = Limit(settings, capacity * share / evaluation.TrueProcessingRate / scalability);
        var limits = Limits(settings, evaluation);
        var target = ParallelismStep.Scale(factor, limits);
        var aligned = Align(settings, target, limits);
        var parallelism = settings.Extensions.CapAtPartitions ? CapAtPartitions(aligned.Parallelism, evaluation) : aligned.Parallelism;
        return Unchanged(evaluation, VertexReason.AlreadyRight) with
        {
            Capacity = capacity,
            Scalability = scalability,
            Factor = factor,
            TargetParallelism = target,
            AlignedParallelism = parallelism,
            ExpectedProcessingRate = parallelism == evaluation.Parallelism ? double.NaN : Expected(evaluation, parallelism),
            Events = aligned.Limited ? [ScalingEventKind.ScalingLimited] : [],
            Notes = parallelism == aligned.Parallelism ? [] :
            [
                new(AutoscalerAdditions.CapAtPartitions, string.Create(CultureInfo.InvariantCulture,
                    $"{evaluation.SourcePartitions} partitions, so {parallelism} instead of {aligned.Parallelism}")),
            ],
        };
    }

    private static AlignedParallelism Align(AutoscalerSettings settings, int target, ParallelismLimits limits)
    {
        if (settings.CustomAlignment is not { } custom)
        {
            return ParallelismAlignment.Align(target, limits);
        }
        var applies = target != limits.Current && ParallelismAlignment.Applies(limits.SourcePartitions, limits.HasHashInput);
        return new(applies ? Math.Min(Math.Max(limits.Lower, custom.Align(target, limits)), Math.Min(limits.MaxParallelism, limits.Upper)) : target, false);
    }

    private static ParallelismLimits Limits(AutoscalerSettings settings, VertexEvaluation evaluation) => new(
        evaluation.Parallelism,
        Math.Min(evaluation.Parallelism, settings.VertexMinParallelism),
        Math.Max(evaluation.Parallelism, settings.VertexMaxParallelism),
        evaluation.MaxParallelism,
        evaluation.SourcePartitions,
        evaluation.HasHashInput,
        settings.AlignmentMode);

    // Not Math.Clamp: the limits may be the wrong way round, and NaN passes.
    private static double Limit(AutoscalerSettings settings, double factor)
    {
        var least = 1 - settings.ScaleDownMaxFactor;
        var most = 1 + settings.ScaleUpMaxFactor;
        return factor < least ? least : factor > most ? most : factor;
    }

    // Never moves a vertex that is already above its partitions any further away.
    private static int CapAtPartitions(int parallelism, VertexEvaluation evaluation) =>
        evaluation.SourcePartitions > 0 && parallelism > evaluation.Parallelism
            ? Math.Max(evaluation.Parallelism, Math.Min(parallelism, evaluation.SourcePartitions))
            : parallelism;

    private static double Expected(VertexEvaluation evaluation, int parallelism) =>
        MetricNumbers.Stored(evaluation.TrueProcessingRate / evaluation.Parallelism * parallelism);

    private static VertexDecision Up(AutoscalerSettings settings, VertexDecision decision, VertexMemory memory)
    {
        var evaluation = decision.Evaluation;
        if (!ScalingHistory.IsEffective(settings, memory.Last, evaluation.Parallelism, evaluation.TrueProcessingRate))
        {
            decision = decision with { Events = decision.Events.Add(ScalingEventKind.IneffectiveScaling) };
            if (settings.EffectivenessDetection)
            {
                return decision with { Reason = VertexReason.Ineffective };
            }
        }
        return settings.Extensions.ScalingCurve
            && RateObservations.Objection(settings, memory.Measured, evaluation.Parallelism, decision.AlignedParallelism) is { } objection
            ? decision.Held(VertexReason.NotWorthwhile, objection)
            : Change(decision, VertexReason.ScaleUp);
    }

    private static (VertexDecision Decision, DelayedScaleDown? Delayed) Down(
        AutoscalerSettings settings, VertexDecision decision, VertexMemory memory, DateTimeOffset now)
    {
        if (settings.ScaleDownInterval <= TimeSpan.Zero)
        {
            return (Change(decision, VertexReason.ScaleDown), memory.Delayed);
        }
        var recommended = new RecommendedParallelism(now, decision.AlignedParallelism, IsOutside(decision.Evaluation));
        var delayed = memory.Delayed?.Record(recommended) ?? DelayedScaleDown.Start(recommended);
        if (now - delayed.FirstTrigger < settings.ScaleDownInterval)
        {
            return (decision with { Reason = VertexReason.ScaleDownDelayed }, delayed);
        }
        delayed = delayed.DropBefore(now - settings.ScaleDownInterval);
        return (Highest(settings, decision, delayed.Highest()), delayed);
    }

    private static VertexDecision Highest(AutoscalerSettings settings, VertexDecision decision, RecommendedParallelism highest)
    {
        var current = decision.Evaluation.Parallelism;
        if (highest.Parallelism == current)
        {
            return decision with { Reason = VertexReason.ScaleDownDelayed };
        }
        if (settings.Extensions.ExpectedRateOfAppliedParallelism && highest.Parallelism != decision.AlignedParallelism)
        {
            var expected = Expected(decision.Evaluation, highest.Parallelism);
            decision = decision with
            {
                ExpectedProcessingRate = expected,
                Notes = decision.Notes.Add(new(AutoscalerAdditions.ExpectedRateOfAppliedParallelism, string.Create(
                    CultureInfo.InvariantCulture, $"{expected:0.###}/s are expected of {highest.Parallelism}, not {decision.ExpectedProcessingRate:0.###}/s"))),
            };
        }
        return decision with
        {
            NewParallelism = highest.Parallelism,
            OutsideUtilizationBound = highest.OutsideUtilizationBound,
            Reason = highest.Parallelism > current ? VertexReason.ScaleUp : VertexReason.ScaleDown,
        };
    }

    private static VertexDecision Change(VertexDecision decision, VertexReason reason) => decision with
    {
        NewParallelism = decision.AlignedParallelism,
        OutsideUtilizationBound = IsOutside(decision.Evaluation),
        Reason = reason,
    };

    private static bool IsOutside(VertexEvaluation evaluation) =>
        evaluation.TrueProcessingRate < evaluation.Thresholds.ScaleUp || evaluation.TrueProcessingRate > evaluation.Thresholds.ScaleDown;
}
