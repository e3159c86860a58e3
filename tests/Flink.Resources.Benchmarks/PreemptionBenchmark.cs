using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flink.Resources.Preemption.Fleet;

namespace Flink.Resources.Benchmarks;

/// <summary>
/// One preemptor on a full fleet of nodes with ten applications each, placed on nodes: milliseconds per decision. The snapshot is built
/// before and counted separately, and so is one change to it.
/// </summary>
internal static class PreemptionBenchmark
{
    private const int AppsPerNode = 10;
    private const int Warmup = 400;
    private const int Decisions = 600;
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public static Task<int> RunAsync(string[] args)
    {
        // All sizes take turns, so that whatever else this machine does disturbs them alike.
        Fleet[] fleets = [new(1_000), new(5_000), new(10_000), new(50_000)];
        for (var i = 0; i < Warmup + Decisions; i++)
        {
            foreach (var fleet in fleets)
            {
                fleet.Decide(i, isMeasured: i >= Warmup);
            }
        }
        var results = fleets.Select(static f => f.Report()).ToArray();
        var (smaller, first, larger) = (results[1], results[2], results[3]);
        foreach (var result in results)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{result.Nodes,6} nodes: P50 {result.P50:F3} ms, P99 {result.P99:F3} ms, {result.PerSecond:F0} decisions/s, {result.KiB:F0} KiB per decision, {result.Moves} moves; built in {result.BuildMs:F0} ms, one change {result.ChangeMs:F3} ms"));
        }
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["benchmark"] = "preemption",
            ["unit"] = "ms",
            ["ours"] = new Dictionary<string, double>(StringComparer.Ordinal) { ["min"] = first.Minimum, ["median"] = first.P50, ["max"] = first.Maximum },
            ["p99"] = first.P99,
            ["decisionsPerSecondOn5000"] = smaller.PerSecond,
            ["ratio50000To10000"] = larger.P50 / first.P50,
            ["kibPerDecision"] = first.KiB,
            ["buildMs"] = first.BuildMs,
            ["changeMs"] = first.ChangeMs,
            ["rssMiB"] = Process.GetCurrentProcess().WorkingSet64 >> 20,
        }));
        return Task.FromResult(0);
    }

    /// <summary>Requests of all sizes, bands and queues.</summary>
    private static PreemptionRequest Request(int i) => new()
    {
        Job = JobKey.Parse($"waiting/job-{i}"),
        Placements = [new("k8s", $"root.team{i % 50}")],
        Tier = i % 3 == 0 ? WorkloadTier.NearRealTime : WorkloadTier.RealTime,
        Priority = new(i % 10),
        JobManager = new(MemorySize.FromMebibytes(2048), 1000),
        TaskManager = new(MemorySize.FromMebibytes(4096 << (i % 2)), 2000),
        MinimumTaskManagers = 1 + (i % 40),
        WaitingSince = Now.AddMinutes(-5),
    };

    private static FleetSnapshot Build(int nodes)
    {
        var reports = Enumerable.Range(0, nodes).Select(static i => new NodeReport
        {
            Name = $"node-{i:D5}",
            IsSchedulable = true,
            NativeState = "Ready",
            Memory = MemorySize.FromMebibytes(65536),
            UsedMemory = MemorySize.FromMebibytes(64512),
            CpuMillicores = 32_000,
            UsedCpuMillicores = 31_000,
        });
        var queues = Enumerable.Range(0, 100).Select(i => new QueueReport
        {
            Path = $"root.team{i}",
            IsOpen = true,
            IsLeaf = true,
            // Half of the teams hold less than they may claim, the others live on what those leave.
            Guaranteed = i < 50
                ? new(MemorySize.FromMebibytes(nodes * 800L), nodes * 400L)
                : new(MemorySize.FromMebibytes(nodes * 100L), nodes * 50L),
            Used = new(MemorySize.FromMebibytes(nodes * 640L), nodes * 300L),
            Applications = nodes / 10,
        });
        var backend = new BackendSnapshot("k8s", 1, new([.. reports], Now, null), new([.. queues], Now, null), new([], Now, null));
        return FleetSnapshot.Empty
            .Apply(backend, BackendKind.Kubernetes)
            .SetJobs(Enumerable.Range(0, nodes * AppsPerNode).Select(i => Job(i, nodes)));
    }

    private static FleetJob Job(int i, int nodes)
    {
        var mix = (uint)i * 2654435761u;
        var tier = (mix >> 8) % 10 < 3 ? WorkloadTier.RealTime : (mix >> 8) % 10 < 6 ? WorkloadTier.NearRealTime : WorkloadTier.Batch;
        return new()
        {
            Job = JobKey.Parse($"team{i % 100}/job-{i}"),
            Backend = "k8s",
            Queue = $"root.team{i % 100}",
            Tier = tier,
            Priority = new((int)((mix >> 16) % 10)),
            JobManager = new(MemorySize.FromMebibytes(1024), 500),
            TaskManager = new(MemorySize.FromMebibytes(2560), 1250),
            TaskManagers = 2,
            Places = [new NodePlace(Node(i), 1, HasJobManager: true), new NodePlace(Node(i + 1 + (int)(mix % 977)), 1)],
            MinimumSlots = mix % 2 == 0 ? 1 : null,
            LoadRatio = (mix % 90) / 100.0,
            StateBytes = mix % 7 == 0 ? null : (long)(mix % 1000) << 24,
            LastCheckpointAt = Now.AddSeconds(-(mix % 900)),
            CheckpointDuration = TimeSpan.FromSeconds(1 + (mix % 30)),
            CheckpointInterval = TimeSpan.FromMinutes(5),
            RetainsCheckpoints = mix % 11 != 0,
            CanSavepoint = mix % 13 != 0,
            StableSince = Now.AddSeconds(-(mix % 100_000)),
            IsMigrating = mix % 101 == 0,
            InvoluntaryStops = mix % 17 == 0 ? [Now.AddMinutes(-(mix % 200))] : [],
            ObservedAt = Now.AddSeconds(-30),
        };

        string Node(int at) => $"node-{at / AppsPerNode % nodes:D5}";
    }

    /// <summary>One size of fleet and what was measured on it.</summary>
    private sealed class Fleet
    {
        private readonly FleetPreemptionPolicy _policy = new(new());
        private readonly FleetSnapshot _snapshot;
        private readonly int _nodes;
        private readonly double _buildMs;
        private readonly double _changeMs;
        private readonly List<double> _times = [];
        private long _allocated;
        private int _moves;

        public Fleet(int nodes)
        {
            _nodes = nodes;
            var clock = Stopwatch.GetTimestamp();
            var snapshot = Build(nodes);
            _buildMs = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
            clock = Stopwatch.GetTimestamp();
            _snapshot = snapshot.SetJobs([Job(7, nodes) with { Epoch = 2 }]);
            _changeMs = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        }

        public void Decide(int i, bool isMeasured)
        {
            var request = Request(i);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.GetTimestamp();
            var plan = _policy.Plan(_snapshot, [request], PreemptionLedger.Empty, Now);
            var time = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
            if (plan.Decisions[0].Outcome != PreemptionOutcome.Displaces && _nodes >= 5_000)
            {
                throw new InvalidOperationException($"{plan.Decisions[0].Outcome}: {plan.Decisions[0].Reason}");
            }
            if (isMeasured)
            {
                _times.Add(time);
                _allocated += GC.GetAllocatedBytesForCurrentThread() - allocated;
                _moves += plan.Moves.Count();
            }
        }

        public Result Report()
        {
            _times.Sort();
            return new(
                _nodes, _times[_times.Count / 2], _times[(int)(_times.Count * 0.99)], _times[0], _times[^1], 1000 / _times.Average(),
                _allocated / 1024.0 / _times.Count, _moves, _buildMs, _changeMs);
        }
    }

    private sealed record Result(
        int Nodes, double P50, double P99, double Minimum, double Maximum, double PerSecond, double KiB, int Moves, double BuildMs, double ChangeMs);
}
