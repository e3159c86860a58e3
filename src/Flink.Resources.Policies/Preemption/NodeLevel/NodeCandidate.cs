using System.Collections.Immutable;

namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>A node on which the incoming pod fits once some pods are gone.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Victims">Who has to go, most important first; never empty. Nobody of them could stay.</param>
/// <param name="Reprieved">Who was looked at and may stay, most important first.</param>
/// <param name="BudgetViolations">How many of the victims violate a disruption budget.</param>
public sealed record NodeCandidate(
    string Node, ImmutableArray<RunningPod> Victims, ImmutableArray<RunningPod> Reprieved, int BudgetViolations);

/// <summary>The whole decision for one pod.</summary>
/// <param name="Eligible">May the pod preempt at all?</param>
/// <param name="Candidates">The nodes that could be chosen: first those without budget violations, then those with.</param>
/// <param name="Chosen">The candidate that wins; null: nothing can be done, nobody goes.</param>
public sealed record NodePreemptionPlan(bool Eligible, ImmutableArray<NodeCandidate> Candidates, NodeCandidate? Chosen);
