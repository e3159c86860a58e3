using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>
/// The same application as a session cluster of its own: JobManager and TaskManagers come up without a job, and the jar lies where Flink
/// keeps uploaded ones. The job is submitted under an id that the fence fixes, so that Flink takes it once.
/// </summary>
internal static class SessionStart
{
    public const string Annotation = "flink-resources/standby";
    private const string UploadDirectory = "/opt/flink/artifacts";

    /// <summary>Why it can't be had; null when it can.</summary>
    public static string? Objection(ApplicationManifest manifest) => Jar(manifest) is null
        ? $"The jar {manifest.Lists["pipeline.jars"][0]} is not in the image: a cluster that is up before its job takes local:///… only."
        : null;

    public static bool IsSession(JsonObject? deployment) => deployment?.Annotation(Annotation) == "cluster";

    /// <summary>Flink's id of the job of a fence.</summary>
    public static FlinkJobId JobOf(Fence fence) => new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{fence}"))[..16]));

    /// <summary>What Flink calls the jar.</summary>
    public static string JarId(ApplicationManifest manifest) =>
        $"{new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(manifest.ClusterId)).AsSpan(0, 16)):D}_job.jar";

    public static ApplicationManifest Of(ApplicationManifest manifest)
    {
        var configuration = new SortedDictionary<string, string>(manifest.Configuration, StringComparer.Ordinal)
        {
            ["execution.target"] = "kubernetes-session",
            ["kubernetes.internal.jobmanager.entrypoint.class"] = "org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint",
            ["web.upload.dir"] = UploadDirectory,
            ["slotmanager.number-of-slots.min"] = Slots(manifest.Configuration).ToString(CultureInfo.InvariantCulture),
        };
        configuration.Remove("$internal.application.main");
        configuration.Remove("execution.shutdown-on-application-finish");
        configuration.Remove("execution.submit-failed-job-on-application-error");
        var deployment = (JsonObject)manifest.Deployment.DeepClone();
        deployment["metadata"]!["annotations"]![Annotation] = "cluster";
        var container = deployment["spec"]!["template"]!["spec"]!["containers"]![0]!;
        var start = (string)container["args"]![2]!;
        container["args"]![2] = $"mkdir -p {UploadDirectory}/flink-web-upload && ln -sf {Jar(manifest)} {UploadDirectory}/flink-web-upload/{JarId(manifest)} && "
            + start.Replace("kubernetes-application", "kubernetes-session", StringComparison.Ordinal);
        return manifest with { Configuration = configuration, Lists = new(StringComparer.Ordinal), Deployment = deployment };
    }

    /// <summary>The body of the request that runs the job.</summary>
    public static JsonObject RunRequest(ApplicationManifest manifest, Fence fence, RestorePoint restore)
    {
        var request = new JsonObject
        {
            ["jobId"] = JobOf(fence).Value,
            ["parallelism"] = Number(manifest.Configuration, "parallelism.default", 1),
        };
        if (manifest.Configuration.TryGetValue("$internal.application.main", out var entry))
        {
            request["entryClass"] = entry;
        }
        if (manifest.Lists.TryGetValue("$internal.application.program-args", out var arguments))
        {
            request["programArgsList"] = new JsonArray([.. arguments.Select(static a => (JsonNode?)a)]);
        }
        if (restore is RestorePoint.Snapshot snapshot)
        {
            request["savepointPath"] = snapshot.Uri;
            request["allowNonRestoredState"] = snapshot.AllowNonRestoredState;
            if (snapshot.Claim == ClaimMode.Claim)
            {
                request["claimMode"] = "CLAIM";
            }
        }
        return request;
    }

    /// <summary>The slots that the job takes, whole TaskManagers of them.</summary>
    public static int Slots(IReadOnlyDictionary<string, string> configuration)
    {
        var slots = Number(configuration, "taskmanager.numberOfTaskSlots", 1);
        return (Number(configuration, "parallelism.default", 1) + slots - 1) / slots * slots;
    }

    public static int TaskManagers(IReadOnlyDictionary<string, string> configuration) =>
        Slots(configuration) / Number(configuration, "taskmanager.numberOfTaskSlots", 1);

    private static string? Jar(ApplicationManifest manifest) =>
        manifest.Lists["pipeline.jars"] is [var jar] && Uri.TryCreate(jar, UriKind.Absolute, out var uri) && uri.Scheme == "local"
            && uri.AbsolutePath.All(static c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(c, StringComparison.Ordinal))
            ? uri.AbsolutePath
            : null;

    private static int Number(IReadOnlyDictionary<string, string> configuration, string key, int otherwise) =>
        configuration.TryGetValue(key, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : otherwise;
}
