namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>The rules once more, as plainly as possible: every question is answered from scratch over lists.</summary>
internal static class NodeOracle
{
    public static bool Fits(NodePreemptionContext context, ClusterNode node, IReadOnlyCollection<RunningPod> remaining)
    {
        var (incoming, here) = (context.Incoming, remaining.Where(p => p.Node == node.Name).ToList());
        return !context.Settings.RejectAllAfterRemoval
            && here.Count + 1 <= node.MaxPods
            && (incoming.Requests.CpuMilli == 0 || here.Sum(p => p.Requests.CpuMilli) + incoming.Requests.CpuMilli <= node.Allocatable.CpuMilli)
            && (incoming.Requests.MemoryBytes == 0 || here.Sum(p => p.Requests.MemoryBytes) + incoming.Requests.MemoryBytes <= node.Allocatable.MemoryBytes)
            && !remaining.Any(p => Repels(context, p, node))
            && incoming.TopologySpread.All(rule => Spreads(context, node, remaining, rule));
    }

    public static List<(string Node, List<string> Victims, int Violations)> Candidates(NodePreemptionContext context)
    {
        var settings = context.Settings;
        var nodes = context.Nodes.Where(n => !settings.UnresolvableNodes.Contains(n.Name)).ToList();
        var wanted = Math.Min(nodes.Count, Math.Max(nodes.Count * settings.MinCandidateNodesPercentage / 100, settings.MinCandidateNodesAbsolute));
        var (clean, violating) = (new List<(string, List<string>, int)>(), new List<(string, List<string>, int)>());
        for (var i = 0; i < nodes.Count; i++)
        {
            var index = (int)(((System.Numerics.BigInteger)settings.SearchOffset + i) % nodes.Count);
            var node = nodes[index < 0 ? index + nodes.Count : index];
            if (settings.ErroringNodes.Contains(node.Name) || Victims(context, node) is not { } found)
            {
                continue;
            }
            var list = found.Violations == 0 ? clean : violating;
            if (list.Count < wanted)
            {
                list.Add((node.Name, found.Victims, found.Violations));
            }
            if (clean.Count > 0 && clean.Count + violating.Count >= wanted)
            {
                break;
            }
        }
        return [.. clean, .. violating];
    }

    public static bool CanBeVictim(NodePreemptionContext context, RunningPod pod)
    {
        var filter = context.Settings.VictimFilter ?? new VictimFilter();
        return pod.Priority < context.Incoming.Priority
            && filter.Labels.All(l => pod.Labels.TryGetValue(l.Key, out var value) && value == l.Value)
            && (filter.Node is null || filter.Node == pod.Node)
            && (filter.MinPreemptorPriority is null || context.Incoming.Priority >= filter.MinPreemptorPriority)
            && (filter.MaxVictimPriority is null || pod.Priority <= filter.MaxVictimPriority);
    }

    private static (List<string> Victims, int Violations)? Victims(NodePreemptionContext context, ClusterNode node)
    {
        var removable = Sorted(context, context.Running.Where(p => p.Node == node.Name && CanBeVictim(context, p)));
        var removed = removable.ToHashSet(ReferenceEqualityComparer.Instance);
        bool FitsNow() => Fits(context, node, [.. context.Running.Where(p => !removed.Contains(p))]);
        if (removable.Count == 0 || !FitsNow())
        {
            return null;
        }
        var violators = Violators(context, removable);
        foreach (var pod in removable.Where(violators.Contains).Concat(removable.Where(p => !violators.Contains(p))))
        {
            removed.Remove(pod);
            if (!FitsNow())
            {
                removed.Add(pod);
            }
        }
        var victims = removable.Where(removed.Contains).ToList();
        return victims.Count == 0 ? null : (victims.ConvertAll(p => p.Name), victims.Count(violators.Contains));
    }

    private static List<RunningPod> Sorted(NodePreemptionContext context, IEnumerable<RunningPod> pods) => context.Settings.Importance switch
    {
        PodImportance.NameAscending => [.. pods.OrderBy(p => p.Name, StringComparer.Ordinal)],
        PodImportance.OldestStart => [.. pods.OrderBy(p => p.StartTimeNs ?? long.MaxValue).ThenBy(p => p.Name, StringComparer.Ordinal)],
        _ => [.. pods.OrderByDescending(p => p.Priority).ThenBy(p => p.StartTimeNs ?? long.MaxValue).ThenBy(p => p.Name, StringComparer.Ordinal)],
    };

    private static HashSet<RunningPod> Violators(NodePreemptionContext context, List<RunningPod> removable)
    {
        var left = context.DisruptionBudgets.Select(b => b.DisruptionsAllowed).ToArray();
        var violators = new HashSet<RunningPod>(ReferenceEqualityComparer.Instance);
        foreach (var pod in removable)
        {
            for (var i = 0; i < left.Length; i++)
            {
                var budget = context.DisruptionBudgets[i];
                if (budget.Selector.Count > 0 && !budget.AlreadyDisrupted.Contains(pod.Name)
                    && budget.Selector.All(s => pod.Labels.TryGetValue(s.Key, out var value) && value == s.Value)
                    && --left[i] < 0)
                {
                    violators.Add(pod);
                }
            }
        }
        return violators;
    }

    private static bool Repels(NodePreemptionContext context, RunningPod pod, ClusterNode node)
    {
        var home = context.Nodes.Single(n => n.Name == pod.Node);
        return pod.AntiAffinity is { } rule
            && context.Incoming.Labels.ContainsKey(rule.LabelExists)
            && home.Labels.TryGetValue(rule.TopologyKey, out var there)
            && node.Labels.TryGetValue(rule.TopologyKey, out var here)
            && there == here;
    }

    private static bool Spreads(NodePreemptionContext context, ClusterNode node, IReadOnlyCollection<RunningPod> remaining, TopologySpread rule)
    {
        string? Domain(string name) => context.Nodes.Single(n => n.Name == name).Labels.GetValueOrDefault(rule.TopologyKey);
        var counts = context.Nodes.Select(n => Domain(n.Name)).OfType<string>().Distinct(StringComparer.Ordinal)
            .ToDictionary(d => d, d => remaining.Count(p => p.Labels.ContainsKey(rule.LabelExists) && Domain(p.Node) == d), StringComparer.Ordinal);
        return Domain(node.Name) is { } own
            && counts[own] + (context.Incoming.Labels.ContainsKey(rule.LabelExists) ? 1 : 0) - counts.Values.Min() <= rule.MaxSkew;
    }
}
