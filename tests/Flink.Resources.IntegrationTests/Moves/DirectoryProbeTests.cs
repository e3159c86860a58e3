using System.Collections.Immutable;
using Flink.Resources.Integration.Kubernetes;
using Flink.Resources.Kubernetes;
using k8s;

namespace Flink.Resources.Integration;

/// <summary>A directory of snapshots is tried from inside of each cluster, as the job's user there, before a job is touched.</summary>
public sealed class DirectoryProbeTests
{
    private const string Stranger = "stranger";

    [Theory]
    [InlineData("yarn-east")]
    [InlineData("k8s-east")]
    public async Task Probe_OfADirectoryThatServesAndOfOnesThatDoNot_SaysWhichStepFailed(string place)
    {
        await using var flow = new MoveFlow($"probe-{place[..3]}");
        var closed = await ClosedDirectoryAsync(flow);

        var good = await ProbeAsync(flow, place, $"{TestJobs.SnapshotDirectory}/probed");
        var again = await ProbeAsync(flow, place, $"{TestJobs.SnapshotDirectory}/probed");
        var nowhere = await ProbeAsync(flow, place, "hdfs://nobody.testbed:8020/savepoints");
        // YARN runs everything as the backend's user; a pod as the one that its environment names.
        var forbidden = place == "k8s-east" ? await ProbeAsync(flow, place, closed, Stranger) : null;

        Assert.Contains("written, read back and deleted", Assert.IsType<DirectoryProbeOutcome.Usable>(good).Evidence.Seen, StringComparison.Ordinal);
        Assert.IsType<DirectoryProbeOutcome.Usable>(again);
        var lost = Assert.IsType<DirectoryProbeOutcome.NotUsable>(nowhere);
        Assert.Equal(DirectoryProbeStep.Connect, lost.Failed);
        Assert.Contains("UnknownHost", lost.Evidence.Seen, StringComparison.Ordinal);
        if (forbidden is not null)
        {
            var refused = Assert.IsType<DirectoryProbeOutcome.NotUsable>(forbidden);
            Assert.Contains($"user={Stranger}", refused.Evidence.Seen, StringComparison.Ordinal);
        }
        await AssertNothingLeftAsync(flow);
    }

    [Fact]
    public async Task Move_TheTargetMayNotUseTheDirectory_IsIneligibleAndTheSourceUntouched()
    {
        await using var flow = new MoveFlow("unreadable", kubernetes: static o => o.Profiles["1.20"].Environment["HADOOP_USER_NAME"] = Stranger);
        var closed = await ClosedDirectoryAsync(flow);
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);

        var run = await flow.MoveAsync(flow.Request(source, toKubernetes: true, r => r with { SnapshotDirectory = closed }));

        Assert.Equal((MigrationState.Ineligible, LiveCopy.Source), (run.State, run.Live));
        Assert.Contains($"user={Stranger}", run.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Timeline, static t => t.State is not (MigrationState.Validating or MigrationState.Ineligible));
        Assert.True((await (await StockClient.RunningAsync(flow.Yarn, source)).GetJobsAsync(MoveFlow.Cancellation))[0].AllTasksRun);
        await flow.VerifyAsync();
        await AssertNothingLeftAsync(flow);
    }

    [Fact]
    public async Task Move_TheTargetsImageIsMissing_IsHeldAndTheSourceUntouched()
    {
        await using var flow = new MoveFlow("no-image", kubernetes: static o => o.Profiles["1.20"].Image = "testbed/nobody:1");
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);

        var run = await flow.MoveAsync(flow.Request(source, toKubernetes: true, static r => r with { Options = r.Options with { ValidationTimeout = TimeSpan.FromSeconds(5) } }));

        Assert.Equal((MigrationState.Held, LiveCopy.Source), (run.State, run.Live));
        Assert.Contains("testbed/nobody:1", run.Reason, StringComparison.Ordinal);
        await StockClient.RunningAsync(flow.Yarn, source);
        await AssertNothingLeftAsync(flow);
    }

    private static async Task<DirectoryProbeOutcome> ProbeAsync(MoveFlow flow, string place, string directory, string? user = null)
    {
        Assert.True(flow.Catalog.GetRequired(place).TryGetFeature<IDirectoryProbe>(out var probe));
        var spec = place == "yarn-east" ? flow.OnYarn : flow.OnKubernetes;
        return await probe.ProbeAsync(
            new DirectoryProbeRequest
            {
                Name = $"test-{Clusters.Run}",
                Directory = directory,
                Spec = user is null ? spec : spec with { Environment = spec.Environment.SetItem("HADOOP_USER_NAME", user) },
            },
            MoveFlow.Cancellation);
    }

    /// <summary>A directory of the user that YARN's jobs have, closed to others.</summary>
    private static async Task<string> ClosedDirectoryAsync(MoveFlow flow)
    {
        var path = $"/tmp/flink-resources-tests/closed-{flow.Job.Name}";
        using var client = new HttpClient();
        var answer = await client.PutAsync(new Uri($"{Clusters.Require("TESTBED_WEBHDFS").TrimEnd('/')}{path}?op=MKDIRS&permission=700&user.name=root"), null, MoveFlow.Cancellation);
        answer.EnsureSuccessStatusCode();
        return $"{Clusters.Hdfs}{path}";
    }

    /// <summary>A run that was killed may have left its own.</summary>
    private static bool IsOfThisRun(DateTime? created)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return created?.ToUniversalTime() >= process.StartTime.ToUniversalTime().AddSeconds(-1);
    }

    private static async Task AssertNothingLeftAsync(MoveFlow flow)
    {
        await Flow.PollAsync(static async () =>
        {
            var pods = await Cluster.Client.CoreV1.ListNamespacedPodAsync("default", labelSelector: "app.kubernetes.io/component=directory-probe", cancellationToken: MoveFlow.Cancellation);
            var maps = await Cluster.Client.CoreV1.ListNamespacedConfigMapAsync("default", labelSelector: "app.kubernetes.io/component=directory-probe", cancellationToken: MoveFlow.Cancellation);
            return !pods.Items.Select(static p => p.Metadata).Concat(maps.Items.Select(static m => m.Metadata)).Any(static o => IsOfThisRun(o.CreationTimestamp));
        });
        var snapshot = await flow.Yarn.GetSnapshotAsync(TimeSpan.Zero, MoveFlow.Cancellation);
        Assert.DoesNotContain(snapshot.Applications.Items, static a => a.Name.Contains($"directory-probe test-{Clusters.Run}", StringComparison.Ordinal) && a.State != ApplicationState.Finished);
    }
}
