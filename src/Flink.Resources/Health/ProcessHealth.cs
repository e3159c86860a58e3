using System.Collections.Immutable;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>CPU, memory and garbage collection of all processes of an application, and which of them were lost.</summary>
internal static class ProcessHealth
{
    private const string Cpu = "Status.JVM.CPU.Time";
    private const string CollectionShare = "Status.JVM.GarbageCollector.All.TimeMsPerSecond";
    private const string CollectionTime = "Status.JVM.GarbageCollector.All.Time";

    private static readonly string[] _memory = ["Status.JVM.Memory.Heap.Used", "Status.JVM.Memory.NonHeap.Used", "Status.JVM.Memory.Direct.MemoryUsed"];

    /// <summary>What Flink before 1.18, which has no sum, calls the collectors of Java 8 to 17.</summary>
    private static readonly string[] _collectors =
    [
        "Status.JVM.GarbageCollector.G1_Young_Generation.Time", "Status.JVM.GarbageCollector.G1_Old_Generation.Time",
        "Status.JVM.GarbageCollector.PS_Scavenge.Time", "Status.JVM.GarbageCollector.PS_MarkSweep.Time",
    ];

    private static readonly ImmutableArray<string> _names = [Cpu, CollectionShare, CollectionTime, .. _memory, .. _collectors];

    /// <summary>A TaskManager that had work and is gone was lost; one that was idle was let go.</summary>
    public static async Task ReadTaskManagersAsync(HealthReadingsBuilder builder, IFlinkCluster cluster, FlinkHealthMemory memory, CancellationToken cancellationToken)
    {
        var all = await cluster.GetTaskManagersAsync(cancellationToken).ConfigureAwait(false);
        var now = all.ToImmutableDictionary(static t => t.Id, static t => t.FreeSlots < t.Slots, StringComparer.Ordinal);
        memory.LostTaskManagers += memory.TaskManagers?.Count(before => before.Value && !now.ContainsKey(before.Key)) ?? 0;
        memory.TaskManagers = now;
        builder.Counter(Metrics.Loss, memory.LostTaskManagers, HealthCounterUse.Events);
        builder.Workers ??= all.Length + 1;
    }

    public static async Task ReadAsync(HealthReadingsBuilder builder, IFlinkCluster cluster, FlinkHealthMemory memory, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var jobManager = await cluster.GetMetricsAsync(new MetricScope.JobManager(), _names, cancellationToken).ConfigureAwait(false);
        var taskManagers = await cluster.GetAggregatedMetricsAsync(new MetricScope.TaskManagers(), _names, cancellationToken).ConfigureAwait(false);
        if (jobManager.TryGetValue(Cpu, out var own))
        {
            // The CPU time of a process only grows: less than before is another process.
            memory.LostJobManagers += own < memory.JobManagerCpu ? 1 : 0;
            memory.JobManagerCpu = own;
            builder.Counter(Metrics.JobManagerLoss, memory.LostJobManagers, HealthCounterUse.Events);
            if (taskManagers.GetValueOrDefault(Cpu)?.Sum is { } others)
            {
                builder.Counter(Metrics.CpuCores, (own + others) / 1e9, HealthCounterUse.PerSecond);
            }
        }
        if (Used(jobManager) is { } used && Used(taskManagers) is { } usedThere)
        {
            builder.Gauge(Metrics.MemoryBytes, used + usedThere);
        }
        if (CollectionOf(jobManager, taskManagers, memory, now) is { } share)
        {
            builder.Gauge(Metrics.GarbageCollection, Math.Clamp(share, 0, 1));
        }
    }

    private static double? Used(ImmutableSortedDictionary<string, double> values) =>
        values.ContainsKey(_memory[0]) ? _memory.Sum(values.GetValueOrDefault) : null;

    private static double? Used(ImmutableSortedDictionary<string, AggregatedMetric> values) =>
        values.GetValueOrDefault(_memory[0])?.Sum is null ? null : _memory.Sum(m => values.GetValueOrDefault(m)?.Sum ?? 0);

    /// <summary>The highest share of all processes; where Flink does not say shares, by how much the time grew.</summary>
    private static double? CollectionOf(
        ImmutableSortedDictionary<string, double> jobManager, ImmutableSortedDictionary<string, AggregatedMetric> taskManagers, FlinkHealthMemory memory, DateTimeOffset now)
    {
        if (taskManagers.GetValueOrDefault(CollectionShare)?.Maximum is { } there)
        {
            return Math.Max(there, jobManager.GetValueOrDefault(CollectionShare)) / 1000;
        }
        var most = taskManagers.GetValueOrDefault(CollectionTime)?.Maximum ?? Sum(_collectors.Select(c => taskManagers.GetValueOrDefault(c)?.Maximum));
        var own = jobManager.TryGetValue(CollectionTime, out var time) ? time : Sum(_collectors.Select(c => jobManager.TryGetValue(c, out var t) ? t : (double?)null));
        if (most is not { } of || own is not { } ofJobManager)
        {
            return null;
        }
        var before = memory.Collected;
        memory.Collected = (of, ofJobManager, now);
        return before is { } last && now > last.At && of >= last.TaskManagers && ofJobManager >= last.JobManager
            ? Math.Max(of - last.TaskManagers, ofJobManager - last.JobManager) / (now - last.At).TotalMilliseconds
            : null;
    }

    private static double? Sum(IEnumerable<double?> parts)
    {
        var known = parts.Where(static p => p is not null).ToList();
        return known.Count == 0 ? null : known.Sum();
    }
}
