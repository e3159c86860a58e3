using Flink.Resources.Flink;

namespace Flink.Resources.Fleet;

/// <summary>Flink keys that other keys of the document, or the library, own.</summary>
internal static class OwnedKeys
{
    private static readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal)
    {
        ["parallelism.default"] = "parallelism",
        ["taskmanager.numberOfTaskSlots"] = "taskManager.slots",
        ["jobmanager.memory.process.size"] = "jobManager.memory",
        ["taskmanager.memory.process.size"] = "taskManager.memory",
        ["taskmanager.cpu.cores"] = "taskManager.cpu",
        ["yarn.appmaster.vcores"] = "jobManager.cpu",
        ["yarn.containers.vcores"] = "taskManager.cpu",
        ["kubernetes.jobmanager.cpu"] = "jobManager.cpu",
        ["kubernetes.jobmanager.cpu.amount"] = "jobManager.cpu",
        ["kubernetes.taskmanager.cpu"] = "taskManager.cpu",
        ["kubernetes.taskmanager.cpu.amount"] = "taskManager.cpu",
        ["yarn.application.queue"] = "queue",
        ["yarn.application.priority"] = "priority",
        ["yarn.application.node-label"] = "zone",
        ["pipeline.jars"] = "jar",
        ["$internal.application.main"] = "class",
        ["$internal.application.program-args"] = "args",
        ["execution.state-recovery.path"] = "start",
        ["execution.savepoint.path"] = "start",
        ["kubernetes.namespace"] = "queues",
        ["kubernetes.env.secretKeyRef"] = "secrets",
    };

    /// <summary>As moves have it: what a job's specification holds stands in the journal.</summary>
    private static readonly string[] _secretParts =
    [
        "password", "passwd", "secret", "fs.azure.account.key", "apikey", "api-key", "auth-params", "service-key", "token", "basic-auth",
        "jaas.config", "http-headers", "access-key", "accesskey", "private-key", "credential",
    ];

    /// <summary>What to do instead of giving a secret; null when the key names none.</summary>
    public static string? Secret(string key) => _secretParts.Any(p => key.Contains(p, StringComparison.OrdinalIgnoreCase))
        ? "a secret of a job would stand in the journal: name it in 'secrets', or give it to the runtime or the cluster"
        : null;

    /// <summary>What to do instead; null when the key is the user's.</summary>
    public static string? Instead(string key) => key switch
    {
        _ when _owners.TryGetValue(key, out var owner) => $"write the key '{owner}' of the document instead",
        "high-availability" => "write high-availability.type",
        _ when key.StartsWith("python.", StringComparison.Ordinal) => "Python jobs are not supported yet",
        _ when ApplicationSpecRules.IsOwned(key) => "the library sets it; leave it out",
        _ => null,
    };
}
