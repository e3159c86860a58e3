using System.Collections.Immutable;
using Flink.Resources.Preemption.Fleet;

namespace Flink.Resources.Preemption;

/// <summary>Fleets, jobs and requests in whole units of one core and one GiB.</summary>
internal static class FleetBuilder
{
    public static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public static ResourceAmount Amount(int memory, int? cores = null) => new(MemorySize.FromMebibytes(memory * 1024L), (cores ?? memory) * 1000L);

    public static FleetJob Job(string key, string queue, WorkloadTier tier, int priority, ResourceAmount size) => new()
    {
        Job = JobKey.Parse(key),
        Backend = "yarn",
        Queue = queue,
        Tier = tier,
        Priority = new(priority),
        JobManager = default,
        TaskManager = size,
        TaskManagers = 1,
        LoadRatio = 0.5,
        StateBytes = 1 << 20,
        LastCheckpointAt = Now.AddMinutes(-1),
        CheckpointDuration = TimeSpan.FromSeconds(5),
        CanSavepoint = true,
        StableSince = Now.AddHours(-10),
        ObservedAt = Now,
    };

    public static PreemptionRequest Request(string key, string queue, WorkloadTier tier, int priority, ResourceAmount taskManager, int count = 1) => new()
    {
        Job = JobKey.Parse(key),
        Placements = [new("yarn", queue)],
        Tier = tier,
        Priority = new(priority),
        JobManager = default,
        TaskManager = taskManager,
        MinimumTaskManagers = count,
        WaitingSince = Now.AddMinutes(-10),
    };

    /// <summary>One backend that hides its nodes. Queues are accounted with what all their jobs hold.</summary>
    public static FleetSnapshot Hidden(
        IReadOnlyCollection<FleetJob> jobs, ResourceAmount free, IReadOnlyDictionary<string, ResourceAmount>? guaranteed = null,
        IReadOnlyCollection<FleetJob>? accounted = null)
    {
        var known = accounted ?? jobs;
        var held = Sum(known);
        var queues = known.Select(static j => j.Queue).Concat(guaranteed?.Keys ?? []).Distinct(StringComparer.Ordinal);
        var reports = queues.Select(q => new QueueReport
        {
            Path = q,
            IsOpen = true,
            IsLeaf = true,
            Guaranteed = guaranteed is not null && guaranteed.TryGetValue(q, out var own) ? own : null,
            Used = Sum(known.Where(j => j.Queue == q)),
            Applications = 1,
        });
        var capacity = new ResourceAmount(new(held.Memory.Bytes + free.Memory.Bytes), held.CpuMillicores + free.CpuMillicores);
        return FleetSnapshot.Empty
            .Apply(new("yarn", 1, new([Node("all", capacity, held)], Now, null), new([.. reports], Now, null), new([], Now, null)), BackendKind.Yarn)
            .SetJobs(jobs);
    }

    /// <summary>A backend that shows its nodes, without queues.</summary>
    public static FleetSnapshot OnNodes(IReadOnlyCollection<FleetJob> jobs, params IEnumerable<NodeReport> nodes) => FleetSnapshot.Empty
        .Apply(new("yarn", 1, new([.. nodes], Now, null), new([], Now, null), new([], Now, null)), BackendKind.Kubernetes)
        .SetJobs(jobs);

    public static NodeReport Node(string name, ResourceAmount capacity, ResourceAmount used) => new()
    {
        Name = name,
        IsSchedulable = true,
        NativeState = "RUNNING",
        Memory = capacity.Memory,
        UsedMemory = used.Memory,
        CpuMillicores = capacity.CpuMillicores,
        UsedCpuMillicores = used.CpuMillicores,
    };

    public static PreemptionDecision Decide(
        FleetSnapshot fleet, PreemptionRequest request, FleetPreemptionOptions? options = null, FleetPreemptionParts? parts = null,
        PreemptionLedger? ledger = null, DateTimeOffset? now = null) =>
        Assert.Single(new FleetPreemptionPolicy(options ?? new() { MaximumBeingFreed = 1 }, parts)
            .Plan(fleet, [request], ledger ?? PreemptionLedger.Empty, now ?? Now).Decisions);

    public static ResourceAmount Sum(IEnumerable<FleetJob> jobs)
    {
        var (memory, cores) = (0L, 0L);
        foreach (var job in jobs)
        {
            (memory, cores) = (memory + job.Total.Memory.Bytes, cores + job.Total.CpuMillicores);
        }
        return new(new(memory), cores);
    }
}
