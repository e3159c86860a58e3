using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flink.Resources.Planning;
using Flink.Resources.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Benchmarks;

/// <summary>A campaign of 10,000 simulated jobs from YARN to Kubernetes, whole: plan, waves, every move to its commit. Each job is counted in the end.</summary>
internal static class SimulateBenchmark
{
    private const string Yarn = "yarn-east";
    private const string Kubernetes = "k8s-east";
    private const int Jobs = 10_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = args is [var text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : 3;
        var times = new List<double>();
        var calls = 0L;
        for (var round = 0; round < rounds; round++)
        {
            var clock = Stopwatch.GetTimestamp();
            (calls, var virtualTime) = await RoundAsync(round).ConfigureAwait(false);
            times.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: {times[^1]:F2} s for {virtualTime:c} of virtual time, {calls} calls, {GC.GetTotalMemory(true) >> 20} MiB"));
        }
        times.Sort();
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["benchmark"] = "simulate",
            ["unit"] = "s",
            ["ours"] = new Dictionary<string, double>(StringComparer.Ordinal) { ["min"] = times[0], ["median"] = times[rounds / 2], ["max"] = times[^1] },
            ["jobs"] = Jobs,
            ["calls"] = calls,
            ["cpuPerRound"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds / rounds,
            ["rssMiB"] = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
        }));
        return 0;
    }

    private static async Task<(long Calls, TimeSpan Virtual)> RoundAsync(int seed)
    {
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Seed = seed,
            Backends = [new() { Name = Yarn, Kind = BackendKind.Yarn, Nodes = 500 }, new() { Name = Kubernetes, Kind = BackendKind.Kubernetes, Nodes = 500 }],
            EventsKept = 1000,
        });
        var services = new ServiceCollection();
        services.AddFlinkResources().AddSimulation(fleet);
        services.AddSingleton<IJournal>(new MemoryJournal(fleet.TimeProvider));
        await using var provider = services.BuildServiceProvider();
        var campaigns = provider.GetRequiredService<ICampaigns>();
        var took = TimeSpan.Zero;
        await fleet.RunAsync(async ct =>
        {
            var moves = (await Task.WhenAll(Enumerable.Range(0, Jobs).Select(i => StartAsync(fleet, i, ct))).ConfigureAwait(false)).ToImmutableDictionary(static m => m.Job);
            await fleet.RunAsync(TimeSpan.FromMinutes(3), ct).ConfigureAwait(false);
            var began = fleet.TimeProvider.GetUtcNow();
            var id = await campaigns.CreateAsync(RequestOf(moves), ct).ConfigureAwait(false);
            var report = await campaigns.RunAsync(id, null, ct).ConfigureAwait(false);
            took = fleet.TimeProvider.GetUtcNow() - began;
            var left = report.Jobs.Count(static j => j.State != CampaignJobState.Committed);
            if (left > 0)
            {
                throw new InvalidOperationException($"{left} jobs did not move.");
            }
        }).ConfigureAwait(false);
        var wrong = Enumerable.Range(0, Jobs).Count(i => fleet.Account(Key(i)) is not { Lost: 0, Duplicated: 0, StartsFromNothing: 0 }
            || fleet.LiveCopies(Key(i)) is not [{ ProcessesRecords: true } one] || one.Copy.Application.Backend != Kubernetes);
        return wrong == 0 ? (fleet.Calls, took) : throw new InvalidOperationException($"{wrong} jobs did not move as they should.");
    }

    private static CampaignRequest RequestOf(ImmutableDictionary<JobKey, MoveRequest> moves) => new()
    {
        Name = "simulate",
        Plan = new MigrationPlan
        {
            Waves =
            [
                .. Enumerable.Range(0, Jobs).Chunk(1000).Select(static (wave, i) => new PlannedWave
                {
                    Number = i + 1,
                    Stage = PlanStage.Rest,
                    Moves = [.. wave.Select(static j => new PlannedMove(JobOf(j), JobOf(j).Source, JobOf(j).Target, "in order"))],
                }),
            ],
        },
        Moves = moves,
        Options = new CampaignOptions
        {
            Limits = new StartLimits
            {
                InFlight = 300, InFlightPerQueue = 50, InFlightPerTeam = 50, InFlightPerSource = 300, InFlightPerTarget = 300, ImportantInFlight = 50,
                Soaking = 2000, PodsPerSecond = 1000, SavepointBytesPerSecond = 1e12,
            },
            PollInterval = TimeSpan.FromSeconds(15),
            ControlPlaneInterval = TimeSpan.FromMinutes(1),
            SnapshotAge = TimeSpan.FromMinutes(2),
        },
    };

    private static async Task<MoveRequest> StartAsync(SimulatedFleet fleet, int i, CancellationToken ct)
    {
        var (job, spec) = (Key(i), SpecOf(i));
        var prepared = (PrepareOutcome.Prepared)await fleet.Backend(Yarn).PrepareAsync(new Fence(job, 1), spec, ct).ConfigureAwait(false);
        await fleet.Backend(Yarn).StartAsync(prepared.Application, RestorePoint.None, ct).ConfigureAwait(false);
        return new MoveRequest
        {
            Job = job,
            Source = new CopyRef(prepared.Application.Application),
            SourceSpec = spec,
            TargetBackend = Kubernetes,
            TargetSpec = spec,
            SnapshotDirectory = "hdfs://sim/savepoints",
            Options = new MoveOptions
            {
                Soak = TimeSpan.FromMinutes(2),
                Baseline = TimeSpan.Zero,
                PollInterval = TimeSpan.FromSeconds(10),
                Sinks = ImmutableSortedDictionary<string, SinkClass>.Empty.Add("orders", SinkClass.Transactional),
            },
        };
    }

    private static JobKey Key(int i) => JobKey.Parse($"team{i % 100}/job{i}");

    private static FleetJob JobOf(int i) => new()
    {
        Job = Key(i),
        Kind = JobKind.Streaming,
        Priority = new JobPriority(1 + (i % 5)),
        Source = new Placement(Yarn, SpecOf(i).Queue),
        Target = new Placement(Kubernetes, SpecOf(i).Queue),
        Need = new JobNeed(new ResourceAmount(MemorySize.FromMebibytes(1024), 500), new ResourceAmount(MemorySize.FromMebibytes(1728), 1000), 1),
        FlinkVersion = "1.20.5",
        StateBytes = 50 << 20,
        InputRate = 2000,
        MaximumRate = 20_000,
        ExpectedDowntime = TimeSpan.FromMinutes(1),
        ExpectedDuration = TimeSpan.FromMinutes(3),
        SavepointBytesPerSecond = 1e6,
    };

    private static ApplicationSpec SpecOf(int i) => new()
    {
        Job = Key(i),
        Kind = JobKind.Streaming,
        Queue = string.Create(CultureInfo.InvariantCulture, $"root.realtime.q{i % 50}"),
        FlinkVersion = "1.20.5",
        Jar = new ArtifactRef("hdfs://sim/jobs.jar"),
        Parallelism = 2,
        JobManager = new ContainerResources { CpuMillicores = 500, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1728), Slots = 2 },
    };
}
