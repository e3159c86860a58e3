using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flink.Resources.Simulation;

namespace Flink.Resources.Benchmarks;

/// <summary>20,000 simulated jobs, started on two clusters and run for an hour of virtual time; then all are counted.</summary>
internal static class SimulationBenchmark
{
    private const int Jobs = 20_000;
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        var times = new List<double>();
        var calls = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var clock = Stopwatch.GetTimestamp();
            calls = await RoundAsync(round).ConfigureAwait(false);
            times.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: {times[^1]:F2} s, {calls} calls, {GC.GetTotalMemory(true) >> 20} MiB"));
        }
        times.Sort();
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["benchmark"] = "simulation",
            ["unit"] = "s",
            ["ours"] = new Dictionary<string, double>(StringComparer.Ordinal) { ["min"] = times[0], ["median"] = times[Rounds / 2], ["max"] = times[^1] },
            ["jobs"] = Jobs,
            ["calls"] = calls,
            ["cpuPerRound"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds / Rounds,
            ["rssMiB"] = Process.GetCurrentProcess().WorkingSet64 >> 20,
        }));
        return 0;
    }

    private static async Task<long> RoundAsync(int seed)
    {
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Seed = seed,
            Backends =
            [
                new() { Name = "yarn-east", Kind = BackendKind.Yarn, Nodes = 500 },
                new() { Name = "k8s-east", Kind = BackendKind.Kubernetes, Nodes = 500 },
            ],
        });
        await fleet.RunAsync(async ct =>
        {
            await Task.WhenAll(Enumerable.Range(0, Jobs).Select(i => StartAsync(fleet, i, ct))).ConfigureAwait(false);
            await fleet.RunAsync(TimeSpan.FromHours(1), ct).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var inexact = Enumerable.Range(0, Jobs).Count(i => fleet.Account(Job(i)) is not { IsExact: true, Committed: > 3_000_000 });
        return inexact == 0 ? fleet.Calls : throw new InvalidOperationException($"{inexact} jobs did not run as they should.");
    }

    private static async Task StartAsync(SimulatedFleet fleet, int i, CancellationToken ct)
    {
        var backend = fleet.Backend(i % 2 == 0 ? "yarn-east" : "k8s-east");
        var outcome = await backend.PrepareAsync(new Fence(Job(i), 1), Spec(Job(i)), ct).ConfigureAwait(false);
        await backend.StartAsync(((PrepareOutcome.Prepared)outcome).Application, RestorePoint.None, ct).ConfigureAwait(false);
    }

    private static JobKey Job(int i) => JobKey.Parse($"team{i % 100}/job{i}");

    private static ApplicationSpec Spec(JobKey job) => new()
    {
        Job = job,
        Kind = JobKind.Streaming,
        Queue = "root.realtime",
        FlinkVersion = "1.20.5",
        Jar = new ArtifactRef("hdfs://sim/jobs.jar"),
        Parallelism = 2,
        JobManager = new ContainerResources { CpuMillicores = 500, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1728), Slots = 2 },
    };
}
