using Flink.Resources.Integration.Kubernetes;

namespace Flink.Resources.Integration;

/// <summary>What can't work ends as a typed outcome with the cause in plain words, in seconds, and leaves nothing behind.</summary>
public sealed class RefusalTests
{
    private static readonly TimeSpan _seconds = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Yarn_UnknownQueue_EndsWithTheQueueNamed()
    {
        var spec = TestJobs.BoundedBatch(TestJobs.OnYarn(Key("queue"))) with { Queue = "root.nosuchqueue" };

        var cause = await FailAsync(new Flow(Backends.Yarn("refusal")), spec);

        Assert.Contains("root.nosuchqueue", cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Yarn_MissingJar_IsRefusedBeforeAnythingIsTouched()
    {
        var spec = TestJobs.BoundedBatch(TestJobs.OnYarn(Key("jar"))) with { Jar = new ArtifactRef($"{Clusters.Hdfs}/no/such.jar") };

        var cause = await FailAsync(new Flow(Backends.Yarn("refusal")), spec);

        Assert.Contains("/no/such.jar", cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Yarn_MoreMemoryThanAnyNodeHas_IsRejectedWithTheLimit()
    {
        var spec = TestJobs.BoundedBatch(TestJobs.OnYarn(Key("memory"))) with
        {
            JobManager = new ContainerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(65536) },
        };

        var cause = await FailAsync(new Flow(Backends.Yarn("refusal")), spec);

        Assert.Contains("the largest container", cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubernetes_ImageThatIsNotThere_IsToldWithTheImage()
    {
        var backend = Backends.Kubernetes("refusal", static o => o.Profiles["1.20"].Image = "testbed/flink:no-such-tag");

        var cause = await FailAsync(new Flow(backend), TestJobs.BoundedBatch(TestJobs.OnKubernetes(Key("image"))));

        Assert.Contains("testbed/flink:no-such-tag", cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubernetes_MissingJar_IsToldWithTheJar()
    {
        var spec = TestJobs.BoundedBatch(TestJobs.OnKubernetes(Key("jar"))) with { Jar = new ArtifactRef("local:///opt/flink/usrlib/no-such.jar") };

        var cause = await FailAsync(new Flow(Backends.Kubernetes("refusal")), spec);

        Assert.Contains("no-such.jar", cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubernetes_NoNodeLargeEnough_IsToldWithTheShortage()
    {
        var spec = TestJobs.BoundedBatch(TestJobs.OnKubernetes(Key("memory"))) with
        {
            JobManager = new ContainerResources { CpuMillicores = 100, Memory = MemorySize.FromMebibytes(262144) },
        };

        var cause = await FailAsync(new Flow(Backends.Kubernetes("refusal")), spec);

        Assert.Contains("No node is large enough", cause, StringComparison.Ordinal);
        Assert.Contains("262144 MiB", cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubernetes_QuotaTooSmall_IsToldWithTheQuota()
    {
        var scope = await Cluster.CreateNarrowNamespaceAsync("quota");
        try
        {
            var backend = Backends.Kubernetes("refusal", o =>
            {
                o.Queues["root.nearline"] = scope;
                o.ServiceAccount = "default";
            });

            var cause = await FailAsync(new Flow(backend), TestJobs.BoundedBatch(TestJobs.OnKubernetes(Key("quota"))));

            Assert.Contains("quota", cause, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("narrow", cause, StringComparison.Ordinal);
        }
        finally
        {
            await Cluster.DeleteNamespaceAsync(scope);
        }
    }

    private static JobKey Key(string test) => JobKey.Parse($"contract/refusal-{test}-{Clusters.Run}");

    /// <summary>The words of the refusal, wherever the place could give it; then all is removed and nothing must be left.</summary>
    private static async Task<string> FailAsync(Flow flow, ApplicationSpec spec)
    {
        var backend = flow.Backend;
        var fence = new Fence(spec.Job, 1);
        switch (await backend.PrepareAsync(fence, spec, Cancellation))
        {
            case PrepareOutcome.Refused refused:
                Assert.Equal(LookupStatus.Absent, (await backend.FindAsync(fence, Cancellation)).Status);
                return string.Join('\n', refused.Errors);
            case PrepareOutcome.Prepared { Application: var prepared }:
                var words = await StartAndFailAsync(backend, prepared);
                await flow.CleanAsync(prepared);
                Assert.Equal(LookupStatus.Absent, (await backend.FindAsync(fence, Cancellation)).Status);
                if (prepared.Application.Namespace is { } scope)
                {
                    Assert.Empty(await Cluster.ObjectsOfAsync(scope, prepared.Application.Id));
                }
                return words;
            case var other:
                throw new InvalidOperationException($"Prepare ended as {other}.");
        }
    }

    private static async Task<string> StartAndFailAsync(IResourceBackend backend, PreparedApplication prepared)
    {
        if (await backend.StartAsync(prepared, RestorePoint.None, Cancellation) is StartOutcome.Refused refused)
        {
            return refused.Cause;
        }
        ApplicationReport? last = null;
        await Flow.PollAsync(
            async () =>
            {
                last = (await backend.FindAsync(prepared.Fence, Cancellation)).Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
                return last is { IsStuck: true } or { State: ApplicationState.Finished };
            },
            _seconds);
        Assert.NotEqual(ApplicationResult.Succeeded, last!.Result);
        return last.Diagnostics ?? string.Empty;
    }
}
