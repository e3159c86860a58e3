using System.Collections.Immutable;
using Flink.Resources.Eligibility;

namespace Flink.Resources.Planning;

/// <summary>Jobs on YARN that are to go to Kubernetes, and the room of both.</summary>
internal static class PlanningFleet
{
    public const string East = "yarn-east";
    public const string West = "k8s-west";
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 9, 30, 0, TimeSpan.Zero);

    public static readonly JobNeed Small = new(Of(1, 1), Of(1, 2), 1);

    public static ResourceAmount Of(double cores, double gibibytes) => new(new MemorySize((long)(gibibytes * (1L << 30))), (long)(cores * 1000));

    public static FleetJob Job(string key, int priority = 0, string queue = "root.a", JobNeed? need = null) => new()
    {
        Job = JobKey.Parse(key),
        Kind = JobKind.Streaming,
        Priority = new(priority),
        Source = new(East, queue),
        Target = new(West, queue),
        Need = need ?? Small,
        FlinkVersion = "1.20.5",
        StateBackend = "rocksdb",
        StateBytes = 0,
        Sinks = [SinkClass.Transactional],
    };

    public static NodeReport Node(string name, double cores, double gibibytes, double usedCores = 0, double usedGibibytes = 0, string? label = null, bool isSchedulable = true) => new()
    {
        Name = name,
        IsSchedulable = isSchedulable,
        NativeState = "RUNNING",
        Memory = Of(0, gibibytes).Memory,
        UsedMemory = Of(0, usedGibibytes).Memory,
        CpuMillicores = Of(cores, 0).CpuMillicores,
        UsedCpuMillicores = Of(usedCores, 0).CpuMillicores,
        Labels = label is null ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add("zone", label),
    };

    public static QueueReport Queue(string path, ResourceAmount? maximum = null, ResourceAmount used = default, ResourceAmount? guaranteed = null, bool isOpen = true) => new()
    {
        Path = path,
        IsOpen = isOpen,
        IsLeaf = true,
        Maximum = maximum,
        Guaranteed = guaranteed,
        Used = used,
        Applications = 0,
    };

    public static BackendSnapshot Snapshot(string backend, ImmutableArray<NodeReport> nodes, ImmutableArray<QueueReport> queues, DateTimeOffset? asOf = null) =>
        new(backend, 1, new(nodes, asOf ?? Now, null), new(queues, asOf ?? Now, null), new([], asOf ?? Now, null));

    /// <summary>More room than any test fleet needs.</summary>
    public static BackendSnapshot Large(string backend, int nodes = 100) =>
        Snapshot(backend, [.. Enumerable.Range(0, nodes).Select(static i => Node($"n{i:0000}", 64, 256))], [Queue("root")]);

    public static CapacityFacts Plenty { get; } = new() { Now = Now, Backends = [Large(East), Large(West)] };

    /// <summary>All may be moved, and there is room for all.</summary>
    public static PlanningFacts Facts(params IEnumerable<FleetJob> jobs)
    {
        ImmutableArray<FleetJob> all = [.. jobs];
        return new() { Jobs = all, Eligibility = [.. all.Select(static j => new EligibilityReport(j.Job, []))], Capacity = Plenty };
    }

    public static IEnumerable<string> Keys(this PlannedWave wave) => wave.Moves.Select(static m => m.Job.Job.Value);

    public static int WaveOf(this MigrationPlan plan, string key) =>
        plan.Waves.Single(w => w.Keys().Contains(key, StringComparer.Ordinal)).Number;

    public static string ReasonOf(this MigrationPlan plan, string key) =>
        plan.Left.Where(l => string.Equals(l.Job.Job.Value, key, StringComparison.Ordinal)).Select(static l => l.Reason)
            .Concat(plan.Waves.SelectMany(static w => w.Moves).Where(m => string.Equals(m.Job.Job.Value, key, StringComparison.Ordinal)).Select(static m => m.Reason))
            .Single();
}
