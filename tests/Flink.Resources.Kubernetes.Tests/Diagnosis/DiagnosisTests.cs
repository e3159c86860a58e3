using System.Text.Json.Nodes;
using Flink.Resources.Flink;
using Flink.Resources.Http;
using Microsoft.Extensions.Time.Testing;

namespace Flink.Resources.Kubernetes;

/// <summary>Pods and Deployments of a real cluster, each in its own trouble.</summary>
public sealed class DiagnosisTests
{
    [Theory]
    [InlineData("pod-image", true, "The image testbed/nosuch:9.9 can't be pulled: Back-off pulling image \"testbed/nosuch:9.9\": ErrImagePull:")]
    [InlineData("pod-never", true, "The image testbed/nosuch:9.9 is not on the node and the pull policy is Never.")]
    [InlineData("pod-config", true, "The container of inf-config can't be created: configmap \"nosuch\" not found")]
    [InlineData("pod-crash", true, "The container of inf-crash ended with exit code 1 and was restarted 5 time(s): java.lang.ClassNotFoundException: com.example.NoSuchJob")]
    [InlineData("pod-oom", true, "The container of inf-oom was killed for using more than its memory limit (OOMKilled): give it more memory.")]
    [InlineData("pod-large", false, "No node takes pod inf-large, which asks 10m CPU and 1000g: 0/1 nodes are available: 1 Insufficient memory.")]
    public void Why_OfARealPod_IsOnePlainSentence(string recorded, bool stuck, string sentence)
    {
        var (why, isStuck) = PodReading.Why(Specs.Recorded(recorded));

        Assert.StartsWith(sentence, why, StringComparison.Ordinal);
        Assert.Equal(stuck, isStuck);
        Assert.DoesNotContain('\n', why!);
    }

    [Fact]
    public void Refused_QuotaExceeded_NamesQuotaAskedAndLeft()
    {
        var (why, stuck) = Kubernetes.Diagnosis.Refused(Specs.Recorded("deployment-quota"), "inf-rec");

        Assert.StartsWith("The quota of namespace inf-rec does not allow its pod:", why, StringComparison.Ordinal);
        Assert.Contains("requested: requests.cpu=20, used: requests.cpu=10m, limited: requests.cpu=10", why, StringComparison.Ordinal);
        Assert.True(stuck);
    }

    [Fact]
    public async Task Why_NoNodeIsLargeEnough_SaysTheShortage()
    {
        var api = new ScriptedApi();
        api.Lists(Paths.Nodes, Answers.List("1", Specs.Recorded("node").ToJsonString()));
        var pipelines = new BackendPipelines(new FakeTimeProvider(), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), readAttempts: 1);
        var handle = new ApplicationHandle { Backend = "k8s", Identity = new BackendIdentity("u"), Id = "inf-large", Namespace = "inf-rec" };

        var (why, stuck) = await Kubernetes.Diagnosis.WhyAsync(
            new KubernetesCalls("k8s", api, pipelines), handle, [], [Specs.Recorded("pod-large")], TestContext.Current.CancellationToken);

        Assert.Equal("No node is large enough: pod inf-large asks 10m CPU and 1024000 MiB; the largest of 1 offers 2000m and 24005 MiB.", why);
        Assert.True(stuck);
    }

    [Fact]
    public void Requested_InitContainersAndSidecars_CountAsTheSchedulerDoes()
    {
        var pod = JsonNode.Parse("""
            {"spec":{
              "initContainers":[
                {"resources":{"requests":{"cpu":"100m","memory":"10Mi"}},"restartPolicy":"Always"},
                {"resources":{"requests":{"cpu":"1","memory":"20Mi"}}}],
              "containers":[
                {"resources":{"requests":{"cpu":"200m","memory":"64Mi"}}},
                {"resources":{"requests":{"cpu":"300m","memory":"64Mi"}}},
                {}],
              "overhead":{"cpu":"5m","memory":"1Mi"}}}
            """)!.AsObject();

        Assert.Equal(new ResourceAmount(MemorySize.FromMebibytes(139), 1105), PodReading.Requested(pod));
    }

    [Fact]
    public void WhyTaskManagersWait_CountsThemAndSaysWhy()
    {
        var pod = Specs.Recorded("pod-large");
        pod["metadata"]!["labels"]!["component"] = "taskmanager";

        Assert.StartsWith("1 TaskManager pod(s) wait: No node takes pod inf-large", PodReading.WhyTaskManagersWait([pod]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Exception in thread\nCaused by: a.B: first\nCaused by: c.D: last\n\tat x.y\n", "c.D: last")]
    [InlineData("INFO start\na.b.CException: no\n\tat x.y", "a.b.CException: no")]
    [InlineData("exec format error", "exec format error")]
    [InlineData(" \n ", null)]
    [InlineData(null, null)]
    public void LastWords_AreTheLineThatSaysWhy(string? text, string? line) => Assert.Equal(line, LastWords.Of(text));
}
