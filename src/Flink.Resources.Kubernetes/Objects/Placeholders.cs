using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Pods as large as a JobManager and its TaskManagers that only stand where these will: proof of the room, and the image is on the node.</summary>
internal static class Placeholders
{
    public const string Component = "placeholder";

    public static bool Is(JsonObject pod) => pod.Label("component") == Component;

    public static IEnumerable<JsonObject> Of(ApplicationManifest manifest)
    {
        var pod = manifest.Deployment["spec"]!["template"]!["spec"]!;
        var container = pod["containers"]![0]!;
        yield return Pod(manifest, 0, pod, (JsonObject)container["resources"]!.DeepClone());
        var memory = manifest.Configuration.GetValueOrDefault("taskmanager.memory.process.size");
        var cpu = manifest.Configuration.GetValueOrDefault("kubernetes.taskmanager.cpu.amount") ?? "1";
        var requests = new JsonObject { ["cpu"] = cpu };
        if (memory is not null && MemorySize.TryParse(memory, out var size))
        {
            requests["memory"] = $"{size.Mebibytes}Mi";
        }
        for (var i = 1; i <= SessionStart.TaskManagers(manifest.Configuration); i++)
        {
            yield return Pod(manifest, i, pod, new JsonObject { ["requests"] = requests.DeepClone(), ["limits"] = requests.DeepClone() });
        }
    }

    private static JsonObject Pod(ApplicationManifest manifest, int number, JsonNode template, JsonObject resources)
    {
        var container = template["containers"]![0]!;
        var spec = new JsonObject
        {
            ["serviceAccountName"] = template["serviceAccountName"]!.DeepClone(),
            ["automountServiceAccountToken"] = false,
            ["terminationGracePeriodSeconds"] = 0,
            ["restartPolicy"] = "Always",
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = Component,
                ["image"] = container["image"]!.DeepClone(),
                ["imagePullPolicy"] = container["imagePullPolicy"]?.DeepClone(),
                ["command"] = new JsonArray("sleep", "86400"),
                ["resources"] = resources,
            }),
        };
        foreach (var field in new[] { "nodeSelector", "tolerations", "priorityClassName", "imagePullSecrets" })
        {
            if (template[field] is { } value)
            {
                spec[field] = value.DeepClone();
            }
        }
        var labels = FlinkObjects.Labels(manifest.ClusterId);
        labels["component"] = Component;
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = FormattableString.Invariant($"{manifest.ClusterId}-room-{number}"),
                ["namespace"] = manifest.Namespace,
                ["labels"] = labels,
            },
            ["spec"] = spec,
        };
    }
}
