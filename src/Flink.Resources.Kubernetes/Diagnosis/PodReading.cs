using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Flink;

namespace Flink.Resources.Kubernetes;

/// <summary>What pods say.</summary>
internal static class PodReading
{
    public static bool HasEnded(JsonObject pod) => pod.Text("status", "phase") is "Succeeded" or "Failed";

    public static bool IsRunning(JsonObject pod) =>
        pod.At("metadata", "deletionTimestamp") is null
        && Main(pod).At("state", "running") is not null
        && pod.Condition("Ready").Text("status") == "True";

    /// <summary>The status of Flink's container.</summary>
    public static JsonObject? Main(JsonObject pod) => pod.Items("status", "containerStatuses").FirstOrDefault(
        static c => c.Text("name") == FlinkObjects.Container) ?? pod.Items("status", "containerStatuses").FirstOrDefault();

    /// <summary>
    /// What a pod asks of its node, as the scheduler counts: its containers and sidecars, or more when an init container asks more, and its overhead.
    /// </summary>
    public static ResourceAmount Requested(JsonObject pod)
    {
        var sidecars = default(ResourceAmount);
        var starting = default(ResourceAmount);
        foreach (var container in pod.Items("spec", "initContainers"))
        {
            var asks = Quantity.Amount(container.At("resources", "requests"));
            if (container.Text("restartPolicy") == "Always")
            {
                sidecars = Quantity.Plus(sidecars, asks);
                asks = default;
            }
            starting = Quantity.Larger(starting, Quantity.Plus(sidecars, asks));
        }
        var running = pod.Items("spec", "containers").Select(static c => Quantity.Amount(c.At("resources", "requests"))).Aggregate(sidecars, Quantity.Plus);
        return Quantity.Plus(Quantity.Larger(running, starting), Quantity.Amount(pod.At("spec", "overhead")));
    }

    public static ApplicationReport WithPods(ApplicationReport report, IEnumerable<JsonObject> pods)
    {
        var held = pods.Where(static p => !HasEnded(p) && p.Text("spec", "nodeName") is not null).ToList();
        var sum = held.Select(Requested).Aggregate(default(ResourceAmount), Quantity.Plus);
        return report with { Containers = held.Count, AllocatedMemory = sum.Memory, AllocatedCpuMillicores = sum.CpuMillicores };
    }

    public static string NativeState(IReadOnlyCollection<JsonObject> pods) => pods.Count == 0
        ? "NoPod"
        : pods.Select(static p => Main(p).Text("state", "waiting", "reason") ?? p.Text("status", "phase")).FirstOrDefault(static s => s is not null) ?? "Pending";

    /// <summary>Why a job that runs waits for TaskManagers; null when it does not.</summary>
    public static string? WhyTaskManagersWait(IEnumerable<JsonObject> pods)
    {
        var waiting = pods.Where(static p => p.Label("component") == "taskmanager" && p.Text("status", "phase") == "Pending").ToList();
        var why = waiting.Select(static p => Why(p).Why).FirstOrDefault(static w => w is not null);
        return why is null ? null : string.Create(CultureInfo.InvariantCulture, $"{waiting.Count} TaskManager pod(s) wait: {why}");
    }

    /// <summary>Why one pod does not run, in one sentence, and whether waiting will not cure it.</summary>
    public static (string? Why, bool Stuck) Why(JsonObject pod)
    {
        if (pod.Condition("PodScheduled") is { } scheduled && scheduled.Text("status") == "False")
        {
            var asks = Requested(pod);
            return (string.Create(
                CultureInfo.InvariantCulture,
                $"No node takes pod {pod.Name()}, which asks {asks.CpuMillicores}m CPU and {asks.Memory}: {scheduled.Text("message")}"), false);
        }
        foreach (var container in pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses")))
        {
            var waiting = container.At("state", "waiting");
            var message = Http.BackendHttp.Shorten(waiting.Text("message") ?? string.Empty, 300);
            switch (waiting.Text("reason"))
            {
                case "ErrImageNeverPull":
                    return ($"The image {container.Text("image")} is not on the node and the pull policy is Never.", true);
                case "InvalidImageName":
                    return ($"'{container.Text("image")}' is no image name.", true);
                case "ImagePullBackOff":
                    return ($"The image {container.Text("image")} can't be pulled: {message}", true);
                case "ErrImagePull":
                    return (
                        $"The image {container.Text("image")} can't be pulled: {message}",
                        message.Contains("not found", StringComparison.OrdinalIgnoreCase) || message.Contains("denied", StringComparison.OrdinalIgnoreCase));
                case "CreateContainerConfigError" or "CreateContainerError" or "RunContainerError":
                    return ($"The container of {pod.Name()} can't be created: {message}", true);
                default:
                    break;
            }
            if ((container.At("state", "terminated") ?? container.At("lastState", "terminated")) is JsonObject ended && ended.Number("exitCode") != 0)
            {
                return (Crash(pod, container, ended), waiting.Text("reason") == "CrashLoopBackOff");
            }
        }
        return (null, false);
    }

    private static string Crash(JsonObject pod, JsonObject container, JsonObject ended)
    {
        if (ended.Text("reason") == "OOMKilled")
        {
            return $"The container of {pod.Name()} was killed for using more than its memory limit (OOMKilled): give it more memory.";
        }
        var words = LastWords.Of(ended.Text("message"));
        var code = ended.Number("exitCode");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The container of {pod.Name()} ended with exit code {code} and was restarted {container.Number("restartCount")} time(s): {words ?? ended.Text("reason")}");
    }
}
