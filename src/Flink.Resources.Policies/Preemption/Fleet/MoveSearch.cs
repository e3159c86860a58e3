using System.Runtime.InteropServices;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>
/// Looks for moves that together make enough room where taking them in order failed because budgets went to others first. Depth first with
/// an upper bound on what is left, so the answer is certain: whoever has more room or more candidates never gets a worse one. Which sets
/// budgets allow is a packing problem and can take exponential time; a fixed number of steps ends it, never the time of day.
/// </summary>
internal sealed class MoveSearch
{
    private const int Untried = -1;
    private readonly PlanUse _use;
    private readonly ResourceAmount _needed;
    private readonly PlanStep[][] _items;
    private readonly bool[] _sameAsBefore;
    private readonly Rest[] _rest;
    private readonly int[] _choice;
    private ResourceAmount _sum;

    /// <summary>Prepares a search.</summary>
    /// <param name="use">Budgets with nothing planned yet; it is left as it was found.</param>
    /// <param name="jobs">By job: the moves to choose from, the one that frees most first.</param>
    /// <param name="needed">How much is to be freed.</param>
    public MoveSearch(PlanUse use, IEnumerable<PlanStep[]> jobs, ResourceAmount needed)
    {
        (_use, _needed) = (use, needed);
        _items = [.. jobs
            .OrderBy(static j => j[0].Job.Queue, StringComparer.Ordinal)
            .ThenByDescending(static j => j[0].Release.Amount.Memory.Bytes)
            .ThenByDescending(static j => j[0].Release.Amount.CpuMillicores)
            .ThenBy(static j => j[0].Offer.Kind)
            .ThenBy(static j => j[0].Job.Job.Value, StringComparer.Ordinal)];
        _sameAsBefore = [.. _items.Select((item, i) => i > 0 && IsSame(_items[i - 1], item))];
        _rest = Rests();
        _choice = new int[_items.Length];
    }

    /// <summary>The moves; null when there is no such set, or when the steps ran out.</summary>
    /// <param name="steps">How many steps may be made; what is left of them.</param>
    public List<PlanStep>? Find(ref int steps)
    {
        var depth = 0;
        Array.Fill(_choice, Untried);
        while (!_needed.FitsIn(_sum))
        {
            if (--steps < 0)
            {
                Rewind();
                return null;
            }
            if (depth < _items.Length && _needed.FitsIn(_sum + AtMost(depth)))
            {
                Choose(depth, After(depth));
                depth++;
                continue;
            }
            do
            {
                if (depth < _items.Length)
                {
                    _choice[depth] = Untried;
                }
                if (--depth < 0)
                {
                    return null;
                }
            }
            while (!Advance(depth));
            depth++;
        }
        var found = Enumerable.Range(0, depth).Where(IsTaken).Select(i => _items[i][_choice[i]]).ToList();
        Rewind();
        return found;
    }

    /// <summary>Equal jobs are interchangeable: a later one never takes an option before that of the earlier one.</summary>
    private int After(int item) => _sameAsBefore[item] ? _choice[item - 1] : 0;

    private bool IsTaken(int item) => _choice[item] >= 0 && _choice[item] < _items[item].Length;

    /// <summary>Takes the first allowed option from there on; none of them is an option as well, the last one.</summary>
    private void Choose(int item, int from)
    {
        for (var i = from; i < _items[item].Length; i++)
        {
            if (_use.Refuses(_items[item][i]) is null)
            {
                _choice[item] = i;
                Add(_items[item][i], 1);
                return;
            }
        }
        _choice[item] = _items[item].Length;
    }

    private bool Advance(int item)
    {
        if (!IsTaken(item))
        {
            return false;
        }
        Add(_items[item][_choice[item]], -1);
        Choose(item, _choice[item] + 1);
        return true;
    }

    private void Add(PlanStep step, int sign)
    {
        _use.Add(step, sign);
        _sum += step.Release.Amount * sign;
    }

    private void Rewind()
    {
        for (var i = 0; i < _items.Length; i++)
        {
            if (IsTaken(i))
            {
                Add(_items[i][_choice[i]], -1);
            }
        }
        Array.Fill(_choice, Untried);
    }

    /// <summary>No choice among the items from there on frees more.</summary>
    private ResourceAmount AtMost(int item)
    {
        var rest = _rest[item];
        return OfQueue(item, rest) + rest.LaterQueues;
    }

    private ResourceAmount OfQueue(int item, Rest rest)
    {
        var most = rest.InQueue;
        if (rest.CountsAsStops)
        {
            most = most.Least(rest.Largest * _use.StopsLeft(_items[item][0].Job));
        }
        return most.Least(_use.SurplusOf(_items[item][0].Job.Queue) ?? most);
    }

    private Rest[] Rests()
    {
        var result = new Rest[_items.Length];
        ResourceAmount later = default;
        for (var i = _items.Length - 1; i >= 0; i--)
        {
            var startsQueue = i == _items.Length - 1 || !string.Equals(QueueOf(i), QueueOf(i + 1), StringComparison.Ordinal);
            if (startsQueue && i < _items.Length - 1)
            {
                later = result[i + 1].LaterQueues + OfQueue(i + 1, result[i + 1]);
            }
            var most = MostOf(_items[i]);
            var counts = !_items[i].Any(static s => s.Offer.Kind == MoveKind.Finish) && _use.StopsLeft(_items[i][0].Job) < int.MaxValue;
            var after = startsQueue ? new Rest(default, default, true, later) : result[i + 1];
            result[i] = new(after.InQueue + most, after.Largest.Most(most), after.CountsAsStops && counts, after.LaterQueues);
        }
        return result;
    }

    private string QueueOf(int item) => _items[item][0].Job.Queue;

    private static ResourceAmount MostOf(PlanStep[] options)
    {
        ResourceAmount most = default;
        foreach (var option in options)
        {
            most = most.Most(option.Release.Amount);
        }
        return most;
    }

    private static bool IsSame(PlanStep[] left, PlanStep[] right)
    {
        if (left.Length != right.Length || !string.Equals(left[0].Job.Queue, right[0].Job.Queue, StringComparison.Ordinal)
            || left[0].Job.Tier != right[0].Job.Tier
            || !left[0].Job.DisruptionBudgets.AsSpan().SequenceEqual(right[0].Job.DisruptionBudgets.AsSpan()))
        {
            return false;
        }
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i].Offer.Kind != right[i].Offer.Kind || left[i].Release.Amount != right[i].Release.Amount
                || left[i].ViolatesBudget != right[i].ViolatesBudget || left[i].Entitlement.NeedsFinalShare != right[i].Entitlement.NeedsFinalShare
                || (left[i].Offer.Kind == MoveKind.StopWithSavepoint
                    && !string.Equals(left[i].Job.Job.Team, right[i].Job.Job.Team, StringComparison.Ordinal)))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>What the items from one on could free at most.</summary>
    /// <param name="InQueue">Those of the same queue, all together.</param>
    /// <param name="Largest">The largest of those, each resource for itself.</param>
    /// <param name="CountsAsStops">Whether each of those counts against the queue's stops.</param>
    /// <param name="LaterQueues">Those of the queues after it.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Rest(ResourceAmount InQueue, ResourceAmount Largest, bool CountsAsStops, ResourceAmount LaterQueues);
}
