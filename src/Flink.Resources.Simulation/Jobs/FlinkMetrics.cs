namespace Flink.Resources.Simulation;

/// <summary>The metrics of a run under Flink's names, by the formulas of its progress.</summary>
internal static class FlinkMetrics
{
    public static string SourceOf(FlinkJobId job) => Kubernetes.KubernetesNames.Digest(job.Value + "/source")[..32];

    public static string CounterOf(FlinkJobId job) => Kubernetes.KubernetesNames.Digest(job.Value + "/counter")[..32];

    /// <summary>Whether a metric adds up over subtasks.</summary>
    public static bool IsTotal(string name) => name is "numRecordsInPerSecond" or "numRecordsOutPerSecond" or "numRecordsIn" or "numRecordsOut" or "pendingRecords";

    public static IEnumerable<KeyValuePair<string, double>> Of(FlinkRun run, MetricScope scope) => scope switch
    {
        MetricScope.JobManager => Process(run, 256 << 20, 0),
        // The work of all, shared equally.
        MetricScope.TaskManagers or MetricScope.TaskManager => Process(
            run, run.Application.Spec.TaskManager.Memory.Bytes / 3, run.Capacity <= 0 ? 0 : run.Offset / run.Capacity * 1000 / Math.Max(1, run.TaskManagers.Count)),
        MetricScope.Job job when job.JobId == run.Id => OfJob(run),
        MetricScope.Vertex vertex when vertex.JobId == run.Id => OfVertex(run, vertex.VertexId),
        _ => [],
    };

    private static IEnumerable<KeyValuePair<string, double>> OfJob(FlinkRun run)
    {
        yield return new("numRestarts", run.Restarts);
        yield return new("numberOfCompletedCheckpoints", run.CompletedCheckpoints);
        yield return new("numberOfFailedCheckpoints", run.FailedCheckpoints);
        yield return new("lastCheckpointDuration", run.LatestCompleted?.Duration?.TotalMilliseconds ?? -1);
        yield return new("lastCheckpointSize", run.LatestCompleted?.CheckpointedBytes ?? -1);
        yield return new("lastCheckpointFullSize", run.LatestCompleted?.StateBytes ?? -1);
        yield return new("uptime", run.RunningSince is { } since && run.AllTasksRun ? run.SinceMilliseconds(since) : 0);
    }

    private static IEnumerable<KeyValuePair<string, double>> OfVertex(FlinkRun run, string vertex)
    {
        var (rate, capacity, pending) = (run.Ledger.Rate, run.Capacity, run.Pending);
        var reads = !run.ProcessesRecords ? 0 : pending > 1 || rate > capacity ? capacity : Math.Min(rate, capacity);
        var busy = capacity <= 0 ? 1000 : Math.Min(1000, 1000 * reads / capacity);
        var isSource = vertex == SourceOf(run.Id);
        yield return new("numRecordsInPerSecond", isSource ? 0 : reads);
        yield return new("numRecordsOutPerSecond", reads);
        yield return new("numRecordsIn", isSource ? 0 : run.Offset);
        yield return new("numRecordsOut", run.Offset);
        // The counter is where the time goes; a source that could read more waits for it.
        var waits = reads >= capacity && run.ProcessesRecords ? 950.0 : 0;
        yield return new("busyTimeMsPerSecond", isSource ? Math.Min(50, busy) : busy);
        yield return new("backPressuredTimeMsPerSecond", isSource ? waits : 0);
        yield return new("idleTimeMsPerSecond", isSource ? Math.Max(0, 950 - waits) : 1000 - busy);
        if (isSource)
        {
            yield return new("pendingRecords", pending);
            yield return new("currentEmitEventTimeLag", rate > 0 && !double.IsPositiveInfinity(rate) ? 1000 * pending / rate : 0);
            yield return new("watermarkLag", rate > 0 && !double.IsPositiveInfinity(rate) ? 1000 * pending / rate : 0);
        }
    }

    /// <summary>A process. Its CPU time only grows, as a real one's does: a small share of its life, and what its records cost.</summary>
    private static IEnumerable<KeyValuePair<string, double>> Process(FlinkRun run, double heap, double worked)
    {
        var uptime = run.SinceMilliseconds(run.StartedAt);
        var share = run.Capacity <= 0 || double.IsPositiveInfinity(run.Ledger.Rate) ? 1 : Math.Min(1, run.Ledger.Rate / run.Capacity);
        yield return new("Status.JVM.Memory.Heap.Used", heap);
        yield return new("Status.JVM.Memory.Heap.Max", heap * 2);
        yield return new("Status.JVM.CPU.Load", run.ProcessesRecords ? share : 0.01);
        yield return new("Status.JVM.CPU.Time", ((uptime * 0.02) + worked) * 1_000_000);
        yield return new("Status.JVM.GarbageCollector.All.Time", uptime * run.Behaviour.GarbageCollection);
        yield return new("Status.JVM.GarbageCollector.All.TimeMsPerSecond", 1000 * run.Behaviour.GarbageCollection);
        yield return new("Status.JVM.GarbageCollector.All.Count", uptime / 10_000);
    }
}
