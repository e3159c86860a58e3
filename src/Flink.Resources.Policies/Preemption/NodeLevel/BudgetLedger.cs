using System.Collections.Immutable;

namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>
/// What is left of the budgets while removals are charged one after the other. Every matching budget is charged, so the
/// result does not depend on the order of the budgets (kube-scheduler 1.36; from 1.37 its walk stops at the first exhausted one).
/// </summary>
internal sealed class BudgetLedger
{
    private readonly ImmutableArray<DisruptionBudget> _budgets;
    private readonly long[] _left;

    public BudgetLedger(ImmutableArray<DisruptionBudget> budgets)
    {
        _budgets = budgets;
        _left = new long[budgets.Length];
        for (var i = 0; i < _left.Length; i++)
        {
            _left[i] = budgets[i].DisruptionsAllowed;
        }
    }

    /// <summary>Charges one pod.</summary>
    /// <returns>Whether it violates: one of its budgets is below zero now.</returns>
    public bool Charge(string pod, ImmutableDictionary<string, string> labels)
    {
        var violates = false;
        for (var i = 0; i < _left.Length; i++)
        {
            if (_budgets[i].IsChargedBy(pod, labels))
            {
                // An allowance that starts at the lowest number stays there instead of wrapping round.
                _left[i] = _left[i] == long.MinValue ? long.MinValue : _left[i] - 1;
                violates |= _left[i] < 0;
            }
        }
        return violates;
    }
}
