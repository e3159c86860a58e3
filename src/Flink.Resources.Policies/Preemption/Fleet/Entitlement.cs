namespace Flink.Resources.Preemption.Fleet;

/// <summary>Why one may take from another.</summary>
public enum EntitlementKind
{
    /// <summary>It may not.</summary>
    None = 0,

    /// <summary>The victim is of a lower band.</summary>
    LowerTier,

    /// <summary>Same queue and band, strictly lower effective priority.</summary>
    LowerPriority,

    /// <summary>The preemptor's queue takes back its own guarantee from one that holds more than its own.</summary>
    Reclaim,

    /// <summary>The preemptor borrows, and its queue's share stays at most that of the victim's queue afterwards.</summary>
    FinalShare,
}

/// <summary>The answer to: may it take from there at all?</summary>
/// <param name="Kind">The rule that entitles.</param>
/// <param name="NeedsFinalShare">Whether each victim must also pass the test of the final share.</param>
/// <param name="Reason">A sentence for a person.</param>
public readonly record struct Entitlement(EntitlementKind Kind, bool NeedsFinalShare, string Reason)
{
    /// <summary>Whether it may.</summary>
    public bool IsGranted => Kind != EntitlementKind.None;
}

/// <summary>All that entitlement depends on; jobs of equal band, priority and queue are judged together.</summary>
/// <param name="Request">The preemptor.</param>
/// <param name="Queue">The preemptor's queue.</param>
/// <param name="IsWithinGuarantee">Whether that queue is within its guarantee, the request included; true without a guarantee.</param>
/// <param name="HasGuarantee">Whether a guarantee is configured for it.</param>
/// <param name="VictimTier">The victims' band.</param>
/// <param name="VictimPriority">Their effective priority.</param>
/// <param name="VictimQueue">Their queue.</param>
/// <param name="VictimQueueOwes">Whether that queue holds more than its guarantee and the dead zone.</param>
public readonly record struct EntitlementQuestion(
    PreemptionRequest Request,
    string Queue,
    bool IsWithinGuarantee,
    bool HasGuarantee,
    WorkloadTier VictimTier,
    int VictimPriority,
    string VictimQueue,
    bool VictimQueueOwes);

/// <summary>Entitlement comes first: the cheapest job of a queue that owes nothing is not touched.</summary>
public interface IEntitlementRule
{
    /// <summary>Judges. Pure.</summary>
    Entitlement Judge(in EntitlementQuestion question);
}

/// <summary>
/// Across bands the higher takes from the lower; in a queue the strictly higher priority from the lower; between queues of a band only
/// to take back an own guarantee, or by the final share, which cannot flip back. Who only borrows needs the final share everywhere
/// outside its own queue.
/// </summary>
/// <param name="options">The policy's numbers.</param>
public sealed class TierAndGuaranteeRule(FleetPreemptionOptions options) : IEntitlementRule
{
    /// <inheritdoc/>
    public Entitlement Judge(in EntitlementQuestion question)
    {
        var request = question.Request;
        if (question.VictimTier < request.Tier)
        {
            return options.UntouchableTiers.Contains(question.VictimTier)
                ? Denied("its band is declared untouchable")
                : new(EntitlementKind.LowerTier, Borrows(question), "it is of a lower band");
        }
        if (question.VictimTier > request.Tier)
        {
            return Denied("it is of a higher band");
        }
        var lower = question.VictimPriority < request.Priority.Value;
        if (string.Equals(question.VictimQueue, question.Queue, StringComparison.Ordinal))
        {
            return lower
                ? new(EntitlementKind.LowerPriority, NeedsFinalShare: false, "it has lower priority in the same queue")
                : Denied("it has equal or higher priority in the same queue");
        }
        return BetweenQueues(question, lower);
    }

    private Entitlement BetweenQueues(in EntitlementQuestion question, bool lower)
    {
        if (!question.HasGuarantee)
        {
            return Denied("the preemptor's queue has no guarantee to take back");
        }
        if (!question.VictimQueueOwes)
        {
            return Denied("its queue owes nothing");
        }
        if (!lower && !options.ReclaimFromAnyPriority)
        {
            return Denied("it has equal or higher priority, and reclaiming spares those");
        }
        return question.IsWithinGuarantee
            ? new(EntitlementKind.Reclaim, NeedsFinalShare: false, "the preemptor's queue takes back its own guarantee")
            : lower
                ? new(EntitlementKind.FinalShare, NeedsFinalShare: true, "its queue borrows more")
                : Denied("the preemptor's queue only borrows");
    }

    private static bool Borrows(in EntitlementQuestion question) =>
        question.HasGuarantee && !question.IsWithinGuarantee
        && !string.Equals(question.VictimQueue, question.Queue, StringComparison.Ordinal);

    private static Entitlement Denied(string reason) => new(EntitlementKind.None, NeedsFinalShare: false, reason);
}
