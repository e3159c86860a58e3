using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace Flink.Resources.Benchmarks;

/// <summary>
/// One decision of a job of 20 vertices with 90 samples: reading the window, evaluating, deciding.
/// Then as many decisions as a fleet of 20,000 jobs needs, and what a window takes in memory.
/// </summary>
internal static class AutoscalerBenchmark
{
    private const int Vertices = 20;
    private const int Samples = 90;
    private const int FleetJobs = 20_000;
    private const int DistinctJobs = 500;
    private const int Rounds = 400;
    private const int DecisionsPerRound = 5;

    private static readonly AutoscalerSettings Settings = new() { Enabled = true };
    private static readonly AutoscalerPolicy Policy = new();

    public static Task<int> RunAsync(string[] arguments)
    {
        _ = arguments;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var jobs = Enumerable.Range(0, DistinctJobs).Select(static seed => new Job(seed)).ToArray();
        var heapPerJob = (GC.GetTotalMemory(forceFullCollection: true) - before) / DistinctJobs;

        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var scaled = 0;
        for (var job = 0; job < FleetJobs; job++)
        {
            scaled += jobs[job % DistinctJobs].Decide().Status == AutoscalerStatus.Scale ? 1 : 0;
        }
        process.Refresh();
        cpu = process.TotalProcessorTime - cpu;

        // After the fleet everything is compiled; short rounds, so that other programs disturb few of them.
        var rounds = Enumerable.Range(0, Rounds).Select(round => Measure(jobs, round)).Order().ToArray();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        _ = jobs[0].Decide();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        var result = new JsonObject
        {
            ["benchmark"] = "autoscaler",
            ["unit"] = "us",
            ["ours"] = new JsonObject { ["min"] = Round(rounds[0]), ["median"] = Round(rounds[Rounds / 2]), ["max"] = Round(rounds[^1]) },
            ["allocatedBytes"] = allocated,
            ["fleetJobs"] = FleetJobs,
            ["fleetCpuSeconds"] = Round(cpu.TotalSeconds),
            ["cpuMicrosecondsPerDecision"] = Round(cpu.TotalMicroseconds / FleetJobs),
            ["fleetScaled"] = scaled,
            ["windowBytesPerJob"] = jobs[0].Window.SizeInBytes,
            ["storedBytesPerJob"] = jobs[0].Window.Write().Length,
            ["heapBytesPerJobWithTopology"] = heapPerJob,
            ["rssMiB"] = process.WorkingSet64 >> 20,
        };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Vertices} vertices, {Samples} samples; {DistinctJobs} different jobs, {FleetJobs} decisions in {cpu.TotalSeconds:0.00} s of CPU"));
        Console.WriteLine(result.ToJsonString());
        return Task.FromResult(0);
    }

    private static double Measure(Job[] jobs, int round)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < DecisionsPerRound; i++)
        {
            _ = jobs[(round * DecisionsPerRound + i) % jobs.Length].Decide();
        }
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / DecisionsPerRound;
    }

    private static double Round(double value) => Math.Round(value, 2);

    /// <summary>A chain with a source of 20,000 records per second, a little different for every seed and sample.</summary>
    private sealed class Job
    {
        private const int StepMs = 10_000;

        private readonly JobTopology _topology;
        private readonly int _seed;

        public Job(int seed)
        {
            _seed = seed;
            _topology = new(Enumerable.Range(0, Vertices).Select(v => new JobVertex
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{v:x8}{seed:x24}"),
                Parallelism = 4 + (seed + v) % 9,
                MaxParallelism = 256,
                SourcePartitions = v == 0 ? 48 : 0,
                Inputs = v == 0 ? [] : [new(string.Create(CultureInfo.InvariantCulture, $"{v - 1:x8}{seed:x24}"), v % 3 == 0 ? ShipStrategy.Hash : ShipStrategy.Rebalance)],
            }));
            for (var sample = 0; sample < Samples; sample++)
            {
                _ = Window.Collect(Settings, Sample(sample), 0);
            }
        }

        public MetricWindow Window { get; } = new();

        public AutoscalerPlan Decide() => Policy.Plan(
            Settings,
            new()
            {
                Topology = _topology,
                Metrics = Window.Summarize(_topology),
                IsWindowFull = true,
                RunningSince = DateTimeOffset.UnixEpoch,
                Now = DateTimeOffset.FromUnixTimeMilliseconds(Samples * StepMs),
                LocalTime = DateTime.UnixEpoch,
            },
            AutoscalerMemory.Empty,
            static _ => true);

        private MetricSample Sample(int number)
        {
            var sample = new MetricSample(_topology, number * StepMs);
            for (var vertex = 0; vertex < Vertices; vertex++)
            {
                var wobble = (_seed * 31 + vertex * 17 + number * 7) % 101;
                var perSecond = 20_000 + vertex * 500 + wobble * 1.337;
                sample.Set(vertex, VertexMetric.Load, 0.35 + vertex % 5 * 0.16 + wobble / 1000d);
                sample.Set(vertex, VertexMetric.AccumulatedBusyTime, number * StepMs * 3L + wobble * 10);
                sample.Set(vertex, VertexMetric.RecordsIn, number * (StepMs / 1000) * (20_000L + vertex * 500) + wobble * 100);
                sample.Set(vertex, VertexMetric.RecordsOut, number * (StepMs / 1000) * (20_500L + vertex * 500) + wobble * 100);
                if (vertex == 0)
                {
                    sample.Set(vertex, VertexMetric.Lag, 50_000 + wobble * 1000);
                    sample.Set(vertex, VertexMetric.ObservedTrueProcessingRate, perSecond * 1.4);
                }
                else
                {
                    sample.Set(vertex, VertexMetric.RecordsInPerSecond, perSecond);
                }
            }
            sample.Set(JobMetric.HeapUsed, 900_000_000 + number * 1_000_003L);
            sample.Set(JobMetric.HeapUsageRatio, 0.4 + number / 1000d);
            sample.Set(JobMetric.TaskSlotsUsed, 12);
            return sample;
        }
    }
}
