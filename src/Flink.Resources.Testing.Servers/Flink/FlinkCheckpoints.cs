using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Flink;

/// <summary>Checkpoints in Flink's JSON: one per interval since all tasks ran.</summary>
internal static class FlinkCheckpoints
{
    public static JsonObject Statistics(FlinkJob job, DateTimeOffset now)
    {
        var completed = Completed(job, now);
        return new JsonObject
        {
            ["counts"] = new JsonObject
            {
                ["restored"] = job.RestoredFrom is null ? 0 : 1, ["total"] = completed, ["in_progress"] = 0, ["completed"] = completed, ["failed"] = 0,
            },
            ["summary"] = new JsonObject(),
            ["latest"] = new JsonObject
            {
                ["completed"] = completed > 0 ? Checkpoint(job, completed) : null,
                ["savepoint"] = null,
                ["failed"] = null,
                ["restored"] = Restored(job),
            },
            ["history"] = new JsonArray([.. Enumerable.Range(0, (int)Math.Min(10, completed)).Select(i => (JsonNode)Checkpoint(job, completed - i))]),
        };
    }

    public static JsonObject Settings(FlinkJob job)
    {
        var interval = Interval(job);
        return new JsonObject
        {
            ["mode"] = interval is null ? "at_least_once" : "exactly_once",
            ["interval"] = interval is { } i ? (long)i.TotalMilliseconds : long.MaxValue,
            ["timeout"] = 600000,
            ["min_pause"] = 0,
            ["max_concurrent"] = 1,
            ["externalization"] = new JsonObject { ["enabled"] = true, ["delete_on_cancellation"] = false },
            ["state_backend"] = job.Configuration.GetValueOrDefault("state.backend.type") == "rocksdb" ? "EmbeddedRocksDBStateBackend" : "HashMapStateBackend",
            ["checkpoint_storage"] = "FileSystemCheckpointStorage",
            ["unaligned_checkpoints"] = false,
            ["tolerable_failed_checkpoints"] = 0,
            ["aligned_checkpoint_timeout"] = 0,
            ["checkpoints_after_tasks_finish"] = true,
            ["state_changelog_enabled"] = false,
            ["changelog_periodic_materialization_interval"] = 600000,
            ["changelog_storage"] = "memory",
        };
    }

    private static TimeSpan? Interval(FlinkJob job) =>
        FlinkConfiguration.Duration(job.Configuration.GetValueOrDefault("execution.checkpointing.interval"));

    private static long Completed(FlinkJob job, DateTimeOffset now)
    {
        var until = job.EndedAt < now ? job.EndedAt.Value : now;
        return Interval(job) is { Ticks: > 0 } interval && until > job.RunsAt ? (until - job.RunsAt).Ticks / interval.Ticks : 0;
    }

    private static JsonObject Checkpoint(FlinkJob job, long number)
    {
        var at = job.RunsAt + ((Interval(job) ?? default) * number);
        var directory = job.Configuration.GetValueOrDefault("execution.checkpointing.dir")?.TrimEnd('/');
        return new JsonObject
        {
            ["className"] = "completed",
            ["id"] = number,
            ["status"] = "COMPLETED",
            ["is_savepoint"] = false,
            ["savepointFormat"] = null,
            ["trigger_timestamp"] = at.ToUnixTimeMilliseconds(),
            ["latest_ack_timestamp"] = at.ToUnixTimeMilliseconds(),
            ["checkpointed_size"] = 7462,
            ["state_size"] = 7462,
            ["end_to_end_duration"] = 20,
            ["alignment_buffered"] = 0,
            ["processed_data"] = 76,
            ["persisted_data"] = 0,
            ["num_subtasks"] = FlinkJob.Tasks,
            ["num_acknowledged_subtasks"] = FlinkJob.Tasks,
            ["checkpoint_type"] = "CHECKPOINT",
            ["tasks"] = new JsonObject(),
            ["external_path"] = directory is null
                ? "<checkpoint-not-externally-addressable>" : FormattableString.Invariant($"{directory}/{job.Id}/chk-{number}"),
            ["discarded"] = false,
        };
    }

    private static JsonObject? Restored(FlinkJob job) => job.RestoredFrom is not { } path ? null : new JsonObject
    {
        ["id"] = 1,
        ["restore_timestamp"] = job.StartedAt.ToUnixTimeMilliseconds(),
        ["is_savepoint"] = path.Contains("/savepoint-", StringComparison.Ordinal),
        ["external_path"] = path,
    };
}
