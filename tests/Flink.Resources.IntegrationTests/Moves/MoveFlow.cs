using Flink.Resources.Kubernetes;
using Flink.Resources.Yarn;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flink.Resources.Integration;

/// <summary>One job on its way between the two real clusters.</summary>
internal sealed class MoveFlow : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public MoveFlow(string name, IJournal? journal = null, Action<KubernetesOptions>? kubernetes = null, Action<YarnOptions>? yarn = null, ILoggerFactory? logs = null)
    {
        Job = JobKey.Parse($"moves/{name}-{Clusters.Run}");
        Journal = journal ?? new MemoryJournal(TimeProvider.System);
        _services = Backends.Both(name, Journal, yarn, kubernetes, logs);
        Catalog = _services.GetRequiredService<IBackendCatalog>();
        Adoption = _services.GetRequiredService<IAdoption>();
        Migrations = _services.GetRequiredService<IMigrations>();
        OnYarn = TestJobs.KeyedCounter(TestJobs.OnYarn(Job), rate: 2000, keys: 1000, stateBytes: 50_000);
        OnKubernetes = TestJobs.KeyedCounter(TestJobs.OnKubernetes(Job), rate: 2000, keys: 1000, stateBytes: 50_000);
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public JobKey Job { get; }

    public IJournal Journal { get; }

    public IBackendCatalog Catalog { get; }

    public IMigrations Migrations { get; }

    public IAdoption Adoption { get; }

    public IResourceBackend Yarn => Catalog.GetRequired("yarn-east");

    public IResourceBackend Kubernetes => Catalog.GetRequired("k8s-east");

    public ApplicationSpec OnYarn { get; init; }

    public ApplicationSpec OnKubernetes { get; init; }

    /// <summary>
    /// Starts the job and waits until its state is there. A JobManager of a busy machine may be late for its ResourceManager; nothing ran
    /// then, and the next epoch is started.
    /// </summary>
    public static async Task<ApplicationHandle> StartAsync(IResourceBackend backend, ApplicationSpec spec)
    {
        var flow = new Flow(backend);
        for (var epoch = 1; ; epoch++)
        {
            var prepared = await flow.StartAsync(spec, epoch);
            var report = await flow.ReportAsync(prepared, static r => r.State is ApplicationState.Running or ApplicationState.Finished);
            if (report.State == ApplicationState.Running)
            {
                await FullAsync(await flow.RunningAsync(prepared));
                return prepared.Application;
            }
            Assert.True(epoch < 3 && report.Diagnostics!.Contains("timed out", StringComparison.Ordinal), report.Diagnostics);
        }
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

    public Task<MigrationRun> MoveAsync(MoveRequest request, Action<MigrationRun>? during = null) => MoveAsync(Migrations, request, during);

    /// <summary>Moves; <paramref name="during"/> sees each new state before anything is done in it.</summary>
    public static async Task<MigrationRun> MoveAsync(IMigrations migrations, MoveRequest request, Action<MigrationRun>? during = null)
    {
        var id = await migrations.CreateAsync(request, Cancellation);
        var run = await migrations.RunAsync(id, new Said(during), Cancellation);
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

    public async ValueTask DisposeAsync()
    {
        await Flow.CleanAsync(Catalog, Job);
        await _services.DisposeAsync();
    }

    private sealed class Said(Action<MigrationRun>? during) : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.f} {value.State} {value.Reason}");
            during?.Invoke(value);
        }
    }
}
