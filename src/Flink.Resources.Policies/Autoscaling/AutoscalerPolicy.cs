using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>What is known of a job in one cycle.</summary>
public sealed record AutoscalerFacts
{
    /// <summary>Its graph, with the parallelism it runs with.</summary>
    public required JobTopology Topology { get; init; }

    /// <summary>Its metrics over the window.</summary>
    public required MetricSummary Metrics { get; init; }

    /// <summary>Whether the window is full; before that nothing is decided.</summary>
    public required bool IsWindowFull { get; init; }

    /// <summary>Since when it is RUNNING.</summary>
    public required DateTimeOffset RunningSince { get; init; }

    /// <summary>The time of the cycle.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The same instant as wall-clock time of the zone in which excluded periods are meant.</summary>
    public required DateTime LocalTime { get; init; }

    /// <summary>Vertices left alone in this cycle: finished, or without a busy time.</summary>
    public ImmutableArray<string> ExcludedNow { get; init; } = [];

    /// <summary>Size of a task manager.</summary>
    public TaskManagerSize TaskManager { get; init; }

    /// <summary>Memory pools by specification; null when it is not valid or not known.</summary>
    public TaskManagerMemory? TaskManagerMemory { get; init; }

    /// <summary>Vertices by slot sharing group.</summary>
    public ImmutableArray<ImmutableArray<string>> SlotSharingGroups { get; init; } = [];
}

/// <summary>How far a cycle came.</summary>
public enum AutoscalerStatus
{
    /// <summary>Not run.</summary>
    Unknown = 0,

    /// <summary>Fewer than two samples.</summary>
    NotReady,

    /// <summary>The metrics cannot be used.</summary>
    Failed,

    /// <summary>Evaluated for display; the window is not full.</summary>
    Collecting,

    /// <summary>Nothing is to change.</summary>
    Balanced,

    /// <summary>Something is to change, and a gate refuses.</summary>
    Refused,

    /// <summary>Something is to change.</summary>
    Scale,
}

/// <summary>What a cycle comes to.</summary>
public sealed record AutoscalerPlan
{
    /// <summary>How far it came.</summary>
    public required AutoscalerStatus Status { get; init; }

    /// <summary>The memory to keep, whether or not the plan is carried out.</summary>
    public required AutoscalerMemory Memory { get; init; }

    /// <summary>Rates and thresholds; null when not ready.</summary>
    public JobEvaluation? Evaluation { get; init; }

    /// <summary>The decision per vertex; null when none was made.</summary>
    public JobDecision? Decision { get; init; }

    /// <summary>The gate that refused.</summary>
    public GateRefusal Refusal { get; init; }

    /// <summary>New memory sizes; null when there are none.</summary>
    public TunedMemory? TunedMemory { get; init; }

    /// <summary>Reports, in the order they arose.</summary>
    public ImmutableArray<ScalingEvent> Events { get; init; } = [];
}

/// <summary>Plugin: replaces the final decision. Must be pure.</summary>
public interface IDecisionFilter
{
    /// <summary>The decision to use instead; null is a veto.</summary>
    JobDecision? Filter(JobDecision decision, AutoscalerFacts facts);
}

/// <summary>
/// One cycle of the autoscaler: from metrics to a plan. Pure: the same settings, facts and memory give the same plan.
/// The algorithm is that of the Flink autoscaler (module flink-autoscaler of the Flink Kubernetes Operator), after DS2
/// (Kalavri et al., OSDI 2018).
/// </summary>
public sealed class AutoscalerPolicy
{
    private readonly ImmutableArray<IMetricEvaluator> _evaluators;
    private readonly ImmutableArray<IDecisionFilter> _filters;

    /// <summary>A policy without plugins.</summary>
    public AutoscalerPolicy()
        : this([], [])
    {
    }

    /// <summary>A policy with plugins.</summary>
    /// <param name="evaluators">Replace evaluated metrics, in this order.</param>
    /// <param name="filters">Change or veto the final decision, in this order.</param>
    public AutoscalerPolicy(ImmutableArray<IMetricEvaluator> evaluators, ImmutableArray<IDecisionFilter> filters) =>
        (_evaluators, _filters) = (evaluators, filters);

    /// <summary>Plans. Nothing is carried out; see <see cref="AutoscalerMemory.Executed"/> for afterwards.</summary>
    /// <param name="settings">The settings; whether the autoscaler is on at all is the caller's question.</param>
    /// <param name="facts">What is known.</param>
    /// <param name="memory">What is remembered.</param>
    /// <param name="canSchedule">Whether the cluster has room; only asked when all before agree.</param>
    public AutoscalerPlan Plan(
        AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerMemory memory, Func<CapacityRequest, bool> canSchedule)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(canSchedule);
        memory = memory.ObserveRestart(facts.Topology, facts.RunningSince).Trim(settings, facts.Now);
        if (facts.Metrics.Samples < 2)
        {
            return new() { Status = AutoscalerStatus.NotReady, Memory = memory };
        }
        var restartTime = RestartTracking.Expected(settings, memory.MeasuredRestarts);
        var evaluation = JobEvaluator.Evaluate(settings, facts.Metrics, restartTime, _evaluators);
        var plan = new AutoscalerPlan { Status = AutoscalerStatus.Collecting, Memory = memory, Evaluation = evaluation };
        if (evaluation.Failure is { } failure)
        {
            return plan with { Status = AutoscalerStatus.Failed, Events = [ScalingEvents.Of(ScalingEventKind.AutoscalerError, failure)] };
        }
        return facts.IsWindowFull ? Decide(settings, facts, plan, restartTime, canSchedule) : plan;
    }

    private AutoscalerPlan Decide(
        AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerPlan plan, TimeSpan restartTime, Func<CapacityRequest, bool> canSchedule)
    {
        var gcPressure = facts.Metrics.Latest(JobMetric.GcPressure) ?? double.NaN;
        var heapUsage = facts.Metrics.Of(JobMetric.HeapUsageRatio).Average();
        if (ScalingGates.IsUnderMemoryPressure(settings, gcPressure, heapUsage))
        {
            var report = ScalingEvents.Of(ScalingEventKind.MemoryPressure, string.Create(CultureInfo.InvariantCulture,
                $"Memory is under pressure (garbage collection {gcPressure:0.###}, heap {heapUsage:0.###} in use): nothing is scaled."));
            return plan with { Status = AutoscalerStatus.Refused, Refusal = GateRefusal.MemoryPressure, Events = [report] };
        }
        var excluded = settings.ExcludedVertices.Concat(facts.ExcludedNow).ToFrozenSet(StringComparer.Ordinal);
        var decision = JobScaler.Decide(settings, plan.Evaluation!.Vertices, plan.Memory.Of, excluded, restartTime, facts.Now);
        plan = plan with
        {
            Status = AutoscalerStatus.Balanced,
            Decision = decision,
            Memory = plan.Memory with { Delayed = decision.Delayed },
            Events = [.. ScalingEvents.Of(decision)],
        };
        return decision.IsChange ? Gates(settings, facts, plan, canSchedule) : plan;
    }

    private AutoscalerPlan Gates(
        AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerPlan plan, Func<CapacityRequest, bool> canSchedule)
    {
        if (!settings.ScalingEnabled || ExcludedPeriods.AnyContains(settings.ExcludedPeriods, facts.LocalTime))
        {
            return Refuse(plan, settings.ScalingEnabled ? GateRefusal.ExcludedPeriod : GateRefusal.ScalingDisabled);
        }
        plan = TuneMemory(settings, facts, plan);
        var size = facts.TaskManager;
        var refusal = ScalingGates.AskCluster(settings, plan.Decision!, size, facts.Metrics.Latest(JobMetric.TaskSlotsUsed), canSchedule);
        if (refusal != GateRefusal.None)
        {
            return Refuse(plan, refusal);
        }
        var sizeAfter = plan.TunedMemory is { } tuned ? size with { MemoryBytes = tuned.TotalProcessBytes } : size;
        if (!ScalingGates.IsWithinQuota(settings, plan.Decision!, facts.SlotSharingGroups.Select(static g => g.AsEnumerable()), sizeAfter))
        {
            var report = ScalingEvents.Of(ScalingEventKind.ResourceQuotaReached, "The quota of the job would be exceeded: nothing is scaled.");
            return Refuse(plan with { Events = plan.Events.Add(report) }, GateRefusal.Quota);
        }
        return Filter(facts, plan);
    }

    private AutoscalerPlan Filter(AutoscalerFacts facts, AutoscalerPlan plan)
    {
        var decision = plan.Decision;
        foreach (var filter in _filters)
        {
            decision = filter.Filter(decision!, facts);
            if (decision is null || !decision.IsChange)
            {
                var veto = ScalingEvents.Of(ScalingEventKind.ScalingVetoed, $"{filter.GetType().Name} refuses the scaling.");
                return Refuse(plan with { Events = plan.Events.Add(veto) }, GateRefusal.Vetoed);
            }
        }
        var changes = decision!.Changes.Select(static c => $"{c.Evaluation.Id} {c.Evaluation.Parallelism} -> {c.NewParallelism}");
        return plan with
        {
            Status = AutoscalerStatus.Scale,
            Decision = decision,
            Events = plan.Events.Add(ScalingEvents.Of(ScalingEventKind.ScalingReport, $"Scaling {string.Join(", ", changes)}.")),
        };
    }

    private static AutoscalerPlan Refuse(AutoscalerPlan plan, GateRefusal refusal) =>
        plan with { Status = AutoscalerStatus.Refused, Refusal = refusal };

    private static AutoscalerPlan TuneMemory(AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerPlan plan)
    {
        if (facts.TaskManagerMemory is not { } specification)
        {
            return plan;
        }
        var decision = plan.Decision!;
        var after = decision.Parallelism();
        var slots = facts.Metrics.Latest(JobMetric.TaskSlotsUsed) ?? 0;
        var slotsAfter = ScalingGates.SlotsAfter(decision.Vertices.Select(static v => (v.Evaluation.Parallelism, v.NewParallelism)), slots);
        var usage = new MemoryUsage(
            facts.Metrics.Of(JobMetric.HeapUsed).Average(),
            facts.Metrics.Of(JobMetric.MetaspaceUsed).Average(),
            facts.Metrics.Of(JobMetric.ManagedMemoryUsed).Average());
        var tuned = MemoryTuning.Tune(
            settings, specification, usage, NetworkMemory.Bytes(settings, facts.Topology, v => after[v]),
            ScalingGates.TaskManagers(settings, slots), ScalingGates.TaskManagers(settings, slotsAfter));
        if (settings.MemoryTuning || tuned is null)
        {
            return plan with { TunedMemory = tuned };
        }
        var advice = string.Join(", ", tuned.Overrides().Select(static o => $"{o.Key}: {o.Value}"));
        return plan with { Events = plan.Events.Add(ScalingEvents.Of(ScalingEventKind.ConfigurationRecommendation, $"Memory could be: {advice}.")) };
    }
}
