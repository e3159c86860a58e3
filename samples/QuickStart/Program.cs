using System.Collections.Immutable;
using System.Security.Cryptography;
using Flink.Resources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QuickStart;

Show.ErrorsPlainly();
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Configuration.AddClusterVariables().AddCommandLine(args);
builder.Services.AddFlinkResources()
    .AddYarn("yarn", builder.Configuration.GetSection("Yarn"))
    .AddKubernetes("k8s", builder.Configuration.GetSection("Kubernetes"));
using var host = builder.Build();
var backend = host.Services.GetRequiredService<IBackendCatalog>().GetRequired(builder.Configuration["backend"] ?? "yarn");
var settings = builder.Configuration.GetSection("Job");
var stop = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

var onYarn = backend.Info.Kind == BackendKind.Yarn;
var job = JobKey.Parse(string.Create(null, $"quickstart/counter-{TimeProvider.System.GetUtcNow():HHmmss}"));
var spec = new ApplicationSpec
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

var first = await Show.StartAsync(backend, new Fence(job, 1), spec, RestorePoint.None, stop);
var cluster = await Show.RunningAsync(backend, first, stop);
var id = (await cluster.GetJobsAsync(stop))[0].Id;
await Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System, stop);

// The trigger id is ours: asking twice is one savepoint.
var request = new SavepointRequest(new TriggerId(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))), $"{settings["StateRoot"]}/savepoints");
await cluster.StopWithSavepointAsync(id, request, stop);
var savepoint = await Show.SavepointAsync(cluster, id, request.Trigger, stop);
await Show.RemoveAsync(backend, first, stop);

// The next epoch is a new fence: the first start can never come back.
var second = await Show.StartAsync(backend, new Fence(job, 2), spec, new RestorePoint.Snapshot(savepoint), stop);
var restored = await Show.RunningAsync(backend, second, stop);
await Show.RestoredAsync(restored, stop);
await Show.RemoveAsync(backend, second, stop);
