using CsCheck;

namespace Flink.Resources.Preemption.NodeLevel;

public sealed class NodePreemptionTests
{
    private const int Iterations = 6_000;

    [Fact]
    public void FindCandidates_AnySituation_AgreesWithTheRulesTakenLiterally()
    {
        var interesting = 0;
        NodeScenarios.All.Sample(context =>
        {
            AgreesWithOracle(context);
            if (NodePreemption.FindCandidates(context).Any(c => c.Victims.Length > 1 || !c.Reprieved.IsEmpty))
            {
                Interlocked.Increment(ref interesting);
            }
        }, iter: Iterations);

        Assert.True(interesting > Iterations / 20, $"Only {interesting} situations had a choice to make.");
    }

    private static void AgreesWithOracle(NodePreemptionContext context)
    {
        var expected = NodeOracle.Candidates(context);

        var candidates = NodePreemption.FindCandidates(context);

        Assert.Equal(
            string.Join("; ", expected.Select(c => $"{c.Node}: {string.Join(' ', c.Victims)} ({c.Violations})")),
            string.Join("; ", candidates.Select(c => $"{c.Node}: {string.Join(' ', c.Victims.Select(v => v.Name))} ({c.BudgetViolations})")));
    }

    [Fact]
    public void Plan_AnySituation_TakesOnlyLowerPriorityFreesEnoughAndNobodyCouldStay() => NodeScenarios.All.Sample(context =>
    {
        foreach (var candidate in NodePreemption.Plan(context).Candidates)
        {
            var node = context.Nodes.Single(n => n.Name == candidate.Node);
            var remaining = context.Running.RemoveRange(candidate.Victims);

            Assert.All(candidate.Victims, v => Assert.True(NodeOracle.CanBeVictim(context, v)));
            Assert.True(NodeOracle.Fits(context, node, remaining));
            Assert.All(candidate.Victims, v => Assert.False(NodeOracle.Fits(context, node, remaining.Add(v))));
        }
    }, iter: Iterations);

    [Fact]
    public void Plan_ListsInAnotherOrder_IsTheSame() => NodeScenarios.All.Select(Gen.Int).Sample((context, seed) =>
    {
        var shuffled = context with
        {
            Running = [.. context.Running.OrderBy(p => (p.Name.GetHashCode(StringComparison.Ordinal) ^ seed, p.Name))],
            DisruptionBudgets = [.. context.DisruptionBudgets.Reverse()],
        };

        Assert.Equal(Describe(NodePreemption.Plan(context)), Describe(NodePreemption.Plan(shuffled)));
    }, iter: Iterations);

    [Fact]
    public void Choose_AnySituation_IsTheFirstByTheSixRules() => NodeScenarios.All.Sample(context =>
    {
        var candidates = NodePreemption.FindCandidates(context);
        var expected = candidates
            .OrderBy(c => c.BudgetViolations)
            .ThenBy(c => c.Victims[0].Priority)
            .ThenBy(c => c.Victims.Sum(v => v.Priority + (1L << 31)))
            .ThenBy(c => c.Victims.Length)
            .ThenByDescending(c => c.Victims.Where(v => v.Priority == c.Victims.Max(w => w.Priority)).Min(v => v.StartTimeNs ?? long.MaxValue))
            .ThenBy(c => c.Node, StringComparer.Ordinal)
            .FirstOrDefault();

        Assert.Same(expected, NodePreemption.Choose(candidates));
    }, iter: Iterations);

    [Fact]
    public void IsEligible_EarlierVictimStillLeaving_OnlyWhileThatNodeCanHelp()
    {
        var context = Context([Pod("leaving", 1) with { TerminatingByPreemption = true }], new IncomingPod
        {
            Name = "incoming",
            Priority = 2,
            Requests = new(1, 0),
            NominatedNode = "node",
        });

        Assert.False(NodePreemption.IsEligible(context));
        Assert.True(NodePreemption.IsEligible(context with { Settings = new() { UnresolvableNodes = ["node"] } }));
        Assert.True(NodePreemption.IsEligible(context with { Settings = new() { VictimFilter = new() { MaxVictimPriority = 0 } } }));
        Assert.True(NodePreemption.IsEligible(context with { Incoming = context.Incoming with { Priority = 1 } }));
    }

    [Fact]
    public void Plan_AmountsAtTheLimitOf64Bits_SumsDoNotWrapRound()
    {
        var huge = new PodResources(long.MaxValue, long.MaxValue);
        var context = Context(
            [Pod("a", long.MinValue) with { Requests = huge }, Pod("b", long.MinValue) with { Requests = huge }, Pod("c", -1) with { Requests = huge }],
            new IncomingPod { Name = "incoming", Priority = 0, Requests = huge },
            capacity: huge);

        var plan = NodePreemption.Plan(context);

        Assert.Equal("c a b", string.Join(' ', plan.Chosen!.Victims.Select(v => v.Name)));
    }

    [Fact]
    public void FindCandidates_NodeWithoutTheTopologyLabel_TakesNoPodThatMustSpread()
    {
        var context = Context([Pod("low", 0)], new IncomingPod
        {
            Name = "incoming",
            Priority = 1,
            Requests = new(10, 0),
            TopologySpread = [new(1, "zone", "app")],
        });

        Assert.Empty(NodePreemption.FindCandidates(context));
    }

    [Fact]
    public void Plan_PodOnANodeThatIsNotThere_Throws()
    {
        var context = Context([Pod("lost", 0) with { Node = "gone" }], new IncomingPod { Name = "incoming", Priority = 1, Requests = default });

        Assert.Throws<ArgumentException>(() => NodePreemption.Plan(context));
    }

    private static RunningPod Pod(string name, long priority) =>
        new() { Name = name, Node = "node", Priority = priority, Requests = new(10, 0) };

    private static NodePreemptionContext Context(RunningPod[] running, IncomingPod incoming, PodResources? capacity = null) => new()
    {
        Nodes = [new ClusterNode { Name = "node", Allocatable = capacity ?? new(10, 10), MaxPods = 10 }],
        Running = [.. running],
        Incoming = incoming,
    };

    private static string Describe(NodePreemptionPlan plan) =>
        $"{plan.Eligible} {plan.Chosen?.Node}: " + string.Join("; ", plan.Candidates.Select(c =>
            $"{c.Node}: {string.Join(' ', c.Victims.Select(v => v.Name))} ({c.BudgetViolations}), stay {string.Join(' ', c.Reprieved.Select(v => v.Name))}"));
}
