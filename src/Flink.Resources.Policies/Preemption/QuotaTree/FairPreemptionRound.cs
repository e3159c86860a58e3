using System.Collections.Immutable;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>One search for victims by fair shares. The request counts as usage of the preemptor's queue while it runs.</summary>
internal sealed class FairPreemptionRound(QuotaSimulation simulation, ImmutableArray<FairSharingStrategy> strategies)
{
    private readonly FlavorIndex _index = simulation.Forest.Index;
    private readonly List<AdmittedWorkload> _refused = [];

    public List<QuotaVictim> Victims { get; } = [];

    /// <summary>Takes until the request fits.</summary>
    /// <returns>Whether it fits. Afterwards the request is no longer counted, the victims are still taken out.</returns>
    public bool Run(Dictionary<QuotaNode, List<AdmittedWorkload>> candidates)
    {
        simulation.AddRequest(1);
        // The same for the whole round, although taking own workloads changes the usage.
        var withinNominal = Array.TrueForAll(simulation.Needed, fr => simulation.Own.Usage(fr) <= simulation.Own.Nominal(fr));
        var fits = RunFirstStrategy(candidates, withinNominal) || (strategies.Length > 1 && RunSecondStrategy());
        simulation.AddRequest(-1);
        return fits;
    }

    private bool RunFirstStrategy(Dictionary<QuotaNode, List<AdmittedWorkload>> candidates, bool withinNominal)
    {
        var tournament = new FairTournament(simulation, candidates);
        while (tournament.NextQueue() is { } queue)
        {
            var reason = queue == simulation.Own ? QuotaPreemptionReason.InClusterQueue
                : withinNominal ? QuotaPreemptionReason.InCohortReclamation
                : QuotaPreemptionReason.InCohortFairSharing;
            var victim = reason == QuotaPreemptionReason.InCohortFairSharing ? FirstAccepted(tournament, queue) : tournament.Pop(queue);
            if (victim is not null && Take(victim, reason))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Goes through the queue's candidates until one passes; those refused are remembered.</summary>
    private AdmittedWorkload? FirstAccepted(FairTournament tournament, QuotaNode queue)
    {
        while (tournament.HasCandidates(queue))
        {
            var workload = tournament.Pop(queue);
            if (IsAccepted(queue, workload))
            {
                return workload;
            }
            _refused.Add(workload);
        }
        return null;
    }

    private bool IsAccepted(QuotaNode queue, AdmittedWorkload workload)
    {
        if (strategies.IsEmpty)
        {
            return false;
        }
        if (strategies[0] == FairSharingStrategy.LessThanInitialShare)
        {
            return IsLessThanInitialShare(queue);
        }
        var (own, other) = BelowCommonAncestor(queue);
        simulation.Remove(workload);
        var accepted = own.Share(_index).ComparedTo(other.Share(_index)) <= 0;
        simulation.Return(workload);
        return accepted;
    }

    private bool IsLessThanInitialShare(QuotaNode queue)
    {
        var (own, other) = BelowCommonAncestor(queue);
        return own.Share(_index).ComparedTo(other.Share(_index)) < 0;
    }

    /// <summary>Each queue has one try with the workload that was refused first. Victims of the first strategy stay taken.</summary>
    private bool RunSecondStrategy()
    {
        var candidates = _refused.GroupBy(simulation.QueueOf).ToDictionary(static g => g.Key, static g => g.ToList());
        var tournament = new FairTournament(simulation, candidates);
        while (tournament.NextQueue() is { } queue)
        {
            if (IsLessThanInitialShare(queue) && Take(tournament.Pop(queue), QuotaPreemptionReason.InCohortFairSharing))
            {
                return true;
            }
            tournament.Drop(queue);
        }
        return false;
    }

    private bool Take(AdmittedWorkload workload, QuotaPreemptionReason reason)
    {
        simulation.Remove(workload);
        Victims.Add(new QuotaVictim(workload, reason));
        simulation.AddRequest(-1);
        var fits = simulation.Fits(borrowing: true);
        simulation.AddRequest(1);
        return fits;
    }

    /// <summary>The two children of the lowest common ancestor that lead to the preemptor's queue and to the other one.</summary>
    private (QuotaNode Own, QuotaNode Other) BelowCommonAncestor(QuotaNode queue)
    {
        var (own, other) = (simulation.Own, queue);
        while (own.Parent != other.Parent)
        {
            if (own.Depth > other.Depth)
            {
                own = own.Parent!;
            }
            else if (other.Depth > own.Depth)
            {
                other = other.Parent!;
            }
            else
            {
                (own, other) = (own.Parent!, other.Parent!);
            }
        }
        return (own, other);
    }
}
