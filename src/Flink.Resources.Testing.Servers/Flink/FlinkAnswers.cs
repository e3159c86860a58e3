using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Flink;

/// <summary>Flink's JSON, with the fields of 1.20.5.</summary>
internal static class FlinkAnswers
{
    private const string Version = "1.20.5";
    private const string Source = "0c80f7e50ab54b30f6a2580946f9e942";
    private const string Sink = "b71731f1c0df9c3076c4a455334d0ad6";

    public static JsonObject Overview(List<FlinkJob> jobs)
    {
        int Count(string state) => jobs.Count(j => j.State == state);
        var running = Count("RUNNING");
        return new JsonObject
        {
            ["taskmanagers"] = running,
            ["slots-total"] = running * FlinkJob.Tasks,
            ["slots-available"] = 0,
            ["jobs-running"] = running,
            ["jobs-finished"] = Count("FINISHED"),
            ["jobs-cancelled"] = Count("CANCELED"),
            ["jobs-failed"] = Count("FAILED"),
            ["flink-version"] = Version,
            ["flink-commit"] = "0980485",
        };
    }

    public static JsonObject Config() => new()
    {
        ["refresh-interval"] = 3000,
        ["timezone-name"] = "Coordinated Universal Time",
        ["timezone-offset"] = 0,
        ["flink-version"] = Version,
        ["flink-revision"] = "0980485 @ 2026-06-08T09:21:06+02:00",
        ["features"] = new JsonObject { ["web-submit"] = false, ["web-cancel"] = false, ["web-rescale"] = false, ["web-history"] = false },
    };

    public static JsonObject Jobs(List<FlinkJob> jobs, DateTimeOffset now) => new()
    {
        ["jobs"] = new JsonArray([.. jobs.Select(j => (JsonNode)Summary(j, now))]),
    };

    public static JsonObject Job(FlinkJob job, DateTimeOffset now) => new()
    {
        ["jid"] = job.Id,
        ["name"] = job.Name,
        ["isStoppable"] = false,
        ["state"] = job.State,
        ["job-type"] = job.Configuration.GetValueOrDefault("execution.runtime-mode") == "STREAMING" ? "STREAMING" : "BATCH",
        ["start-time"] = Milliseconds(job.StartedAt),
        ["end-time"] = Milliseconds(job.EndedAt),
        ["duration"] = Duration(job, now),
        ["maxParallelism"] = -1,
        ["now"] = Milliseconds(now),
        ["timestamps"] = new JsonObject { ["CREATED"] = Milliseconds(job.StartedAt), ["RUNNING"] = Milliseconds(job.StartedAt) },
        ["vertices"] = new JsonArray(Vertex(job, Source, "Source: events", now), Vertex(job, Sink, "count -> discard: Writer", now)),
        ["status-counts"] = new JsonObject { ["RUNNING"] = job.AllTasksRun(now) ? 2 : 0 },
        ["plan"] = new JsonObject
        {
            ["jid"] = job.Id,
            ["name"] = job.Name,
            ["type"] = "STREAMING",
            ["nodes"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = Sink, ["parallelism"] = 1, ["operator"] = "", ["operator_strategy"] = "", ["description"] = "count<br/>",
                    ["inputs"] = new JsonArray(new JsonObject { ["num"] = 0, ["id"] = Source, ["ship_strategy"] = "HASH", ["exchange"] = "pipelined_bounded" }),
                    ["optimizer_properties"] = new JsonObject(),
                },
                new JsonObject
                {
                    ["id"] = Source, ["parallelism"] = 1, ["operator"] = "", ["operator_strategy"] = "", ["description"] = "Source: events<br/>",
                    ["optimizer_properties"] = new JsonObject(),
                }),
        },
    };

    public static JsonObject Exceptions(FlinkJob job)
    {
        var trace = job.Cause is { } cause
            ? $"org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy\n\tat org.apache.flink.runtime.executiongraph.failover.ExecutionFailureHandler.handleFailure(ExecutionFailureHandler.java:180)\nCaused by: {cause}\n"
            : null;
        var entries = new JsonArray();
        if (trace is not null)
        {
            entries.Add((JsonNode)new JsonObject
            {
                ["exceptionName"] = "org.apache.flink.runtime.JobException", ["stacktrace"] = trace, ["timestamp"] = Milliseconds(job.EndedAt),
                ["failureLabels"] = new JsonObject(), ["taskName"] = null, ["endpoint"] = null, ["taskManagerId"] = null,
                ["concurrentExceptions"] = new JsonArray(),
            });
        }
        return new JsonObject
        {
            ["root-exception"] = trace,
            ["timestamp"] = trace is null ? null : Milliseconds(job.EndedAt),
            ["all-exceptions"] = new JsonArray(),
            ["truncated"] = false,
            ["exceptionHistory"] = new JsonObject { ["entries"] = entries, ["truncated"] = false },
        };
    }

    public static JsonObject Operation(Operation operation, DateTimeOffset now)
    {
        if (operation.Done > now)
        {
            return new JsonObject { ["status"] = new JsonObject { ["id"] = "IN_PROGRESS" }, ["operation"] = null };
        }
        var result = operation.Failure is not { } failure ? new JsonObject { ["location"] = operation.Location } : new JsonObject
        {
            ["failure-cause"] = new JsonObject
            {
                ["class"] = "java.util.concurrent.CompletionException",
                ["stack-trace"] = $"java.util.concurrent.CompletionException: {failure}\n\tat java.base/java.util.concurrent.CompletableFuture.encodeThrowable(CompletableFuture.java:332)\n",
                ["serialized-throwable"] = "rO0ABQ==",
            },
        };
        return new JsonObject { ["status"] = new JsonObject { ["id"] = "COMPLETED" }, ["operation"] = result };
    }

    public static JsonArray Configuration(IReadOnlyDictionary<string, string> values) => new(
        [.. values.OrderBy(static p => p.Key, StringComparer.Ordinal).Select(static p => (JsonNode)new JsonObject
        {
            ["key"] = p.Key,
            // Flink hides by the key's name.
            ["value"] = p.Key.Contains("secret", StringComparison.OrdinalIgnoreCase) || p.Key.Contains("password", StringComparison.OrdinalIgnoreCase)
                ? "******" : p.Value,
        })]);

    public static JsonObject Environment() => new()
    {
        ["jvm"] = new JsonObject
        {
            ["version"] = "OpenJDK 64-Bit Server VM - Debian - 17/17.0.15+6-Debian-1deb12u1",
            ["arch"] = "amd64",
            ["options"] = new JsonArray("-Xmx469762048", "-Xms469762048", "-XX:MaxMetaspaceSize=268435456"),
        },
        ["classpath"] = new JsonArray("/opt/flink/lib/flink-cep-1.20.5.jar"),
    };

    public static JsonObject TaskManagers(List<FlinkJob> jobs, DateTimeOffset now) => new()
    {
        ["taskmanagers"] = new JsonArray([.. jobs.Where(j => j.AllTasksRun(now)).Select((_, i) => (JsonNode)new JsonObject
        {
            ["id"] = FormattableString.Invariant($"127.0.0.1:{40719 + i}-5d3f1c"),
            ["path"] = FormattableString.Invariant($"pekko.tcp://flink@127.0.0.1:{40719 + i}/user/rpc/taskmanager_0"),
            ["dataPort"] = 42595,
            ["jmxPort"] = -1,
            ["timeSinceLastHeartbeat"] = Milliseconds(now),
            ["slotsNumber"] = FlinkJob.Tasks,
            ["freeSlots"] = 0,
            ["memoryConfiguration"] = new JsonObject { ["managedMemory"] = 536870920, ["totalProcessMemory"] = 1811939328 },
        })]),
    };

    private static JsonObject Summary(FlinkJob job, DateTimeOffset now)
    {
        var running = job.AllTasksRun(now) ? FlinkJob.Tasks : 0;
        return new JsonObject
        {
            ["jid"] = job.Id,
            ["name"] = job.Name,
            ["start-time"] = Milliseconds(job.StartedAt),
            ["end-time"] = Milliseconds(job.EndedAt),
            ["duration"] = Duration(job, now),
            ["state"] = job.State,
            ["last-modification"] = Milliseconds(job.EndedAt ?? job.StartedAt),
            ["tasks"] = new JsonObject
            {
                ["running"] = running,
                ["canceling"] = 0,
                ["canceled"] = job.State == "CANCELED" ? FlinkJob.Tasks : 0,
                ["total"] = FlinkJob.Tasks,
                ["created"] = 0,
                ["scheduled"] = job.HasEnded ? 0 : FlinkJob.Tasks - running,
                ["deploying"] = 0,
                ["reconciling"] = 0,
                ["finished"] = job.State == "FINISHED" ? FlinkJob.Tasks : 0,
                ["initializing"] = 0,
                ["failed"] = job.State == "FAILED" ? FlinkJob.Tasks : 0,
            },
        };
    }

    private static JsonObject Vertex(FlinkJob job, string id, string name, DateTimeOffset now) => new()
    {
        ["id"] = id,
        ["slotSharingGroupId"] = "860f1729a3a711727eb8281a784c53f4",
        ["name"] = name,
        ["maxParallelism"] = 128,
        ["parallelism"] = 1,
        ["status"] = job.HasEnded ? job.State : job.AllTasksRun(now) ? "RUNNING" : "SCHEDULED",
        ["start-time"] = Milliseconds(job.StartedAt),
        ["end-time"] = Milliseconds(job.EndedAt),
        ["duration"] = Duration(job, now),
        ["tasks"] = new JsonObject { ["RUNNING"] = job.AllTasksRun(now) ? 1 : 0, ["SCHEDULED"] = job.HasEnded || job.AllTasksRun(now) ? 0 : 1 },
        ["metrics"] = new JsonObject
        {
            ["read-bytes"] = 0, ["read-bytes-complete"] = true, ["write-bytes"] = 25320, ["write-bytes-complete"] = true,
            ["read-records"] = 0, ["read-records-complete"] = true, ["write-records"] = 743, ["write-records-complete"] = true,
            ["accumulated-backpressured-time"] = 0, ["accumulated-idle-time"] = 4145, ["accumulated-busy-time"] = 642.0,
        },
    };

    private static long Duration(FlinkJob job, DateTimeOffset now) => (long)Math.Max(0, ((job.EndedAt ?? now) - job.StartedAt).TotalMilliseconds);

    private static long Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? -1;
}
