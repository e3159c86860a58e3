using System.Collections.Immutable;
using System.Numerics;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>When may a workload be taken for the sake of fairness?</summary>
public enum FairSharingStrategy
{
    /// <summary>The preemptor's new share is at most the victim's share after losing the workload. Two jobs never displace each other in turn.</summary>
    LessThanOrEqualToFinalShare = 0,

    /// <summary>
    /// The preemptor's new share is less than the victim's share before. Lets a small queue break up one huge workload; can leave the victim poorer.
    /// </summary>
    LessThanInitialShare = 1,
}

/// <summary>An amount that a queue uses.</summary>
/// <param name="Queue">The name of the queue.</param>
/// <param name="Amount">How much of what.</param>
public readonly record struct QueueUsage(string Queue, FlavorAmount Amount);

/// <summary>The share of a queue or a cohort.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsQueue">A queue; else a cohort.</param>
/// <param name="WeightedShare">The share in thousandths of what can be lent, divided by the weight and rounded up; null: infinite.</param>
/// <param name="DominantResource">The resource that the share comes from; empty when the share is 0.</param>
/// <param name="Borrowing">More is used than the subtree's quota.</param>
public sealed record QuotaNodeShare(string Name, bool IsQueue, BigInteger? WeightedShare, string DominantResource, bool Borrowing);

/// <summary>
/// Who gives way in a tree of quotas, as Kueue decides with fair sharing (pkg/scheduler/preemption/fairsharing): whoever borrows most for its
/// weight loses first. Pure: same situation, same answer, whatever the order of its lists. Shares are compared as exact fractions.
/// </summary>
public static class FairSharing
{
    /// <summary>Kueue's default: the final share first, then the initial one.</summary>
    public static ImmutableArray<FairSharingStrategy> DefaultStrategies { get; } =
        [FairSharingStrategy.LessThanOrEqualToFinalShare, FairSharingStrategy.LessThanInitialShare];

    /// <summary>Decides who goes.</summary>
    /// <param name="context">The situation.</param>
    /// <param name="strategies">
    /// The strategies in order of use; see <see cref="DefaultStrategies"/>. When there is a second one, workloads that the first refused get
    /// one more try by <see cref="FairSharingStrategy.LessThanInitialShare"/>, whichever the second is. With none, nobody is taken for fairness alone.
    /// </param>
    /// <exception cref="ArgumentException">Two nodes of a kind have the same name, a queue is not there, or cohorts form a circle.</exception>
    public static QuotaPreemptionPlan Plan(QuotaTreeContext context, ImmutableArray<FairSharingStrategy> strategies)
    {
        ArgumentNullException.ThrowIfNull(context);
        var simulation = new QuotaSimulation(context);
        var candidates = FairCandidates(simulation);
        ImmutableArray<AdmittedWorkload> considered = [.. candidates.Values.SelectMany(static c => c)];
        if (simulation.Fits(borrowing: true))
        {
            return new QuotaPreemptionPlan(true, [], [], considered);
        }
        var round = new FairPreemptionRound(simulation, strategies.IsDefault ? [] : strategies);
        if (!round.Run(candidates))
        {
            return new QuotaPreemptionPlan(false, [], [], considered);
        }
        var returned = simulation.FillBack(round.Victims, borrowing: true);
        return new QuotaPreemptionPlan(true, [.. round.Victims], returned, considered);
    }

    /// <summary>The shares of all nodes.</summary>
    /// <param name="cohorts">The cohorts.</param>
    /// <param name="queues">The queues.</param>
    /// <param name="usage">What the queues use; what is listed twice adds up.</param>
    /// <param name="added">
    /// Added to the usage of the node under evaluation, for each node in turn, not to its parents or children: "what would the share of this one be with it?"
    /// </param>
    /// <returns>One share per queue and cohort, parents before children, otherwise by name.</returns>
    /// <exception cref="ArgumentException">Two nodes of a kind have the same name, a queue is not there, or cohorts form a circle.</exception>
    public static ImmutableArray<QuotaNodeShare> Shares(ImmutableArray<Cohort> cohorts, ImmutableArray<ClusterQueue> queues,
        ImmutableArray<QueueUsage> usage, ImmutableArray<FlavorAmount> added)
    {
        var known = usage.Select(static u => u.Amount.FlavorResource).Concat(added.Select(static a => a.FlavorResource));
        var forest = new QuotaForest(cohorts, queues, known);
        foreach (var (queue, amount) in usage)
        {
            forest.Queue(queue).AddUsage(forest.Index.Add(amount.FlavorResource), amount.Amount);
        }
        var addition = forest.Index.Vector(added);
        return [.. forest.Nodes.Select(node => Describe(node, node.ShareWith(forest.Index, addition)))];
    }

    private static QuotaNodeShare Describe(QuotaNode node, FairShare share) =>
        new(node.Name, node.IsQueue, share.RoundedUp, share.DominantResource, share.Borrowing);

    /// <summary>By queue: own ones by the policy within the queue, others where a needed flavor-resource is above the queue's own nominal quota.</summary>
    private static Dictionary<QuotaNode, List<AdmittedWorkload>> FairCandidates(QuotaSimulation simulation)
    {
        var root = Root(simulation.Own);
        var result = new Dictionary<QuotaNode, List<AdmittedWorkload>>();
        foreach (var workload in simulation.Context.Running)
        {
            var queue = simulation.QueueOf(workload);
            var isCandidate = queue == simulation.Own
                ? simulation.IsCandidateOfOwnQueue(workload)
                : simulation.IsCandidateOfOtherQueue(workload) && Root(queue) == root
                    && Array.Exists(simulation.Needed, fr => queue.Usage(fr) > queue.Nominal(fr));
            if (isCandidate)
            {
                if (!result.TryGetValue(queue, out var list))
                {
                    result.Add(queue, list = []);
                }
                list.Add(workload);
            }
        }
        foreach (var list in result.Values)
        {
            list.Sort((a, b) => CandidateOrder.Compare(simulation.Own, a, b));
        }
        return result;
    }

    internal static QuotaNode Root(QuotaNode node)
    {
        while (node.Parent is not null)
        {
            node = node.Parent;
        }
        return node;
    }
}
