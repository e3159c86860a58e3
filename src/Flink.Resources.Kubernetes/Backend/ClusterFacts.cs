using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>What a snapshot keeps of a pod.</summary>
internal sealed record PodFact(string Namespace, string? Node, string App, bool Holds, ResourceAmount Requested, string? Why, bool IsStuck)
{
    public static PodFact Read(JsonObject pod)
    {
        var node = pod.Text("spec", "nodeName");
        var (why, stuck) = pod.Label("component") == "jobmanager" ? PodReading.Why(pod) : default;
        return new PodFact(
            pod.Text("metadata", "namespace") ?? string.Empty, node, pod.Label("app") ?? string.Empty,
            node is not null && !PodReading.HasEnded(pod), PodReading.Requested(pod), why, stuck);
    }
}

/// <summary>What a snapshot keeps of a node. Nodes report often and change rarely, so labels count by content.</summary>
internal sealed class NodeFact(NodeReport report) : IEquatable<NodeFact>
{
    private static readonly ImmutableSortedDictionary<string, string> _none = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The node, without its use.</summary>
    public NodeReport Report => report;

    public static NodeFact Read(JsonObject node)
    {
        var amount = Quantity.Amount(node.At("status", "allocatable"));
        var ready = node.Condition("Ready").Text("status") == "True";
        var closed = node.IsTrue("spec", "unschedulable");
        return new NodeFact(new NodeReport
        {
            Name = node.Name(),
            IsSchedulable = ready && !closed,
            NativeState = (ready ? "Ready" : "NotReady") + (closed ? ",SchedulingDisabled" : string.Empty),
            Memory = amount.Memory,
            UsedMemory = default,
            CpuMillicores = amount.CpuMillicores,
            UsedCpuMillicores = 0,
            Labels = node.At("metadata", "labels") is JsonObject labels
                ? labels.ToImmutableSortedDictionary(static l => l.Key, static l => l.Value?.ToString() ?? string.Empty, StringComparer.Ordinal)
                : _none,
        });
    }

    public bool Equals(NodeFact? other) => other is not null
        && report with { Labels = _none } == other.Report with { Labels = _none }
        && report.Labels.SequenceEqual(other.Report.Labels);

    public override bool Equals(object? obj) => Equals(obj as NodeFact);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(report.Name);
}

/// <summary>What a snapshot keeps of a namespace.</summary>
internal sealed record NamespaceFact(string Name, string Uid, bool IsOpen)
{
    public static NamespaceFact Read(JsonObject scope) => new(scope.Name(), scope.Uid(), scope.Text("status", "phase") == "Active");
}

/// <summary>What a quota allows all pods of a namespace; null where it says nothing.</summary>
internal sealed record QuotaFact(string Namespace, MemorySize? Memory, long? CpuMillicores)
{
    /// <summary>Null for a quota on some of the pods only, and for one on other things.</summary>
    public static QuotaFact? Read(JsonObject quota)
    {
        var hard = quota.At("status", "hard") ?? quota.At("spec", "hard");
        var memory = hard.Text("limits.memory") ?? hard.Text("requests.memory") ?? hard.Text("memory");
        var cpu = hard.Text("requests.cpu") ?? hard.Text("limits.cpu") ?? hard.Text("cpu");
        if ((memory is null && cpu is null) || quota.At("spec", "scopes") is JsonArray { Count: > 0 }
            || quota.At("spec", "scopeSelector") is not null)
        {
            return null;
        }
        var amount = Quantity.Amount(new JsonObject { ["memory"] = memory, ["cpu"] = cpu });
        return new QuotaFact(
            quota.Text("metadata", "namespace") ?? string.Empty, memory is null ? null : amount.Memory, cpu is null ? null : amount.CpuMillicores);
    }
}

/// <summary>What a snapshot keeps of an application's Deployment.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">The cluster-id.</param>
/// <param name="IsUp">Whether its JobManager is ready.</param>
/// <param name="Why">Why it gets no pod, if it has none.</param>
/// <param name="IsStuck">Whether waiting will not cure that.</param>
/// <param name="CreatedAt">When it was created.</param>
internal sealed record DeploymentFact(string Namespace, string Name, bool IsUp, string? Why, bool IsStuck, DateTimeOffset? CreatedAt)
{
    public static DeploymentFact Read(JsonObject deployment)
    {
        var scope = deployment.Text("metadata", "namespace") ?? string.Empty;
        var (why, stuck) = Diagnosis.Refused(deployment, scope);
        return new DeploymentFact(
            scope, deployment.Name(), deployment.Number("status", "readyReplicas") > 0, why, stuck, deployment.Time("metadata", "creationTimestamp"));
    }
}
