using System.Collections.Immutable;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>A workload whose place in the order of candidates is asked for.</summary>
public sealed record QuotaCandidate
{
    /// <summary>Its name, the last key of the order.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its queue; null: not the preemptor's.</summary>
    public string? Queue { get; init; }

    /// <summary>Larger is more important; may be negative.</summary>
    public required long Priority { get; init; }

    /// <summary>Added to the priority by an external controller: the official door for costs of a move. May be negative.</summary>
    public long PriorityBoost { get; init; }

    /// <summary>When its quota was reserved, in seconds; larger is later, 0 is the instant of the decision.</summary>
    public decimal QuotaReservedAtSec { get; init; }

    /// <summary>It is on its way out already.</summary>
    public bool Evicting { get; init; }

    /// <summary>The weighted use of its local queue, when admission is shared by usage; null: it is not.</summary>
    public double? LocalQueueUsage { get; init; }
}

/// <summary>Kueue's order of candidates (pkg/scheduler/preemption/common, ordering): first is preempted first.</summary>
public static class CandidateOrder
{
    /// <summary>
    /// Sorts: evicting ones first; other queues before the preemptor's; of two of the same queue whose local queues' usage is known, the one
    /// of larger usage; lower priority, boost included; later reserved; name.
    /// </summary>
    /// <param name="preemptorQueue">The name of the preemptor's queue.</param>
    /// <param name="candidates">The candidates, in any order.</param>
    /// <returns>The same candidates; first is preempted first.</returns>
    /// <remarks>
    /// Usage is compared only inside a queue, so with several queues the rules can contradict each other in a circle. The
    /// answer is then still the same for every order of the input.
    /// </remarks>
    public static ImmutableArray<QuotaCandidate> Sort(string preemptorQueue, ImmutableArray<QuotaCandidate> candidates)
    {
        ArgumentNullException.ThrowIfNull(preemptorQueue);
        QuotaCandidate[] sorted = [.. candidates.OrderBy(static c => c.Name, StringComparer.Ordinal)];
        MergeSort(sorted, (a, b) => Compare(preemptorQueue, a, b));
        return [.. sorted];
    }

    /// <summary>The order inside a pool of candidates.</summary>
    internal static int Compare(QuotaNode preemptorQueue, AdmittedWorkload a, AdmittedWorkload b)
    {
        var order = b.Evicting.CompareTo(a.Evicting);
        order = order != 0 ? order : IsOf(a.Queue, preemptorQueue.Name).CompareTo(IsOf(b.Queue, preemptorQueue.Name));
        order = order != 0 ? order : a.Priority.CompareTo(b.Priority);
        order = order != 0 ? order : b.QuotaReservedAtSec.CompareTo(a.QuotaReservedAtSec);
        order = order != 0 ? order : string.CompareOrdinal(a.TieBreak ?? a.Name, b.TieBreak ?? b.Name);
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    }

    private static int Compare(string preemptorQueue, QuotaCandidate a, QuotaCandidate b)
    {
        var order = b.Evicting.CompareTo(a.Evicting);
        order = order != 0 ? order : IsOf(a.Queue, preemptorQueue).CompareTo(IsOf(b.Queue, preemptorQueue));
        if (order == 0 && IsOf(a.Queue, b.Queue) && a.LocalQueueUsage is { } usageOfA && b.LocalQueueUsage is { } usageOfB)
        {
            order = usageOfB.CompareTo(usageOfA);
        }
        order = order != 0 ? order : ((Int128)a.Priority + a.PriorityBoost).CompareTo((Int128)b.Priority + b.PriorityBoost);
        order = order != 0 ? order : b.QuotaReservedAtSec.CompareTo(a.QuotaReservedAtSec);
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    }

    private static bool IsOf(string? queue, string? other) => string.Equals(queue, other, StringComparison.Ordinal);

    /// <summary>Unlike the framework's sort it bears an order that contradicts itself.</summary>
    private static void MergeSort(Span<QuotaCandidate> items, Comparison<QuotaCandidate> compare)
    {
        if (items.Length < 2)
        {
            return;
        }
        var (left, right) = (items[..(items.Length / 2)].ToArray(), items[(items.Length / 2)..].ToArray());
        MergeSort(left, compare);
        MergeSort(right, compare);
        for (int i = 0, l = 0, r = 0; i < items.Length; i++)
        {
            var takeLeft = r == right.Length || (l < left.Length && compare(left[l], right[r]) <= 0);
            items[i] = takeLeft ? left[l++] : right[r++];
        }
    }
}
