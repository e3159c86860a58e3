using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Integration;

/// <summary>A fleet file, its program, and both real clusters.</summary>
public sealed class FleetTests
{
    private static readonly string[] Streaming = ["clicks", "views", "orders", "carts", "sums"];

    /// <summary>Those that the stock client has started.</summary>
    private static readonly string[] Adopted = ["orders", "carts"];

    private static readonly Dictionary<string, string> QueueOf = new(StringComparer.Ordinal)
    {
        ["clicks"] = "root.realtime", ["views"] = "root.realtime", ["orders"] = "root.nearline", ["carts"] = "root.nearline", ["sums"] = "root.batch", ["report"] = "root.batch",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static JobKey KeyOf(string job) => JobKey.Parse($"fleet/{job}-{Clusters.Run}");

    [Fact]
    public async Task Fleet_OfSixJobsIsMovedByAProgramThatDiesTwice_IsExactAndAQueueComesBack()
    {
        using var services = Backends.Both("fleet", new MemoryJournal(TimeProvider.System));
        var catalog = services.GetRequiredService<IBackendCatalog>();
        var (yarn, file) = (catalog.GetRequired("yarn-east"), Path.Combine(Directory.CreateTempSubdirectory("fleet-").FullName, "fleet.yaml"));
        var program = new FleetProgram(file);
        var adopted = new Dictionary<string, ApplicationHandle>(StringComparer.Ordinal);
        try
        {
            foreach (var job in Adopted)
            {
                adopted[job] = await StockClient.StartAsync(yarn, KeyOf(job).Value, SpecOf(job));
                await StockClient.RunningAsync(yarn, adopted[job]);
            }
            await File.WriteAllTextAsync(file, Text("yarn-east", adopted), Cancellation);
            Assert.Equal(0, (await program.RunAsync("apply")).Exit);

            var samplers = Array.ConvertAll(Streaming, j => new CopySampler(catalog, KeyOf(j), adopted.GetValueOrDefault(j)));
            await File.WriteAllTextAsync(file, Text("k8s-east", adopted), Cancellation);
            await program.KillAsync(static (line, _) => line.Contains(" Restoring", StringComparison.Ordinal), "apply");
            await program.KillAsync(static (line, before) => line.Contains(" Stopping", StringComparison.Ordinal) && before.Any(static l => l.Contains(" Committed", StringComparison.Ordinal)), "apply");
            await program.RunAsync("apply");
            var there = await program.StatusAsync();
            Assert.All(Streaming, j => Assert.Equal(("k8s-east", "Running"), (there[KeyOf(j).Value].Cluster, there[KeyOf(j).Value].State)));
            Assert.Equal("Finished", there[KeyOf("report").Value].State);
            await VerifyAllAsync();
            // What has run to its end is left alone, until somebody asks for another run: that is on the other cluster.
            Assert.Equal(0, (await program.RunAsync("retry", KeyOf("report").Value)).Exit);
            Assert.Equal(0, (await program.RunAsync("apply")).Exit);

            Assert.Equal(0, (await program.RunAsync("rollback", "--queue", "root.nearline", "--reason", "the test wants them back")).Exit);
            var back = await program.StatusAsync();
            Assert.All(Adopted, j => Assert.Equal(("yarn-east", "Running"), (back[KeyOf(j).Value].Cluster, back[KeyOf(j).Value].State)));
            Assert.Equal(3, (await program.RunAsync("apply")).Exit);
            Assert.Equal(3, (await program.RunAsync("apply")).Exit);
            Assert.Equal(back, await program.StatusAsync());
            await VerifyAllAsync();
            foreach (var sampler in samplers)
            {
                await sampler.DisposeAsync();
            }
        }
        finally
        {
            foreach (var job in QueueOf.Keys)
            {
                await Flow.CleanAsync(catalog, KeyOf(job));
            }
            foreach (var application in adopted.Values)
            {
                await yarn.RemoveAsync(application, HaMetadata.Purge, Cancellation);
            }
        }
    }

    private static async Task VerifyAllAsync()
    {
        foreach (var job in Streaming)
        {
            await Clusters.VerifyAsync(TestJobs.OutputOf(KeyOf(job)), Cancellation);
        }
    }

    private static ApplicationSpec SpecOf(string job)
    {
        var spec = TestJobs.KeyedCounter(TestJobs.OnYarn(KeyOf(job)), rate: 200);
        return spec with
        {
            Queue = QueueOf[job],
            Configuration = spec.Configuration.SetItems(Small).SetItem("execution.checkpointing.interval", "5s"),
            JobManager = spec.JobManager with { Memory = MemorySize.FromMebibytes(512) },
            TaskManager = spec.TaskManager with { Memory = MemorySize.FromMebibytes(512) },
        };
    }

    /// <summary>Six jobs side by side on one small NodeManager.</summary>
    private static Dictionary<string, string> Small => new(StringComparer.Ordinal)
    {
        ["jobmanager.memory.jvm-metaspace.size"] = "128m",
        ["jobmanager.memory.jvm-overhead.min"] = "96m",
        ["jobmanager.memory.off-heap.size"] = "64m",
        ["taskmanager.memory.jvm-metaspace.size"] = "112m",
        ["taskmanager.memory.jvm-overhead.min"] = "64m",
        ["taskmanager.memory.framework.off-heap.size"] = "64m",
        ["taskmanager.memory.network.min"] = "32m",
        ["taskmanager.memory.network.max"] = "32m",
        ["taskmanager.memory.managed.size"] = "16m",
    };

    private static string Text(string cluster, Dictionary<string, ApplicationHandle> adopted)
    {
        var tests = $"{Clusters.Hdfs}/tmp/flink-resources-tests";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            journal: sqlite:fleet.db
            clusters:
              yarn-east:
                kind: yarn
                resourceManagers: ['{{Clusters.Require("TESTBED_YARN_RM")}}']
                webhdfs: ['{{new Uri(Clusters.Require("TESTBED_WEBHDFS")).GetLeftPart(UriPartial.Authority)}}']
                fileSystem: {{Clusters.Hdfs}}
                user: root
                stagingRoot: /tmp/flink-resources-tests/yarn
                controller: fleet-{{Clusters.Run}}
              k8s-east:
                kind: kubernetes
                kubeconfig: {{Clusters.Require("KUBECONFIG")}}
                serviceAccount: testbed
                fileSystem: {{Clusters.Hdfs}}
                highAvailability: {{tests}}/ha
                cpuLimitFactor: 20
                controller: fleet-{{Clusters.Run}}
                env: {HADOOP_USER_NAME: root}
            runtimes:
              f120:
                version: '1.20'
                image: {{Clusters.Require("TESTBED_FLINK_IMAGE")}}
                allowTags: true
                libs: ['{{Clusters.Require("TESTBED_FLINK_HDFS_LIB")}}', '{{Clusters.Require("TESTBED_FLINK_HDFS_PLUGINS")}}']
            queues:
              root.realtime: {k8s-east: {namespace: default} }
              root.nearline: {k8s-east: {namespace: default} }
              root.batch: {k8s-east: {namespace: default} }
            defaults:
              runtime: f120
              snapshots: {{tests}}/fleet/{job}
              parallelism: 1
              jobManager: {memory: 640m, cpu: 0.1}
              taskManager: {memory: 640m, cpu: 0.1, slots: 1}
              flink:
                execution.checkpointing.interval: 5s
                state.backend.type: rocksdb
            {{string.Concat(Small.Select(static p => $"    {p.Key}: {p.Value}\n"))}}  sinks: {verify: transactional}
              move: {stop: savepoint, soak: 5s, baseline: 0s, onUnhealthy: rollback}
            campaign:
              limits: {inFlight: 2, perWave: 6, perQueue: 2, perTeam: 6, waveShare: 1, headroom: 0}
            jobs:
            {{string.Concat(Streaming.Select(j => Entry(j, cluster, adopted.GetValueOrDefault(j), "KeyedCounter", $"--rate, '200', --keys, '100', --splits, '2', --stateBytes, '1000', --verify, '{TestJobs.OutputOf(KeyOf(j))}'")))}}{{Entry("report", cluster, null, "BoundedBatch", "--seconds, '20', --rate, '200'")}}    kind: batch
                taskManager: {memory: 768m}
                flink: {taskmanager.memory.framework.off-heap.size: 128m, taskmanager.memory.network.min: 64m, taskmanager.memory.network.max: 64m, taskmanager.memory.managed.size: 64m}
            """);
    }

    private static string Entry(string job, string cluster, ApplicationHandle? adopted, string entryClass, string arguments) => $$"""
          {{KeyOf(job)}}:
            cluster: {{cluster}}
            queue: {{QueueOf[job]}}
            jar: {{Clusters.Require("TESTBED_FLINK_HDFS_JOBS_JAR")}}
            class: testbed.jobs.{{entryClass}}
            args: [{{arguments}}]
            {{(adopted is null ? "start: fresh" : $"adopt: {{yarn-east: {adopted.Id}}}")}}

        """;
}
