using Flink.Resources.Kubernetes;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Integration;

/// <summary>One job on its way between the two real clusters.</summary>
internal sealed class MoveFlow : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public MoveFlow(string name, IJournal? journal = null, Action<KubernetesOptions>? kubernetes = null)
    {
        Job = JobKey.Parse($"moves/{name}-{Clusters.Run}");
        Journal = journal ?? new MemoryJournal(TimeProvider.System);
        _services = Backends.Both(name, Journal, kubernetes: kubernetes);
        Catalog = _services.GetRequiredService<IBackendCatalog>();
        Migrations = _services.GetRequiredService<IMigrations>();
        OnYarn = TestJobs.KeyedCounter(TestJobs.OnYarn(Job), rate: 2000, keys: 1000, stateBytes: 50_000);
        OnKubernetes = TestJobs.KeyedCounter(TestJobs.OnKubernetes(Job), rate: 2000, keys: 1000, stateBytes: 50_000);
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public JobKey Job { get; }

    public IJournal Journal { get; }

    public IBackendCatalog Catalog { get; }

    public IMigrations Migrations { get; }

    public IResourceBackend Yarn => Catalog.GetRequired("yarn-east");

    public IResourceBackend Kubernetes => Catalog.GetRequired("k8s-east");

    public ApplicationSpec OnYarn { get; init; }

    public ApplicationSpec OnKubernetes { get; init; }

    /// <summary>Starts the job and waits until its state is there.</summary>
    public static async Task<ApplicationHandle> StartAsync(IResourceBackend backend, ApplicationSpec spec)
    {
        var flow = new Flow(backend);
        var prepared = await flow.StartAsync(spec);
        await FullAsync(await flow.RunningAsync(prepared));
        return prepared.Application;
    }

    public MoveRequest Request(ApplicationHandle source, bool toKubernetes, Func<MoveRequest, MoveRequest>? change = null)
    {
        var request = new MoveRequest
        {
            Job = Job,
            Source = new CopyRef(source),
            SourceSpec = toKubernetes ? OnYarn : OnKubernetes,
            TargetBackend = toKubernetes ? "k8s-east" : "yarn-east",
            TargetSpec = toKubernetes ? OnKubernetes : OnYarn,
            SnapshotDirectory = TestJobs.SnapshotDirectory,
            Options = new MoveOptions { Soak = TimeSpan.FromSeconds(3) },
        };
        return change?.Invoke(request) ?? request;
    }

    public Task<MigrationRun> MoveAsync(MoveRequest request) => MoveAsync(Migrations, request);

    public static async Task<MigrationRun> MoveAsync(IMigrations migrations, MoveRequest request)
    {
        var id = await migrations.CreateAsync(request, Cancellation);
        var run = await migrations.RunAsync(id, new Said(), Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{run.State} after {string.Join(", ", run.Timeline.Select(t => $"{t.State} {(t.At - run.Timeline[0].At).TotalSeconds:0.0}"))}; no copy for {run.Downtime?.TotalSeconds:0.0} s; {run.Reason}");
        return run;
    }

    public Task VerifyAsync() => Clusters.VerifyAsync(TestJobs.OutputOf(Job), Cancellation);

    /// <summary>Each key carries its bytes once it has been seen: after a completed checkpoint of that size.</summary>
    public static async Task FullAsync(IFlinkCluster cluster)
    {
        var job = Assert.Single(await cluster.GetJobsAsync(Cancellation)).Id;
        await Flow.PollAsync(async () => (await cluster.FindCheckpointsAsync(job, Cancellation))
            .Match(static c => c.LatestCompleted is { } latest && latest.StateBytes >= 40_000_000, static _ => false, static _ => false));
    }

    /// <summary>Removes what is left of the job on both clusters, and its fences.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var backend in Catalog.Backends)
        {
            Assert.True(backend.TryGetFeature<IFenceRegistry>(out var registry));
            var flow = new Flow(backend);
            foreach (var fence in (await registry.FindFencesAsync(Job, Cancellation)).Match(static f => f, static _ => [], static _ => []))
            {
                await flow.CleanAsync(new PreparedApplication { Fence = fence.Fence, Application = fence.Application, Payload = string.Empty });
            }
        }
        await _services.DisposeAsync();
    }

    private sealed class Said : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value) => TestContext.Current.TestOutputHelper?.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.f} {value.State} {value.Reason}");
    }
}
