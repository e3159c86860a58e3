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
    .AddKubernetes("k8s", builder.Configuration.GetSection("Kubernetes"))
    .AddSqliteJournal(builder.Configuration["journal"] ?? Path.Combine(Path.GetTempPath(), "flink-resources-quickstart.db"));
using var host = builder.Build();
var backend = host.Services.GetRequiredService<IBackendCatalog>().GetRequired(builder.Configuration["backend"] ?? "yarn");
var settings = builder.Configuration.GetSection("Job");
var stop = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

if (args is ["start" or "move" or "remove", var key, ..])
{
    var named = JobKey.Parse(key);
    var backends = host.Services.GetRequiredService<IBackendCatalog>();
    return args[0] switch
    {
        "start" => await Move.StartAsync(backend, named, settings, stop),
        "move" => await Move.RunAsync(backends, host.Services.GetRequiredService<IMigrations>(), named, builder.Configuration["to"] ?? "k8s", settings, stop),
        _ => await Move.RemoveAsync(backends, named, stop),
    };
}

var job = JobKey.Parse(string.Create(null, $"quickstart/counter-{TimeProvider.System.GetUtcNow():HHmmss}"));
var spec = Job.On(backend.Info.Kind, job, settings);

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
return 0;
