using Flink.Resources.Preemption.Fleet;

namespace Flink.Resources.Preemption;

/// <summary>Tries every set of moves of a small fleet against the budgets as they are written down.</summary>
internal sealed class RoomOracle(
    FleetJob[] jobs, PreemptionRequest request, FleetPreemptionOptions options,
    IReadOnlyDictionary<string, ResourceAmount> guaranteed, ResourceAmount free)
{
    private enum Choice
    {
        Stays,
        Finishes,
        Shrinks,
        Requeues,
        Savepoints,
    }

    public bool IsPossible() => Try(new Choice[jobs.Length], 0);

    private bool Try(Choice[] choices, int index)
    {
        if (index == jobs.Length)
        {
            return IsAllowed(choices);
        }
        foreach (var choice in Choices(jobs[index]))
        {
            choices[index] = choice;
            if (Try(choices, index + 1))
            {
                return true;
            }
        }
        return false;
    }

    private IEnumerable<Choice> Choices(FleetJob job)
    {
        yield return Choice.Stays;
        var isEntitled = job.Tier < request.Tier
            || (job.Tier == request.Tier && job.Queue == request.Placements[0].Queue && job.Priority.Value < request.Priority.Value);
        if (!isEntitled)
        {
            yield break;
        }
        if (job.IsLeaving)
        {
            yield return Choice.Finishes;
            yield break;
        }
        yield return job.RetainsCheckpoints ? Choice.Requeues : Choice.Savepoints;
        if (Kept(job) < job.TaskManagers)
        {
            yield return Choice.Shrinks;
        }
    }

    /// <summary>Batch may fall behind, others keep the TaskManagers that half load needs.</summary>
    private static int Kept(FleetJob job) => job.MinimumSlots is not { } minimum
        ? job.TaskManagers
        : Math.Max(minimum, job.Tier == WorkloadTier.Batch ? 1 : (job.TaskManagers + 1) / 2);

    private (long Memory, long Cores) Freed(Choice[] choices, Func<int, bool> which)
    {
        var (memory, cores) = (0L, 0L);
        for (var i = 0; i < jobs.Length; i++)
        {
            if (choices[i] != Choice.Stays && which(i))
            {
                var count = choices[i] == Choice.Shrinks ? jobs[i].TaskManagers - Kept(jobs[i]) : jobs[i].TaskManagers;
                memory += count * jobs[i].TaskManager.Memory.Bytes;
                cores += count * jobs[i].TaskManager.CpuMillicores;
            }
        }
        return (memory, cores);
    }

    private bool IsAllowed(Choice[] choices)
    {
        var all = Freed(choices, static _ => true);
        if (free.Memory.Bytes + all.Memory < request.Total.Memory.Bytes || free.CpuMillicores + all.Cores < request.Total.CpuMillicores)
        {
            return false;
        }
        if (!Array.Exists(choices, static c => c != Choice.Stays))
        {
            return true;
        }
        var disturbed = Freed(choices, i => choices[i] != Choice.Finishes);
        var held = FleetBuilder.Sum(jobs);
        return disturbed.Memory <= (long)((held.Memory.Bytes + free.Memory.Bytes) * options.MaximumBeingFreed)
            && disturbed.Cores <= (long)((held.CpuMillicores + free.CpuMillicores) * options.MaximumBeingFreed)
            && QueuesAllow(choices) && TeamsAllow(choices) && BudgetsAllow(choices);
    }

    private bool QueuesAllow(Choice[] choices)
    {
        foreach (var queue in jobs.Select(static j => j.Queue).Distinct(StringComparer.Ordinal))
        {
            var running = jobs.Count(j => j.Queue == queue);
            var stops = Enumerable.Range(0, jobs.Length)
                .Count(i => jobs[i].Queue == queue && choices[i] is not (Choice.Stays or Choice.Finishes));
            if (stops > Math.Max(1, (int)(running * options.MaximumStopsPerQueueAndHour)))
            {
                return false;
            }
            var freed = Freed(choices, i => jobs[i].Queue == queue);
            var used = FleetBuilder.Sum(jobs.Where(j => j.Queue == queue));
            if (queue != request.Placements[0].Queue && guaranteed.TryGetValue(queue, out var own) && freed.Memory > 0
                && (used.Memory.Bytes - freed.Memory < own.Memory.Bytes || used.CpuMillicores - freed.Cores < own.CpuMillicores))
            {
                return false;
            }
        }
        return true;
    }

    private bool TeamsAllow(Choice[] choices) => Enumerable.Range(0, jobs.Length).Where(i => choices[i] == Choice.Savepoints)
        .GroupBy(i => jobs[i].Job.Team, StringComparer.Ordinal)
        .All(g => g.Count() <= options.MaximumSavepointsPerTeam);

    private bool BudgetsAllow(Choice[] choices) => options.MayViolateBudgets
        || Enumerable.Range(0, jobs.Length).Count(i => choices[i] is not (Choice.Stays or Choice.Finishes) && !jobs[i].DisruptionBudgets.IsEmpty)
            <= options.DisruptionBudgets["few"];
}
