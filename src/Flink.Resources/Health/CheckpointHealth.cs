using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>Checkpoints, from Flink's own statistics: counters say how many failed, the history says when one completed and how long it took.</summary>
internal static class CheckpointHealth
{
    private const long LeastBytesForRate = 1 << 20;

    public static async Task ReadAsync(
        HealthReadingsBuilder builder, IFlinkCluster cluster, FlinkJobId job, FlinkHealthMemory memory, CancellationToken cancellationToken)
    {
        if (memory.Settings is null || memory.IsRefreshDue)
        {
            var settings = await cluster.FindCheckpointSettingsAsync(job, cancellationToken).ConfigureAwait(false);
            memory.Settings = settings.Match(static s => s, static _ => null!, _ => memory.Settings!);
        }
        builder.CheckpointInterval = memory.Settings?.Interval;
        var found = await cluster.FindCheckpointsAsync(job, cancellationToken).ConfigureAwait(false);
        if (found.Match(static s => s, static _ => null!, static _ => null!) is not { } statistics)
        {
            builder.Trouble(found.Evidence.Seen);
            return;
        }
        var completed = statistics.History.Where(static e => !e.IsSavepoint && e is { Status: "COMPLETED", TriggeredAt: not null, Duration: not null }).ToList();
        if (completed.Count == 0 && statistics.LatestCompleted is { TriggeredAt: not null, Duration: not null, IsSavepoint: false } latest)
        {
            completed.Add(latest);
        }
        builder.Events(Metrics.CheckpointCompleted, completed.Select(static e => new HealthSample(e.TriggeredAt!.Value + e.Duration!.Value, e.Duration!.Value.TotalSeconds)));
        builder.Events(Metrics.StateBytes, completed.Where(static e => e.StateBytes is not null)
            .Select(static e => new HealthSample(e.TriggeredAt!.Value + e.Duration!.Value, e.StateBytes!.Value)));
        builder.Counter(Metrics.CheckpointFailed, statistics.Failed, HealthCounterUse.Events);
        builder.StateBytes = statistics.LatestCompleted?.StateBytes;
        builder.SnapshotBytesPerSecond = completed
            .Where(static e => e.CheckpointedBytes >= LeastBytesForRate && e.Duration > TimeSpan.Zero)
            .OrderByDescending(static e => e.CheckpointedBytes)
            .Select(static e => (double?)(e.CheckpointedBytes!.Value / e.Duration!.Value.TotalSeconds))
            .FirstOrDefault();
    }
}
