using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Http;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>Makes a ReplicaSet and a pod for each Deployment, and says in its status how far that is. Not synchronised.</summary>
internal sealed class Controllers(ObjectStore store, Deletion deletion, Kubelet kubelet)
{
    public void Reconcile()
    {
        foreach (var deployment in store.List(ApiResource.Deployments).FindAll(static d => !d.IsDeleting))
        {
            Reconcile(deployment);
        }
        kubelet.Run();
        deletion.Collect();
    }

    private void Reconcile(JsonObject deployment)
    {
        var set = Set(deployment);
        var pods = store.List(ApiResource.Pods, deployment.Namespace).FindAll(p => p.IsOwnedBy(set.Uid));
        var wanted = deployment.At("spec", "replicas") is null ? 1 : deployment.Number("spec", "replicas");
        string? refused = null;
        if (wanted > 0 && !pods.Exists(static p => !p.IsDeleting))
        {
            refused = MakePod(deployment, set);
        }
        else if (wanted == 0)
        {
            pods.FindAll(static p => !p.IsDeleting).ForEach(p => deletion.Delete(ApiResource.Pods, p, "Background", now: false));
        }
        var ready = pods.Count(static p => !p.IsDeleting && p.Items("status", "conditions").Any(static c => c.Text("type") == "Ready" && c.Text("status") == "True"));
        store.Change(ApiResource.Deployments, deployment, copy => copy["status"] = Status(deployment, pods.Count, ready, refused));
    }

    private JsonObject Set(JsonObject deployment)
    {
        var name = $"{deployment.Name}-{Identifiers.Hex(deployment.At("spec", "template")?.ToJsonString() ?? string.Empty, 10)}";
        return store.Find(ApiResource.ReplicaSets, deployment.Namespace, name) ?? store.Create(ApiResource.ReplicaSets, deployment.Namespace, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["labels"] = deployment.At("spec", "template", "metadata", "labels")?.DeepClone(),
                ["ownerReferences"] = new JsonArray(Json.Owner(ApiResource.Deployments, deployment)),
            },
            ["spec"] = new JsonObject { ["replicas"] = 1, ["template"] = deployment.At("spec", "template")?.DeepClone() },
        });
    }

    /// <summary>Why there is no pod; null when there is one now.</summary>
    private string? MakePod(JsonObject deployment, JsonObject set)
    {
        var template = (JsonObject)deployment.At("spec", "template")!.DeepClone();
        if (Quotas.Objection(store, deployment.Namespace, template) is { } objection)
        {
            return $"pods \"{set.Name}-{Identifiers.Hex(set.Name, 5)}\" is forbidden: {objection}";
        }
        var metadata = template["metadata"] as JsonObject ?? [];
        metadata["generateName"] = set.Name + "-";
        metadata["ownerReferences"] = new JsonArray(Json.Owner(ApiResource.ReplicaSets, set));
        template["metadata"] = metadata;
        template["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "Burstable" };
        store.Create(ApiResource.Pods, deployment.Namespace, template);
        return null;
    }

    private JsonObject Status(JsonObject deployment, int pods, int ready, string? refused)
    {
        var conditions = new JsonArray(
            Condition(deployment, "Available", ready > 0, ready > 0 ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                ready > 0 ? "Deployment has minimum availability." : "Deployment does not have minimum availability."),
            Condition(deployment, "Progressing", true, "NewReplicaSetCreated", $"Created new replica set \"{deployment.Name}\""));
        if (refused is not null)
        {
            conditions.Add((JsonNode)Condition(deployment, "ReplicaFailure", true, "FailedCreate", refused));
        }
        var status = new JsonObject { ["observedGeneration"] = deployment.Number("metadata", "generation") };
        if (pods > 0)
        {
            (status["replicas"], status["updatedReplicas"]) = (pods, pods);
        }
        if (ready > 0)
        {
            (status["readyReplicas"], status["availableReplicas"]) = (ready, ready);
        }
        if (pods > ready)
        {
            status["unavailableReplicas"] = pods - ready;
        }
        status["conditions"] = conditions;
        return status;
    }

    private JsonObject Condition(JsonObject deployment, string type, bool isTrue, string reason, string message)
    {
        var text = isTrue ? "True" : "False";
        var old = deployment.Items("status", "conditions").FirstOrDefault(c => c.Text("type") == type);
        var since = old.Text("status") == text ? old.Text("lastTransitionTime") : null;
        return new JsonObject
        {
            ["type"] = type,
            ["status"] = text,
            ["lastUpdateTime"] = since ?? Json.Time(store.Now),
            ["lastTransitionTime"] = since ?? Json.Time(store.Now),
            ["reason"] = reason,
            ["message"] = message,
        };
    }
}

/// <summary>Whether a namespace's quotas let a pod in.</summary>
internal static class Quotas
{
    private static readonly ImmutableArray<string> _kinds = ["limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];

    public static string? Objection(ObjectStore store, string scope, JsonObject template)
    {
        var pods = store.List(ApiResource.Pods, scope);
        foreach (var quota in store.List(ApiResource.Quotas, scope))
        {
            var hard = quota.At("spec", "hard");
            var over = _kinds.Where(k => hard.At(k) is not null && pods.Sum(p => Sum(p, k)) + Sum(template, k) > Json.Quantity(hard.Text(k))).ToList();
            if (over.Count > 0)
            {
                string Each(Func<string, object?> value) => string.Join(',', over.Select(k => FormattableString.Invariant($"{k}={value(k)}")));
                return $"exceeded quota: {quota.Name}, requested: {Each(k => Sum(template, k) / 1000)}, used: {Each(k => pods.Sum(p => Sum(p, k)) / 1000)}, limited: {Each(k => hard.Text(k))}";
            }
        }
        return null;
    }

    public static decimal Sum(JsonObject pod, string kind) => kind.Split('.') is [var group, var what]
        ? pod.Items("spec", "containers").Sum(c => Json.Quantity(c.Text("resources", group, what)))
        : 0;
}
