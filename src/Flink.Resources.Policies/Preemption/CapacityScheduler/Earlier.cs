namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>What earlier choices mean for a later selector: <c>deductPreemptableResourcesBasedSelectedCandidates</c>.</summary>
internal static class Earlier
{
    /// <summary>Lowers each leaf's amount by the containers chosen from it before, each only while the amount is larger than it.</summary>
    public static void LowerLeafAmounts(MonitorState state)
    {
        foreach (var (app, _, _, count) in state.Choices)
        {
            app.Queue.Amount = Lowered(state, app.Queue.Amount, app.Size, count);
        }
    }

    /// <summary>The amount after so many containers, each deducted only while the amount is larger than it.</summary>
    public static long[] Lowered(MonitorState state, long[] amount, long[] size, long count)
    {
        var deducted = CountWhile(count, IsLarger);
        return Vectors.Subtract(amount, Vectors.Times(size, deducted));
        bool IsLarger(long done) => state.Calculator.Compare(state.Cluster, Vectors.Subtract(amount, Vectors.Times(size, done)), size) > 0;
    }

    /// <summary>How many steps of at most <paramref name="limit"/> can be made while <paramref name="may"/> holds, which once false stays false.</summary>
    public static long CountWhile(long limit, Func<long, bool> may)
    {
        var (low, high) = (0L, limit);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (may(middle))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }
}
