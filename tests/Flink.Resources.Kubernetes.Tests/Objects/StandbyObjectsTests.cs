using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes.Objects;

/// <summary>What stands before a start.</summary>
public sealed class StandbyObjectsTests
{
    private static readonly ApplicationManifest _manifest = Specs.Manifest(Specs.Right, Specs.Options());

    [Fact]
    public void Session_OfAnApplication_ComesUpWithoutItsJob()
    {
        var session = SessionStart.Of(_manifest);

        Assert.Equal("org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint", session.Configuration["kubernetes.internal.jobmanager.entrypoint.class"]);
        Assert.Equal("4", session.Configuration["slotmanager.number-of-slots.min"]);
        Assert.False(session.Configuration.ContainsKey("$internal.application.main"));
        Assert.Empty(session.Lists);
        Assert.True(SessionStart.IsSession(session.Deployment));
        Assert.False(SessionStart.IsSession(_manifest.Deployment));
        var command = (string)session.Deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]![2]!;
        Assert.Contains($"ln -sf /opt/flink/usrlib/clicks.jar /opt/flink/artifacts/flink-web-upload/{SessionStart.JarId(_manifest)}", command, StringComparison.Ordinal);
        Assert.Contains("kubernetes-session", command, StringComparison.Ordinal);
        Assert.DoesNotContain("kubernetes-application", command, StringComparison.Ordinal);
    }

    [Fact]
    public void Session_KeepsHighAvailabilityAndMemoryOfTheApplication()
    {
        var session = SessionStart.Of(_manifest);

        foreach (var key in new[] { "high-availability.type", "high-availability.storageDir", "job-result-store.storage-path", "taskmanager.memory.process.size", "execution.checkpointing.interval" })
        {
            Assert.Equal(_manifest.Configuration[key], session.Configuration[key]);
        }
    }

    [Theory]
    [InlineData("https://repo/clicks.jar")]
    [InlineData("hdfs://nn/clicks.jar")]
    [InlineData("local:///opt/x;rm -rf.jar")]
    public void Session_OfAJarThatIsNotInTheImage_IsObjectedTo(string jar)
    {
        var manifest = Specs.Manifest(Specs.Right with { Jar = new ArtifactRef(jar) }, Specs.Options());

        Assert.Contains(jar, SessionStart.Objection(manifest), StringComparison.Ordinal);
        Assert.Null(SessionStart.Objection(_manifest));
    }

    [Fact]
    public void RunRequest_NamesTheJobOfTheFence()
    {
        var request = SessionStart.RunRequest(_manifest, Specs.Fence, new RestorePoint.Snapshot("hdfs://nn/sp-1"));

        Assert.Equal(SessionStart.JobOf(Specs.Fence).Value, (string?)request["jobId"]);
        Assert.NotEqual(SessionStart.JobOf(Specs.Fence), SessionStart.JobOf(Specs.Fence with { Epoch = 4 }));
        Assert.Equal("hdfs://nn/sp-1", (string?)request["savepointPath"]);
        Assert.Equal("ads.Clicks", (string?)request["entryClass"]);
        Assert.Equal(["--from", "a: b"], ((JsonArray)request["programArgsList"]!).Select(static a => (string)a!));
        // Not every version takes the key, and all take this for the default.
        Assert.False(request.ContainsKey("claimMode"));
        Assert.Equal("CLAIM", (string?)SessionStart.RunRequest(_manifest, Specs.Fence, new RestorePoint.Snapshot("x:/y", ClaimMode.Claim))["claimMode"]);
    }

    [Fact]
    public void Placeholders_AreAsLargeAsThePodsAndStandWhereTheyWill()
    {
        var pods = Placeholders.Of(_manifest).ToList();

        // Parallelism 4 with 2 slots: a JobManager and two TaskManagers.
        Assert.Equal(3, pods.Count);
        Assert.Equal(3, pods.Select(static p => p.Name()).Distinct(StringComparer.Ordinal).Count());
        Assert.All(pods, static pod =>
        {
            Assert.True(Placeholders.Is(pod));
            Assert.Equal("ssd", (string?)pod["spec"]!["nodeSelector"]!["disk"]);
            Assert.Equal("high", (string?)pod["spec"]!["priorityClassName"]);
            Assert.Equal("registry.example/flink:1.20", (string?)pod["spec"]!["containers"]![0]!["image"]);
            Assert.Equal(0, (int)pod["spec"]!["terminationGracePeriodSeconds"]!);
        });
        Assert.Equal("1024Mi", (string?)Requests(pods[0])["memory"]);
        Assert.Equal("2048Mi", (string?)Requests(pods[1])["memory"]);
        Assert.Equal("1.5", (string?)Requests(pods[1])["cpu"]);

        static JsonNode Requests(JsonObject pod) => pod["spec"]!["containers"]![0]!["resources"]!["requests"]!;
    }
}
