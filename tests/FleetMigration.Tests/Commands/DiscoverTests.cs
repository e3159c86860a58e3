using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers;

namespace FleetMigration.Commands;

/// <summary>What discover prints of a cluster goes into the file as it is.</summary>
public sealed class DiscoverTests
{
    /// <summary>What the stock client gave, and under JobManager what Flink reckoned out of it: 500m with 96m of metaspace and 64m off-heap.</summary>
    private static readonly string[] Configuration =
    [
        "pipeline.jars=hdfs:///jobs/small.jar", "$internal.application.main=com.ads.Small", "parallelism.default=2", "taskmanager.numberOfTaskSlots=2",
        "jobmanager.memory.process.size=500m", "jobmanager.memory.heap.size=155189248b", "jobmanager.memory.off-heap.size=67108864b",
        "jobmanager.memory.jvm-metaspace.size=100663296b", "jobmanager.memory.jvm-overhead.min=201326592b", "jobmanager.memory.jvm-overhead.max=201326592b",
        "taskmanager.memory.process.size=600m", "taskmanager.memory.jvm-metaspace.size=96m", "taskmanager.memory.jvm-overhead.min=64m", "taskmanager.memory.framework.off-heap.size=64m",
    ];

    /// <summary>A job that somebody else started, with containers that only its own memory keys make large enough.</summary>
    [Fact]
    public async Task Entry_OfASmallJob_PassesPlan()
    {
        await using var yarn = await FakeYarn.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        yarn.Jobs.Add("com.ads.Small", FakeJob.Streaming);
        await SubmitAsync(yarn);
        using var program = new FleetProcess(File(yarn, " {}"));

        var (exit, output, error) = await program.RunAsync("discover");

        Assert.True(exit == 0, output + error);
        Assert.Contains("    jobManager: {memory: 500m}\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("jvm-overhead.max", output, StringComparison.Ordinal);
        program.Write("fleet.yaml", File(yarn, output["jobs:".Length..]));
        var planned = await program.RunAsync("plan");
        Assert.True(planned.Exit == 0, output + planned.Output + planned.Error);
        Assert.Contains("realtime/small\tNone\t", planned.Output, StringComparison.Ordinal);
    }

    private static async Task SubmitAsync(FakeYarn yarn)
    {
        using var client = new HttpClient { BaseAddress = yarn.ResourceManager };
        var submission = new JsonObject
        {
            ["application-id"] = "application_1700000000000_0421",
            ["application-name"] = "small",
            ["application-type"] = "Apache Flink",
            ["queue"] = "root.realtime",
            ["resource"] = new JsonObject { ["memory"] = 500, ["vCores"] = 1 },
            ["am-container-spec"] = new JsonObject { ["commands"] = new JsonObject { ["command"] = $"java {string.Join(' ', Configuration.Select(static p => $"-D {p}"))}" } },
        };
        using var answer = await client.PostAsJsonAsync(new Uri("ws/v1/cluster/apps", UriKind.Relative), submission, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (yarn.Applications is not [{ State: "RUNNING" }])
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
        while (yarn.Runs.IsEmpty)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    private static string File(FakeYarn yarn, string jobs) => $$"""
        journal: sqlite:fleet.db
        clusters:
          yarn-east: {kind: yarn, resourceManagers: ["{{yarn.ResourceManager.Authority}}"], webhdfs: ["{{yarn.WebHdfs.Authority}}"], fileSystem: "{{yarn.FileSystem}}"}
        runtimes:
          f120: {version: 1.20.5, libs: /flink/1.20}
        defaults:
          snapshots: {{yarn.FileSystem}}/flink/{job}
        jobs:{{jobs}}

        """;
}
