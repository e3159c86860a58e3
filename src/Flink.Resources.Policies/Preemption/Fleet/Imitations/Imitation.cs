namespace Flink.Resources.Preemption.Fleet;

/// <summary>Puts a fleet into the records of another scheduler's algorithm and brings its victims back.</summary>
internal abstract class Imitation
{
    /// <summary>Whether whoever the room does not need is given back; no where the algorithm did that by its own measure.</summary>
    public virtual bool GivesBack => true;

    public static Imitation? For(VictimSelection selection) => selection switch
    {
        VictimSelection.KubeScheduler => new NodeLevelImitation(),
        VictimSelection.KueueClassical => new QuotaTreeImitation(isFair: false),
        VictimSelection.KueueFairSharing => new QuotaTreeImitation(isFair: true),
        VictimSelection.YarnCapacity => new CapacitySchedulerImitation(),
        _ => null,
    };

    /// <summary>Who goes, in the order of choice; null when that algorithm makes no room.</summary>
    public abstract IReadOnlyList<JobKey>? Choose(ImitatedFleet fleet);
}

/// <summary>One backend as an imitation sees it.</summary>
/// <param name="Request">The preemptor.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="Backend">The backend.</param>
/// <param name="Candidates">Who may be asked and can leave in time.</param>
/// <param name="Shortfall">What is missing in sum.</param>
/// <param name="Options">The policy's numbers.</param>
/// <param name="BudgetUsed">How much of a disruption budget is used up.</param>
internal sealed record ImitatedFleet(
    PreemptionRequest Request,
    string Queue,
    BackendPass Backend,
    IReadOnlyDictionary<JobKey, ImitatedJob> Candidates,
    ResourceAmount Shortfall,
    FleetPreemptionOptions Options,
    Func<string, int> BudgetUsed)
{
    public long Priority => PriorityOf(Request.Tier, Request.Priority.Value);

    /// <summary>Bands far apart, with room inside: one number that orders as both do.</summary>
    public static long PriorityOf(WorkloadTier tier, int priority) => ((long)tier * 1_000_000) + priority;
}

/// <summary>A candidate.</summary>
/// <param name="Job">The job.</param>
/// <param name="StartedTicks">Larger is younger and goes first among equals, in 100 ns; null: has not started.</param>
internal sealed record ImitatedJob(FleetJob Job, long? StartedTicks)
{
    public long Priority => ImitatedFleet.PriorityOf(Job.Tier, Job.EffectivePriority);
}
