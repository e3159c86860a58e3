using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>Plugin: replaces the final decision. Must be pure.</summary>
public interface IDecisionFilter
{
    /// <summary>Its name in <c>job.autoscaler.scaling.custom-executors</c>; the name of its type unless it says otherwise.</summary>
    string Name => GetType().Name;

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
        ArgumentNullException.ThrowIfNull(canSchedule);
        return Admit(settings, facts, Propose(settings, facts, memory), canSchedule);
    }

    /// <summary>
    /// The first half of <see cref="Plan"/>: everything before the cluster is asked. Whoever shares room among jobs does
    /// this for all of them, asks <see cref="FleetArbiter"/>, and then does the second half with its verdicts.
    /// </summary>
    /// <param name="settings">The settings; whether the autoscaler is on at all is the caller's question.</param>
    /// <param name="facts">What is known.</param>
    /// <param name="memory">What is remembered.</param>
    /// <returns>With <see cref="AutoscalerStatus.Proposed"/> when something is to change.</returns>
    /// <exception cref="ArgumentException">The settings name a plugin that this policy was not made with.</exception>
    public AutoscalerPlan Propose(AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerMemory memory)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(memory);
        ThrowIfUnknown(AutoscalerOptions.CustomEvaluators, settings.CustomEvaluators, _evaluators.Select(static e => e.Name));
        ThrowIfUnknown(AutoscalerOptions.CustomExecutors, settings.CustomExecutors, _filters.Select(static f => f.Name));
        memory = memory.ObserveRestart(facts.Topology, facts.RunningSince).Trim(settings, facts.Now);
        (memory, var restoration) = LookBack(settings, facts, memory);
        if (restoration is not null)
        {
            return Restore(settings, facts, memory, restoration);
        }
        if (facts.Metrics.Samples < 2)
        {
            return new() { Status = AutoscalerStatus.NotReady, Memory = memory };
        }
        var restartTime = RestartTracking.Expected(settings, memory.MeasuredRestarts);
        var evaluation = JobEvaluator.Evaluate(settings, facts.Metrics, restartTime, Evaluators(settings, facts));
        var plan = new AutoscalerPlan { Status = AutoscalerStatus.Collecting, Memory = memory, Evaluation = evaluation };
        if (evaluation.Failure is { } failure)
        {
            return plan with { Status = AutoscalerStatus.Failed, Events = [ScalingEvents.Of(ScalingEventKind.AutoscalerError, failure)] };
        }
        return facts.IsWindowFull ? Decide(settings, facts, plan, restartTime) : plan;
    }

    /// <summary>The second half of <see cref="Plan"/>: fleet, cluster, quota and plugins.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="facts">What is known, now with <see cref="AutoscalerFacts.Verdict"/> when the fleet's arbiter was asked.</param>
    /// <param name="plan">What <see cref="Propose"/> gave; returned as it is unless it proposes something.</param>
    /// <param name="canSchedule">
    /// Whether the cluster has room; not asked when <see cref="AutoscalerExtensions.BackendCapacity"/> is on and the
    /// facts have a capacity.
    /// </param>
    public AutoscalerPlan Admit(
        AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerPlan plan, Func<CapacityRequest, bool> canSchedule)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(canSchedule);
        if (plan.Status != AutoscalerStatus.Proposed)
        {
            return plan;
        }
        if (settings.Extensions.FleetArbiter && facts.Verdict is { Outcome: not FleetOutcome.Granted } verdict)
        {
            return Refuse(plan, GateRefusal.FleetArbiter, ScalingEventKind.ScalingDisplaced, new(AutoscalerAdditions.FleetArbiter, verdict.Explanation));
        }
        CapacityAnswer? answer = null;
        var ask = settings.Extensions.BackendCapacity && facts.Capacity is { } capacity
            ? request => (answer = capacity.Ask(request)).IsGranted
            : canSchedule;
        var size = facts.TaskManager;
        var refusal = ScalingGates.AskCluster(settings, plan.Decision!, size, facts.Metrics.Latest(JobMetric.TaskSlotsUsed), ask);
        plan = answer is null ? plan : plan with { CapacityAfter = answer.After };
        if (refusal != GateRefusal.None)
        {
            return answer is null
                ? Refuse(plan, refusal)
                : Refuse(plan, refusal, ScalingEventKind.CapacityRefused, new(AutoscalerAdditions.BackendCapacity, answer.Explanation));
        }
        var sizeAfter = plan.TunedMemory is { } tuned ? size with { MemoryBytes = tuned.TotalProcessBytes } : size;
        if (!ScalingGates.IsWithinQuota(settings, plan.Decision!, facts.SlotSharingGroups.Select(static g => g.AsEnumerable()), sizeAfter))
        {
            var counted = settings.Extensions.QuotaCountsEverything
                ? $" {new ScalingNote(AutoscalerAdditions.QuotaCountsEverything, "all vertices count, task managers are rounded up")}"
                : "";
            var report = ScalingEvents.Of(
                ScalingEventKind.ResourceQuotaReached, $"The quota of the job would be exceeded: nothing is scaled.{counted}");
            return Refuse(plan with { Events = plan.Events.Add(report) }, GateRefusal.Quota);
        }
        return Filter(settings, facts, plan);
    }

    // A plugin that is asked for and is not there must not be left out in silence.
    private static void ThrowIfUnknown(AutoscalerOption option, ImmutableArray<string> names, IEnumerable<string> known)
    {
        foreach (var name in names)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                throw new ArgumentException(
                    $"{option.Key} names '{name}'; this policy was made with {string.Join(", ", known.DefaultIfEmpty("none"))}.", nameof(names));
            }
        }
    }

    private static (AutoscalerMemory Memory, ScalingRestoration? Restoration) LookBack(
        AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerMemory memory)
    {
        // Proposals of windows from before a restart are worth nothing.
        if (!memory.Proposals.IsEmpty && memory.Proposals.Any(p => p.Value.Since < facts.RunningSince))
        {
            memory = memory with { Proposals = memory.Proposals.RemoveRange(memory.Proposals.Where(p => p.Value.Since < facts.RunningSince).Select(static p => p.Key)) };
        }
        if (memory.Undo is not { } undo)
        {
            return (memory, null);
        }
        var (kept, restoration) = settings.Extensions.WayBack ? WayBack.Look(settings, facts, undo) : (null, null);
        return (memory with { Undo = kept }, restoration);
    }

    private static AutoscalerPlan Restore(
        AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerMemory memory, ScalingRestoration restoration)
    {
        var decision = WayBack.Restore(facts, restoration);
        var notes = decision.Changes.Select(static c => $"{c.Evaluation.Id} {c.Evaluation.Parallelism} -> {c.NewParallelism}");
        var plan = new AutoscalerPlan
        {
            Status = AutoscalerStatus.Balanced,
            Memory = memory,
            Decision = decision,
            Events =
            [
                ScalingEvents.Of(ScalingEventKind.ScalingRestored,
                    $"The last scaling did harm: {string.Join(", ", notes)}. {decision.Changes.FirstOrDefault()?.Notes[0]}"),
            ],
        };
        return decision.IsChange ? Gates(settings, facts, plan) : plan;
    }

    private ImmutableArray<IMetricEvaluator> Evaluators(AutoscalerSettings settings, AutoscalerFacts facts) =>
        settings.Extensions.CpuThrottling && !facts.CpuThrottling.IsEmpty
            ? [new ThrottlingCorrection(settings, facts.CpuThrottling), .. Evaluators(settings)]
            : Evaluators(settings);

    private ImmutableArray<IMetricEvaluator> Evaluators(AutoscalerSettings settings) => settings.CustomEvaluators.IsEmpty
        ? _evaluators
        : [.. _evaluators.Where(e => settings.CustomEvaluators.Contains(e.Name, StringComparer.Ordinal))];

    private static AutoscalerPlan Decide(AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerPlan plan, TimeSpan restartTime)
    {
        var extensions = settings.Extensions;
        if (extensions.SkipDisturbedWindows
            && DisturbedWindows.Newest(facts.Disturbances, settings.MetricsWindow, facts.RunningSince, facts.Now) is { } disturbance)
        {
            var skipped = ScalingEvents.Of(ScalingEventKind.WindowDisturbed, DisturbedWindows.Describe(disturbance));
            return Refuse(plan with { Memory = plan.Memory with { Proposals = plan.Memory.Proposals.Clear() }, Events = [skipped] }, GateRefusal.DisturbedWindow);
        }
        var gcPressure = facts.Metrics.Latest(JobMetric.GcPressure) ?? double.NaN;
        var heapUsage = facts.Metrics.Of(JobMetric.HeapUsageRatio).Average();
        if (ScalingGates.IsUnderMemoryPressure(settings, gcPressure, heapUsage))
        {
            var report = ScalingEvents.Of(ScalingEventKind.MemoryPressure, string.Create(CultureInfo.InvariantCulture,
                $"Memory is under pressure (garbage collection {gcPressure:0.###}, heap {heapUsage:0.###} in use): nothing is scaled."));
            return plan with { Status = AutoscalerStatus.Refused, Refusal = GateRefusal.MemoryPressure, Events = [report] };
        }
        if (extensions.ScalingCurve)
        {
            plan = plan with { Memory = plan.Memory.Measure(settings, plan.Evaluation!.Vertices, facts.Now) };
        }
        var excluded = settings.ExcludedVertices.Concat(facts.ExcludedNow).ToFrozenSet(StringComparer.Ordinal);
        var decision = JobScaler.Decide(settings, plan.Evaluation!.Vertices, plan.Memory.Of, excluded, restartTime, facts.Now);
        var events = ScalingEvents.Of(decision);
        if (extensions.DataSkewReport)
        {
            decision = DataSkew.Report(settings, decision, facts.Subtasks);
            events = events.Concat(DataSkew.Events(decision));
        }
        if (extensions.WayBack)
        {
            decision = decision with { Health = facts.Health };
        }
        plan = plan with
        {
            Status = AutoscalerStatus.Balanced,
            Decision = decision,
            Memory = plan.Memory with { Delayed = decision.Delayed, Proposals = decision.Proposals },
            Events = [.. events],
        };
        return decision.IsChange ? Gates(settings, facts, plan) : plan;
    }

    private static AutoscalerPlan Gates(AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerPlan plan)
    {
        if (!settings.ScalingEnabled || ExcludedPeriods.AnyContains(settings.ExcludedPeriods, facts.LocalTime))
        {
            return Refuse(plan, settings.ScalingEnabled ? GateRefusal.ExcludedPeriod : GateRefusal.ScalingDisabled);
        }
        // A scaling that is undone goes back to the memory of before, too.
        plan = plan.Decision!.Restoration is null ? TuneMemory(settings, facts, plan) : plan;
        return plan with
        {
            Status = AutoscalerStatus.Proposed,
            Request = ScalingGates.Request(settings, plan.Decision!, facts.TaskManager, facts.Metrics.Latest(JobMetric.TaskSlotsUsed)),
        };
    }

    private AutoscalerPlan Filter(AutoscalerSettings settings, AutoscalerFacts facts, AutoscalerPlan plan)
    {
        var decision = plan.Decision;
        foreach (var filter in _filters)
        {
            if (!settings.CustomExecutors.IsEmpty && !settings.CustomExecutors.Contains(filter.Name, StringComparer.Ordinal))
            {
                continue;
            }
            decision = filter.Filter(decision!, facts);
            if (decision is null || !decision.IsChange)
            {
                var veto = ScalingEvents.Of(ScalingEventKind.ScalingVetoed, $"{filter.Name} refuses the scaling.");
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

    private static AutoscalerPlan Refuse(AutoscalerPlan plan, GateRefusal refusal, ScalingEventKind kind, ScalingNote note) =>
        Refuse(plan with { Events = plan.Events.Add(ScalingEvents.Of(kind, $"{note} Nothing is scaled.")) }, refusal);

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
