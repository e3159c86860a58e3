using System.Text.Json.Nodes;
using Flink.Resources.Flink;

namespace Flink.Resources.Kubernetes;

/// <summary>
/// Tries a directory from a pod that has what the JobManager's would have: image, service account, configuration, environment, place. It is
/// removed however it ends, and ends by itself when nobody is left to remove it.
/// </summary>
internal sealed class KubernetesDirectoryProbe(Site site) : IDirectoryProbe
{
    private const int LimitSeconds = 240;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(30);

    public async Task<DirectoryProbeOutcome> ProbeAsync(DirectoryProbeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DirectoryProbeProgram.CheckName(request.Name);
        var options = site.Options;
        var fence = new Fence(request.Spec.Job, 1);
        var errors = SpecCheck.Check(fence, request.Spec, options);
        if (errors.Count > 0)
        {
            return new DirectoryProbeOutcome.Refused([.. errors]);
        }
        var input = new ApplicationInput(fence, request.Spec, options, Placing.ProfileOf(request.Spec.FlinkVersion, options)!);
        var name = $"flink-probe-{KubernetesNames.Digest($"{site.Holder}\n{request.Name}")[..20]}";
        try
        {
            await RemoveAsync(input.Namespace, name, cancellationToken).ConfigureAwait(false);
            return await RunAsync(input, name, request.Directory, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return new DirectoryProbeOutcome.Indeterminate(site.Saw(exception.Message));
        }
        finally
        {
            await TidyAsync(input.Namespace, name).ConfigureAwait(false);
        }
    }

    private async Task<DirectoryProbeOutcome> RunAsync(ApplicationInput input, string name, string directory, CancellationToken cancellationToken)
    {
        var start = site.TimeProvider.GetTimestamp();
        while (!await site.Calls.CreateAsync(Paths.ConfigMaps(input.Namespace), Map(input, name), cancellationToken).ConfigureAwait(false)
            || !await site.Calls.CreateAsync(Paths.Pods(input.Namespace), Pod(input, name, directory), cancellationToken).ConfigureAwait(false))
        {
            if (site.TimeProvider.GetElapsedTime(start) > LongestFarewell)
            {
                return new DirectoryProbeOutcome.Indeterminate(site.Saw($"What is left of {name} is not gone yet."));
            }
            await Task.Delay(Poll, site.TimeProvider, cancellationToken).ConfigureAwait(false);
            await RemoveAsync(input.Namespace, name, cancellationToken).ConfigureAwait(false);
        }
        while (site.TimeProvider.GetElapsedTime(start).TotalSeconds < LimitSeconds)
        {
            var pod = await site.Calls.FindAsync(Paths.Pods(input.Namespace), name, cancellationToken).ConfigureAwait(false);
            if (pod is null)
            {
                return new DirectoryProbeOutcome.Indeterminate(site.Saw($"Pod {name} was removed by somebody else."));
            }
            if (pod.Items("status", "containerStatuses").FirstOrDefault().At("state", "terminated") is JsonObject ended)
            {
                return DirectoryProbeProgram.Outcome(ended.Number("exitCode"), directory, WordsOf(ended, pod), site.Saw);
            }
            if (PodReading.Why(pod) is { Stuck: true, Why: { } why })
            {
                return new DirectoryProbeOutcome.Indeterminate(site.Saw(why));
            }
            await Task.Delay(Poll, site.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        var last = await site.Calls.FindAsync(Paths.Pods(input.Namespace), name, cancellationToken).ConfigureAwait(false);
        return new DirectoryProbeOutcome.Indeterminate(site.Saw((last is null ? null : PodReading.Why(last).Why) ?? $"Pod {name} did not end within {LimitSeconds} s."));
    }

    private static string WordsOf(JsonObject ended, JsonObject pod)
    {
        var node = pod.Text("spec", "nodeName") is { } name ? $"from node {name} " : string.Empty;
        return node + Http.BackendHttp.Shorten(ended.Text("message") is { Length: > 0 } message ? message : ended.Text("reason") ?? string.Empty, 800);
    }

    private async Task RemoveAsync(string scope, string name, CancellationToken cancellationToken)
    {
        foreach (var collection in new[] { Paths.Pods(scope), Paths.ConfigMaps(scope) })
        {
            if (await site.Calls.FindAsync(collection, name, cancellationToken).ConfigureAwait(false) is { } left)
            {
                await site.Calls.DeleteAsync(collection, name, left.Uid(), "Background", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A probe that was called off leaves nothing either.</summary>
    private async Task TidyAsync(string scope, string name)
    {
        try
        {
            await RemoveAsync(scope, name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ResourceBackendException)
        {
            // The pod ends by itself; the next call with this name removes it.
        }
    }

    private static JsonObject Metadata(ApplicationInput input, string name) => new()
    {
        ["name"] = name,
        ["namespace"] = input.Namespace,
        ["labels"] = new JsonObject { ["app.kubernetes.io/managed-by"] = KubernetesCalls.Manager, ["app.kubernetes.io/component"] = "directory-probe" },
    };

    private static JsonObject Map(ApplicationInput input, string name)
    {
        var manifest = input.ToManifest();
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = Metadata(input, name),
            ["data"] = new JsonObject
            {
                ["config.yaml"] = FlinkConfigFile.Write(manifest.Configuration, manifest.Lists),
                ["log4j-console.properties"] = FlinkLogging.Log4j,
            },
            ["binaryData"] = new JsonObject { [DirectoryProbeProgram.ClassFile] = Convert.ToBase64String(DirectoryProbeProgram.Bytes()) },
        };
    }

    private static JsonObject Pod(ApplicationInput input, string name, string directory)
    {
        const string script = """
            home=${FLINK_HOME:-/opt/flink}
            export FLINK_PLUGINS_DIR=${FLINK_PLUGINS_DIR:-$home/plugins} FLINK_CONF_DIR=/opt/flink/conf
            if [ -d "$JAVA_HOME" ]; then java=$JAVA_HOME/bin/java; else java=java; fi
            exec "$java" -Xmx256m $PROBE_JAVA_OPTIONS -Dlog4j.configurationFile=file:/opt/flink/conf/log4j-console.properties \
              -cp "/opt/flink-probe:$home/lib/*:$HADOOP_CLASSPATH:$HADOOP_CONF_DIR" "$1" /opt/flink/conf "$2"
            """;
        var configuration = input.ToManifest().Configuration;
        var environment = new JsonArray([.. input.Environment
            .Append(KeyValuePair.Create("PROBE_RESULT", "/dev/termination-log"))
            .Append(KeyValuePair.Create("PROBE_JAVA_OPTIONS", DirectoryProbeProgram.JavaOptions(configuration)))
            .Select(static p => (JsonNode)new JsonObject { ["name"] = p.Key, ["value"] = p.Value })]);
        var pod = new JsonObject
        {
            ["restartPolicy"] = "Never",
            ["activeDeadlineSeconds"] = LimitSeconds,
            ["terminationGracePeriodSeconds"] = 1,
            ["serviceAccountName"] = input.Options.ServiceAccount,
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = "probe",
                ["image"] = input.Profile.Image,
                ["imagePullPolicy"] = input.Profile.ImagePullPolicy,
                ["command"] = new JsonArray("/docker-entrypoint.sh"),
                ["args"] = new JsonArray("bash", "-c", script.ReplaceLineEndings("\n"), "probe", DirectoryProbeProgram.ClassName, directory),
                ["env"] = environment,
                ["resources"] = new JsonObject
                {
                    ["requests"] = new JsonObject { ["cpu"] = "50m", ["memory"] = "512Mi" },
                    ["limits"] = new JsonObject { ["cpu"] = "2", ["memory"] = "512Mi" },
                },
                ["volumeMounts"] = new JsonArray(
                    Mount("config", "/opt/flink/conf"), Mount("program", "/opt/flink-probe")),
            }),
            ["volumes"] = new JsonArray(
                Volume("config", name, "config.yaml", "log4j-console.properties"), Volume("program", name, DirectoryProbeProgram.ClassFile)),
        };
        FlinkObjects.Place(pod, input);
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = Metadata(input, name), ["spec"] = pod };
    }

    private static JsonObject Mount(string name, string path) => new() { ["name"] = name, ["mountPath"] = path };

    private static JsonObject Volume(string name, string map, params string[] keys) => new()
    {
        ["name"] = name,
        ["configMap"] = new JsonObject
        {
            ["name"] = map,
            ["items"] = new JsonArray([.. keys.Select(static k => (JsonNode)new JsonObject { ["key"] = k, ["path"] = k })]),
        },
    };
}
