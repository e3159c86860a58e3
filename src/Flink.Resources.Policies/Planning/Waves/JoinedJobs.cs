namespace Flink.Resources.Planning;

/// <summary>Which jobs of a wave are joined to others: by what one writes and another reads or writes too, or as active and standby.</summary>
internal sealed class JoinedJobs
{
    private readonly Dictionary<string, JobKey> _reads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobKey> _writes = new(StringComparer.Ordinal);
    private readonly HashSet<JobKey> _jobs = [];
    private readonly Dictionary<JobKey, JobKey> _standbys = [];

    /// <summary>What joins a job to one that is there; null when nothing does. Reads as "JOB ...".</summary>
    public string? Conflict(FleetJob job)
    {
        foreach (var name in job.Writes)
        {
            if (_writes.TryGetValue(name, out var writer))
            {
                return $"writes {name}, as {writer} does";
            }
            if (_reads.TryGetValue(name, out var reader))
            {
                return $"writes {name}, which {reader} reads";
            }
        }
        foreach (var name in job.Reads)
        {
            if (_writes.TryGetValue(name, out var writer))
            {
                return $"reads {name}, which {writer} writes";
            }
        }
        if (job.StandbyOf is { } active && _jobs.Contains(active))
        {
            return $"stands by for {active}";
        }
        return _standbys.TryGetValue(job.Job, out var standby) ? $"has {standby} as its standby" : null;
    }

    public void Add(FleetJob job)
    {
        foreach (var name in job.Reads)
        {
            _ = _reads.TryAdd(name, job.Job);
        }
        foreach (var name in job.Writes)
        {
            _ = _writes.TryAdd(name, job.Job);
        }
        _ = _jobs.Add(job.Job);
        if (job.StandbyOf is { } active)
        {
            _ = _standbys.TryAdd(active, job.Job);
        }
    }
}
