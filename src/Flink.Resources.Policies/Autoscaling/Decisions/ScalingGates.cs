namespace Flink.Resources.Autoscaling;

/// <summary>Why a decision is not carried out.</summary>
public enum GateRefusal
{
    /// <summary>Nothing refuses.</summary>
    None = 0,

    /// <summary>Garbage collection or heap usage is above its threshold.</summary>
    MemoryPressure,

    /// <summary>Advisor mode: scaling is switched off.</summary>
    ScalingDisabled,

    /// <summary>Now is an excluded period.</summary>
    ExcludedPeriod,

    /// <summary>How many slots are used is not known yet.</summary>
    SlotsUnknown,

    /// <summary>The cluster has no room.</summary>
    ClusterCapacity,

    /// <summary>The quota would be exceeded.</summary>
    Quota,

    /// <summary>A plugin refused.</summary>
    Vetoed,

    /// <summary>The window holds a disturbance. See <see cref="AutoscalerAdditions.SkipDisturbedWindows"/>.</summary>
    DisturbedWindow,

    /// <summary>The fleet's arbiter refused. See <see cref="AutoscalerAdditions.FleetArbiter"/>.</summary>
    FleetArbiter,
}

/// <summary>The size of one task manager.</summary>
/// <param name="Cpu">Cores; null, 0 or less: not known.</param>
/// <param name="MemoryBytes">Bytes; null, 0 or less: not known.</param>
public readonly record struct TaskManagerSize(double? Cpu, long? MemoryBytes)
{
    /// <summary>Whether both are known.</summary>
    public bool IsKnown => Cpu > 0 && MemoryBytes > 0;
}

/// <summary>A question to the cluster: whether so many task managers find room when the current ones are gone.</summary>
/// <param name="Current">Task managers now.</param>
/// <param name="New">Task managers afterwards.</param>
/// <param name="Cpu">Cores of each.</param>
/// <param name="MemoryBytes">Bytes of each.</param>
public readonly record struct CapacityRequest(long Current, long New, double Cpu, long MemoryBytes);

/// <summary>What stands between a decision and the job.</summary>
public static class ScalingGates
{
    /// <summary>Whether the memory of the task managers is under pressure; what is not known is not.</summary>
    /// <param name="settings">The thresholds.</param>
    /// <param name="gcPressure">Share of time in garbage collection, current.</param>
    /// <param name="heapUsageRatio">Share of the heap in use, mean over the window.</param>
    public static bool IsUnderMemoryPressure(AutoscalerSettings settings, double gcPressure, double heapUsageRatio)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return gcPressure > settings.GcPressureThreshold || heapUsageRatio > settings.HeapUsageThreshold;
    }

    /// <summary>
    /// Slots in use after a change: with slot sharing, told by the highest parallelism being equal to the slots used,
    /// the highest parallelism; else the sum.
    /// </summary>
    /// <param name="parallelism">Parallelism of each vertex before and after.</param>
    /// <param name="slotsUsed">Slots in use before.</param>
    public static long SlotsAfter(IEnumerable<(int Current, int New)> parallelism, double slotsUsed)
    {
        ArgumentNullException.ThrowIfNull(parallelism);
        var (highest, highestNew, sum) = (0L, 0L, 0L);
        foreach (var (current, next) in parallelism)
        {
            highest = Math.Max(highest, current);
            highestNew = Math.Max(highestNew, next);
            sum += next;
        }
        return highest == slotsUsed ? highestNew : sum;
    }

    /// <summary>Task managers for so many slots, rounded up.</summary>
    public static long TaskManagers(AutoscalerSettings settings, double slots)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return MetricNumbers.ToInt64(Math.Ceiling(slots / SlotsPerTaskManager(settings)));
    }

    /// <summary>
    /// Asks the cluster, when the size of a task manager is known.
    /// </summary>
    /// <param name="settings">Slots per task manager.</param>
    /// <param name="decision">What is to be carried out.</param>
    /// <param name="size">The size of a task manager.</param>
    /// <param name="slotsUsed">Slots in use; null: not measured yet, NaN counts as 0.</param>
    /// <param name="canSchedule">The cluster's answer.</param>
    public static GateRefusal AskCluster(
        AutoscalerSettings settings, JobDecision decision, TaskManagerSize size, double? slotsUsed, Func<CapacityRequest, bool> canSchedule)
    {
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentNullException.ThrowIfNull(canSchedule);
        if (!size.IsKnown)
        {
            return GateRefusal.None;
        }
        if (Request(settings, decision, size, slotsUsed) is not { } request)
        {
            return GateRefusal.SlotsUnknown;
        }
        return canSchedule(request) ? GateRefusal.None : GateRefusal.ClusterCapacity;
    }

    /// <summary>The question to the cluster that a decision leads to.</summary>
    /// <param name="settings">Slots per task manager.</param>
    /// <param name="decision">What is to be carried out.</param>
    /// <param name="size">The size of a task manager.</param>
    /// <param name="slotsUsed">Slots in use; null: not measured yet, NaN counts as 0.</param>
    /// <returns>Null when the size or the slots in use are not known.</returns>
    public static CapacityRequest? Request(AutoscalerSettings settings, JobDecision decision, TaskManagerSize size, double? slotsUsed)
    {
        ArgumentNullException.ThrowIfNull(decision);
        if (!size.IsKnown || slotsUsed is not { } slots)
        {
            return null;
        }
        slots = double.IsNaN(slots) ? 0 : slots;
        var after = SlotsAfter(decision.Vertices.Select(static v => (v.Evaluation.Parallelism, v.NewParallelism)), slots);
        return new CapacityRequest(TaskManagers(settings, slots), TaskManagers(settings, after), size.Cpu!.Value, size.MemoryBytes!.Value);
    }

    /// <summary>
    /// Whether the quota allows the change. Per slot sharing group the highest parallelism among its changed vertices
    /// counts, and slots are divided downwards; with <see cref="AutoscalerExtensions.QuotaCountsEverything"/> all
    /// vertices count and slots are divided upwards.
    /// </summary>
    /// <param name="settings">The quotas, and slots per task manager.</param>
    /// <param name="decision">What is to be carried out.</param>
    /// <param name="slotSharingGroups">The vertices of each group.</param>
    /// <param name="size">The size of a task manager; what is not known is not counted.</param>
    public static bool IsWithinQuota(
        AutoscalerSettings settings, JobDecision decision, IEnumerable<IEnumerable<string>> slotSharingGroups, TaskManagerSize size)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentNullException.ThrowIfNull(slotSharingGroups);
        if (settings.QuotaCpu is null && settings.QuotaMemoryBytes is null)
        {
            return true;
        }
        var everything = settings.Extensions.QuotaCountsEverything;
        var counted = decision.Vertices.Where(v => everything || v.IsChange)
            .ToDictionary(static v => v.Evaluation.Id, static v => (v.Evaluation.Parallelism, v.NewParallelism), StringComparer.Ordinal);
        var (before, after) = (0L, 0L);
        foreach (var group in slotSharingGroups)
        {
            var members = group.Where(counted.ContainsKey).Select(id => counted[id]).ToList();
            before += members.Select(static m => m.Parallelism).DefaultIfEmpty().Max();
            after += members.Select(static m => m.NewParallelism).DefaultIfEmpty().Max();
        }
        var slots = SlotsPerTaskManager(settings);
        var round = everything ? slots - 1 : 0;
        var (managersBefore, managersAfter) = ((before + round) / slots, (after + round) / slots);
        return managersAfter <= managersBefore
            || !((size.Cpu ?? 0) * managersAfter > settings.QuotaCpu || (double)(size.MemoryBytes ?? 0) * managersAfter > settings.QuotaMemoryBytes);
    }

    // A value out of its range must not divide by 0.
    private static int SlotsPerTaskManager(AutoscalerSettings settings) => Math.Max(1, settings.SlotsPerTaskManager);
}
