using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>How victims are picked among those who may be asked.</summary>
public enum VictimSelection
{
    /// <summary>The least important first, over the whole backend, until the preemptor fits; then back whoever is not needed.</summary>
    LeastImportantFirst = 0,

    /// <summary>As kube-scheduler: container by container, the node whose victims hurt least. A backend that hides its nodes counts as one.</summary>
    KubeScheduler,

    /// <summary>As Kueue without fair sharing: a queue takes back what is its own, then priority decides in the own queue.</summary>
    KueueClassical,

    /// <summary>As Kueue with fair sharing: whoever borrows most for its weight loses first.</summary>
    KueueFairSharing,

    /// <summary>As YARN's capacity monitor: each queue above its ideal gives its part, its least important and youngest applications first.</summary>
    YarnCapacity,
}

/// <summary>
/// Parts with which the policy chooses what another scheduler would choose, all of Flink's costs switched off: a start for operators who want
/// to keep what they know. The costs are switched on one by one: another <see cref="FleetPreemptionParts.Cost"/>, then an
/// <see cref="FleetPreemptionParts.Order"/> that looks at it; it decides where the imitated system would look at age. What no part can
/// switch off: no state is lost, room is made for the whole preemptor or for nobody, and the options' budgets hold.
/// </summary>
public static class FleetPreemptionPresets
{
    /// <summary>Options that ration nothing, as those schedulers ration nothing; only what keeps state and calm is left out.</summary>
    public static FleetPreemptionOptions WithoutBudgets { get; } = new()
    {
        MaximumBeingFreed = 1,
        MaximumSavepoints = int.MaxValue,
        MaximumSavepointsPerTeam = int.MaxValue,
        CoolDown = TimeSpan.Zero,
        MaximumStopsPerDay = int.MaxValue,
        MaximumStopsPerDayRealTime = int.MaxValue,
        MaximumStopsPerQueueAndHour = 1,
        MinimumRunTime = TimeSpan.Zero,
        PauseAfterDisplacement = TimeSpan.Zero,
        MinimumWait = TimeSpan.Zero,
        DeadZone = 0,
        MayViolateBudgets = true,
    };

    /// <summary>kube-scheduler: priority alone entitles, the choice is made node by node, the youngest of equals goes.</summary>
    /// <param name="options">The policy's numbers.</param>
    public static FleetPreemptionParts KubeScheduler(FleetPreemptionOptions options) =>
        new(new PriorityAloneRule(options), new EqualCost(), new YoungestFirst()) { Selection = VictimSelection.KubeScheduler };

    /// <summary>Kueue without fair sharing: queues are cluster queues, their parents cohorts, guarantees nominal quotas.</summary>
    /// <param name="options">The policy's numbers.</param>
    public static FleetPreemptionParts Kueue(FleetPreemptionOptions options) =>
        new(new QuotaRule(options, withinQueue: true), new EqualCost(), new YoungestFirst()) { Selection = VictimSelection.KueueClassical };

    /// <summary>Kueue with fair sharing: the final share first, then the initial one.</summary>
    /// <param name="options">The policy's numbers.</param>
    public static FleetPreemptionParts KueueFairSharing(FleetPreemptionOptions options) =>
        new(new QuotaRule(options, withinQueue: true), new EqualCost(), new YoungestFirst()) { Selection = VictimSelection.KueueFairSharing };

    /// <summary>
    /// YARN's CapacityScheduler between queues: guarantees alone entitle, whatever the priority
    /// (<see cref="FleetPreemptionOptions.ReclaimFromAnyPriority"/> plays no part).
    /// </summary>
    /// <param name="options">The policy's numbers.</param>
    public static FleetPreemptionParts Yarn(FleetPreemptionOptions options) =>
        new(new QuotaRule(options with { ReclaimFromAnyPriority = true }, withinQueue: false), new EqualCost(), new YoungestFirst())
        {
            Selection = VictimSelection.YarnCapacity,
        };
}

/// <summary>What schedulers without knowledge of Flink assume: whoever goes, it costs the same.</summary>
public sealed class EqualCost : IMoveCostModel
{
    /// <inheritdoc/>
    public MoveCost Rate(FleetJob job, MoveKind move, int taskManagersKept, long unknownStateBytes, DateTimeOffset now) =>
        new(0, job.StateBytes ?? unknownStateBytes, CoreSecondsCost.AgeOfCheckpoint(job, now), TimeSpan.Zero, 1, job.InvoluntaryStops.Length, 1);
}

/// <summary>Band and priority alone entitle, wherever the victim lives, as on Kubernetes without queues.</summary>
/// <param name="options">The policy's numbers.</param>
public sealed class PriorityAloneRule(FleetPreemptionOptions options) : IEntitlementRule
{
    /// <inheritdoc/>
    public Entitlement Judge(in EntitlementQuestion question)
    {
        if (options.UntouchableTiers.Contains(question.VictimTier))
        {
            return new(EntitlementKind.None, NeedsFinalShare: false, "its band is declared untouchable");
        }
        return QuotaRule.IsLower(question)
            ? new(EntitlementKind.LowerPriority, NeedsFinalShare: false, "it has lower priority")
            : new(EntitlementKind.None, NeedsFinalShare: false, "it has equal or higher priority");
    }
}

/// <summary>
/// Queues take back what is theirs, from lower priorities or from any; inside a queue the higher priority takes from the lower if that is
/// wanted. Whether a queue has anything to give is for the selection to see.
/// </summary>
/// <param name="options">The policy's numbers.</param>
/// <param name="withinQueue">Whether a job may take from its own queue.</param>
public sealed class QuotaRule(FleetPreemptionOptions options, bool withinQueue) : IEntitlementRule
{
    /// <inheritdoc/>
    public Entitlement Judge(in EntitlementQuestion question)
    {
        if (options.UntouchableTiers.Contains(question.VictimTier))
        {
            return new(EntitlementKind.None, NeedsFinalShare: false, "its band is declared untouchable");
        }
        var isOwn = string.Equals(question.VictimQueue, question.Queue, StringComparison.Ordinal);
        if (isOwn && !withinQueue)
        {
            return new(EntitlementKind.None, NeedsFinalShare: false, "nobody takes from its own queue");
        }
        if (!IsLower(question) && (isOwn || !options.ReclaimFromAnyPriority))
        {
            return new(EntitlementKind.None, NeedsFinalShare: false, "it has equal or higher priority");
        }
        return isOwn
            ? new(EntitlementKind.LowerPriority, NeedsFinalShare: false, "it has lower priority in the same queue")
            : new(EntitlementKind.Reclaim, NeedsFinalShare: false, "its queue holds more than is its own");
    }

    internal static bool IsLower(in EntitlementQuestion question) => question.VictimTier != question.Request.Tier
        ? question.VictimTier < question.Request.Tier
        : question.VictimPriority < question.Request.Priority.Value;
}
