using System.Collections.Immutable;
using Flink.Resources.Preemption.NodeLevel;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>kube-scheduler: every container is a pod that comes by itself; a victim is a pod whose whole job leaves.</summary>
internal sealed class NodeLevelImitation : Imitation
{
    public override IReadOnlyList<JobKey>? Choose(ImitatedFleet fleet)
    {
        var pods = Pods(fleet);
        var free = FreeRoom(fleet);
        var victims = new List<JobKey>();
        foreach (var container in Containers(fleet.Request))
        {
            if (Roomiest(free, container) is not { } node)
            {
                if (NodePreemption.Plan(Context(fleet, container, free, pods)).Chosen is not { } chosen)
                {
                    return null;
                }
                var gone = chosen.Victims.Select(v => pods.First(p => string.Equals(p.Pod.Name, v.Name, StringComparison.Ordinal)).Job).ToHashSet();
                victims.AddRange(chosen.Victims.Select(v => pods.First(p => string.Equals(p.Pod.Name, v.Name, StringComparison.Ordinal)).Job).Distinct());
                foreach (var (pod, _) in pods.Where(p => gone.Contains(p.Job)))
                {
                    free[pod.Node] += Amounts.Of(pod.Requests.MemoryBytes, pod.Requests.CpuMilli);
                }
                pods.RemoveAll(p => gone.Contains(p.Job));
                node = chosen.Node;
            }
            free[node] -= container;
        }
        return victims;
    }

    private static IEnumerable<ResourceAmount> Containers(PreemptionRequest request)
    {
        if (!request.JobManager.IsNothing)
        {
            yield return request.JobManager;
        }
        for (var i = 0; i < request.MinimumTaskManagers; i++)
        {
            yield return request.TaskManager;
        }
    }

    private static SortedDictionary<string, ResourceAmount> FreeRoom(ImitatedFleet fleet)
    {
        var result = new SortedDictionary<string, ResourceAmount>(StringComparer.Ordinal);
        if (!fleet.Backend.Backend.KnowsNodes)
        {
            result.Add(fleet.Backend.Backend.Name, fleet.Backend.Free);
            return result;
        }
        foreach (var (name, report) in fleet.Backend.Backend.Nodes)
        {
            if (report.IsSchedulable)
            {
                result.Add(name, FleetBackend.FreeOf(report) + fleet.Backend.NodeDelta.GetValueOrDefault(name));
            }
        }
        return result;
    }

    private static string? Roomiest(SortedDictionary<string, ResourceAmount> free, ResourceAmount container)
    {
        (string Node, long Memory)? best = null;
        foreach (var (node, amount) in free)
        {
            if (container.FitsIn(amount) && !(best?.Memory >= amount.Memory.Bytes))
            {
                best = (node, amount.Memory.Bytes);
            }
        }
        return best?.Node;
    }

    private static List<(RunningPod Pod, JobKey Job)> Pods(ImitatedFleet fleet)
    {
        var result = new List<(RunningPod Pod, JobKey Job)>();
        foreach (var candidate in fleet.Candidates.Values.OrderBy(static c => c.Job.Job.Value, StringComparer.Ordinal))
        {
            var job = candidate.Job;
            if (!fleet.Backend.Backend.KnowsNodes)
            {
                result.Add((Pod(candidate, job.Job.Value, fleet.Backend.Backend.Name, job.Total), job.Job));
                continue;
            }
            for (var i = 0; i < job.Places.Length; i++)
            {
                var place = job.Places[i];
                var amount = (job.TaskManager * place.TaskManagers) + (place.HasJobManager ? job.JobManager : default);
                if (fleet.Backend.Backend.Nodes.TryGetValue(place.Node, out var node) && node.IsSchedulable)
                {
                    result.Add((Pod(candidate, $"{job.Job.Value}#{i}", place.Node, amount), job.Job));
                }
            }
        }
        return result;
    }

    private static RunningPod Pod(ImitatedJob candidate, string name, string node, ResourceAmount amount) => new()
    {
        Name = name,
        Node = node,
        Priority = candidate.Priority,
        Requests = new(amount.CpuMillicores, amount.Memory.Bytes),
        StartTimeNs = candidate.StartedTicks * 100,
        Labels = candidate.Job.DisruptionBudgets.ToImmutableDictionary(static b => b, static _ => "", StringComparer.Ordinal),
    };

    private static NodePreemptionContext Context(
        ImitatedFleet fleet, ResourceAmount container, SortedDictionary<string, ResourceAmount> free, List<(RunningPod Pod, JobKey Job)> pods)
    {
        var removable = new Dictionary<string, ResourceAmount>(StringComparer.Ordinal);
        foreach (var (pod, _) in pods)
        {
            removable[pod.Node] = removable.GetValueOrDefault(pod.Node) + Amounts.Of(pod.Requests.MemoryBytes, pod.Requests.CpuMilli);
        }
        return new()
        {
            // What is neither free nor a candidate's is nobody's to take.
            Nodes = [.. free.Select(n => Node(n.Key, n.Value + removable.GetValueOrDefault(n.Key)))],
            Running = [.. pods.Select(static p => p.Pod)],
            DisruptionBudgets = [.. fleet.Options.DisruptionBudgets.Select(b => new DisruptionBudget
            {
                Name = b.Key,
                Selector = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal).Add(b.Key, ""),
                DisruptionsAllowed = b.Value - fleet.BudgetUsed(b.Key),
            })],
            // Candidates are entitled already: whoever is one has lower priority by the rule's measure.
            Incoming = new() { Name = fleet.Request.Job.Value, Priority = long.MaxValue, Requests = new(container.CpuMillicores, container.Memory.Bytes) },
        };
    }

    private static ClusterNode Node(string name, ResourceAmount allocatable) => new()
    {
        Name = name,
        Allocatable = new(allocatable.CpuMillicores, allocatable.Memory.Bytes),
        MaxPods = int.MaxValue,
    };
}
