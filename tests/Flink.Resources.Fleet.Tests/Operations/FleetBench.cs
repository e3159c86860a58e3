using System.Globalization;
using System.Text;
using Flink.Resources.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Fleet;

/// <summary>Six jobs in three queues on two simulated clusters, and a controller over any document of them.</summary>
internal sealed class FleetBench
{
    private readonly List<ServiceProvider> _containers = [];

    public FleetBench(long seed = 1)
        : this(SimulatedFleet.Create(seed, "yarn-east", "k8s-east"))
    {
    }

    public FleetBench(SimulatedFleet fleet)
    {
        Fleet = fleet;
        Journal = new MemoryJournal(Fleet.TimeProvider);
    }

    public static JobKey[] Jobs { get; } = [.. Enumerable.Range(0, 6).Select(static i => JobKey.Parse(string.Create(CultureInfo.InvariantCulture, $"team{i}/job{i}")))];

    public SimulatedFleet Fleet { get; }

    public MemoryJournal Journal { get; }

    /// <summary>The document, with each job where it is wanted.</summary>
    /// <param name="cluster">The cluster of each job.</param>
    /// <param name="more">Further lines of each job.</param>
    /// <param name="jobs">Which jobs it names; all when null.</param>
    public static string Text(Func<int, string> cluster, Func<int, string>? more = null, IEnumerable<int>? jobs = null)
    {
        var text = new StringBuilder("""
            journal: memory
            clusters:
              yarn-east: {kind: simulated}
              k8s-east: {kind: simulated}
            runtimes:
              f120: {version: 1.20.5, libs: /flink/1.20}
            defaults:
              runtime: f120
              snapshots: hdfs://sim/flink/{job}
              taskManager: {memory: 2g, cpu: 1, slots: 2}
              parallelism: 2
              flink: {execution.checkpointing.interval: 5s}
              sinks: {out: transactional}
              move: {soak: 30s, baseline: 0s}
            jobs:

            """.ReplaceLineEndings("\n"));
        foreach (var i in jobs ?? Enumerable.Range(0, 6))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Jobs[i]}:\n    cluster: {cluster(i)}\n    queue: root.q{i % 3}\n    jar: hdfs:///jobs/job{i}.jar\n    class: com.example.Job{i}\n{more?.Invoke(i)}");
        }
        return text.ToString();
    }

    /// <summary>A controller of its own over a document, as a new process would make it.</summary>
    public IFleet Open(string text, IJournal? journal = null) => Open(text, static b => b, journal);

    /// <summary>The same, over backends that are changed.</summary>
    public IFleet Open(string text, Func<IResourceBackend, IResourceBackend> change, IJournal? journal = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(journal ?? Journal);
        services.AddSingleton(Fleet.TimeProvider);
        var builder = services.AddFlinkResources();
        foreach (var name in Fleet.Names)
        {
            builder.AddBackend(name, (_, backend) => change(Fleet.Backend(backend)));
        }
        builder.AddFleetOperations(Texts.Document(text));
        var container = services.BuildServiceProvider();
        _containers.Add(container);
        return container.GetRequiredService<IFleet>();
    }

    /// <summary>Where each job runs, by the clusters themselves; more than one copy, or none, is named as such.</summary>
    public string[] Places() => [.. Jobs.Select(j => Fleet.LiveCopies(j) is [var one] ? one.Copy.Application.Backend : string.Create(CultureInfo.InvariantCulture, $"{Fleet.LiveCopies(j).Length} copies"))];

    public async Task RunAsync(Func<FleetBench, CancellationToken, Task> test)
    {
        await Fleet.RunAsync(ct => test(this, ct), TestContext.Current.CancellationToken);
        foreach (var container in _containers)
        {
            await container.DisposeAsync();
        }
    }
}
