using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>What less important jobs hold and could be made to give back.</summary>
/// <param name="Priority">Their priority.</param>
/// <param name="Amount">How much, in whole task managers.</param>
public readonly record struct ReclaimableAmount(JobPriority Priority, NodeAmount Amount);

/// <summary>
/// Room for a job of some priority: what is free, and what lower priorities hold. The least important is taken first;
/// the answer says from whom. It promises room, it pre-empts nobody: that is the cluster's scheduler's.
/// </summary>
/// <param name="Name">Which cluster or pool.</param>
/// <param name="Priority">The priority of the job that asks; only lower ones give way.</param>
/// <param name="Free">What is free; never asked back from anybody.</param>
/// <param name="Reclaimable">What others hold; entries of the job's own or a higher priority are not touched.</param>
public sealed record PreemptibleCapacity(
    string Name, JobPriority Priority, NodeAmount Free, ImmutableArray<ReclaimableAmount> Reclaimable) : IScalingCapacity
{
    /// <inheritdoc/>
    public CapacityAnswer Ask(CapacityRequest request)
    {
        var growth = Amounts.Growth(request);
        var (free, held) = (Free, Reclaimable.ToBuilder());
        var taken = new List<string>();
        foreach (var index in Enumerable.Range(0, held.Count).OrderBy(i => held[i].Priority.Value).ThenBy(static i => i))
        {
            if (Amounts.Fits(growth, free))
            {
                break;
            }
            if (held[index].Priority < Priority && held[index].Amount != default)
            {
                free += held[index].Amount;
                taken.Add($"{Amounts.Describe(held[index].Amount)} of priority {held[index].Priority.Value}");
                held[index] = held[index] with { Amount = default };
            }
        }
        if (!Amounts.Fits(growth, free))
        {
            return new(false, $"{Name} has {Amounts.Describe(free)} with all that priority {Priority.Value} may take, {Amounts.Describe(growth)} more are needed", this);
        }
        var explanation = taken.Count == 0 ? $"{Name} has room" : $"{Name} has room when it takes {string.Join(", ", taken)}";
        return new(true, explanation, this with { Free = free - growth, Reclaimable = held.ToImmutable() });
    }
}
