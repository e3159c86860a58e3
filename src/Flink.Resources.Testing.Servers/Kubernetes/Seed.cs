using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>What a cluster has before anybody used it.</summary>
internal static class Seed
{
    public static void Into(ObjectStore store, FakeKubernetesOptions options)
    {
        foreach (var name in (string[])["default", "kube-node-lease", "kube-public", "kube-system", .. options.Namespaces])
        {
            AddNamespace(store, name);
        }
        for (var i = 1; i <= options.Nodes; i++)
        {
            store.Create(ApiResource.Nodes, null, Node(FormattableString.Invariant($"node-{i}"), options, store.Now));
        }
    }

    public static void AddNamespace(ObjectStore store, string name)
    {
        store.Create(ApiResource.Namespaces, null, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name } },
            ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") },
            ["status"] = new JsonObject { ["phase"] = "Active" },
        });
        store.Create(ApiResource.ServiceAccounts, name, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" } });
    }

    private static JsonObject Node(string name, FakeKubernetesOptions options, DateTimeOffset now)
    {
        var amount = new JsonObject
        {
            ["cpu"] = FormattableString.Invariant($"{options.NodeCpuMillicores}m"),
            ["memory"] = FormattableString.Invariant($"{options.NodeMemoryMebibytes}Mi"),
            ["pods"] = "110",
        };
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux", ["topology.kubernetes.io/zone"] = "az1" },
            },
            ["spec"] = new JsonObject(),
            ["status"] = new JsonObject
            {
                ["capacity"] = amount,
                ["allocatable"] = amount.DeepClone(),
                ["conditions"] = new JsonArray(
                    Condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", now),
                    Condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", now)),
            },
        };
    }

    private static JsonObject Condition(string type, string status, string reason, string message, DateTimeOffset now) => new()
    {
        ["type"] = type, ["status"] = status, ["lastHeartbeatTime"] = Json.Time(now), ["lastTransitionTime"] = Json.Time(now),
        ["reason"] = reason, ["message"] = message,
    };
}
