using System.Collections.Immutable;

namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>
/// Room for a whole group, as kube-scheduler 1.36 makes it (workload-aware preemption): take away every unit of lower priority, place the
/// group, then put units back, most important first, as long as as many members find room. The group may be placed anew to spare a unit,
/// which is gentler than 1.37's fixed placement. Pure: same context, same answer.
/// </summary>
public static class GangPreemption
{
    /// <summary>Decides who gives way to the group.</summary>
    /// <param name="context">The situation.</param>
    /// <exception cref="ArgumentException">Two nodes or two groups have the same name, or a pod runs on a node that is not there.</exception>
    public static GangPreemptionPlan Plan(GangPreemptionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var slots = new SlotTable(context);
        var groups = GroupsOf(context);
        if (context.Incoming.PreemptionPolicy == PodPreemptionPolicy.Never)
        {
            return Nobody([]);
        }
        var units = RemovableUnits(context, groups);
        units.ForEach(slots.Remove);
        var best = slots.PlacedMembers(context.Incoming.Members);
        if (units.Count == 0 || best < (context.Incoming.MinCount ?? context.Incoming.Members.Length))
        {
            return Nobody(units);
        }
        units = Charge(units, context.DisruptionBudgets);
        var stays = Reprieve(units, slots, context.Incoming.Members, best);
        var victims = units.Where(u => !stays.Contains(u)).ToImmutableArray();
        return victims.IsEmpty ? Nobody(units) : new(victims, [.. units.Where(stays.Contains)], best, Groups(victims));
    }

    private static GangPreemptionPlan Nobody(List<PreemptionUnit> lookedAt) => new([], [.. lookedAt], 0, 0);

    private static Dictionary<string, PodGroup> GroupsOf(GangPreemptionContext context)
    {
        var groups = new Dictionary<string, PodGroup>(StringComparer.Ordinal);
        foreach (var group in context.Groups)
        {
            if (!groups.TryAdd(group.Name, group))
            {
                throw new ArgumentException($"There are two groups '{group.Name}'.", nameof(context));
            }
        }
        return groups;
    }

    private static List<PreemptionUnit> RemovableUnits(GangPreemptionContext context, Dictionary<string, PodGroup> groups)
    {
        var wholes = new Dictionary<string, List<GangPod>>(StringComparer.Ordinal);
        var units = new List<PreemptionUnit>();
        foreach (var pod in context.Running)
        {
            if (pod.Group is { } name && groups.GetValueOrDefault(name) is { Disruption: GroupDisruption.All } group)
            {
                if (!wholes.TryGetValue(name, out var members))
                {
                    wholes.Add(name, members = []);
                }
                members.Add(pod);
            }
            else
            {
                units.Add(Unit(pod.Name, pod.Priority, [pod]));
            }
        }
        units.AddRange(wholes.Select(w => Unit(w.Key, groups[w.Key].Priority, w.Value)));
        units.RemoveAll(u => u.Priority >= context.Incoming.Priority);
        units.Sort(CompareImportance);
        return units;
    }

    private static PreemptionUnit Unit(string name, long priority, List<GangPod> pods) => new()
    {
        Name = name,
        Priority = priority,
        Pods = [.. pods.OrderBy(static p => p.Name, StringComparer.Ordinal)],
        ViolatesBudget = false,
    };

    private static List<PreemptionUnit> Charge(List<PreemptionUnit> units, ImmutableArray<DisruptionBudget> budgets)
    {
        var ledger = new BudgetLedger(budgets);
        return units.ConvertAll(u => u with { ViolatesBudget = Charge(u, ledger) });
    }

    private static bool Charge(PreemptionUnit unit, BudgetLedger ledger)
    {
        // Every pod is charged, also after one has violated.
        var violates = false;
        foreach (var pod in unit.Pods)
        {
            violates |= ledger.Charge(pod.Name, pod.Labels);
        }
        return violates;
    }

    private static HashSet<PreemptionUnit> Reprieve(List<PreemptionUnit> units, SlotTable slots, ImmutableArray<GangMember> members, int best)
    {
        // By reference: two pods may look the same.
        var stays = new HashSet<PreemptionUnit>(ReferenceEqualityComparer.Instance);
        foreach (var unit in units.Where(static u => u.ViolatesBudget).Concat(units.Where(static u => !u.ViolatesBudget)))
        {
            slots.Return(unit);
            if (slots.PlacedMembers(members) >= best)
            {
                stays.Add(unit);
            }
            else
            {
                slots.Remove(unit);
            }
        }
        return stays;
    }

    private static int Groups(ImmutableArray<PreemptionUnit> victims) =>
        victims.SelectMany(static v => v.Pods).Where(static p => p.Group is not null).Select(static p => p.Group!)
            .Distinct(StringComparer.Ordinal).Count();

    /// <summary>Most important first: higher priority; pods of a group before those of none; more pods; earlier start; name.</summary>
    private static int CompareImportance(PreemptionUnit a, PreemptionUnit b)
    {
        var order = b.Priority.CompareTo(a.Priority);
        order = order != 0 ? order : (b.Pods[0].Group is not null).CompareTo(a.Pods[0].Group is not null);
        order = order != 0 ? order : b.Pods.Length.CompareTo(a.Pods.Length);
        order = order != 0 ? order : PodOrder.CompareStart(EarliestStart(a), EarliestStart(b));
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    }

    private static long? EarliestStart(PreemptionUnit unit)
    {
        long? earliest = null;
        foreach (var pod in unit.Pods)
        {
            earliest = PodOrder.CompareStart(pod.StartTimeNs, earliest) < 0 ? pod.StartTimeNs : earliest;
        }
        return earliest;
    }

    /// <summary>Free slots per node, in the order of the nodes; below 0 on an over-committed one.</summary>
    private sealed class SlotTable
    {
        private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
        private readonly Int128[] _free;
        private int _overCommitted;

        public SlotTable(GangPreemptionContext context)
        {
            _free = new Int128[context.Nodes.Length];
            foreach (var node in context.Nodes)
            {
                if (!_index.TryAdd(node.Name, _index.Count))
                {
                    throw new ArgumentException($"There are two nodes '{node.Name}'.", nameof(context));
                }
                _free[_index[node.Name]] = node.Slots;
            }
            foreach (var pod in context.Running)
            {
                if (!_index.ContainsKey(pod.Node))
                {
                    throw new ArgumentException($"Pod '{pod.Name}' runs on node '{pod.Node}', which is not there.", nameof(context));
                }
                Change(pod, -1);
            }
        }

        public void Remove(PreemptionUnit unit)
        {
            foreach (var pod in unit.Pods)
            {
                Change(pod, 1);
            }
        }

        public void Return(PreemptionUnit unit)
        {
            foreach (var pod in unit.Pods)
            {
                Change(pod, -1);
            }
        }

        /// <summary>First fit, in list order; -1 when some node holds more than its slots: such a state is never an improvement.</summary>
        public int PlacedMembers(ImmutableArray<GangMember> members)
        {
            if (_overCommitted > 0)
            {
                return -1;
            }
            var free = (Int128[])_free.Clone();
            var placed = 0;
            foreach (var member in members)
            {
                var node = Array.FindIndex(free, room => room >= member.Slots);
                if (node >= 0)
                {
                    free[node] -= member.Slots;
                    placed++;
                }
            }
            return placed;
        }

        private void Change(GangPod pod, int sign)
        {
            ref var free = ref _free[_index[pod.Node]];
            var before = free < 0;
            free += (Int128)pod.Slots * sign;
            _overCommitted += (free < 0 ? 1 : 0) - (before ? 1 : 0);
        }
    }
}
