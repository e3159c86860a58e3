using System.Text;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers;

namespace Flink.Resources.Yarn;

/// <summary>What preparing writes, and what it refuses, at a fake cluster.</summary>
public sealed class YarnPreparationTests : IAsyncLifetime
{
    private FakeYarn _yarn = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _yarn = await Place.StartAsync();

    public ValueTask DisposeAsync() => _yarn.DisposeAsync();

    [Fact]
    public async Task Prepare_ARightSpecification_WritesWhatTheResourceManagerWillHear()
    {
        var prepared = await PreparedAsync(Place.Spec with { Configuration = Place.Spec.Configuration.Add("kubernetes.jobmanager.replicas", "2") });

        var submission = JsonNode.Parse(await TextAsync($"{prepared.Payload}/submission.json"))!;
        var configuration = await TextAsync($"{prepared.Payload}/config.yaml");
        Assert.Equal(prepared.Application.Id, (string)submission["application-id"]!);
        Assert.Equal("ads/clicks", (string)submission["application-name"]!);
        Assert.Equal("root.realtime", (string)submission["queue"]!);
        Assert.Equal(1, (int)submission["max-app-attempts"]!);
        Assert.Contains("'high-availability.cluster-id': '" + prepared.Application.Id, configuration, StringComparison.Ordinal);
        Assert.Contains("'yarn.containers.vcores': '2'", configuration, StringComparison.Ordinal);
        Assert.Contains("'$internal.application.program-args': ['--from', 'a: b']", configuration, StringComparison.Ordinal);
        Assert.Contains("'execution.shutdown-on-application-finish': 'false'", configuration, StringComparison.Ordinal);
        Assert.Contains("'yarn.heartbeat.interval': '1'", configuration, StringComparison.Ordinal);
        Assert.Contains(prepared.Notes, static n => n.StartsWith("kubernetes.jobmanager.replicas", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prepare_OwnValuesInPlaceOfDefaults_AreKept()
    {
        var prepared = await PreparedAsync(Place.Spec with { Configuration = Place.Spec.Configuration.Add("yarn.heartbeat.interval", "7").Add("slotmanager.max-total-resource.cpu", "3") });

        var configuration = await TextAsync($"{prepared.Payload}/config.yaml");
        Assert.Contains("'yarn.heartbeat.interval': '7'", configuration, StringComparison.Ordinal);
        Assert.DoesNotContain("slotmanager.number-of-slots.min", configuration, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prepare_Repeated_IsTheSameApplication()
    {
        var first = await PreparedAsync(Place.Spec);
        var second = await PreparedAsync(Place.Spec);

        Assert.Equal(first.Application, second.Application);
    }

    [Fact]
    public async Task Prepare_AnotherSpecificationForTheSameEpoch_IsRefused()
    {
        await PreparedAsync(Place.Spec);

        var refused = Assert.IsType<PrepareOutcome.Refused>(await PrepareAsync(Place.Spec with { Parallelism = 8 }));

        Assert.Equal("Fence.Epoch", Assert.Single(refused.Errors).Field);
    }

    [Fact]
    public async Task Prepare_AnotherHolder_IsToldWho()
    {
        await PreparedAsync(Place.Spec);

        var taken = Assert.IsType<PrepareOutcome.FenceTaken>(await PrepareAsync(Place.Spec, "two"));

        Assert.Equal("one", taken.Holder);
    }

    [Fact]
    public async Task Prepare_ManyMistakes_NamesAllAndTouchesNothing()
    {
        var wrong = Place.Spec with
        {
            Queue = "root.nowhere",
            FlinkVersion = "1.17",
            Jar = new ArtifactRef("hdfs://127.0.0.1:8020/flink/jobs/missing.jar"),
            Environment = Place.Spec.Environment.Add("NAME", "a`b"),
            Configuration = Place.Spec.Configuration.Add("yarn.application-attempts", "3").Add("high-availability.type", "kubernetes"),
        };

        var refused = Assert.IsType<PrepareOutcome.Refused>(await PrepareAsync(wrong));

        foreach (var field in (string[])["Queue", "FlinkVersion", "Jar", "Environment[NAME]", "Configuration[high-availability.type]"])
        {
            Assert.Contains(refused.Errors, e => e.Field == field);
        }
        Assert.DoesNotContain(_yarn.Requests, static r => r.Method == "PUT");
    }

    [Fact]
    public async Task Prepare_LargerThanAnyContainer_IsRefusedWithTheLargest()
    {
        var large = Place.Spec with { TaskManager = Place.Spec.TaskManager with { Memory = MemorySize.FromMebibytes(16384) } };

        var refused = Assert.IsType<PrepareOutcome.Refused>(await PrepareAsync(large));

        Assert.Equal("TaskManager.Memory", Assert.Single(refused.Errors).Field);
    }

    /// <summary>The profile's keys hold where the specification has none.</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData("64m", true)]
    public async Task Prepare_Memory_IsDividedWithTheProfilesKeys(string? metaspace, bool isRight)
    {
        var options = Place.Options(_yarn);
        if (metaspace is not null)
        {
            options.Profiles["1.20"].Configuration["jobmanager.memory.jvm-metaspace.size"] = metaspace;
        }
        var small = Place.Spec with { JobManager = Place.Spec.JobManager with { Memory = MemorySize.FromMebibytes(512) } };

        var outcome = await new YarnPreparation(new YarnPlace("yarn-east", options, TimeProvider.System)).PrepareAsync(Place.Fence, small, Cancellation);

        if (isRight)
        {
            Assert.IsType<PrepareOutcome.Prepared>(outcome);
            return;
        }
        var error = Assert.Single(Assert.IsType<PrepareOutcome.Refused>(outcome).Errors);
        Assert.Equal(("JobManager.Memory", "512m"), (error.Field, error.Value));
        Assert.StartsWith("at least 579m: ", error.Expected, StringComparison.Ordinal);
    }

    private async Task<PreparedApplication> PreparedAsync(ApplicationSpec spec) =>
        Assert.IsType<PrepareOutcome.Prepared>(await PrepareAsync(spec)).Application;

    private Task<PrepareOutcome> PrepareAsync(ApplicationSpec spec, string controller = "one") =>
        new YarnPreparation(Place.Of(_yarn, controller)).PrepareAsync(Place.Fence, spec, Cancellation);

    private async Task<string> TextAsync(string path) => Encoding.UTF8.GetString((await Place.Of(_yarn).Hdfs.ReadAsync(path, Cancellation))!);
}
