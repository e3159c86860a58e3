using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>What a job asks for, before the cluster is asked.</summary>
/// <param name="Job">The job.</param>
/// <param name="Priority">Larger is more important.</param>
/// <param name="Pool">The pool its task managers come from, such as a backend and a queue; compared ordinally.</param>
/// <param name="Request">Its task managers now and afterwards.</param>
public sealed record FleetProposal(JobKey Job, JobPriority Priority, string Pool, CapacityRequest Request);

/// <summary>What jobs share.</summary>
/// <param name="Name">The pool.</param>
/// <param name="Total">What it has.</param>
/// <param name="Free">What of it is free.</param>
public sealed record FleetPool(string Name, NodeAmount Total, NodeAmount Free);

/// <summary>What a proposal comes to.</summary>
public enum FleetOutcome
{
    /// <summary>Not decided.</summary>
    Unknown = 0,

    /// <summary>The job may go on and ask the cluster.</summary>
    Granted,

    /// <summary>There is no room, with or without others.</summary>
    NoRoom,

    /// <summary>The room goes to, or is kept for, more important jobs.</summary>
    Displaced,
}

/// <summary>The verdict on one proposal.</summary>
/// <param name="Job">The job.</param>
/// <param name="Outcome">The verdict.</param>
/// <param name="DisplacedBy">Who has, or waits for, the room; empty unless displaced.</param>
/// <param name="Explanation">Half a sentence for a person.</param>
public sealed record FleetVerdict(JobKey Job, FleetOutcome Outcome, ImmutableArray<JobKey> DisplacedBy, string Explanation);

/// <summary>
/// Shares the room of pools among the proposals of all jobs in one round, by priority. Who does not grow is granted and
/// gives back first. Then the more important ones choose first; of equal ones who needs less. A less important job gets
/// nothing as long as a more important one waits for room that the pool could ever have: what becomes free must not
/// trickle away to the small.
/// </summary>
public static class FleetArbiter
{
    /// <summary>Decides on all proposals of a round.</summary>
    /// <param name="proposals">One per job, in any order.</param>
    /// <param name="pools">What is known of the pools; a pool that is not known refuses nothing, the cluster will be asked.</param>
    /// <returns>One verdict per proposal, by job.</returns>
    /// <exception cref="ArgumentException">A job or a pool comes twice.</exception>
    public static ImmutableArray<FleetVerdict> Arbitrate(IEnumerable<FleetProposal> proposals, IEnumerable<FleetPool> pools)
    {
        ArgumentNullException.ThrowIfNull(proposals);
        ArgumentNullException.ThrowIfNull(pools);
        var all = proposals.ToList();
        if (all.CountBy(static p => p.Job).FirstOrDefault(static c => c.Value > 1) is { Value: > 1 } twice)
        {
            throw new ArgumentException($"The job '{twice.Key}' proposes twice.", nameof(proposals));
        }
        var known = new Dictionary<string, FleetPool>(StringComparer.Ordinal);
        foreach (var pool in pools)
        {
            if (!known.TryAdd(pool.Name, pool))
            {
                throw new ArgumentException($"The pool '{pool.Name}' comes twice.", nameof(pools));
            }
        }
        var verdicts = all
            .GroupBy(static p => p.Pool, StringComparer.Ordinal)
            .SelectMany(group => known.TryGetValue(group.Key, out var pool) ? Share(group, pool) : group.Select(Unlimited));
        return [.. verdicts.OrderBy(static v => v.Job.ToString(), StringComparer.Ordinal)];
    }

    private static FleetVerdict Unlimited(FleetProposal proposal) =>
        new(proposal.Job, FleetOutcome.Granted, [], $"the room of pool {proposal.Pool} is not known, the cluster decides");

    private static IEnumerable<FleetVerdict> Share(IEnumerable<FleetProposal> proposals, FleetPool pool)
    {
        var free = pool.Free;
        var (growing, waiting, granted) = (new List<FleetProposal>(), new List<FleetProposal>(), new List<FleetProposal>());
        foreach (var proposal in proposals)
        {
            var growth = Amounts.Growth(proposal.Request);
            if (growth is { Cpu: <= 0, MemoryBytes: <= 0 })
            {
                free -= growth;
                yield return new(proposal.Job, FleetOutcome.Granted, [], "does not grow");
            }
            else
            {
                growing.Add(proposal);
            }
        }
        foreach (var proposal in growing.OrderByDescending(static p => p.Priority.Value)
            .ThenBy(static p => Amounts.Growth(p.Request).MemoryBytes).ThenBy(static p => Amounts.Growth(p.Request).Cpu)
            .ThenBy(static p => p.Job.ToString(), StringComparer.Ordinal))
        {
            var growth = Amounts.Growth(proposal.Request);
            var ahead = waiting.FindAll(w => w.Priority > proposal.Priority);
            if (ahead.Count == 0 && Amounts.Fits(growth, free))
            {
                free -= growth;
                granted.Add(proposal);
                yield return new(proposal.Job, FleetOutcome.Granted, [], $"gets {Amounts.Describe(growth)} of pool {pool.Name}");
                continue;
            }
            // What can never fit must not keep others waiting.
            if (Amounts.Fits(Amounts.Times(proposal.Request, proposal.Request.New), pool.Total))
            {
                waiting.Add(proposal);
            }
            yield return Refuse(proposal, pool, free, granted, ahead);
        }
    }

    private static FleetVerdict Refuse(
        FleetProposal proposal, FleetPool pool, NodeAmount free, List<FleetProposal> granted, List<FleetProposal> waiting)
    {
        var growth = Amounts.Growth(proposal.Request);
        var above = granted.FindAll(g => g.Priority > proposal.Priority);
        var without = above.Aggregate(free, static (sum, g) => sum + Amounts.Growth(g.Request));
        List<FleetProposal> ahead = Amounts.Fits(growth, free) ? waiting : Amounts.Fits(growth, without) ? above : [];
        return ahead.Count == 0
            ? new(proposal.Job, FleetOutcome.NoRoom, [], $"pool {pool.Name} has {Amounts.Describe(free)}, {Amounts.Describe(growth)} more are needed")
            : new(proposal.Job, FleetOutcome.Displaced, [.. ahead.Select(static a => a.Job)], string.Create(CultureInfo.InvariantCulture,
                $"the room of pool {pool.Name} goes to more important jobs than priority {proposal.Priority.Value}: {string.Join(", ", ahead.Select(static a => a.Job))}"));
    }
}
