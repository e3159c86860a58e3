using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers;

namespace Flink.Resources.Yarn.Submission;

/// <summary>An application whose cluster comes up before its job.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task BringUp_OfAPreparedApplication_SubmitsASessionOfTheSameIdentity()
    {
        await using var yarn = await Place.StartAsync();
        var backend = YarnBackend.Create("yarn-east", Place.Options(yarn), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<YarnBackend>.Instance);
        var prepared = Assert.IsType<PrepareOutcome.Prepared>(await backend.PrepareAsync(Place.Fence, Place.Spec, TestContext.Current.CancellationToken)).Application;
        Assert.True(backend.TryGetFeature<IStandby>(out var standby));

        Assert.IsType<StandbyOutcome.Accepted>(await standby.BringUpAsync(prepared, StandbyLevel.Cluster, TestContext.Current.CancellationToken));
        Assert.IsType<StandbyOutcome.Accepted>(await standby.BringUpAsync(prepared, StandbyLevel.Cluster, TestContext.Current.CancellationToken));

        // It runs, and is not started: nothing processes a record yet.
        // Its JobManager is up by then, so that what follows is not said of one that has yet to fail.
        ApplicationReport? report = null;
        for (var look = 0; look < 400 && report is not { RestAddress: not null }; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            report = (await backend.FindAsync(Place.Fence, TestContext.Current.CancellationToken)).Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
        }
        Assert.NotNull(report?.RestAddress);
        Assert.Equal((ApplicationState.Prepared, prepared.Application.Id), (report!.State, report.Application.Id));
        Assert.Equal(DeathVerdict.Alive, (await backend.ProbeDeathAsync(new CopyRef(prepared.Application), TestContext.Current.CancellationToken)).Verdict);
    }

    [Fact]
    public void MakeSession_ChangesTheEntryTheJarsPlaceAndTheSlots()
    {
        var run = new SessionRun("clicks.jar", "ads.Clicks", ["a"], 3, 2);
        var submission = (JsonObject)JsonNode.Parse("""
            {"am-container-spec":{"local-resources":{"entry":[{"key":"clicks.jar"},{"key":"config.yaml"}]},
             "commands":{"command":"java org.apache.flink.yarn.entrypoint.YarnApplicationClusterEntryPoint -D a=b 1> out 2> err"}}}
            """)!;

        ApplicationSubmission.MakeSession(submission, run, Place.Fence);

        var container = submission["am-container-spec"]!;
        Assert.Equal($"flink-web-upload/{SessionRun.JarId(Place.Fence)}", (string?)container["local-resources"]!["entry"]![0]!["key"]);
        Assert.Equal("config.yaml", (string?)container["local-resources"]!["entry"]![1]!["key"]);
        var command = (string)container["commands"]!["command"]!;
        Assert.Contains("org.apache.flink.yarn.entrypoint.YarnSessionClusterEntrypoint", command, StringComparison.Ordinal);
        Assert.Contains("-D slotmanager.number-of-slots.min=4", command, StringComparison.Ordinal);
        Assert.Contains("-D web.upload.dir=$PWD 1> out", command, StringComparison.Ordinal);
    }

    [Fact]
    public void Request_RestoresUnderTheFencesJobId()
    {
        var run = new SessionRun("clicks.jar", null, [], 3, 2);

        var request = run.Request(Place.Fence, new RestorePoint.Snapshot("hdfs://nn/sp"));

        Assert.Equal(SessionRun.JobOf(Place.Fence).Value, (string?)request["jobId"]);
        Assert.Equal("hdfs://nn/sp", (string?)request["savepointPath"]);
        Assert.False(request.ContainsKey("entryClass"));
    }
}
