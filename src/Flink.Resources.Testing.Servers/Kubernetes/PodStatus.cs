using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>The status of a pod with one container.</summary>
internal static class PodStatus
{
    public static JsonObject Unschedulable(JsonObject pod, DateTimeOffset now, string message)
    {
        var condition = Condition(pod, "PodScheduled", isTrue: false, now);
        condition["reason"] = "Unschedulable";
        condition["message"] = message;
        return new JsonObject { ["phase"] = "Pending", ["conditions"] = new JsonArray(condition), ["qosClass"] = "Burstable" };
    }

    public static JsonObject Waiting(JsonObject pod, DateTimeOffset now, string reason, string message)
    {
        var waiting = new JsonObject { ["reason"] = reason };
        if (message.Length > 0)
        {
            waiting["message"] = message;
        }
        return Status(pod, "Pending", isReady: false, now, new JsonObject { ["waiting"] = waiting }, [], 0);
    }

    public static JsonObject Running(JsonObject pod, DateTimeOffset since) => Status(
        pod, "Running", isReady: true, since, new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Json.Time(since) } }, [], 0);

    public static JsonObject Crashed(JsonObject pod, DateTimeOffset since, int restarts, string words)
    {
        var waiting = new JsonObject
        {
            ["waiting"] = new JsonObject
            {
                ["reason"] = "CrashLoopBackOff",
                ["message"] = $"back-off 10s restarting failed container=flink-main-container pod={pod.Name}_{pod.Namespace}({pod.Uid})",
            },
        };
        var last = new JsonObject
        {
            ["terminated"] = new JsonObject
            {
                ["exitCode"] = 1, ["reason"] = "Error", ["message"] = words, ["startedAt"] = Json.Time(since), ["finishedAt"] = Json.Time(since),
            },
        };
        return Status(pod, "Running", isReady: false, since, waiting, last, restarts);
    }

    /// <summary>The status as it was, with the container ended.</summary>
    public static JsonObject Ended(JsonObject pod)
    {
        var status = (JsonObject?)pod["status"]?.DeepClone() ?? [];
        status["phase"] = "Failed";
        foreach (var container in status.Items("containerStatuses"))
        {
            container["state"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 143, ["reason"] = "Error" } };
            container["ready"] = false;
        }
        return status;
    }

    private static JsonObject Status(
        JsonObject pod, string phase, bool isReady, DateTimeOffset now, JsonObject state, JsonObject lastState, int restarts)
    {
        var container = pod.Items("spec", "containers").First();
        return new JsonObject
        {
            ["phase"] = phase,
            ["conditions"] = new JsonArray(
                Condition(pod, "Initialized", isTrue: true, now), Condition(pod, "Ready", isReady, now),
                Condition(pod, "ContainersReady", isReady, now), Condition(pod, "PodScheduled", isTrue: true, now)),
            ["hostIP"] = "10.244.0.1",
            ["podIP"] = "10.244.0.25",
            ["startTime"] = pod.Text("metadata", "creationTimestamp"),
            ["containerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = container.Text("name"),
                ["state"] = state,
                ["lastState"] = lastState,
                ["ready"] = isReady,
                ["restartCount"] = restarts,
                ["image"] = container.Text("image"),
                ["imageID"] = isReady ? "sha256:1396a51d256731bc5e6eae2d4aa0a034eb5405eb76181d96eaa81fc1d2ed9db3" : string.Empty,
                ["started"] = isReady,
            }),
            ["qosClass"] = "Burstable",
        };
    }

    private static JsonObject Condition(JsonObject pod, string type, bool isTrue, DateTimeOffset now)
    {
        var text = isTrue ? "True" : "False";
        var old = pod.Items("status", "conditions").FirstOrDefault(c => c.Text("type") == type);
        return new JsonObject
        {
            ["type"] = type,
            ["status"] = text,
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = old.Text("status") == text ? old.Text("lastTransitionTime") : Json.Time(now),
        };
    }
}
