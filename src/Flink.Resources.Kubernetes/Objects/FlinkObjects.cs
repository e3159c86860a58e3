using System.Text.Json.Nodes;
using Flink.Resources.Flink;

namespace Flink.Resources.Kubernetes;

/// <summary>The objects of a native Flink application, as Flink's own client would make them, but for strategy and last words.</summary>
internal static class FlinkObjects
{
    public const string Container = "flink-main-container";
    public const string FenceAnnotation = "flink-resources/fence";
    public const string VersionAnnotation = "flink-resources/flink-version";
    public const string QueueAnnotation = "flink-resources/queue";
    public const string TemplateFile = "taskmanager-pod-template.yaml";
    public const string TemplateDirectory = "/opt/flink/pod-template";

    public static JsonObject Labels(string clusterId) => new()
    {
        ["app"] = clusterId,
        ["type"] = "flink-native-kubernetes",
        ["app.kubernetes.io/managed-by"] = KubernetesCalls.Manager,
    };

    public static JsonObject Deployment(ApplicationInput input)
    {
        var labels = Selector(input.ClusterId);
        var container = JobManager(input);
        var pod = new JsonObject
        {
            ["serviceAccountName"] = input.Options.ServiceAccount,
            ["containers"] = new JsonArray(container),
            ["volumes"] = Volumes(input),
        };
        Place(pod, input);
        if (input.StartsDirectly)
        {
            DirectStart.Mount(pod, container, input.ClusterId, "jobmanager");
        }
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject
            {
                ["name"] = input.ClusterId,
                ["namespace"] = input.Namespace,
                ["labels"] = Labels(input.ClusterId),
                ["annotations"] = new JsonObject
                {
                    [FenceAnnotation] = input.Fence.ToString(),
                    [QueueAnnotation] = input.Spec.Queue,
                    [VersionAnnotation] = input.Spec.FlinkVersion,
                },
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = 1,
                ["revisionHistoryLimit"] = 0,
                ["strategy"] = new JsonObject { ["type"] = "Recreate" },
                ["selector"] = new JsonObject { ["matchLabels"] = labels.DeepClone() },
                ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels }, ["spec"] = pod },
            },
        };
    }

    public static JsonObject Service(string clusterId, string scope) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = KubernetesNames.Rest(clusterId), ["namespace"] = scope, ["labels"] = Labels(clusterId) },
        ["spec"] = new JsonObject
        {
            ["type"] = "ClusterIP",
            ["selector"] = Selector(clusterId),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "rest", ["port"] = 8081, ["targetPort"] = 8081, ["protocol"] = "TCP" }),
        },
    };

    public static JsonObject ConfigMap(ApplicationManifest manifest, IEnumerable<KeyValuePair<string, string>> restore) => Map(
        manifest, KubernetesNames.Config(manifest.ClusterId), new JsonObject
        {
            ["config.yaml"] = FlinkConfigFile.Write(manifest.Configuration.Concat(restore), manifest.Lists),
            ["log4j-console.properties"] = FlinkLogging.Log4j,
        });

    public static JsonObject? TemplateMap(ApplicationManifest manifest)
    {
        if (manifest.TaskManagerTemplate is null)
        {
            return null;
        }
        var data = new JsonObject { [TemplateFile] = manifest.TaskManagerTemplate.ToJsonString() };
        if (manifest.StartsDirectly)
        {
            data[DirectStart.ScriptFile] = DirectStart.Script.ReplaceLineEndings("\n");
        }
        return Map(manifest, KubernetesNames.PodTemplate(manifest.ClusterId), data);
    }

    /// <summary>What TaskManager pods need beyond Flink's options; null when nothing.</summary>
    public static JsonObject? TaskManagerTemplate(ApplicationInput input)
    {
        var pod = new JsonObject();
        Place(pod, input);
        var container = new JsonObject { ["name"] = Container };
        if (input.StartsDirectly)
        {
            DirectStart.Mount(pod, container, input.ClusterId, "taskmanager");
        }
        if (pod.Count == 0)
        {
            return null;
        }
        pod["containers"] = new JsonArray(container);
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = "taskmanager-pod-template" },
            ["spec"] = pod,
        };
    }

    /// <summary>Adds the Deployment as owner, so that the object goes with it.</summary>
    public static JsonObject OwnedBy(JsonObject body, string clusterId, string uid)
    {
        body["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["name"] = clusterId,
            ["uid"] = uid,
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });
        return body;
    }

    private static JsonObject Selector(string clusterId) => new()
    {
        ["app"] = clusterId,
        ["type"] = "flink-native-kubernetes",
        ["component"] = "jobmanager",
    };

    private static JsonObject Map(ApplicationManifest manifest, string name, JsonObject data) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = manifest.Namespace, ["labels"] = Labels(manifest.ClusterId) },
        ["data"] = data,
    };

    private static JsonObject JobManager(ApplicationInput input)
    {
        var environment = new JsonArray([.. input.JobManagerEnvironment.Select(static p => (JsonNode)new JsonObject { ["name"] = p.Key, ["value"] = p.Value })]);
        foreach (var secret in SecretVariables.Of(input.Spec))
        {
            environment.Add(secret);
        }
        environment.Add(new JsonObject
        {
            ["name"] = "_POD_IP_ADDRESS",
            ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "status.podIP" } },
        });
        var mounts = new JsonArray(
            Mount("flink-config-volume", "/opt/flink/conf"), Mount("user-artifacts-volume", "/opt/flink/artifacts"));
        if (input.HasTemplate)
        {
            mounts.Add(Mount("pod-template-volume", TemplateDirectory));
        }
        return new JsonObject
        {
            ["name"] = Container,
            ["image"] = input.Profile.Image,
            ["imagePullPolicy"] = input.Profile.ImagePullPolicy,
            ["command"] = new JsonArray("/docker-entrypoint.sh"),
            ["args"] = new JsonArray("bash", "-c", $"kubernetes-jobmanager.sh kubernetes-application {input.JobManagerArguments}"),
            // Without it a JobManager that dies at start (missing jar, wrong class) takes its reason with it.
            ["terminationMessagePolicy"] = "FallbackToLogsOnError",
            ["ports"] = new JsonArray(Port("rest", 8081), Port("jobmanager-rpc", 6123), Port("blobserver", 6124)),
            ["env"] = environment,
            ["resources"] = input.JobManagerResources(),
            ["volumeMounts"] = mounts,
        };
    }

    private static JsonArray Volumes(ApplicationInput input)
    {
        var volumes = new JsonArray(
            Volume("flink-config-volume", KubernetesNames.Config(input.ClusterId), "config.yaml", "log4j-console.properties"),
            new JsonObject { ["name"] = "user-artifacts-volume", ["emptyDir"] = new JsonObject() });
        if (input.HasTemplate)
        {
            volumes.Add(Volume("pod-template-volume", KubernetesNames.PodTemplate(input.ClusterId), TemplateFile));
        }
        return volumes;
    }

    public static void Place(JsonObject pod, ApplicationInput input)
    {
        if (input.NodeSelector.Count > 0)
        {
            pod["nodeSelector"] = new JsonObject(input.NodeSelector.Select(static p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));
        }
        if (input.Tolerations.Count > 0)
        {
            pod["tolerations"] = new JsonArray([.. input.Tolerations.Select(Toleration)]);
        }
        if (input.PriorityClass is not null)
        {
            pod["priorityClassName"] = input.PriorityClass;
        }
        if (input.Profile.ImagePullSecrets.Count > 0)
        {
            pod["imagePullSecrets"] = new JsonArray(
                [.. input.Profile.ImagePullSecrets.Select(static s => (JsonNode)new JsonObject { ["name"] = s })]);
        }
    }

    private static JsonNode Toleration(string text)
    {
        var parts = text.Split(':');
        var pair = parts[0].Split('=', 2);
        var toleration = new JsonObject { ["key"] = pair[0], ["operator"] = pair.Length == 2 ? "Equal" : "Exists", ["effect"] = parts[1] };
        if (pair.Length == 2)
        {
            toleration["value"] = pair[1];
        }
        return toleration;
    }

    private static JsonObject Port(string name, int number) => new() { ["name"] = name, ["containerPort"] = number, ["protocol"] = "TCP" };

    private static JsonObject Mount(string name, string path) => new() { ["name"] = name, ["mountPath"] = path };

    private static JsonObject Volume(string name, string map, params ReadOnlySpan<string> keys)
    {
        var items = new JsonArray();
        foreach (var key in keys)
        {
            items.Add(new JsonObject { ["key"] = key, ["path"] = key });
        }
        return new JsonObject { ["name"] = name, ["configMap"] = new JsonObject { ["name"] = map, ["items"] = items } };
    }
}
