using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>What no node and no queue can ever hold waits for ever.</summary>
internal sealed class SizeFits() : EligibilityRule(
    "E17", EligibilitySeverity.Block, "A container is larger than the biggest node, or the job larger than its queue's maximum", "sizes of the target's specification, its nodes and queues")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => [.. Nodes(facts), .. Queue(facts)];

    private IEnumerable<EligibilityFinding> Nodes(EligibilityFacts facts)
    {
        var spec = facts.TargetSpec;
        return facts.Nodes.Match<IEnumerable<EligibilityFinding>>(
            nodes => [.. Container("JobManager", spec.JobManager, nodes, facts), .. Container("TaskManager", spec.TaskManager, nodes, facts)],
            e => [NotKnown($"How big the nodes of {facts.Target.Backend} are", e, "make its nodes readable")],
            e => [NotKnown($"How big the nodes of {facts.Target.Backend} are", e, "make its nodes readable")]);
    }

    private IEnumerable<EligibilityFinding> Container(string name, ContainerResources size, ImmutableArray<NodeReport> nodes, EligibilityFacts facts) =>
        nodes.Any(n => n.IsSchedulable && n.Memory >= size.Memory && n.CpuMillicores >= size.CpuMillicores)
            ? []
            : [Finding(
                $"The {name} takes {Text(size.Memory, size.CpuMillicores)}, and no node of {facts.Target.Backend} that takes containers is that big: the biggest has {Text(nodes.Select(static n => n.Memory).DefaultIfEmpty().Max(), nodes.Select(static n => n.CpuMillicores).DefaultIfEmpty().Max())}",
                "make the container smaller, or add bigger nodes")];

    private IEnumerable<EligibilityFinding> Queue(EligibilityFacts facts)
    {
        var need = NeedOf(facts.TargetSpec);
        return facts.Queues.Match<IEnumerable<EligibilityFinding>>(
            queues => from queue in queues
                      where (facts.TargetSpec.Queue == queue.Path || facts.TargetSpec.Queue.StartsWith($"{queue.Path}.", StringComparison.Ordinal))
                          && queue.Maximum is { } most && (need.Memory > most.Memory || need.CpuMillicores > most.CpuMillicores)
                      select Finding(
                          $"The job takes {Text(need.Memory, need.CpuMillicores)}, and {queue.Path} on {facts.Target.Backend} holds at most {Text(queue.Maximum!.Value.Memory, queue.Maximum.Value.CpuMillicores)}",
                          "raise the queue's maximum, or choose another queue"),
            e => [NotKnown($"How much the queue {facts.TargetSpec.Queue} of {facts.Target.Backend} holds", e, "make its queues readable")],
            e => [NotKnown($"How much the queue {facts.TargetSpec.Queue} of {facts.Target.Backend} holds", e, "make its queues readable")]);
    }

    /// <summary>One JobManager and as many TaskManagers as the parallelism needs.</summary>
    private static ResourceAmount NeedOf(ApplicationSpec spec)
    {
        var taskManagers = (spec.Parallelism + spec.TaskManager.Slots - 1) / spec.TaskManager.Slots;
        return new ResourceAmount(
            new MemorySize(spec.JobManager.Memory.Bytes + (taskManagers * spec.TaskManager.Memory.Bytes)),
            spec.JobManager.CpuMillicores + ((long)taskManagers * spec.TaskManager.CpuMillicores));
    }

    private static string Text(MemorySize memory, long cpu) => FormattableString.Invariant($"{memory} and {cpu / 1000.0:0.###} cores");
}
