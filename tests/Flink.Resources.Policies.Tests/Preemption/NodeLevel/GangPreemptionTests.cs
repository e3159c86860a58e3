using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Preemption.NodeLevel;

public sealed class GangPreemptionTests
{
    private const int Iterations = 6_000;

    private static readonly Gen<GangPod> Pods =
        from node in Gen.Int[0, 2]
        from priority in Gen.Long[-1, 3]
        from slots in Gen.Long[0, 2]
        from start in Gen.OneOf<long?>(null, 0, 1, 2)
        from labels in Gen.OneOf(NodeScenarios.Labels(), NodeScenarios.Labels(("app", "x")))
        from @group in Gen.OneOf<string?>(null, "g0", "g1", "undescribed")
        select new GangPod { Name = "", Node = $"n{node}", Priority = priority, Slots = slots, StartTimeNs = start, Labels = labels, Group = @group };

    private static readonly Gen<PodGroup> Groups =
        from priority in Gen.Long[-1, 3]
        from disruption in Gen.Enum<GroupDisruption>()
        select new PodGroup("", priority, disruption);

    private static readonly Gen<GangPreemptionContext> Situations =
        from capacities in Gen.Long[0, 5].Array[3]
        from running in Pods.Array[0, 8]
        from groups in Groups.Array[2]
        from allowed in Gen.Long[0, 2].Array[0, 1]
        from priority in Gen.Long[0, 3]
        from members in Gen.Long[0, 2].Array[0, 4]
        from minCount in Gen.OneOf<long?>(null, null, 0, 1, 2, 9)
        select new GangPreemptionContext
        {
            Nodes = [.. capacities.Select((c, i) => new SlotNode($"n{i}", c))],
            Running = [.. running.Select((p, i) => p with { Name = $"p{i}" })],
            Groups = [.. groups.Select((g, i) => g with { Name = $"g{i}" })],
            DisruptionBudgets = [.. allowed.Select(a => new DisruptionBudget { Name = "b", Selector = NodeScenarios.Labels(("app", "x")), DisruptionsAllowed = a })],
            Incoming = new IncomingGang
            {
                Name = "gang",
                Priority = priority,
                MinCount = minCount,
                Members = [.. members.Select((m, i) => new GangMember($"m{i}", m))],
            },
        };

    [Fact]
    public void Plan_AnySituation_AgreesWithTheRulesTakenLiterally()
    {
        var preempted = 0;
        Situations.Sample(context =>
        {
            AgreesWithOracle(context);
            Interlocked.Add(ref preempted, GangPreemption.Plan(context).Preempted ? 1 : 0);
        }, iter: Iterations);

        Assert.True(preempted > Iterations / 20, $"Only {preempted} situations had victims.");
    }

    private static void AgreesWithOracle(GangPreemptionContext context)
    {
        var (victims, violations) = Oracle(context);

        var plan = GangPreemption.Plan(context);

        Assert.Equal(victims.Order(StringComparer.Ordinal), plan.Victims.SelectMany(v => v.Pods).Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(violations, plan.BudgetViolations);
        Assert.Equal(victims.Count > 0, plan.Preempted);
    }

    [Fact]
    public void Plan_AnySituation_TakesOnlyLowerUnitsAsAWholeAndPlacesTheMinimum() => Situations.Sample(context =>
    {
        var plan = GangPreemption.Plan(context);

        Assert.All(plan.Victims, u => Assert.True(u.Priority < context.Incoming.Priority));
        foreach (var whole in context.Groups.Where(g => g.Disruption == GroupDisruption.All))
        {
            var lost = plan.Victims.SelectMany(v => v.Pods).Count(p => p.Group == whole.Name);
            Assert.True(lost == 0 || lost == context.Running.Count(p => p.Group == whole.Name));
        }
        var remaining = context.Running.RemoveRange(plan.Victims.SelectMany(v => v.Pods));
        Assert.True(!plan.Preempted || Placed(context, remaining) >= (context.Incoming.MinCount ?? context.Incoming.Members.Length));
    }, iter: Iterations);

    [Fact]
    public void Plan_ListsInAnotherOrder_IsTheSame() => Situations.Sample(context =>
    {
        var other = context with { Running = [.. context.Running.Reverse()], Groups = [.. context.Groups.Reverse()] };

        Assert.Equal(string.Join(' ', GangPreemption.Plan(context).Victims.Select(v => v.Name)), string.Join(' ', GangPreemption.Plan(other).Victims.Select(v => v.Name)));
    }, iter: Iterations);

    [Fact]
    public void Plan_PolicyNever_HarmsNobody() => Situations.Sample(context =>
        Assert.False(GangPreemption.Plan(context with { Incoming = context.Incoming with { PreemptionPolicy = PodPreemptionPolicy.Never } }).Preempted));

    private static (List<string> Victims, int Violations) Oracle(GangPreemptionContext context)
    {
        bool IsWhole(GangPod p) => context.Groups.Any(g => g.Name == p.Group && g.Disruption == GroupDisruption.All);
        var units = context.Running.GroupBy(p => IsWhole(p) ? "group " + p.Group : "pod " + p.Name, StringComparer.Ordinal)
            .Select(u => (Pods: u.ToList(), Name: IsWhole(u.First()) ? u.First().Group! : u.First().Name,
                Priority: IsWhole(u.First()) ? context.Groups.Single(g => g.Name == u.First().Group).Priority : u.First().Priority))
            .Where(u => u.Priority < context.Incoming.Priority)
            .OrderByDescending(u => u.Priority)
            .ThenByDescending(u => u.Pods[0].Group is not null)
            .ThenByDescending(u => u.Pods.Count)
            .ThenBy(u => u.Pods.Min(p => p.StartTimeNs ?? long.MaxValue))
            .ThenBy(u => u.Name, StringComparer.Ordinal)
            .ToList();
        var removed = units.SelectMany(u => u.Pods).ToHashSet();
        int PlacedNow() => Placed(context, [.. context.Running.Where(p => !removed.Contains(p))]);
        var best = PlacedNow();
        if (units.Count == 0 || best < (context.Incoming.MinCount ?? context.Incoming.Members.Length))
        {
            return ([], 0);
        }
        var left = context.DisruptionBudgets.Select(b => b.DisruptionsAllowed).FirstOrDefault(long.MaxValue);
        var charged = units.ConvertAll(u => (u.Pods, Violates: u.Pods.Sum(p => p.Labels.Count > 0 && --left < 0 ? 1 : 0) > 0));
        foreach (var unit in charged.OrderByDescending(u => u.Violates))
        {
            removed.ExceptWith(unit.Pods);
            if (PlacedNow() < best)
            {
                removed.UnionWith(unit.Pods);
            }
        }
        return ([.. removed.Select(p => p.Name)], charged.Count(u => u.Violates && removed.Contains(u.Pods[0])));
    }

    private static int Placed(GangPreemptionContext context, ImmutableArray<GangPod> remaining)
    {
        var free = context.Nodes.Select(n => n.Slots - remaining.Where(p => p.Node == n.Name).Sum(p => p.Slots)).ToArray();
        if (free.Any(f => f < 0))
        {
            return -1;
        }
        return context.Incoming.Members.Count(m =>
        {
            var node = Array.FindIndex(free, f => f >= m.Slots);
            if (node >= 0)
            {
                free[node] -= m.Slots;
            }
            return node >= 0;
        });
    }
}
