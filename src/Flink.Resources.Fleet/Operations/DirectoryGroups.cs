using System.Text;

namespace Flink.Resources.Fleet;

/// <summary>Which jobs of a document reach their directories of snapshots in the same way: one's try holds for the others.</summary>
internal static class DirectoryGroups
{
    /// <summary>Keys that say nothing of how storage is reached. Whatever is not among them parts jobs.</summary>
    private static readonly string[] _others =
    [
        "execution.", "state.", "pipeline.", "parallelism.", "restart-strategy", "table.", "taskmanager.", "jobmanager.", "slotmanager.", "metrics.",
        "heartbeat.", "job.autoscaler.", "cluster.fine-grained-resource-management",
    ];

    /// <summary>All that a try depends on, as a text that is the same for jobs that have it in common.</summary>
    public static string Of(FleetDocument document, MoveRequest move)
    {
        var entry = document.Jobs[move.Job];
        var text = new StringBuilder();
        Add("cluster", move.TargetBackend);
        Add("namespace", NamespaceOf(document, entry.Queue, move.TargetBackend));
        Add("runtime", entry.Runtime);
        Add("zone", entry.Zone);
        Add("root", RootOf(move));
        foreach (var (name, value) in entry.Environment)
        {
            Add($"env {name}", value);
        }
        foreach (var (variable, secret) in entry.Secrets)
        {
            Add($"secret {variable}", $"{secret.Name}/{secret.Key}");
        }
        foreach (var (key, value) in entry.Configuration.Where(static p => !Array.Exists(_others, o => p.Key.StartsWith(o, StringComparison.Ordinal))))
        {
            Add($"flink {key}", value);
        }
        return text.ToString();

        // A length before each part: no part can look like two.
        void Add(string name, string? value) => text.Append(name).Append(' ').Append(value?.Length ?? -1).Append(':').Append(value).Append('\n');
    }

    /// <summary>The directory up to what is the job's own; whole when the job's name is no part of it.</summary>
    private static string RootOf(MoveRequest move)
    {
        var at = $"{move.SnapshotDirectory}/".IndexOf($"/{move.Job.Value}/", StringComparison.Ordinal);
        return at < 0 ? move.SnapshotDirectory! : move.SnapshotDirectory![..(at + 1)];
    }

    private static string? NamespaceOf(FleetDocument document, string queue, string cluster)
    {
        for (var path = queue; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('.'))])
        {
            if (document.Queues.TryGetValue(path, out var found) && found.Clusters.TryGetValue(cluster, out var there) && there.Namespace is { } name)
            {
                return name;
            }
        }
        return (document.Clusters[cluster] as FleetCluster.Kubernetes)?.Namespace;
    }
}
