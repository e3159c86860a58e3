using System.Collections.Immutable;
using System.Globalization;
using Flink.Resources;
using Flink.Resources.Planning;
using Flink.Resources.Simulation;

namespace FleetMigration.Demo;

/// <summary>The fleet of the demo: what runs where, how it behaves, and what will go wrong.</summary>
internal sealed class DemoFleet
{
    public const string Source = "yarn-east";
    public const string Target = "k8s-east";

    /// <summary>Its first savepoint fails; the second one is written, and the move goes on.</summary>
    public static readonly JobKey SavepointFailsOnce = JobKey.Parse("ads/click-join-03");

    /// <summary>Nobody built an image of its Flink version for the target: it waits in vain and goes back.</summary>
    public static readonly JobKey ImageMissing = JobKey.Parse("search/index-feed-07");

    /// <summary>Soon after its move it gets half as much done as comes in: it runs, checkpoints, never restarts, and falls behind.</summary>
    public static readonly JobKey FallsBehind = JobKey.Parse("feed/ranking-12");

    /// <summary>One of its TaskManagers is larger than any node of the target: the planner leaves it where it is.</summary>
    public static readonly JobKey TooLarge = JobKey.Parse("reports/yearly-cube-01");

    private const string OldVersion = "1.17";

    private bool _hasSlowed;

    private static readonly (string Queue, string Team, int Jobs, string[] Kinds)[] Queues =
    [
        ("root.realtime.ads", "ads", 48, ["click-join", "impressions", "budget", "attribution"]),
        ("root.realtime.search", "search", 34, ["index-feed", "query-log", "suggest"]),
        ("root.realtime.feed", "feed", 40, ["ranking", "sessions", "dedupe"]),
        ("root.nearline.etl", "etl", 36, ["orders-lake", "users-lake", "events-lake"]),
        ("root.nearline.risk", "risk", 24, ["scoring", "device-graph"]),
        ("root.offline.reports", "reports", 18, ["hourly-cube", "yearly-cube"]),
    ];

    public DemoFleet(long seed)
    {
        Fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Seed = seed,
            Backends =
            [
                new() { Name = Source, Kind = BackendKind.Yarn, Nodes = 24, NodeMemory = MemorySize.FromMebibytes(512 << 10), CheckpointInterval = TimeSpan.FromSeconds(30) },
                new() { Name = Target, Kind = BackendKind.Kubernetes, Nodes = 24, CheckpointInterval = TimeSpan.FromSeconds(30), MissingImages = [OldVersion] },
            ],
        });
        // The jobs' sizes are the seed's as well.
        var random = new Random(unchecked((int)seed));
        Jobs = [.. Queues.SelectMany(q => Enumerable.Range(0, q.Jobs).Select(i => Describe(q.Queue, q.Team, q.Kinds[i % q.Kinds.Length], (i / q.Kinds.Length) + 1, random)))];
        foreach (var job in Jobs)
        {
            Fleet.Describe(job.Key, job.Behaviour);
        }
    }

    public SimulatedFleet Fleet { get; }

    public ImmutableArray<DemoJob> Jobs { get; }

    /// <summary>What happens to the clusters while jobs move.</summary>
    public async Task AccidentsAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMinutes(50), Fleet.TimeProvider, cancellationToken).ConfigureAwait(true);
        Fleet.GoAway(Target, TimeSpan.FromMinutes(3));
    }

    /// <summary>What happens to jobs on their way.</summary>
    public void AccidentsOnTheWay(CampaignReport report)
    {
        if (!_hasSlowed && report.Jobs.Any(static j => j.Job == FallsBehind && j.State == CampaignJobState.Soaking))
        {
            _hasSlowed = true;
            var job = Jobs.Single(static j => j.Key == FallsBehind);
            Fleet.Describe(FallsBehind, Target, job.Behaviour with { CapacityPerSubtask = job.Behaviour.RecordsPerSecond * 0.5 / job.Spec.Parallelism });
        }
    }

    private static DemoJob Describe(string queue, string team, string kind, int number, Random random)
    {
        var key = JobKey.Parse(string.Create(CultureInfo.InvariantCulture, $"{team}/{kind}-{number:00}"));
        var parallelism = 1 << random.Next(0, 4);
        var sink = random.Next(3) switch { 0 => SinkClass.Idempotent, 1 => SinkClass.Append, _ => SinkClass.Transactional };
        var behaviour = new SimulatedJob
        {
            RecordsPerSecond = random.Next(200, 6_000) * parallelism,
            Sink = sink,
            State = MemorySize.FromMebibytes(1L << random.Next(3, 12)),
            CheckpointDuration = TimeSpan.FromMilliseconds(random.Next(200, 4_000)),
            GarbageCollection = random.Next(1, 6) / 100.0,
            SavepointFailures = key == SavepointFailsOnce ? 1 : 0,
        };
        var spec = new ApplicationSpec
        {
            Job = key,
            Kind = JobKind.Streaming,
            Queue = queue,
            Priority = new Tier(random.Next(3, 10)).ToPriority(),
            FlinkVersion = key == ImageMissing ? OldVersion : "1.20",
            Jar = new ArtifactRef($"hdfs://sim/jobs/{team}.jar"),
            Parallelism = parallelism,
            JobManager = new ContainerResources { CpuMillicores = 1_000, Memory = MemorySize.FromMebibytes(1_600) },
            TaskManager = new TaskManagerResources
            {
                CpuMillicores = 1_000,
                Memory = MemorySize.FromMebibytes(key == TooLarge ? 300 << 10 : 4_096),
                Slots = 2,
            },
        };
        // Every fifth job feeds the one after it: those two never move together.
        return new DemoJob(key, spec, behaviour, number % 5 == 1 && number > 1 ? Between(number - 1) : null, number % 5 == 0 ? Between(number) : null);

        string Between(int from) => string.Create(CultureInfo.InvariantCulture, $"{team}.{kind}.{from:00}");
    }
}

/// <summary>One job of the demo.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Spec">What starts it, on either cluster.</param>
/// <param name="Behaviour">How it behaves.</param>
/// <param name="Reads">The topic of another job that it reads; null when there is none.</param>
/// <param name="Writes">The topic that another job reads; null when there is none.</param>
internal sealed record DemoJob(JobKey Key, ApplicationSpec Spec, SimulatedJob Behaviour, string? Reads, string? Writes)
{
    /// <summary>What a planner knows of it.</summary>
    public FleetJob ToPlan() => new()
    {
        Job = Key,
        Kind = Spec.Kind,
        Priority = Spec.Priority!.Value,
        Source = new Placement(DemoFleet.Source, Spec.Queue),
        Target = new Placement(DemoFleet.Target, Spec.Queue),
        Need = new JobNeed(
            new ResourceAmount(Spec.JobManager.Memory, Spec.JobManager.CpuMillicores),
            new ResourceAmount(Spec.TaskManager.Memory, Spec.TaskManager.CpuMillicores),
            (Spec.Parallelism + Spec.TaskManager.Slots - 1) / Spec.TaskManager.Slots),
        StateBytes = Behaviour.State.Bytes,
        FlinkVersion = Spec.FlinkVersion,
        Sinks = [Behaviour.Sink],
        Reads = Reads is null ? [] : [Reads],
        Writes = Writes is null ? [] : [Writes],
        InputRate = Behaviour.RecordsPerSecond,
    };

    /// <summary>How it moves.</summary>
    /// <param name="source">The application that runs it.</param>
    public MoveRequest ToMove(ApplicationHandle source) => new()
    {
        Job = Key,
        Source = new CopyRef(source),
        SourceSpec = Spec,
        TargetBackend = DemoFleet.Target,
        TargetSpec = Spec,
        SnapshotDirectory = "hdfs://sim/savepoints",
        Options = new MoveOptions
        {
            Sinks = ImmutableSortedDictionary<string, SinkClass>.Empty.Add("out", Behaviour.Sink),
            Baseline = TimeSpan.FromMinutes(5),
            Soak = TimeSpan.FromMinutes(10),
            OnUnhealthy = Flink.Resources.Health.OnUnhealthy.RollBack,
            PollInterval = TimeSpan.FromSeconds(1),
        },
    };
}
