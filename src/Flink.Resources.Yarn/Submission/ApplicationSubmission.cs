using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Flink;

namespace Flink.Resources.Yarn.Submission;

/// <summary>Everything that is known when an application is prepared.</summary>
internal sealed record SubmissionInput
{
    public required Fence Fence { get; init; }

    public required ApplicationSpec Spec { get; init; }

    public required string ApplicationId { get; init; }

    /// <summary>The staging directory with its file system, <c>hdfs://…</c>.</summary>
    public required string StagingUri { get; init; }

    public required string StagingBaseUri { get; init; }

    public required string User { get; init; }

    public required SortedDictionary<string, string> Configuration { get; init; }

    public required SortedDictionary<string, string> Environment { get; init; }

    /// <summary>The cluster's <c>yarn.application.classpath</c>, by comma; null for Hadoop's default.</summary>
    public required string? HadoopClassPath { get; init; }

    /// <summary>Flink's own files, the dist jar among them.</summary>
    public required IReadOnlyList<YarnResource> Libraries { get; init; }

    /// <summary>Configuration, log4j, the user's jar and files.</summary>
    public required IReadOnlyList<YarnResource> Files { get; init; }
}

/// <summary>Builds what the ResourceManager wants to hear (native application mode of Flink 1.20 and 2.x).</summary>
internal static class ApplicationSubmission
{
    /// <summary>The tag that names our epoch; tags are lower case on YARN, job keys are not, so the key is the name.</summary>
    public const string EpochTag = "flink-resources-epoch-";

    private const string DefaultClassPath =
        "$HADOOP_CONF_DIR,$HADOOP_COMMON_HOME/share/hadoop/common/*,$HADOOP_COMMON_HOME/share/hadoop/common/lib/*,"
        + "$HADOOP_HDFS_HOME/share/hadoop/hdfs/*,$HADOOP_HDFS_HOME/share/hadoop/hdfs/lib/*,"
        + "$HADOOP_YARN_HOME/share/hadoop/yarn/*,$HADOOP_YARN_HOME/share/hadoop/yarn/lib/*";

    public static JsonObject Build(SubmissionInput input)
    {
        var spec = input.Spec;
        var memory = FlinkMemory.ForJobManager(input.Configuration);
        var resources = input.Libraries.Concat(input.Files).ToList();
        var body = new JsonObject
        {
            ["application-id"] = input.ApplicationId,
            ["application-name"] = spec.Job.Value,
            ["application-type"] = "Apache Flink",
            ["queue"] = spec.Queue,
            ["priority"] = spec.Priority?.Value ?? 0,
            ["max-app-attempts"] = Attempts(input.Configuration),
            ["keep-containers-across-application-attempts"] = HasHighAvailability(input.Configuration),
            ["unmanaged-AM"] = false,
            ["cancel-tokens-when-complete"] = true,
            ["resource"] = new JsonObject
            {
                ["memory"] = memory.Process >> 20,
                ["vCores"] = Cores(spec.JobManager.CpuMillicores),
            },
            ["application-tags"] = new JsonObject
            {
                ["tag"] = new JsonArray("flink-resources", EpochTag + input.Fence.Epoch.ToString(CultureInfo.InvariantCulture)),
            },
            ["am-container-spec"] = new JsonObject
            {
                ["local-resources"] = Entries(resources.Select(static r => r.ToEntry())),
                ["commands"] = new JsonObject { ["command"] = Command(input.Configuration, memory) },
                ["environment"] = Entries(Environment(input).Select(static p =>
                    (JsonNode)new JsonObject { ["key"] = p.Key, ["value"] = p.Value })),
            },
        };
        if (HasHighAvailability(input.Configuration))
        {
            body["attempt-failures-validity-interval"] = 10000;
        }
        if (spec.Zone is { } zone)
        {
            body["app-node-label-expression"] = zone;
            body["am-container-node-label-expression"] = zone;
        }
        return body;
    }

    /// <summary>What was staged.</summary>
    /// <exception cref="ResourceBackendException">It is not what was written.</exception>
    public static JsonObject Read(YarnPlace place, string staging, byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) as JsonObject ?? throw place.Hdfs.Malformed(staging, "its submission.json is no object");
        }
        catch (System.Text.Json.JsonException)
        {
            throw place.Hdfs.Malformed(staging, "its submission.json is no JSON");
        }
    }

    /// <summary>Makes it a session cluster: it comes up without the job, whose jar lies where Flink keeps uploaded ones.</summary>
    public static void MakeSession(JsonObject submission, SessionRun run, Fence fence)
    {
        var container = submission["am-container-spec"]!;
        foreach (var entry in (JsonArray)container["local-resources"]!["entry"]!)
        {
            if ((string)entry!["key"]! == run.Jar)
            {
                entry["key"] = $"flink-web-upload/{SessionRun.JarId(fence)}";
            }
        }
        var commands = container["commands"]!;
        var properties = FormattableString.Invariant(
            $"-D execution.target=yarn-session -D slotmanager.number-of-slots.min={run.NeededSlots} -D web.upload.dir=$PWD");
        commands["command"] = commands["command"]!.GetValue<string>()
            .Replace("YarnApplicationClusterEntryPoint", "YarnSessionClusterEntrypoint", StringComparison.Ordinal)
            .Replace(" 1> ", $" {properties} 1> ", StringComparison.Ordinal);
    }

    /// <summary>Adds the restore point to the command; the rest stays as it was prepared.</summary>
    public static void SetRestore(JsonObject submission, RestorePoint restore)
    {
        if (restore is not RestorePoint.Snapshot snapshot)
        {
            return;
        }
        var commands = submission["am-container-spec"]!["commands"]!;
        var properties = string.Join(
            ' ',
            $"-D execution.state-recovery.path={snapshot.Uri}",
            $"-D execution.state-recovery.claim-mode={(snapshot.Claim == ClaimMode.Claim ? "CLAIM" : "NO_CLAIM")}",
            $"-D execution.state-recovery.ignore-unclaimed-state={(snapshot.AllowNonRestoredState ? "true" : "false")}");
        commands["command"] = commands["command"]!.GetValue<string>().Replace(" 1> ", $" {properties} 1> ", StringComparison.Ordinal);
    }

    public static bool HasHighAvailability(IReadOnlyDictionary<string, string> configuration) =>
        configuration.TryGetValue("high-availability.type", out var type)
        && !type.Equals("none", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whole cores, rounded up, at least one.</summary>
    public static int Cores(int millicores) => Math.Max(1, (millicores + 999) / 1000);

    /// <summary>One attempt without HA: a JobManager that dies after its job's end must not run main() again.</summary>
    private static int Attempts(SortedDictionary<string, string> configuration) =>
        configuration.TryGetValue("yarn.application-attempts", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var attempts)
            ? attempts
            : HasHighAvailability(configuration) ? 2 : 1;

    private static string Command(SortedDictionary<string, string> configuration, JobManagerMemory memory)
    {
        string[] options =
        [
            configuration.GetValueOrDefault("env.java.default-opts.all", string.Empty),
            configuration.GetValueOrDefault("env.java.opts.all", string.Empty),
            configuration.GetValueOrDefault("env.java.default-opts.jobmanager", string.Empty),
            configuration.GetValueOrDefault("env.java.opts.jobmanager", string.Empty),
            "-XX:+IgnoreUnrecognizedVMOptions",
        ];
        var limit = configuration.GetValueOrDefault("jobmanager.memory.enable-jvm-direct-memory-limit") == "true";
        return string.Join(
            ' ',
            [
                "$JAVA_HOME/bin/java",
                memory.JvmFlags(limit),
                .. options.Where(static o => o.Length > 0),
                "-Dlog.file=<LOG_DIR>/jobmanager.log",
                "-Dlog4j.configuration=file:log4j.properties -Dlog4j.configurationFile=file:log4j.properties",
                "org.apache.flink.yarn.entrypoint.YarnApplicationClusterEntryPoint",
                memory.DynamicProperties,
                "1> <LOG_DIR>/jobmanager.out 2> <LOG_DIR>/jobmanager.err",
            ]);
    }

    private static SortedDictionary<string, string> Environment(SubmissionInput input)
    {
        var dist = input.Libraries.First(static r => IsDist(r.Key));
        var classPath = ClassPath(input);
        var hadoop = (input.HadoopClassPath ?? DefaultClassPath).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new SortedDictionary<string, string>(input.Environment, StringComparer.Ordinal)
        {
            ["_FLINK_CLASSPATH"] = classPath,
            ["_FLINK_DIST_JAR"] = dist.Descriptor,
            ["_CLIENT_SHIP_FILES"] = string.Join(';', input.Libraries.Concat(input.Files).Select(static r => r.Descriptor)),
            ["_FLINK_YARN_FILES"] = input.StagingUri,
            ["_APP_ID"] = input.ApplicationId,
            ["_CLIENT_HOME_DIR"] = input.StagingBaseUri,
            ["FLINK_LIB_DIR"] = "./lib",
            ["FLINK_OPT_DIR"] = "./opt",
            ["HADOOP_USER_NAME"] = input.User,
            ["CLASSPATH"] = $"{classPath}:{string.Join(':', hadoop)}",
        };
    }

    /// <summary>
    /// Sorted jars, then the dist jar, then the configuration. It starts with an empty entry, the working directory, where log4j's
    /// file is found.
    /// </summary>
    private static string ClassPath(SubmissionInput input)
    {
        var jars = input.Libraries.Concat(input.Files).Select(static r => r.Key)
            .Where(static k => k.EndsWith(".jar", StringComparison.OrdinalIgnoreCase) && !IsDist(k)
                && !k.Split('/').Contains("plugins", StringComparer.Ordinal))
            .Order(StringComparer.Ordinal);
        var dist = input.Libraries.First(static r => IsDist(r.Key)).Key;
        return $":{string.Join(':', jars)}:{dist}:config.yaml:";
    }

    private static bool IsDist(string key) =>
        key.Split('/')[^1] is var name && name.StartsWith("flink-dist", StringComparison.Ordinal) && name.EndsWith(".jar", StringComparison.Ordinal);

    private static JsonObject Entries(IEnumerable<JsonNode> entries) => new() { ["entry"] = new JsonArray([.. entries]) };
}
