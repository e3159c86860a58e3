namespace Flink.Resources.Fleet;

/// <summary>Which applications may be a copy of a job that nobody claimed.</summary>
internal static class PossibleCopies
{
    /// <summary>The first live application that may be another copy of the job, with what it has in common with it.</summary>
    public static (string Cluster, SeenApplication Application, string Common)? Find(DesiredJob job, ApplyFacts facts, string? ownCluster, string? own)
    {
        foreach (var cluster in facts.Clusters)
        {
            foreach (var application in cluster.Applications.Where(static a => a.IsLive))
            {
                if ((cluster.Name != ownCluster || application.Id != own) && Common(job, cluster.Name, application) is { } common)
                {
                    return (cluster.Name, application, common);
                }
            }
        }
        return null;
    }

    private static string? Common(DesiredJob job, string cluster, SeenApplication seen)
    {
        if (seen.Job is { } fenced)
        {
            // Whoever has a fence says whose copy it is; nothing else counts.
            return fenced == job.Job ? "its fence" : null;
        }
        return job.Adopt.GetValueOrDefault(cluster) == seen.Id ? "the adopt selector"
            : seen.Name == job.Job.Value || seen.Name == job.Job.Name ? "its name"
            : seen.Jar is { } jar && jar == job.Jar && seen.EntryClass is { } entry && entry == job.EntryClass ? "jar and entry class"
            : seen.CheckpointDirectory is { } directory && job.SnapshotDirectories.Any(d => IsBelow(directory, d)) ? "its checkpoint directory"
            : null;
    }

    private static bool IsBelow(string directory, string root)
    {
        var (left, right) = (directory.TrimEnd('/'), root.TrimEnd('/'));
        return left == right || left.StartsWith($"{right}/", StringComparison.Ordinal);
    }
}
