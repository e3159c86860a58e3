using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>From what users wrote to what backends run.</summary>
public static class FleetDocumentSpecifications
{
    extension(FleetDocument document)
    {
        /// <summary>
        /// What runs a job on a cluster, be it the one that the document names or another. What belongs to the place (image, libraries, its
        /// environment, namespaces) is in the backend's options (<c>AddFleet</c>), not here; secrets are named, never read.
        /// </summary>
        /// <param name="job">A job of the document.</param>
        /// <param name="cluster">The name of a cluster of the document.</param>
        /// <exception cref="ArgumentException">The document has no such job or cluster.</exception>
        public ApplicationSpec SpecFor(JobKey job, string cluster)
        {
            ArgumentNullException.ThrowIfNull(document);
            ArgumentNullException.ThrowIfNull(cluster);
            if (!document.Jobs.TryGetValue(job, out var entry))
            {
                throw new ArgumentException($"The document has no job '{job}'.", nameof(job));
            }
            if (!document.Clusters.TryGetValue(cluster, out var place))
            {
                throw new ArgumentException($"The document has no cluster '{cluster}'; it has {string.Join(", ", document.Clusters.Keys)}.", nameof(cluster));
            }
            var runtime = document.Runtimes[entry.Runtime];
            return new ApplicationSpec
            {
                Job = entry.Job,
                Kind = entry.Kind,
                Queue = place is FleetCluster.Yarn ? document.QueueOn(entry.Queue, place.Name) : entry.Queue,
                Priority = entry.Priority,
                Zone = entry.Zone,
                FlinkVersion = runtime.Version,
                Jar = Located(entry.Jar, place),
                Files = [.. entry.Files.Select(f => Located(f, place))],
                EntryClass = entry.EntryClass,
                Arguments = entry.Arguments,
                Configuration = Configuration(entry, runtime, place),
                Parallelism = entry.Parallelism,
                JobManager = entry.JobManager,
                TaskManager = entry.TaskManager,
                Environment = entry.Environment,
            };
        }

        /// <summary>The path that a queue has on a cluster.</summary>
        /// <param name="queue">Its path in the document.</param>
        /// <param name="cluster">The name of a cluster.</param>
        public string QueueOn(string queue, string cluster)
        {
            ArgumentNullException.ThrowIfNull(document);
            ArgumentNullException.ThrowIfNull(queue);
            for (var path = queue; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('.'))])
            {
                if (document.Queues.TryGetValue(path, out var found) && found.Clusters.TryGetValue(cluster, out var there) && there.Queue is { } name)
                {
                    return name + queue[path.Length..];
                }
            }
            return queue;
        }
    }

    /// <summary><c>hdfs:///</c> means another thing on each cluster: it is said here, once.</summary>
    private static ArtifactRef Located(ArtifactRef artifact, FleetCluster place) =>
        place.FileSystem is { } fileSystem && artifact.Uri.StartsWith("hdfs:///", StringComparison.Ordinal)
            ? artifact with { Uri = fileSystem + artifact.Uri["hdfs://".Length..] }
            : artifact;

    private static ImmutableSortedDictionary<string, string> Configuration(JobEntry entry, FleetRuntime runtime, FleetCluster place)
    {
        var configuration = entry.Configuration.ToBuilder();
        AddDirectory("checkpoints", "execution.checkpointing.dir", "state.checkpoints.dir");
        AddDirectory("savepoints", "execution.checkpointing.savepoint-dir", "state.savepoints.dir");
        if (place is FleetCluster.Kubernetes && !entry.Secrets.IsEmpty)
        {
            // Flink's text for a list of maps: entries by semicolon, pairs by comma.
            configuration["kubernetes.env.secretKeyRef"] = string.Join(
                ';', entry.Secrets.Select(static s => $"env:{s.Key},secret:{s.Value.Name},key:{s.Value.Key}"));
        }
        return configuration.ToImmutable();

        void AddDirectory(string folder, string key, string oldKey)
        {
            var isWritten = new[] { entry.Configuration, runtime.Configuration, place.Configuration }.Any(c => c.ContainsKey(key) || c.ContainsKey(oldKey));
            if (!isWritten)
            {
                configuration[HasNewNames(runtime.Version) ? key : oldKey] = $"{entry.SnapshotDirectory}/{folder}";
            }
        }
    }

    /// <summary>Flink 1.20 gave these keys their present names.</summary>
    private static bool HasNewNames(string version) =>
        version.Split('.') is [var major, var minor, ..]
        && (int.Parse(major, System.Globalization.CultureInfo.InvariantCulture), int.Parse(minor, System.Globalization.CultureInfo.InvariantCulture)).CompareTo((1, 20)) >= 0;
}
