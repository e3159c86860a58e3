using System.Collections.Immutable;
using Flink.Resources.Testing.Servers;

namespace Flink.Resources.Yarn;

/// <summary>A fake cluster and what is said about it.</summary>
internal static class Place
{
    public static JobKey Job { get; } = JobKey.Parse("ads/clicks");

    public static Fence Fence { get; } = new(Job, 3);

    public static async Task<FakeYarn> StartAsync()
    {
        var yarn = await FakeYarn.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        yarn.Hdfs.Write("/flink/lib/flink-dist-1.20.5.jar", "dist");
        yarn.Hdfs.Write("/flink/jobs/clicks.jar", "job");
        return yarn;
    }

    public static YarnOptions Options(FakeYarn yarn, string controller = "one")
    {
        var options = Options();
        options.ResourceManagers.Clear();
        options.ResourceManagers.Add(yarn.ResourceManager);
        options.WebHdfs.Clear();
        options.WebHdfs.Add(yarn.WebHdfs);
        options.FileSystem = yarn.FileSystem;
        options.ControllerId = controller;
        return options;
    }

    public static YarnOptions Options()
    {
        var options = new YarnOptions { FileSystem = "hdfs://nn:8020", User = "flink", StagingRoot = "/flink-resources" };
        options.ResourceManagers.Add(new Uri("http://rm:8088"));
        options.WebHdfs.Add(new Uri("http://nn:9870"));
        var profile = new YarnFlinkProfile();
        profile.LibraryDirectories.Add("/flink/lib");
        options.Profiles["1.20"] = profile;
        return options;
    }

    public static YarnPlace Of(FakeYarn yarn, string controller = "one") =>
        new("yarn-east", Options(yarn, controller), TimeProvider.System);

    public static ApplicationSpec Spec => new()
    {
        Job = Job,
        Kind = JobKind.Streaming,
        Queue = "root.realtime",
        FlinkVersion = "1.20.5",
        Jar = new ArtifactRef("hdfs://127.0.0.1:8020/flink/jobs/clicks.jar"),
        EntryClass = "ads.Clicks",
        Arguments = ["--from", "a: b"],
        Parallelism = 4,
        Configuration = ImmutableSortedDictionary<string, string>.Empty.Add("execution.checkpointing.interval", "10s"),
        JobManager = new ContainerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 1500, Memory = MemorySize.FromMebibytes(2048), Slots = 2 },
    };
}
