using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Eligibility;
using Flink.Resources.Planning;

namespace Flink.Resources.Benchmarks;

/// <summary>
/// Plans a fleet of 10,000 jobs, then one of 20,000 over 50 queues: chained by topics, with standbys, sessions, findings, and clusters of
/// as many nodes as it takes. The plan is checked: no job is lost, and no two of a wave are joined.
/// </summary>
internal static class PlanBenchmark
{
    private const int Rounds = 5;
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 9, 30, 0, TimeSpan.Zero);

    public static Task<int> RunAsync(string[] arguments)
    {
        _ = arguments;
        var small = Measure(Facts(10_000));
        var large = Measure(Facts(20_000));
        using var process = Process.GetCurrentProcess();
        Say(10_000, small);
        Say(20_000, large);
        var result = new JsonObject
        {
            ["benchmark"] = "plan",
            ["unit"] = "s",
            ["ours"] = new JsonObject { ["min"] = Round(large.Seconds[0]), ["median"] = Round(large.Seconds[Rounds / 2]), ["max"] = Round(large.Seconds[^1]) },
            ["jobs"] = 20_000,
            ["queues"] = 50,
            ["waves"] = large.Plan.Waves.Length,
            ["left"] = large.Plan.Left.Length,
            ["tenThousandSeconds"] = Round(small.Seconds[Rounds / 2]),
            ["allocatedMiB"] = large.Allocated >> 20,
            ["peakRssMiB"] = process.PeakWorkingSet64 >> 20,
            ["rssMiB"] = process.WorkingSet64 >> 20,
        };
        Console.WriteLine(result.ToJsonString());
        return Task.FromResult(IsWhole(small.Plan, 10_000) && IsWhole(large.Plan, 20_000) ? 0 : 1);
    }

    private static (double[] Seconds, long Allocated, MigrationPlan Plan) Measure(PlanningFacts facts)
    {
        var (seconds, allocated, plan) = (new double[Rounds], 0L, new MigrationPlan());
        for (var round = 0; round < Rounds; round++)
        {
            allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            plan = MigrationPlanner.Plan(facts);
            seconds[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        }
        Array.Sort(seconds);
        return (seconds, allocated, plan);
    }

    private static bool IsWhole(MigrationPlan plan, int jobs) =>
        plan.Waves.Sum(static w => w.Moves.Length) + plan.Left.Length == jobs
        && plan.Waves.Sum(static w => w.Moves.Length) > jobs * 9 / 10
        && plan.Waves.All(static w =>
        {
            var written = w.Moves.SelectMany(static m => m.Job.Writes).ToHashSet(StringComparer.Ordinal);
            return written.Count == w.Moves.Sum(static m => m.Job.Writes.Length) && !w.Moves.Any(m => m.Job.Reads.Any(written.Contains));
        });

    private static PlanningFacts Facts(int count)
    {
        FleetJob[] jobs = [.. Enumerable.Range(0, count).Select(Job)];
        return new()
        {
            Jobs = [.. jobs],
            Eligibility = [.. jobs.Select(static (j, i) => new EligibilityReport(j.Job, i % 97 == 0 ? [new("E19", EligibilitySeverity.Block, "checkpoints fail", "Make it healthy first")] : []))],
            Capacity = new() { Now = Now, Backends = [Cluster("yarn-east", count), Cluster("k8s-west", count)] },
        };
    }

    private static FleetJob Job(int i) => new()
    {
        Job = JobKey.Parse(string.Create(CultureInfo.InvariantCulture, $"team{i % 300}/job{i:00000}")),
        Kind = JobKind.Streaming,
        Priority = new(i % 200 == 7 ? 9 : i * 7919 % 9),
        Source = new("yarn-east", Queue(i)),
        Target = new("k8s-west", Queue(i)),
        Need = new(new(MemorySize.FromMebibytes(1600), 500), new(MemorySize.FromMebibytes(4096), 2000), 1 + (i % 12)),
        FlinkVersion = i % 3 == 0 ? "1.20.5" : "2.1.1",
        StateBackend = i % 4 == 0 ? "hashmap" : "rocksdb",
        StateBytes = i % 11 == 0 ? null : i * 104_729L % (1L << 36),
        IsStateless = i % 5 == 0,
        IsVolunteer = i % 1000 == 3,
        IsSynthetic = i % 2000 == 4,
        Sinks = [(SinkClass)(1 + (i % 5))],
        // Pipelines of four stages, and a topic that a hundredth of the fleet reads.
        Reads = i % 4 == 0 ? [$"raw-{i % 100}"] : [$"stage-{i - 1}"],
        Writes = i % 4 == 3 ? [] : [$"stage-{i}"],
        StandbyOf = i % 500 == 250 ? JobKey.Parse(string.Create(CultureInfo.InvariantCulture, $"team{(i - 7) % 300}/job{i - 7:00000}")) : null,
        Session = i % 400 is 16 or 66 or 116 ? string.Create(CultureInfo.InvariantCulture, $"session-{i / 400}") : null,
        InputRate = 1000 + (i % 1000),
        MaximumRate = 4000,
    };

    private static string Queue(int i) => string.Create(CultureInfo.InvariantCulture, $"root.realtime.q{i % 50:00}");

    private static BackendSnapshot Cluster(string name, int jobs)
    {
        var nodes = Enumerable.Range(0, jobs / 8).Select(static i => new NodeReport
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"node{i:00000}"),
            IsSchedulable = i % 50 != 0,
            NativeState = i % 50 != 0 ? "RUNNING" : "UNHEALTHY",
            Memory = MemorySize.FromMebibytes(512 << 10),
            UsedMemory = MemorySize.FromMebibytes((i % 7) << 13),
            CpuMillicores = 160_000,
            UsedCpuMillicores = i % 7 * 2000,
        });
        var queues = Enumerable.Range(0, 50).Select(Queue).Append("root.realtime").Append("root").Select(path => new QueueReport
        {
            Path = path,
            IsOpen = true,
            IsLeaf = path.Contains('q', StringComparison.Ordinal),
            Maximum = path.Contains('q', StringComparison.Ordinal) ? new(MemorySize.FromMebibytes((long)jobs / 50 * (48 << 10)), jobs / 50 * 24_000L) : null,
            Used = default,
            Applications = 0,
        });
        return new(name, 1, new([.. nodes], Now, null), new([.. queues], Now, null), new([], Now, null));
    }

    private static void Say(int jobs, (double[] Seconds, long Allocated, MigrationPlan Plan) measured) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{jobs} jobs in 50 queues: {measured.Plan.Waves.Length} waves, {measured.Plan.Left.Length} left, {measured.Seconds[Rounds / 2]:0.00} s (median of {Rounds}), {measured.Allocated >> 20} MiB allocated; such as {measured.Plan.Left.FirstOrDefault()?.Reason}"));

    private static double Round(double value) => Math.Round(value, 3);
}
