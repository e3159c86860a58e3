namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>Which containers go until an amount is reached: <c>tryPreemptContainerAndDeductResToObtain</c>, many equal ones at once.</summary>
internal sealed class ContainerChooser(MonitorState state, long[] amount, bool conservative)
{
    private readonly ResourceCalculator _calculator = state.Calculator;
    private long[] _left = (long[])amount.Clone();

    /// <summary>Nothing is left to take.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Takes at most so many containers of a size, and says how many.</summary>
    public long Take(long[] size, long available)
    {
        var taken = 0L;
        while (taken < available && !IsDone)
        {
            // In YARN a resource of which nothing is left counts as negative, so that it does not hold up the others.
            _left = Array.ConvertAll(_left, static v => v == 0 ? -1 : v);
            if (!Goes(size))
            {
                break;
            }
            var count = Math.Clamp(StepsWithoutChange(size), 1, available - taken);
            var sum = Vectors.Times(size, count);
            _left = Vectors.Subtract(_left, sum);
            state.Allowance = Vectors.Subtract(state.Allowance, sum);
            taken += count;
            IsDone = !_calculator.IsAboveZero(state.Cluster, _left);
        }
        return taken;
    }

    private bool Goes(long[] size)
    {
        if (!_calculator.AnyAboveZero(_left) || !_calculator.FitsIn(size, state.Allowance))
        {
            return false;
        }
        var after = Vectors.AtLeastZero(Vectors.Subtract(_left, size));
        return conservative
            ? !_calculator.AnyZeroOrBelow(_left)
            : _calculator.Compare(state.Cluster, after, Vectors.AtLeastZero(_left)) < 0;
    }

    /// <summary>How many of the same size would get the same answer for certain: no number changes its sign, the allowance holds.</summary>
    private long StepsWithoutChange(long[] size)
    {
        var steps = long.MaxValue;
        var staysAboveZero = false;
        for (var i = 0; i < size.Length; i++)
        {
            if (size[i] > 0)
            {
                steps = Math.Min(steps, state.Allowance[i] / size[i]);
                steps = _left[i] > 0 ? Math.Min(steps, (_left[i] - 1) / size[i]) : steps;
            }
            staysAboveZero |= _left[i] > 0 && (i == 0 || state.Cluster[i] > 0);
        }
        return staysAboveZero ? steps : 1;
    }
}
