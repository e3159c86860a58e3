using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Flink.Resources.Migration;

namespace Flink.Resources.Fleet;

/// <summary>How many containers a plan takes to know whether jobs can use their directories.</summary>
public sealed class DirectoryGroupTests
{
    private const string Fresh = "    start: fresh\n";
    private static readonly string OnYarn = FleetBench.Text(static _ => "yarn-east", static _ => Fresh);

    [Fact]
    public Task PlanAndApply_DirectoriesOfOneRoot_TakeOneContainerEach() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        await bench.Open(OnYarn).ApplyAsync(null, null, ct);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        var text = FleetBench.Text(static _ => "k8s-east", static _ => Fresh);
        var probes = new ConcurrentQueue<DirectoryProbeRequest>();

        var plan = await bench.Open(text, b => new Counted(b, probes)).PlanAsync(null, ct);

        Assert.All(plan.Jobs, static j => Assert.Equal(ApplyAction.Move, j.Action));
        Assert.StartsWith("e03-", Assert.Single(probes).Name, StringComparison.Ordinal);

        probes.Clear();
        await bench.Open(text, b => new Counted(b, probes)).PlanAsync(new ApplyOptions { Limit = 3 }, ct);
        Assert.Single(probes);

        probes.Clear();
        var applied = await bench.Open(text, b => new Counted(b, probes)).ApplyAsync(null, null, ct);
        Assert.True(applied.Exit == FleetExit.Ok, FleetJson.Write(applied));
        Assert.Single(probes, static p => p.Name.StartsWith("e03-", StringComparison.Ordinal));
        // Each move tries its own before it stops its source.
        Assert.Equal(6, probes.Where(static p => !p.Name.StartsWith("e03-", StringComparison.Ordinal)).Select(static p => p.Directory).Distinct().Count());
    });

    /// <summary>The other one's directory was believed to be usable; the move finds that it is not.</summary>
    [Fact]
    public Task Apply_AnotherDirectoryThanTheOneTried_IsTriedBeforeTheStop() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        await bench.Open(OnYarn).ApplyAsync(null, null, ct);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        bench.Fleet.FailDirectoryProbe("hdfs://sim/flink/team4/job4", "k8s-east", DirectoryProbeStep.Write);
        var copy = Assert.Single(bench.Fleet.LiveCopies(FleetBench.Jobs[4])).Copy;

        var applied = await bench.Open(FleetBench.Text(static _ => "k8s-east", static _ => Fresh)).ApplyAsync(null, null, ct);

        Assert.Equal(FleetExit.LeftAlone, applied.Exit);
        Assert.Contains("Write", applied.Jobs[4].Reason, StringComparison.Ordinal);
        Assert.Equal(copy, Assert.Single(bench.Fleet.LiveCopies(FleetBench.Jobs[4])).Copy);
        Assert.Equal(["k8s-east", "k8s-east", "k8s-east", "k8s-east", "yarn-east", "k8s-east"], bench.Places());
    });

    [Theory]
    [InlineData("", 1)]
    [InlineData("    flink: {execution.checkpointing.interval: 7s, state.backend.type: rocksdb, taskmanager.memory.managed.size: 64m}\n", 1)]
    [InlineData("    parallelism: 1\n    args: [--other]\n    queue: root.other\n", 1)]
    [InlineData("    flink: {fs.s3.region: other}\n", 2)]
    [InlineData("    env: {HADOOP_USER_NAME: other}\n", 2)]
    [InlineData("    secrets: {KEY: other}\n", 2)]
    [InlineData("    zone: other\n", 2)]
    [InlineData("    runtime: f119\n", 2)]
    [InlineData("    snapshots: hdfs://sim/own/{job}\n", 2)]
    [InlineData("    queue: root.apart.deeper\n", 2)]
    public void Group_IsOfWhatReachingStorageDependsOn(string more, int groups)
    {
        var document = Texts.Document(Kubernetes(more));
        var of = document.Jobs.Values.Select(e => DirectoryGroups.Of(document, new MoveRequest
        {
            Job = e.Job, Source = null!, SourceSpec = document.SpecFor(e.Job, "k8s-east"), TargetBackend = "k8s-east", TargetSpec = document.SpecFor(e.Job, "k8s-east"), SnapshotDirectory = e.SnapshotDirectory,
        }));

        Assert.Equal(groups, of.Distinct(StringComparer.Ordinal).Count());
    }

    private static string Kubernetes(string more) => """
        journal: sqlite:fleet.db
        clusters:
          k8s-east: {kind: kubernetes, context: east, namespace: flink, serviceAccount: flink, highAvailability: 'hdfs://sim/ha', zones: {other: {} }}
        runtimes:
          f120: {version: 1.20.5, image: 'registry/flink@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'}
          f119: {version: 1.19.1, image: 'registry/flink@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'}
        queues:
          root.q0: {}
          root.other: {k8s-east: {namespace: flink} }
          root.apart: {k8s-east: {namespace: apart} }
        defaults: {runtime: f120, queue: root.q0, snapshots: 'hdfs://sim/flink/{job}', parallelism: 2}
        jobs:
          ads/clicks: {cluster: k8s-east, jar: 'hdfs://sim/a.jar'}
          web/views:
            cluster: k8s-east
            jar: hdfs://sim/b.jar

        """.ReplaceLineEndings("\n") + more;

    /// <summary>Keeps what is tried.</summary>
    private sealed class Counted(IResourceBackend inner, ConcurrentQueue<DirectoryProbeRequest> probes) : BackendDecorator(inner), IDirectoryProbe
    {
        public override bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
            where T : class => (feature = typeof(T) == typeof(IDirectoryProbe) ? this as T : null) is not null || base.TryGetFeature(out feature);

        public Task<DirectoryProbeOutcome> ProbeAsync(DirectoryProbeRequest request, CancellationToken cancellationToken = default)
        {
            probes.Enqueue(request);
            return base.TryGetFeature<IDirectoryProbe>(out var probe) ? probe.ProbeAsync(request, cancellationToken) : throw new InvalidOperationException();
        }
    }
}
