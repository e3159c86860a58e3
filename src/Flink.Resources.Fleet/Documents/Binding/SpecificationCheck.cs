using Flink.Resources.Flink;

namespace Flink.Resources.Fleet;

/// <summary>What backends would refuse in Prepare, as far as it can be seen without them.</summary>
internal static class SpecificationCheck
{
    public static void Check(DocumentWalk walk, FleetDocument document)
    {
        foreach (var entry in document.Jobs.Values)
        {
            var path = DocumentWalk.Join("jobs", entry.Job.Value, isUsersName: true);
            var cluster = document.Clusters[entry.Cluster];
            var spec = document.SpecFor(entry.Job, entry.Cluster);
            // As AddFleet lays them over each other; a simulated cluster knows none of it.
            var place = cluster is FleetCluster.Simulated ? [] : document.Runtimes[entry.Runtime].Configuration.Concat(cluster.Configuration);
            foreach (var error in ApplicationSpecRules.Check(spec, place))
            {
                var field = FieldOf(error.Field, path);
                walk.Errors.Add(Position(walk, document, path, field), field, error.Value is null ? null : walk.Shown(field, error.Value), error.Expected);
            }
            if (cluster is FleetCluster.Kubernetes)
            {
                CheckKubernetes(walk, document, entry, spec, path);
            }
        }
    }

    private static void CheckKubernetes(DocumentWalk walk, FleetDocument document, JobEntry entry, ApplicationSpec spec, string path)
    {
        var files = spec.Files.Select(static (f, i) => (Field: FormattableString.Invariant($"files[{i}]"), File: f)).Prepend((Field: "jar", File: spec.Jar));
        foreach (var (field, file) in files.Where(static f => f.File.Uri.StartsWith('/') || f.File.Uri.StartsWith("file:", StringComparison.Ordinal)))
        {
            var at = Position(walk, document, path, $"{path}.{field}");
            walk.Errors.Add(at, $"{path}.{field}", walk.Shown($"{path}.{field}", file.Uri), "pods can't read this machine's disk: write local:///… (in the image), https://…, hdfs://… or s3://…");
        }
        foreach (var key in entry.Configuration.Keys.Where(KubernetesOwnedKeys.Contains))
        {
            var field = DocumentWalk.Join($"{path}.flink", key, isUsersName: true);
            walk.Errors.Add(KeyPosition(walk, document, path, field), field, null, "the Kubernetes backend sets it, so that fences, addresses and high availability hold; leave it out");
        }
    }

    /// <summary>Where the value stands: with the job, or in the defaults.</summary>
    private static SourcePosition Position(DocumentWalk walk, FleetDocument document, string path, string field) =>
        walk.Positions.TryGetValue(field, out var own) ? own
        : walk.Positions.TryGetValue($"defaults{field[path.Length..]}", out var shared) ? shared
        : document.PositionOf(field);

    /// <summary>Where the key stands, for a mistake that is not in its value. What no job wrote, its runtime or cluster did.</summary>
    private static SourcePosition KeyPosition(DocumentWalk walk, FleetDocument document, string path, string field) =>
        walk.Keys.TryGetValue(field, out var own) ? own
        : walk.Keys.TryGetValue($"defaults{field[path.Length..]}", out var shared) ? shared
        : Position(walk, document, path, field);

    private static string FieldOf(string field, string path) => field switch
    {
        "Jar" => $"{path}.jar",
        "EntryClass" => $"{path}.class",
        "Queue" => $"{path}.queue",
        "Zone" => $"{path}.zone",
        "Parallelism" => $"{path}.parallelism",
        "JobManager.Memory" => $"{path}.jobManager.memory",
        "JobManager.CpuMillicores" => $"{path}.jobManager.cpu",
        "TaskManager.Memory" => $"{path}.taskManager.memory",
        "TaskManager.CpuMillicores" => $"{path}.taskManager.cpu",
        "TaskManager.Slots" => $"{path}.taskManager.slots",
        ['F', 'i', 'l', 'e', 's', .. var index] => $"{path}.files{index}",
        _ when field.StartsWith("Configuration[", StringComparison.Ordinal) => DocumentWalk.Join($"{path}.flink", field["Configuration[".Length..^1], isUsersName: true),
        _ when field.StartsWith("Environment[", StringComparison.Ordinal) => DocumentWalk.Join($"{path}.env", field["Environment[".Length..^1], isUsersName: true),
        _ => path,
    };
}
