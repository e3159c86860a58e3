using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>Small situations in which ties, over-commitment and missing labels are common.</summary>
internal static class NodeScenarios
{
    private static readonly Gen<ImmutableDictionary<string, string>> PodLabelSets = Gen.OneOf(
        Labels(), Labels(("app", "x")), Labels(("app", "y")), Labels(("team", "t")), Labels(("app", "x"), ("team", "t")));

    private static readonly Gen<ImmutableDictionary<string, string>> NodeLabelSets = Gen.OneOf(
        Labels(), Labels(("zone", "a")), Labels(("zone", "b")), Labels(("zone", "a"), ("rack", "1")));

    private static readonly Gen<long?> Start = Gen.OneOf<long?>(null, 0, 1, 2, 3);

    private static readonly Gen<PodAntiAffinity?> AntiAffinity = Gen.OneOf<PodAntiAffinity?>(
        null, null, null, null, null, null, null, new PodAntiAffinity("app", "zone"), new PodAntiAffinity("team", "rack"));

    private static readonly Gen<PodResources> Requests =
        from cpu in Gen.Long[0, 3]
        from memory in Gen.Long[0, 2]
        select new PodResources(cpu, memory);

    private static readonly Gen<ImmutableArray<ClusterNode>> Nodes =
        from nodes in (
            from cpu in Gen.Long[1, 6]
            from memory in Gen.Long[1, 8]
            from pods in Gen.Long[1, 6]
            from labels in NodeLabelSets
            select new ClusterNode { Name = "", Allocatable = new(cpu, memory), MaxPods = pods, Labels = labels }).Array[1, 4]
        select nodes.Select((n, i) => n with { Name = $"n{i}" }).ToImmutableArray();

    private static readonly Gen<DisruptionBudget> Budget =
        from allowed in Gen.Long[0, 2]
        from selector in Gen.OneOf(Labels(), Labels(("app", "x")), Labels(("team", "t")), Labels(("app", "x"), ("team", "t")))
        from counted in Gen.OneOf(ImmutableHashSet<string>.Empty, ["p0", "gone"], ["p1", "p2"])
        select new DisruptionBudget { Name = "b", Selector = selector, DisruptionsAllowed = allowed, AlreadyDisrupted = counted };

    private static readonly Gen<IncomingPod> Incoming =
        from priority in Gen.Long[0, 4]
        from requests in Requests
        from labels in PodLabelSets
        from policy in Gen.Frequency((9, PodPreemptionPolicy.LowerPriority), (1, PodPreemptionPolicy.Never))
        from nominated in Gen.OneOf<string?>(null, null, null, "n0", "gone")
        from spread in Gen.OneOf<ImmutableArray<TopologySpread>>([], [], [], [], [new(1, "zone", "app")], [new(0, "zone", "team"), new(2, "rack", "app")])
        select new IncomingPod
        {
            Name = "incoming",
            Priority = priority,
            Requests = requests,
            Labels = labels,
            PreemptionPolicy = policy,
            NominatedNode = nominated,
            TopologySpread = spread,
        };

    private static readonly Gen<VictimFilter?> Filter = Gen.OneOf<VictimFilter?>(
        null, null, null, null, null, null, null, null, new VictimFilter { Labels = Labels(("app", "x")) }, new VictimFilter { Node = "n0" }, new VictimFilter { MinPreemptorPriority = 2 }, new VictimFilter { MaxVictimPriority = 0 });

    private static readonly Gen<NodePreemptionSettings> Settings =
        from percentage in Gen.OneOf<long>(0, 10, 34, 50, 250)
        from absolute in Gen.OneOf<long>(0, 1, 2, 100, int.MaxValue)
        from offset in Gen.OneOf<long>(0, 1, 2, 9, -1, long.MaxValue, long.MinValue)
        from allowed in Gen.OneOf<ImmutableHashSet<string>?>(null, null, ["n0", "n1"], [])
        from unresolvable in Gen.OneOf<ImmutableHashSet<string>>([], [], ["n0"], ["n1", "gone"])
        from erroring in Gen.OneOf<ImmutableHashSet<string>>([], [], ["n1"])
        from filter in Filter
        from importance in Gen.Enum<PodImportance>()
        select new NodePreemptionSettings
        {
            MinCandidateNodesPercentage = percentage,
            MinCandidateNodesAbsolute = absolute,
            SearchOffset = offset,
            AllowedNodes = allowed,
            UnresolvableNodes = unresolvable,
            ErroringNodes = erroring,
            VictimFilter = filter,
            Importance = importance,
        };

    public static Gen<NodePreemptionContext> All { get; } =
        from nodes in Nodes
        from running in Pod(nodes.Length).Array[2, 14]
        from budgets in Budget.Array[0, 2]
        from incoming in Incoming
        from settings in Settings
        select new NodePreemptionContext
        {
            Nodes = nodes,
            Running = [.. running.Select((p, i) => p with { Name = $"p{i}" })],
            DisruptionBudgets = [.. budgets],
            Incoming = incoming,
            Settings = settings,
        };

    public static ImmutableDictionary<string, string> Labels(params (string Key, string Value)[] labels) =>
        labels.ToImmutableDictionary(static l => l.Key, static l => l.Value, StringComparer.Ordinal);

    private static Gen<RunningPod> Pod(int nodes) =>
        from node in Gen.Int[0, nodes - 1]
        from priority in Gen.Long[-2, 3]
        from requests in Requests
        from start in Start
        from labels in PodLabelSets
        from terminating in Gen.Frequency((4, false), (1, true))
        from antiAffinity in AntiAffinity
        select new RunningPod
        {
            Name = "",
            Node = $"n{node}",
            Priority = priority,
            Requests = requests,
            StartTimeNs = start,
            Labels = labels,
            TerminatingByPreemption = terminating,
            AntiAffinity = antiAffinity,
        };
}
