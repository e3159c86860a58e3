using System.Collections.Immutable;
using Flink.Resources;
using Microsoft.Extensions.Configuration;

namespace QuickStart;

/// <summary>The job of this sample, for either cluster: only its jar and its processors differ.</summary>
internal static class Job
{
    public static ApplicationSpec On(BackendKind cluster, JobKey job, IConfigurationSection settings)
    {
        var onYarn = cluster == BackendKind.Yarn;
        return new ApplicationSpec
        {
            Job = job,
            Kind = JobKind.Streaming,
            Queue = settings["Queue"]!,
            FlinkVersion = "1.20",
            Jar = new ArtifactRef(settings[onYarn ? "YarnJar" : "KubernetesJar"]!),
            EntryClass = settings["EntryClass"],
            Parallelism = 1,
            Configuration = ImmutableSortedDictionary<string, string>.Empty
                .Add("execution.checkpointing.interval", "5s")
                .Add("execution.checkpointing.dir", $"{settings["StateRoot"]}/checkpoints"),
            JobManager = new ContainerResources { CpuMillicores = onYarn ? 1000 : 100, Memory = MemorySize.FromMebibytes(1024) },
            TaskManager = new TaskManagerResources { CpuMillicores = onYarn ? 1000 : 100, Memory = MemorySize.FromMebibytes(1280), Slots = 1 },
        };
    }
}
