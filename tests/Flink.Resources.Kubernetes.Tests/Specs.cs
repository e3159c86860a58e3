using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Specifications and options that are right.</summary>
internal static class Specs
{
    public static Fence Fence { get; } = new(JobKey.Parse("ads/clicks"), 3);

    public static ApplicationSpec Right => new()
    {
        Job = Fence.Job,
        Kind = JobKind.Streaming,
        Queue = "root.realtime.ads",
        Priority = new JobPriority(70),
        Zone = "ssd",
        FlinkVersion = "1.20.5",
        Jar = new ArtifactRef("local:///opt/flink/usrlib/clicks.jar"),
        EntryClass = "ads.Clicks",
        Arguments = ["--from", "a: b"],
        Parallelism = 4,
        Configuration = ImmutableSortedDictionary<string, string>.Empty.Add("execution.checkpointing.interval", "10s").Add("yarn.tags", "x"),
        JobManager = new ContainerResources { CpuMillicores = 250, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 1500, Memory = MemorySize.FromMebibytes(2048), Slots = 2 },
    };

    public static KubernetesOptions Options()
    {
        var options = new KubernetesOptions
        {
            Namespace = "jobs",
            ServiceAccount = "flink",
            HighAvailabilityDirectory = "hdfs://nn:8020/flink/ha",
            CpuLimitFactor = 2,
        };
        var profile = new KubernetesFlinkProfile { Image = "registry.example/flink:1.20" };
        profile.NodeSelector["pool"] = "flink";
        profile.ImagePullSecrets.Add("registry");
        var zone = new KubernetesZone();
        zone.NodeSelector["disk"] = "ssd";
        zone.Tolerations.Add("dedicated=flink:NoSchedule");
        profile.Zones["ssd"] = zone;
        options.Profiles["1.20"] = profile;
        options.Queues["root.realtime"] = "realtime";
        options.PriorityClasses[0] = "low";
        options.PriorityClasses[50] = "high";
        options.PriorityClasses[90] = "top";
        return options;
    }

    public static ApplicationManifest Manifest(ApplicationSpec spec, KubernetesOptions options) =>
        new ApplicationInput(Fence, spec, options, Placing.ProfileOf(spec.FlinkVersion, options)!).ToManifest();

    /// <summary>An object of a real cluster.</summary>
    public static JsonObject Recorded(string name) =>
        (JsonObject)JsonNode.Parse(Text(name + ".json"))!;

    public static string Text(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recorded", file));
}
