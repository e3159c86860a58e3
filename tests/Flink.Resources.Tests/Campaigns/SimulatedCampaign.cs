using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Flink.Resources.Migration;
using Flink.Resources.Planning;
using Flink.Resources.Simulation;

namespace Flink.Resources.Campaigns;

/// <summary>Jobs on one simulated cluster that are moved to another, with a count of what is under way that is not the engine's own.</summary>
internal sealed class SimulatedCampaign
{
    public const string Yarn = "yarn-east";
    public const string Kubernetes = "k8s-east";
    private readonly Dictionary<JobKey, PreparedApplication> _sources = [];

    public SimulatedCampaign(int jobs, SimulatedFleet? fleet = null, long seed = 1, Func<FleetJob, FleetJob>? change = null)
    {
        Fleet = fleet ?? new SimulatedFleet(new SimulatedFleetOptions { Seed = seed, Backends = Backends(nodes: 20 + (jobs / 20)), EventsKept = 1000 });
        Journal = new MemoryJournal(Fleet.TimeProvider);
        Catalog = new FleetCatalog([.. Fleet.Names.Select(n => Fleet.Backend(n))]);
        Jobs = [.. Enumerable.Range(0, jobs).Select(i => (change ?? (static j => j))(JobOf(i)))];
    }

    public SimulatedFleet Fleet { get; }

    public MemoryJournal Journal { get; }

    public IBackendCatalog Catalog { get; }

    public ImmutableArray<FleetJob> Jobs { get; }

    public MoveOptions MoveOptions { get; set; } = new()
    {
        Soak = TimeSpan.FromSeconds(30),
        Baseline = TimeSpan.Zero,
        PollInterval = TimeSpan.FromSeconds(1),
        Sinks = ImmutableSortedDictionary<string, SinkClass>.Empty.Add("orders", SinkClass.Transactional),
    };

    /// <summary>Limits that a few jobs do not reach; no abort rule but those that a test is about.</summary>
    public static CampaignOptions Wide { get; } = new()
    {
        Limits = new StartLimits
        {
            InFlight = 50, InFlightPerQueue = 50, InFlightPerTeam = 50, InFlightPerSource = 50, InFlightPerTarget = 50, ImportantInFlight = 50,
            Soaking = 1000, PodsPerSecond = 1000, SavepointBytesPerSecond = 1e12,
        },
        Abort = new AbortOptions { WaveFailures = 1000, CampaignFailureShare = 1, SameSignature = 1000, ImportantPauses = 1000, ImportantStops = 1000 },
        PollInterval = TimeSpan.FromSeconds(5),
    };

    public static ImmutableArray<SimulatedBackendOptions> Backends(int nodes = 20) =>
    [
        new() { Name = Yarn, Kind = BackendKind.Yarn, Nodes = nodes },
        new() { Name = Kubernetes, Kind = BackendKind.Kubernetes, Nodes = nodes },
    ];

    public static JobKey Key(int i) => JobKey.Parse(string.Create(CultureInfo.InvariantCulture, $"team{i % 20}/job{i:00000}"));

    /// <summary>One process: campaigns, and the moves they are made of.</summary>
    public FleetCampaigns New(string owner = "one", IJournal? journal = null, Func<IMigrations, IMigrations>? wrap = null, CampaignSenses? senses = null)
    {
        var situations = new CampaignSituations();
        IMigrations migrations = new Migrations(journal ?? Journal, Catalog, Fleet.TimeProvider, null, situations) { Owner = owner };
        return new FleetCampaigns(journal ?? Journal, wrap?.Invoke(migrations) ?? migrations, Catalog, Fleet.TimeProvider, situations, owner, senses);
    }

    public Migrations Moves(string owner = "looker") => new(Journal, Catalog, Fleet.TimeProvider) { Owner = owner };

    public async Task StartAsync(CancellationToken ct)
    {
        await Task.WhenAll(Jobs.Select(j => StartAsync(j, ct)));
        await Fleet.RunAsync(TimeSpan.FromMinutes(3), ct);
    }

    public ApplicationHandle SourceOf(JobKey job) => _sources[job].Application;

    public static ApplicationSpec SpecOf(FleetJob job) => MigrationCases.Spec with
    {
        Job = job.Job,
        Queue = job.Source.Queue,
        Priority = job.Priority,
        FlinkVersion = job.FlinkVersion,
        Configuration = ImmutableSortedDictionary<string, string>.Empty.Add("execution.checkpointing.interval", "10s"),
    };

    public MoveRequest MoveOf(FleetJob job) => new()
    {
        Job = job.Job,
        Source = new CopyRef(_sources[job.Job].Application),
        SourceSpec = SpecOf(job),
        TargetBackend = job.Target.Backend,
        TargetSpec = SpecOf(job),
        SnapshotDirectory = "hdfs://sim/savepoints",
        Options = MoveOptions,
    };

    public CampaignRequest Request(CampaignOptions? options = null, int perWave = 50, Func<int, PlanStage>? stage = null, Func<int, bool>? needsApproval = null, string name = "east") => new()
    {
        Name = name,
        Plan = new MigrationPlan
        {
            Waves =
            [
                .. Jobs.Chunk(perWave).Select((w, i) => new PlannedWave
                {
                    Number = i + 1,
                    Stage = stage?.Invoke(i) ?? PlanStage.Rest,
                    NeedsApproval = needsApproval?.Invoke(i) ?? false,
                    Moves = [.. w.Select(static j => new Planning.PlannedMove(j, j.Source, j.Target, "in order"))],
                }),
            ],
        },
        Moves = Jobs.ToImmutableDictionary(static j => j.Job, MoveOf),
        Options = options ?? Wide,
    };

    /// <summary>What is wrong with the jobs in the end; null when nothing is: one copy each, where it should be, and every record once.</summary>
    public string? Verdict(Func<JobKey, string> place)
    {
        foreach (var job in Jobs)
        {
            var copies = Fleet.LiveCopies(job.Job);
            var account = Fleet.Account(job.Job);
            if (copies is not [{ ProcessesRecords: true } one] || one.Copy.Application.Backend != place(job.Job) || account is not { Lost: 0, Duplicated: 0, StartsFromNothing: 0 })
            {
                return $"{job.Job}: {string.Join(" | ", copies.Select(static c => $"{c.Copy.Application} {c.Why}"))}; {account}";
            }
        }
        return null;
    }

    private static FleetJob JobOf(int i) => new()
    {
        Job = Key(i),
        Kind = JobKind.Streaming,
        Priority = new JobPriority(1 + (i % 5)),
        Source = new Placement(Yarn, string.Create(CultureInfo.InvariantCulture, $"root.q{i % 4}")),
        Target = new Placement(Kubernetes, string.Create(CultureInfo.InvariantCulture, $"root.q{i % 4}")),
        Need = new JobNeed(
            new ResourceAmount(MigrationCases.Spec.JobManager.Memory, 1000), new ResourceAmount(MigrationCases.Spec.TaskManager.Memory, 1000), 1),
        FlinkVersion = "1.20",
        StateBackend = "rocksdb",
        StateBytes = 50 << 20,
        Sinks = [SinkClass.Transactional],
        InputRate = 2000,
        MaximumRate = 20_000,
        ExpectedDowntime = TimeSpan.FromMinutes(1),
        ExpectedDuration = TimeSpan.FromMinutes(2),
        SavepointBytesPerSecond = 1e6,
    };

    private async Task StartAsync(FleetJob job, CancellationToken ct)
    {
        var backend = Fleet.Backend(job.Source.Backend);
        var prepared = Assert.IsType<PrepareOutcome.Prepared>(await backend.PrepareAsync(new Fence(job.Job, 1), SpecOf(job), ct)).Application;
        Assert.IsType<StartOutcome.Accepted>(await backend.StartAsync(prepared, RestorePoint.None, ct));
        _sources[job.Job] = prepared;
    }

    private sealed class FleetCatalog(ImmutableArray<IResourceBackend> backends) : IBackendCatalog
    {
        public ImmutableArray<IResourceBackend> Backends => backends;

        public bool TryGet(string name, [NotNullWhen(true)] out IResourceBackend? backend) =>
            (backend = backends.FirstOrDefault(b => b.Info.Name == name)) is not null;

        public IResourceBackend GetRequired(string name) => TryGet(name, out var backend) ? backend : throw new KeyNotFoundException(name);
    }
}

/// <summary>Counts what is under way by what the moves themselves say.</summary>
internal sealed class Counting(IMigrations inner, SimulatedCampaign campaign) : IMigrations
{
    private readonly Dictionary<JobKey, FleetJob> _jobs = campaign.Jobs.ToDictionary(static j => j.Job);
    private readonly Dictionary<string, (JobKey Job, bool Soaks)> _open = new(StringComparer.Ordinal);
    private int _watched;

    /// <summary>The most of each kind that were under way at once, between their writing and the moment when they are watched.</summary>
    public Dictionary<string, int> Most { get; } = new(StringComparer.Ordinal);

    /// <summary>The order in which moves were written.</summary>
    public List<JobKey> Written { get; } = [];

    public async Task<string> CreateAsync(MoveRequest request, CancellationToken cancellationToken = default)
    {
        var id = await inner.CreateAsync(request, cancellationToken);
        Written.Add(request.Job);
        _open[id] = (request.Job, false);
        Count();
        return id;
    }

    public async Task<MigrationRun> RunAsync(string run, IProgress<MigrationRun>? progress = null, CancellationToken cancellationToken = default) =>
        Seen(await inner.RunAsync(run, new Both(this, progress), cancellationToken));

    public Task<MigrationRun?> FindAsync(string run, CancellationToken cancellationToken = default) => inner.FindAsync(run, cancellationToken);

    public Task<string?> FindUnfinishedAsync(JobKey job, CancellationToken cancellationToken = default) => inner.FindUnfinishedAsync(job, cancellationToken);

    public Task<string?> RequestAsync(string run, MigrationRequest request, string by, string? reason = null, CancellationToken cancellationToken = default) =>
        inner.RequestAsync(run, request, by, reason, cancellationToken);

    private MigrationRun Seen(MigrationRun run)
    {
        _watched -= _open.Remove(run.Id, out var before) && before.Soaks ? 1 : 0;
        if (!run.IsFinal)
        {
            var soaks = run.State == MigrationState.Soaking;
            _open[run.Id] = (run.Request.Job, soaks);
            _watched += soaks ? 1 : 0;
            Most["watched"] = Math.Max(Most.GetValueOrDefault("watched"), _watched);
        }
        return run;
    }

    private void Count()
    {
        var flying = _open.Values.Where(static o => !o.Soaks).Select(o => _jobs[o.Job]).ToList();
        Most["all"] = Math.Max(Most.GetValueOrDefault("all"), flying.Count);
        foreach (var (kind, name) in new (string, Func<FleetJob, string>)[]
        {
            ("queue", static j => j.Source.Queue), ("team", static j => j.Job.Team), ("source", static j => j.Source.Backend), ("target", static j => j.Target.Backend),
        })
        {
            Most[kind] = Math.Max(Most.GetValueOrDefault(kind), flying.CountBy(name, StringComparer.Ordinal).Select(static p => p.Value).DefaultIfEmpty().Max());
        }
    }

    private sealed class Both(Counting counting, IProgress<MigrationRun>? other) : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value)
        {
            counting.Seen(value);
            other?.Report(value);
        }
    }
}

/// <summary>Hands each report on at once.</summary>
internal sealed class Reports(Action<CampaignReport> told) : IProgress<CampaignReport>
{
    public void Report(CampaignReport value) => told(value);
}
