using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Yarn;

/// <summary>The ResourceManager's JSON, with the fields of Hadoop 3.4.3.</summary>
internal static class YarnAnswers
{
    private const string Running = "RUNNING";
    private const string Lost = "LOST";

    public static JsonObject Info(long startedOn) => new()
    {
        ["clusterInfo"] = new JsonObject
        {
            ["id"] = startedOn,
            ["startedOn"] = startedOn,
            ["state"] = "STARTED",
            ["haState"] = "ACTIVE",
            ["rmStateStoreName"] = "org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore",
            ["resourceManagerVersion"] = "3.4.3",
            ["resourceManagerBuildVersion"] = "3.4.3 from 9d50c6884666e794e45102260a4017bb31802e1b",
            ["resourceManagerVersionBuiltOn"] = "2026-02-12T15:48Z",
            ["hadoopVersion"] = "3.4.3",
            ["hadoopBuildVersion"] = "3.4.3 from 9d50c6884666e794e45102260a4017bb31802e1b",
            ["hadoopVersionBuiltOn"] = "2026-02-12T15:31Z",
            ["haZooKeeperConnectionState"] = "Could not find leader elector. Verify both HA and automatic failover are enabled.",
        },
    };

    public static JsonObject NewApplication(string id, FakeYarnOptions options) => new()
    {
        ["application-id"] = id, ["maximum-resource-capability"] = Resource(options.NodeMemoryMebibytes, options.NodeCores),
    };

    public static JsonObject Applications(IEnumerable<JsonObject> applications)
    {
        var list = new JsonArray([.. applications]);
        // No application is no list, not an empty one.
        return new JsonObject { ["apps"] = list.Count == 0 ? new JsonObject() : new JsonObject { ["app"] = list } };
    }

    public static JsonObject Application(YarnApplication app, long clusterId, DateTimeOffset now)
    {
        var json = new JsonObject
        {
            ["id"] = app.Id,
            ["user"] = "flink",
            ["name"] = app.Name,
            ["queue"] = app.Queue,
            ["state"] = app.State,
            ["finalStatus"] = app.FinalStatus,
            ["progress"] = app.State == "KILLED" || app.FinalStatus == "SUCCEEDED" || app.IsRunning ? 100.0 : 0.0,
            ["trackingUI"] = app.IsFinal ? "History" : app.IsRunning ? "ApplicationMaster" : "UNASSIGNED",
            ["diagnostics"] = app.Diagnostics,
            ["clusterId"] = clusterId,
            ["applicationType"] = app.Text("application-type") ?? "YARN",
            ["applicationTags"] = app.Tags,
            ["priority"] = app.Priority,
            ["startedTime"] = app.SubmittedAt.ToUnixTimeMilliseconds(),
            ["launchTime"] = app.State == "NEW_SAVING" ? 0 : app.SubmittedAt.ToUnixTimeMilliseconds(),
            ["finishedTime"] = app.FinishedAt?.ToUnixTimeMilliseconds() ?? 0,
            ["elapsedTime"] = (long)((app.FinishedAt ?? now) - app.SubmittedAt).TotalMilliseconds,
            ["masterNodeId"] = app.State == "NEW_SAVING" ? string.Empty : "node-1:8041",
            ["allocatedMB"] = app.MemoryMebibytes,
            ["allocatedVCores"] = app.Cores,
            ["reservedMB"] = app.IsFinal ? -1 : 0,
            ["reservedVCores"] = app.IsFinal ? -1 : 0,
            ["runningContainers"] = app.Containers,
            ["memorySeconds"] = 0,
            ["vcoreSeconds"] = 0,
            ["queueUsagePercentage"] = 0.0,
            ["clusterUsagePercentage"] = 0.0,
            ["resourceSecondsMap"] = new JsonObject(),
            ["preemptedResourceMB"] = 0,
            ["preemptedResourceVCores"] = 0,
            ["numNonAMContainerPreempted"] = 0,
            ["numAMContainerPreempted"] = 0,
            ["preemptedMemorySeconds"] = 0,
            ["preemptedVcoreSeconds"] = 0,
            ["preemptedResourceSecondsMap"] = new JsonObject(),
            ["logAggregationStatus"] = app.IsFinal ? "SUCCEEDED" : "NOT_START",
            ["unmanagedApplication"] = false,
            ["appNodeLabelExpression"] = app.Text("app-node-label-expression") ?? string.Empty,
            ["amNodeLabelExpression"] = app.Text("am-container-node-label-expression") ?? string.Empty,
            ["timeouts"] = new JsonObject
            {
                ["timeout"] = new JsonArray(new JsonObject { ["type"] = "LIFETIME", ["expiryTime"] = "UNLIMITED", ["remainingTimeInSeconds"] = -1 }),
            },
        };
        if (app is { IsRunning: true, Flink: { } flink })
        {
            json["trackingUrl"] = $"http://localhost:8088/proxy/{app.Id}/";
            json["amRPCAddress"] = flink.Address.Authority;
            json["amHostHttpAddress"] = "node-1:8042";
        }
        return json;
    }

    /// <summary>The nodes, those that are lost included.</summary>
    /// <param name="options">How many there are.</param>
    /// <param name="live">What runs on them.</param>
    /// <param name="now">When the others were heard of.</param>
    /// <param name="lost">Those that don't report, and since when.</param>
    /// <param name="states">Only nodes in these; empty for all.</param>
    public static JsonObject Nodes(
        FakeYarnOptions options, IReadOnlyList<YarnApplication> live, DateTimeOffset now, IReadOnlyDictionary<int, DateTimeOffset> lost, string states) => new()
    {
        ["nodes"] = new JsonObject
        {
            // All containers stand on the first node.
            ["node"] = new JsonArray([.. Enumerable.Range(0, options.Nodes)
                .Where(i => states.Length == 0 || states.Contains(lost.ContainsKey(i) ? Lost : Running, StringComparison.OrdinalIgnoreCase))
                .Select(i => (JsonNode)Node(
                    options, i, i == 0 ? live.Sum(static a => a.MemoryMebibytes) : 0, i == 0 ? live.Sum(static a => a.Cores) : 0, live,
                    lost.TryGetValue(i, out var since) ? (Lost, since) : (Running, now)))]),
        },
    };

    public static JsonObject Scheduler(FakeYarnOptions options, IReadOnlyList<YarnApplication> live) => new()
    {
        ["scheduler"] = new JsonObject
        {
            ["schedulerInfo"] = new JsonObject
            {
                ["type"] = "capacityScheduler",
                ["capacity"] = 100.0,
                ["usedCapacity"] = 0.0,
                ["maxCapacity"] = 100.0,
                ["weight"] = -1.0,
                ["normalizedWeight"] = 0.0,
                ["queueName"] = "root",
                ["queuePath"] = "root",
                ["maxParallelApps"] = 2147483647,
                ["isAbsoluteResource"] = false,
                ["queues"] = new JsonObject { ["queue"] = Children("root", options, live) },
            },
        },
    };

    private static JsonArray Children(string parent, FakeYarnOptions options, IReadOnlyList<YarnApplication> live)
    {
        var depth = parent.Split('.').Length;
        var names = options.Queues.Where(q => q.StartsWith(parent + ".", StringComparison.Ordinal))
            .Select(q => string.Join('.', q.Split('.').Take(depth + 1))).Distinct(StringComparer.Ordinal).ToList();
        return new JsonArray([.. names.Select(n => (JsonNode)Queue(n, 100.0 / names.Count, options, live))]);
    }

    private static JsonObject Queue(string path, double capacity, FakeYarnOptions options, IReadOnlyList<YarnApplication> live)
    {
        var children = Children(path, options, live);
        var own = live.Where(a => QueuePath(a.Queue) == path || QueuePath(a.Queue).StartsWith(path + ".", StringComparison.Ordinal)).ToList();
        var queue = new JsonObject
        {
            ["type"] = children.Count == 0 ? "capacitySchedulerLeafQueueInfo" : null,
            ["queuePath"] = path,
            ["capacity"] = capacity,
            ["usedCapacity"] = 0.0,
            ["maxCapacity"] = 100.0,
            ["absoluteCapacity"] = capacity,
            ["absoluteMaxCapacity"] = 100.0,
            ["absoluteUsedCapacity"] = 0.0,
            ["weight"] = -1.0,
            ["normalizedWeight"] = 0.0,
            ["numApplications"] = own.Count,
            ["maxParallelApps"] = 2147483647,
            ["queueName"] = path[(path.LastIndexOf('.') + 1)..],
            ["isAbsoluteResource"] = false,
            ["state"] = "RUNNING",
            ["resourcesUsed"] = Resource(own.Sum(static a => a.MemoryMebibytes), own.Sum(static a => a.Cores)),
            ["nodeLabels"] = new JsonArray("*"),
        };
        if (children.Count > 0)
        {
            queue["queues"] = new JsonObject { ["queue"] = children };
        }
        return queue;
    }

    public static string QueuePath(string queue) =>
        queue == "root" || queue.StartsWith("root.", StringComparison.Ordinal) ? queue : $"root.{queue}";

    private static JsonObject Node(
        FakeYarnOptions options, int index, long memory, long cores, IReadOnlyList<YarnApplication> live, (string State, DateTimeOffset At) heard) => new()
    {
        ["rack"] = "/default-rack",
        ["state"] = heard.State,
        ["id"] = FormattableString.Invariant($"node-{index + 1}:8041"),
        ["nodeHostName"] = FormattableString.Invariant($"node-{index + 1}"),
        ["nodeHTTPAddress"] = FormattableString.Invariant($"node-{index + 1}:8042"),
        ["lastHealthUpdate"] = heard.At.ToUnixTimeMilliseconds(),
        ["version"] = "3.4.3",
        ["healthReport"] = string.Empty,
        ["numContainers"] = index == 0 ? live.Sum(static a => a.Containers) : 0,
        ["usedMemoryMB"] = memory,
        ["availMemoryMB"] = options.NodeMemoryMebibytes - memory,
        ["usedVirtualCores"] = cores,
        ["availableVirtualCores"] = options.NodeCores - cores,
        ["usedResource"] = Resource(memory, cores),
        ["availableResource"] = Resource(options.NodeMemoryMebibytes - memory, options.NodeCores - cores),
        ["totalResource"] = Resource(options.NodeMemoryMebibytes, options.NodeCores),
    };

    private static JsonObject Resource(long memory, long cores) => new() { ["memory"] = memory, ["vCores"] = cores };
}
