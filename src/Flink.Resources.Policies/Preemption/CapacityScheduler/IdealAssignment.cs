namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>
/// Who should hold what, and how much is therefore taken from each leaf: <c>PreemptableResourceCalculator</c> and its base class.
/// </summary>
internal sealed class IdealAssignment(MonitorState state, bool balance)
{
    private readonly ResourceCalculator _calculator = state.Calculator;

    public void Compute()
    {
        foreach (var root in state.Roots)
        {
            FindUntouchable(root);
            root.Ideal = root.Guaranteed;
            Descend(root);
        }
        foreach (var leaf in state.Leaves)
        {
            leaf.Amount = AmountToTake(leaf);
        }
    }

    private void FindUntouchable(QueueState queue)
    {
        foreach (var child in queue.Children)
        {
            FindUntouchable(child);
        }
        var zero = new long[state.Cluster.Length];
        var excess = Vectors.Subtract(queue.Used, queue.Guaranteed);
        if (_calculator.Compare(state.Cluster, excess, zero) < 0)
        {
            excess = zero;
        }
        if (queue.IsLeaf)
        {
            (queue.Untouchable, queue.Touchable) = queue.Queue.PreemptionDisabled ? (excess, zero) : (zero, excess);
            return;
        }
        var given = queue.Children.Aggregate(zero, static (sum, child) => Vectors.Add(sum, child.Touchable));
        queue.Untouchable = _calculator.Compare(state.Cluster, given, excess) >= 0 ? zero : Vectors.Subtract(excess, given);
        queue.Touchable = _calculator.Smaller(state.Cluster, given, excess);
    }

    private void Descend(QueueState parent)
    {
        if (parent.IsLeaf)
        {
            return;
        }
        var total = parent.Ideal;
        var withGuarantee = parent.Children.Where(c => _calculator.IsAboveZero(total, c.Guaranteed)).ToList();
        var without = parent.Children.Where(c => !_calculator.IsAboveZero(total, c.Guaranteed)).ToList();
        var pot = Share(total, withGuarantee, total, evenly: false);
        foreach (var child in without)
        {
            child.Ideal = new long[total.Length];
        }
        if (without.Count > 0 && _calculator.IsAboveZero(total, pot))
        {
            _ = Share(total, without, pot, evenly: true);
        }
        ScaleToAllowance(parent);
        foreach (var child in parent.Children)
        {
            Descend(child);
        }
    }

    /// <summary>Gives the pot to children that want more, the most under-served first, and says what is left of it.</summary>
    private long[] Share(long[] total, List<QueueState> children, long[] pot, bool evenly)
    {
        foreach (var child in children)
        {
            child.Ideal = StartOf(total, child);
            pot = Vectors.Subtract(pot, child.Ideal);
        }
        var asking = children.Where(c => _calculator.Compare(total, c.Ideal, Vectors.Add(c.Used, c.Pending)) < 0).ToList();
        while (asking.Count > 0 && _calculator.IsAboveZero(total, pot))
        {
            pot = Pass(total, asking, pot, evenly);
        }
        foreach (var child in asking.OrderBy(c => Need(total, c)).ThenBy(static c => c.Queue.Name, StringComparer.Ordinal))
        {
            state.UnderServed.TryAdd(child.Queue.Name, child);
        }
        return pot;
    }

    private long[] StartOf(long[] total, QueueState child) =>
        _calculator.Compare(total, child.Used, child.Guaranteed) > 0
            ? Vectors.Add(Vectors.Min(child.Guaranteed, child.Used), child.Untouchable)
            : child.Used;

    /// <summary>One pass over those tied for most under-served; who accepts nothing drops out.</summary>
    private long[] Pass(long[] total, List<QueueState> asking, long[] pot, bool evenly)
    {
        var parts = asking.ToDictionary(static c => c, c => PartOf(c, asking, evenly));
        var potAtStart = pot;
        foreach (var child in TakeMostUnderServed(total, asking))
        {
            // What is not reached any more, because the pot is empty, drops out as well.
            if (!_calculator.AnyAboveZero(pot))
            {
                break;
            }
            var offer = Vectors.Min(OfferOf(potAtStart, parts[child]), pot);
            var accepted = Accept(total, child, offer);
            child.Ideal = Vectors.Add(child.Ideal, accepted);
            if (_calculator.IsAboveZero(total, accepted))
            {
                asking.Add(child);
            }
            pot = Vectors.SubtractToZero(pot, accepted);
        }
        return pot;
    }

    private List<QueueState> TakeMostUnderServed(long[] total, List<QueueState> asking)
    {
        var ordered = asking.Select(c => (Queue: c, Need: Need(total, c)))
            .OrderBy(static c => c.Need).ThenBy(static c => c.Queue.Queue.Name, StringComparer.Ordinal).ToList();
        var tied = ordered.TakeWhile(c => c.Need.CompareTo(ordered[0].Need) == 0).Select(static c => c.Queue).ToList();
        foreach (var (queue, _) in ordered.Take(tied.Count + 1))
        {
            state.UnderServed.TryAdd(queue.Queue.Name, queue);
        }
        asking.RemoveAll(tied.Contains);
        return tied;
    }

    /// <summary>Under its guarantee before at or over it; then the higher priority; then the smaller ratio.</summary>
    private (bool Served, long Priority, double Ratio) Need(long[] total, QueueState child)
    {
        double ratio = _calculator.IsAboveZero(total, child.Guaranteed)
            ? _calculator.Divide(total, child.Ideal, child.Guaranteed)
            : int.MaxValue;
        return (ratio >= 1, -child.Queue.Priority, ratio);
    }

    /// <summary>A child's part of the pot, per resource, as 32-bit floats.</summary>
    private static float[] PartOf(QueueState child, List<QueueState> asking, bool evenly)
    {
        var parts = new float[child.Guaranteed.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = evenly ? 1.0f / asking.Count : PartOfResource(child, asking, i);
        }
        return parts;
    }

    private static float PartOfResource(QueueState child, List<QueueState> asking, int resource)
    {
        var sum = asking.Sum(c => (double)c.Guaranteed[resource]);
        var byCapacity = asking.TrueForAll(static c => c.Queue.AbsoluteCapacity is not null);
        if (!byCapacity)
        {
            return sum > 0 ? child.Guaranteed[resource] / (float)sum : 0;
        }
        if (sum <= 0)
        {
            return 1.0f / asking.Count;
        }
        // Hadoop 3.4.3: a queue with capacity but without a guarantee of this resource would be offered nothing of it.
        return asking.Exists(c => c.Queue.AbsoluteCapacity > 0 && c.Guaranteed[resource] == 0)
            ? child.Queue.AbsoluteCapacity!.Value / asking.Sum(static c => c.Queue.AbsoluteCapacity!.Value)
            : child.Guaranteed[resource] / (float)sum;
    }

    private long[] OfferOf(long[] pot, float[] parts)
    {
        var offer = new long[pot.Length];
        for (var i = 0; i < offer.Length; i++)
        {
            offer[i] = _calculator.Scale(pot[i], parts[i]);
        }
        return offer;
    }

    private long[] Accept(long[] total, QueueState child, long[] offer)
    {
        var wanted = Vectors.Subtract(Vectors.Add(child.Used, child.PendingNet), child.Ideal);
        var accepted = Vectors.Min(
            Vectors.SubtractToZero(child.Maximum, child.Ideal),
            _calculator.Smaller(total, offer, wanted));
        if (child.IsLeaf && !balance)
        {
            var cap = Vectors.Subtract(_calculator.Larger(total, child.Used, child.Guaranteed), child.Ideal);
            cap = _calculator.Larger(total, cap, new long[cap.Length]);
            accepted = _calculator.Smaller(total, accepted, cap);
        }
        return Vectors.Min(Vectors.AtLeastZero(accepted), offer);
    }

    private void ScaleToAllowance(QueueState parent)
    {
        var total = parent.Ideal;
        var needed = parent.Children
            .Where(c => _calculator.Compare(total, c.Used, c.Ideal) > 0)
            .Aggregate(new long[total.Length], static (sum, c) => Vectors.Add(sum, Vectors.Subtract(c.Used, c.Ideal)));
        var scale = _calculator.Compare(total, needed, state.Allowance) > 0
            ? _calculator.Divide(total, state.Allowance, needed)
            : 1.0f;
        foreach (var child in parent.Children)
        {
            var floor = _calculator.Smaller(total, Vectors.Add(child.Used, child.Pending), child.Guaranteed);
            var kept = _calculator.Larger(total, floor, child.Ideal);
            child.Excess = _calculator.Compare(total, child.Used, kept) > 0
                ? Vectors.CutDown(Vectors.Subtract(child.Used, kept), scale)
                : new long[total.Length];
        }
    }

    private long[] AmountToTake(QueueState leaf)
    {
        var deadZone = Vectors.CutDown(leaf.Guaranteed, 1.0 + state.Settings.MaxIgnoredOverCapacity);
        if (leaf.Queue.PreemptionDisabled || _calculator.Compare(state.Cluster, leaf.Used, deadZone) <= 0)
        {
            return new long[leaf.Used.Length];
        }
        return _calculator.IsAboveZero(state.Cluster, leaf.Excess)
            ? _calculator.Scale(leaf.Excess, state.Settings.NaturalTerminationFactor)
            : leaf.Excess;
    }
}
