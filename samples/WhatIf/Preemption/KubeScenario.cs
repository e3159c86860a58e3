using System.Collections.Immutable;
using Flink.Resources.Preemption.NodeLevel;

namespace WhatIf.Preemption;

/// <summary>The JSON of kube scenarios, as the records of the library.</summary>
internal static class KubeScenario
{
    public static NodePreemptionContext Read(ScenarioValue scenario)
    {
        var nodes = Names.Unique(scenario["nodes"], "node", Node, static n => n.Name);
        return new NodePreemptionContext
        {
            Nodes = [.. nodes.Values],
            Running = [.. scenario["running"].List().Select(p => Running(p, nodes))],
            DisruptionBudgets = Budgets(scenario["disruptionBudgets"]),
            Incoming = Incoming(scenario["incoming"]),
            Settings = Settings(scenario["settings"], required: true),
        };
    }

    public static ImmutableArray<DisruptionBudget> Budgets(ScenarioValue budgets) => [.. budgets.List().Select(static b => new DisruptionBudget
    {
        Name = b["name"].String(),
        Selector = Labels(b["selector"].Members()),
        DisruptionsAllowed = b["disruptionsAllowed"].Count(),
        AlreadyDisrupted = [.. b["alreadyDisrupted"].List().Select(static n => n.String())],
    })];

    public static PodPreemptionPolicy Policy(ScenarioValue policy) => policy.IsSet
        ? policy.Word(("LowerPriority", PodPreemptionPolicy.LowerPriority), ("Never", PodPreemptionPolicy.Never))
        : PodPreemptionPolicy.LowerPriority;

    public static ImmutableDictionary<string, string> Labels(IReadOnlyList<KeyValuePair<string, ScenarioValue>> members)
    {
        var labels = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in members)
        {
            if (value.StringOrNull() is { } text)
            {
                labels[key] = text;
            }
        }
        return labels.ToImmutable();
    }

    /// <summary>Settings of a gang have no part in its decision; only their form is checked.</summary>
    public static NodePreemptionSettings Settings(ScenarioValue settings, bool required)
    {
        if (!required && !settings.IsSet)
        {
            return new NodePreemptionSettings();
        }
        return new NodePreemptionSettings
        {
            MinCandidateNodesPercentage = settings["minCandidateNodesPercentage"].Int64(10),
            MinCandidateNodesAbsolute = settings["minCandidateNodesAbsolute"].Count(100),
            SearchOffset = settings["searchOffset"].Int64(0),
            AllowedNodes = settings["allowedNodes"].IsSet ? NameSet(settings["allowedNodes"]) : null,
            UnresolvableNodes = NameSet(settings["unresolvableNodes"]),
            ErroringNodes = NameSet(settings["erroringNodes"]),
            RejectAllAfterRemoval = settings["rejectAllAfterRemoval"].Boolean(false),
            VictimFilter = settings["victimFilter"].IsSet ? Filter(settings["victimFilter"]) : null,
            Importance = settings["importance"].IsSet
                ? settings["importance"].Word(
                    ("priorityThenOldestStart", PodImportance.PriorityThenOldestStart),
                    ("oldestStart", PodImportance.OldestStart),
                    ("nameAscending", PodImportance.NameAscending))
                : PodImportance.PriorityThenOldestStart,
        };
    }

    private static ClusterNode Node(ScenarioValue node)
    {
        var (name, capacity) = (node["name"].String(), node["capacity"]);
        return new ClusterNode
        {
            Name = name,
            Allocatable = Resources(capacity),
            MaxPods = capacity["pods"].Count(),
            Labels = Labels(node["labels"].MembersOrEmpty()),
        };
    }

    private static PodResources Resources(ScenarioValue resources) => new(resources["cpuMilli"].Count(), resources["memoryBytes"].Count());

    private static RunningPod Running(ScenarioValue pod, Dictionary<string, ClusterNode> nodes)
    {
        // Read for its form: whether a pod terminates for another reason, or belongs to a group, plays no part here.
        _ = pod["terminating"].Boolean(false);
        _ = pod["group"].StringOrNull();
        return new RunningPod
        {
            Name = pod["name"].String(),
            Node = Names.Known(pod["node"], nodes, "node"),
            Priority = pod["priority"].Int64(),
            Requests = Resources(pod["requests"]),
            StartTimeNs = pod["startTimeNs"].Int64OrNull(),
            Labels = Labels(pod["labels"].MembersOrEmpty()),
            TerminatingByPreemption = pod["terminatingByPreemption"].Boolean(false),
            AntiAffinity = pod["antiAffinity"] is { IsSet: true } rule
                ? new PodAntiAffinity(rule["labelExists"].String(), rule["topologyKey"].String())
                : null,
        };
    }

    private static IncomingPod Incoming(ScenarioValue pod) => new()
    {
        Name = pod["name"].String(),
        Priority = pod["priority"].Int64(),
        Requests = Resources(pod["requests"]),
        PreemptionPolicy = Policy(pod["preemptionPolicy"]),
        Labels = Labels(pod["labels"].MembersOrEmpty()),
        NominatedNode = pod["nominatedNode"].StringOrNull(),
        TopologySpread = [.. pod["topologySpread"].ListOrEmpty().Select(static s =>
            new TopologySpread(s["maxSkew"].Count(), s["topologyKey"].String(), s["labelExists"].String()))],
    };

    private static VictimFilter Filter(ScenarioValue filter) => new()
    {
        Labels = Labels(filter["label"].MembersOrEmpty()),
        Node = filter["node"].StringOrNull(),
        MinPreemptorPriority = filter["minPreemptorPriority"].Int64OrNull(),
        MaxVictimPriority = filter["maxVictimPriority"].Int64OrNull(),
    };

    private static ImmutableHashSet<string> NameSet(ScenarioValue names) => [.. names.ListOrEmpty().Select(static n => n.String())];
}

/// <summary>The JSON of gang scenarios, as the records of the library.</summary>
internal static class GangScenario
{
    public static GangPreemptionContext Read(ScenarioValue scenario)
    {
        var nodes = Names.Unique(scenario["nodes"], "node", Node, static n => n.Name);
        var context = new GangPreemptionContext
        {
            Nodes = [.. nodes.Values],
            Running = [.. scenario["running"].List().Select(p => Running(p, nodes))],
            DisruptionBudgets = KubeScenario.Budgets(scenario["disruptionBudgets"]),
            Groups = [.. Names.Unique(scenario["groups"], "group", Group, static g => g.Name).Values],
            Incoming = Incoming(scenario["incoming"]),
        };
        _ = KubeScenario.Settings(scenario["settings"], required: false);
        return context;
    }

    private static SlotNode Node(ScenarioValue node) => new(node["name"].String(), node["capacity"]["slots"].Count());

    private static PodGroup Group(ScenarioValue group) => new(group["name"].String(), group["priority"].Int64(),
        group["disruption"].Word(("single", GroupDisruption.EachPod), ("all", GroupDisruption.All)));

    private static GangPod Running(ScenarioValue pod, Dictionary<string, SlotNode> nodes)
    {
        _ = pod["terminating"].Boolean(false);
        _ = pod["terminatingByPreemption"].Boolean(false);
        return new GangPod
        {
            Name = pod["name"].String(),
            Node = Names.Known(pod["node"], nodes, "node"),
            Priority = pod["priority"].Int64(),
            Slots = pod["requests"]["slots"].Count(),
            StartTimeNs = pod["startTimeNs"].Int64OrNull(),
            Labels = KubeScenario.Labels(pod["labels"].MembersOrEmpty()),
            Group = pod["group"].StringOrNull(),
        };
    }

    private static IncomingGang Incoming(ScenarioValue gang) => new()
    {
        Name = gang["name"].String(),
        Priority = gang["priority"].Int64(),
        PreemptionPolicy = KubeScenario.Policy(gang["preemptionPolicy"]),
        MinCount = gang["minCount"].CountOrNull(),
        Members = [.. gang["members"].List().Select(static m => new GangMember(m["name"].String(), m["requests"]["slots"].Count()))],
    };
}

/// <summary>Names that other parts of a scenario refer to.</summary>
internal static class Names
{
    /// <summary>Reads a list whose elements have names of their own, in order.</summary>
    public static Dictionary<string, T> Unique<T>(ScenarioValue list, string what, Func<ScenarioValue, T> read, Func<T, string> name)
    {
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var element in list.List())
        {
            var value = read(element);
            if (!result.TryAdd(name(value), value))
            {
                throw new ScenarioException($"there are two {what}s named '{name(value)}'", element["name"].Path);
            }
        }
        return result;
    }

    /// <summary>A name that must be in the list.</summary>
    public static string Known<T>(ScenarioValue name, Dictionary<string, T> known, string what) =>
        known.ContainsKey(name.String()) ? name.String() : throw new ScenarioException($"there is no {what} '{name.String()}'", name.Path);
}
