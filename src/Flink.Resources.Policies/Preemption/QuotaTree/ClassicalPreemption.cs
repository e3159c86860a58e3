using System.Collections.Immutable;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>
/// Who gives way in a tree of quotas, as Kueue decides without fair sharing (pkg/scheduler/preemption/classical): a subtree takes back what is
/// its own, then priority decides. Pure: same situation, same answer, whatever the order of its lists.
/// </summary>
public static class ClassicalPreemption
{
    /// <summary>
    /// Decides who goes. Candidates are taken in order until the workload fits, then whoever is not needed is returned.
    /// </summary>
    /// <param name="context">The situation.</param>
    /// <exception cref="ArgumentException">Two nodes of a kind have the same name, a queue is not there, or cohorts form a circle.</exception>
    public static QuotaPreemptionPlan Plan(QuotaTreeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var simulation = new QuotaSimulation(context);
        var candidates = ClassicalCandidates.Find(simulation);
        ImmutableArray<AdmittedWorkload> considered = [.. candidates.Select(static c => c.Workload)];
        foreach (var borrowing in Attempts(simulation, candidates))
        {
            var victims = new List<QuotaVictim>();
            if (Take(simulation, candidates, borrowing, victims))
            {
                var returned = simulation.FillBack(victims, borrowing);
                return new QuotaPreemptionPlan(true, [.. victims], returned, considered);
            }
            victims.ForEach(v => simulation.Return(v.Workload));
        }
        return new QuotaPreemptionPlan(false, [], [], considered);
    }

    /// <summary>Which attempts are made, in order: true = the preemptor may end up borrowing.</summary>
    private static bool[] Attempts(QuotaSimulation simulation, List<ClassicalCandidate> candidates)
    {
        var own = simulation.Own;
        var forbidden = simulation.Policy.BorrowWithinCohort == BorrowWithinCohortPolicy.Never;
        var underNominal = Array.TrueForAll(simulation.Needed, fr => own.Usage(fr) < own.Nominal(fr));
        if (candidates.TrueForAll(static c => c.Pool == CandidatePool.SameQueue) || (forbidden && !underNominal))
        {
            return [true];
        }
        return forbidden && !candidates.Exists(static c => c.Pool == CandidatePool.Hierarchical) ? [false, true] : [true, false];
    }

    private static bool Take(QuotaSimulation simulation, List<ClassicalCandidate> candidates, bool borrowing, List<QuotaVictim> victims)
    {
        if (simulation.Fits(borrowing))
        {
            return true;
        }
        foreach (var candidate in candidates)
        {
            if (MayBeTaken(simulation, candidate, borrowing))
            {
                simulation.Remove(candidate.Workload);
                victims.Add(new QuotaVictim(candidate.Workload, candidate.Reason));
                if (simulation.Fits(borrowing))
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Earlier victims may have brought its queue, or a cohort above it, within quota: then it is safe.</summary>
    private static bool MayBeTaken(QuotaSimulation simulation, ClassicalCandidate candidate, bool borrowing)
    {
        if (candidate.Pool == CandidatePool.SameQueue)
        {
            return true;
        }
        if (borrowing && candidate.Pool == CandidatePool.Priority && !candidate.MayBeTakenWhileBorrowing)
        {
            return false;
        }
        for (var node = candidate.Queue; node is not null && node != candidate.MetAt; node = node.Parent)
        {
            if (node.IsWithin(simulation.Needed))
            {
                return false;
            }
        }
        return true;
    }
}
