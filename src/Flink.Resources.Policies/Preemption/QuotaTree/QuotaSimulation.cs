using System.Collections.Immutable;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>One decision in the making: the trees with the usage of the moment, and the workload that wants room.</summary>
internal sealed class QuotaSimulation
{
    private readonly Dictionary<AdmittedWorkload, (int FlavorResource, Int128 Amount)[]> _usage = new(ReferenceEqualityComparer.Instance);
    private readonly Int128[] _request;
    private readonly int[] _requested;

    public QuotaSimulation(QuotaTreeContext context)
    {
        Context = context;
        Forest = new QuotaForest(context.Cohorts, context.Queues, FlavorResourcesOf(context));
        Own = Forest.Queue(context.Incoming.Queue);
        Policy = context.Queues.First(q => string.Equals(q.Name, Own.Name, StringComparison.Ordinal)).Preemption;
        _request = Forest.Index.Vector(context.Incoming.Requests);
        _requested = [.. Enumerable.Range(0, _request.Length).Where(fr => _request[fr] > 0)];
        Needed = Forest.Index.Numbers(context.Incoming.NeedsPreemption);
        foreach (var workload in context.Running)
        {
            var amounts = workload.Usage.Select(u => (Forest.Index.Add(u.FlavorResource), (Int128)u.Amount)).ToArray();
            if (!_usage.TryAdd(workload, amounts))
            {
                throw new ArgumentException($"Workload '{workload.Name}' is listed twice.", nameof(context));
            }
            Return(workload);
        }
    }

    public QuotaTreeContext Context { get; }

    public QuotaForest Forest { get; }

    /// <summary>The preemptor's queue.</summary>
    public QuotaNode Own { get; }

    public ClusterQueuePreemption Policy { get; }

    /// <summary>The flavor-resources that need somebody to go.</summary>
    public int[] Needed { get; }

    /// <summary>The flavor-resources of which something is asked.</summary>
    public IReadOnlyList<int> Requested => _requested;

    public Int128 Request(int fr) => _request[fr];

    public QuotaNode QueueOf(AdmittedWorkload workload) => Forest.Queue(workload.Queue);

    public void Remove(AdmittedWorkload workload) => Change(workload, -1);

    public void Return(AdmittedWorkload workload) => Change(workload, 1);

    /// <summary>Counts the request as usage of the preemptor's queue, or no longer.</summary>
    public void AddRequest(int sign)
    {
        foreach (var fr in _requested)
        {
            Own.AddUsage(fr, _request[fr] * sign);
        }
    }

    /// <summary>Does the request fit? Without borrowing it must also stay within the queue's own nominal quota.</summary>
    public bool Fits(bool borrowing) => Array.TrueForAll(_requested, fr =>
        _request[fr] <= Own.Available(fr) && (borrowing || Own.Usage(fr) + _request[fr] <= Own.Nominal(fr)));

    /// <summary>May the own queue's policy take it?</summary>
    public bool IsCandidateOfOwnQueue(AdmittedWorkload workload) => UsesNeeded(workload) && Policy.WithinClusterQueue switch
    {
        WithinClusterQueuePolicy.Never => false,
        WithinClusterQueuePolicy.LowerPriority => workload.Priority < Context.Incoming.Priority,
        WithinClusterQueuePolicy.LowerOrNewerEqualPriority => workload.Priority < Context.Incoming.Priority
            || (workload.Priority == Context.Incoming.Priority && IsNewer(workload)),
        _ => throw new ArgumentOutOfRangeException(nameof(workload), Policy.WithinClusterQueue, "Not a policy within a queue."),
    };

    /// <summary>May it be taken from another queue, as far as priority goes?</summary>
    public bool IsCandidateOfOtherQueue(AdmittedWorkload workload) => UsesNeeded(workload) && Policy.ReclaimWithinCohort switch
    {
        ReclaimWithinCohortPolicy.Never => false,
        ReclaimWithinCohortPolicy.LowerPriority => workload.Priority < Context.Incoming.Priority,
        ReclaimWithinCohortPolicy.Any => true,
        _ => throw new ArgumentOutOfRangeException(nameof(workload), Policy.ReclaimWithinCohort, "Not a policy within a cohort."),
    };

    /// <summary>
    /// Returns, last but one first, whoever is not needed. The last one is: without it, the request did not fit.
    /// </summary>
    /// <returns>Who was returned.</returns>
    public ImmutableArray<AdmittedWorkload> FillBack(List<QuotaVictim> victims, bool borrowing)
    {
        var returned = ImmutableArray.CreateBuilder<AdmittedWorkload>();
        for (var i = victims.Count - 2; i >= 0; i--)
        {
            var workload = victims[i].Workload;
            Return(workload);
            if (Fits(borrowing))
            {
                returned.Add(workload);
                victims.RemoveAt(i);
            }
            else
            {
                Remove(workload);
            }
        }
        return returned.ToImmutable();
    }

    private static IEnumerable<FlavorResource> FlavorResourcesOf(QuotaTreeContext context) =>
        context.Running.SelectMany(static w => w.Usage).Concat(context.Incoming.Requests).Select(static a => a.FlavorResource)
            .Concat(context.Incoming.NeedsPreemption);

    private void Change(AdmittedWorkload workload, int sign)
    {
        var queue = QueueOf(workload);
        foreach (var (fr, amount) in _usage[workload])
        {
            queue.AddUsage(fr, amount * sign);
        }
    }

    private bool UsesNeeded(AdmittedWorkload workload) => Array.Exists(_usage[workload], u => Needed.AsSpan().Contains(u.FlavorResource));

    private bool IsNewer(AdmittedWorkload workload) =>
        workload.CreatedAtSec is { } created && !(created <= Context.Incoming.CreatedAtSec);
}
