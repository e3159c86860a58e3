using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>The queue and the part of the cluster must be there, and take the job.</summary>
internal sealed class QueueAndZone() : EligibilityRule(
    "E16", EligibilitySeverity.Block, "The target queue is absent or closed, or a node label has no counterpart", "the target's queues and nodes, node labels of both sides")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => [.. Queue(facts), .. Zone(facts), .. Counterpart(facts)];

    private IEnumerable<EligibilityFinding> Queue(EligibilityFacts facts)
    {
        var wanted = facts.TargetSpec.Queue;
        return facts.Queues.Match<IEnumerable<EligibilityFinding>>(
            queues => queues.FirstOrDefault(q => q.Path == wanted) switch
            {
                // A place without a tree of queues makes those that jobs name.
                null when queues.Any(static q => q is { Path: "root", IsLeaf: true, IsOpen: true }) => [],
                null => [Finding($"{facts.Target.Backend} has no queue {wanted}{Near(queues, wanted)}", "create the queue there, or map the source's queue to one that is there")],
                { IsOpen: false } => [Finding($"{wanted} on {facts.Target.Backend} takes no applications", "open the queue")],
                { IsLeaf: false } => [Finding($"{wanted} on {facts.Target.Backend} has queues below it", "name one of those")],
                _ => [],
            },
            e => [NotKnown($"Whether {facts.Target.Backend} has the queue {wanted}", e, "make its queues readable")],
            e => [NotKnown($"Whether {facts.Target.Backend} has the queue {wanted}", e, "make its queues readable")]);
    }

    private IEnumerable<EligibilityFinding> Zone(EligibilityFacts facts)
    {
        if (facts.TargetSpec.Zone is not { } zone)
        {
            return [];
        }
        return facts.Nodes.Match<IEnumerable<EligibilityFinding>>(
            nodes => nodes.Any(n => n.IsSchedulable && n.Labels.Any(l => l.Value == zone || $"{l.Key}:{l.Value}" == zone))
                ? []
                // On Kubernetes the profile gives a zone its node selector, which no node needs to be called after.
                : [Finding(
                    facts.Target.Kind == BackendKind.Kubernetes ? EligibilitySeverity.Fix : EligibilitySeverity.Block,
                    $"No node of {facts.Target.Backend} that takes containers has the label {zone}", "label nodes, or record which nodes the zone stands for")],
            e => [NotKnown($"Whether {facts.Target.Backend} has nodes of {zone}", e, "make its nodes readable")],
            e => [NotKnown($"Whether {facts.Target.Backend} has nodes of {zone}", e, "make its nodes readable")]);
    }

    private IEnumerable<EligibilityFinding> Counterpart(EligibilityFacts facts) => WithConfiguration(facts, settings =>
        facts.TargetSpec.Zone is null && (settings["yarn.application.node-label"] ?? settings["kubernetes.taskmanager.node-selector"]) is { } label
            ? [Finding($"The source runs on nodes of {label}, and the target's specification names no zone", "set Zone to the counterpart of that label")]
            : []);

    private static string Near(ImmutableArray<QueueReport> queues, string wanted)
    {
        var name = wanted[(wanted.LastIndexOf('.') + 1)..];
        return queues.FirstOrDefault(q => q.Path[(q.Path.LastIndexOf('.') + 1)..] == name) is { } near ? $"; there is {near.Path}" : string.Empty;
    }
}
