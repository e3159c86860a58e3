using System.Collections.Immutable;
using System.Text.Json;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>Nodes and queues in our words.</summary>
internal static class SnapshotMapping
{
    public static NodeReport Node(JsonElement node)
    {
        var used = MemorySize.FromMebibytes(node.Number("usedMemoryMB"));
        var usedCpu = node.Number("usedVirtualCores") * 1000;
        return new NodeReport
        {
            Name = node.Text("id") ?? string.Empty,
            IsSchedulable = node.Text("state") == "RUNNING",
            NativeState = node.Text("state") ?? string.Empty,
            Memory = new MemorySize(used.Bytes + MemorySize.FromMebibytes(node.Number("availMemoryMB")).Bytes),
            UsedMemory = used,
            CpuMillicores = usedCpu + (node.Number("availableVirtualCores") * 1000),
            UsedCpuMillicores = usedCpu,
            Labels = node.Member("nodeLabels").Items.FirstOrDefault() is { ValueKind: JsonValueKind.String } label
                ? ImmutableSortedDictionary<string, string>.Empty.Add("zone", label.GetString()!)
                : ImmutableSortedDictionary<string, string>.Empty,
        };
    }

    /// <summary>All levels of the queue tree; amounts are shares of what the nodes offer.</summary>
    public static ImmutableArray<QueueReport> Queues(JsonElement scheduler, ResourceAmount cluster)
    {
        var queues = ImmutableArray.CreateBuilder<QueueReport>();
        var root = scheduler.Member("rootQueue") is { ValueKind: JsonValueKind.Object } fair ? fair : scheduler;
        Add(root, cluster, queues);
        return queues.ToImmutable();
    }

    private static void Add(JsonElement queue, ResourceAmount cluster, ImmutableArray<QueueReport>.Builder queues)
    {
        ImmutableArray<JsonElement> children =
            [.. queue.Member("queues").Member("queue").Items, .. queue.Member("childQueues").Member("queue").Items];
        var name = queue.Text("queuePath") ?? queue.Text("queueName") ?? string.Empty;
        var isRoot = name == "root";
        queues.Add(new QueueReport
        {
            Path = name,
            IsOpen = queue.Text("state") is null or "RUNNING",
            IsLeaf = children.IsEmpty,
            Guaranteed = Share(cluster, isRoot ? 100 : queue.Fraction("absoluteCapacity")),
            Maximum = Share(cluster, isRoot ? 100 : queue.Fraction("absoluteMaxCapacity")),
            Used = new ResourceAmount(
                MemorySize.FromMebibytes(queue.Member("resourcesUsed").Number("memory")),
                queue.Member("resourcesUsed").Number("vCores") * 1000),
            Applications = (int)queue.Number("numApplications"),
        });
        foreach (var child in children)
        {
            Add(child, cluster, queues);
        }
    }

    private static ResourceAmount Share(ResourceAmount cluster, double percent) => new(
        new MemorySize((long)(cluster.Memory.Bytes * percent / 100)), (long)(cluster.CpuMillicores * percent / 100));
}
