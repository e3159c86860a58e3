namespace Flink.Resources.Planning;

/// <summary>Who reads what others write.</summary>
internal sealed class Consumers
{
    private readonly Dictionary<string, HashSet<JobKey>> _readers = new(StringComparer.Ordinal);

    public Consumers(IEnumerable<FleetJob> jobs)
    {
        foreach (var job in jobs)
        {
            foreach (var name in job.Reads)
            {
                if (!_readers.TryGetValue(name, out var readers))
                {
                    _readers[name] = readers = [];
                }
                _ = readers.Add(job.Job);
            }
        }
    }

    /// <summary>How many others read what jobs write.</summary>
    public int Of(IReadOnlyList<FleetJob> jobs)
    {
        HashSet<JobKey>? all = null;
        HashSet<JobKey>? only = null;
        foreach (var name in jobs.SelectMany(static j => j.Writes).Distinct(StringComparer.Ordinal))
        {
            if (_readers.TryGetValue(name, out var readers))
            {
                // Most write one thing that is read: nothing is copied then.
                if (only is null)
                {
                    only = readers;
                    continue;
                }
                all ??= [.. only];
                all.UnionWith(readers);
            }
        }
        var found = all ?? only;
        return found is null ? 0 : found.Count - jobs.Count(j => found.Contains(j.Job));
    }
}
