using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>
/// The fleet as an immutable index: running jobs by backend, band, effective priority and queue; nodes by free room. Each change returns
/// a new snapshot that shares what did not change. The answer depends on what it holds, not on the order in which it was put in.
/// </summary>
public sealed class FleetSnapshot
{
    private readonly ImmutableDictionary<JobKey, IndexedJob> _jobs;
    private readonly StateSizes _stateSizes;

    private FleetSnapshot(
        long version,
        ImmutableDictionary<string, FleetBackend> backends,
        ImmutableDictionary<JobKey, IndexedJob> jobs,
        StateSizes stateSizes)
    {
        Version = version;
        Backends = backends;
        _jobs = jobs;
        _stateSizes = stateSizes;
    }

    /// <summary>A fleet without backends and jobs, version 0.</summary>
    public static FleetSnapshot Empty { get; } = new(
        0,
        ImmutableDictionary.Create<string, FleetBackend>(StringComparer.Ordinal),
        ImmutableDictionary<JobKey, IndexedJob>.Empty,
        StateSizes.Empty);

    /// <summary>Grows by one with each change.</summary>
    public long Version { get; }

    /// <summary>How many jobs run.</summary>
    public int JobCount => _jobs.Count;

    /// <summary>What a state of unknown size is taken for: the 95th percentile of the known ones, rounded up to a power of two.</summary>
    public long UnknownStateBytes => _stateSizes.Percentile95;

    internal ImmutableDictionary<string, FleetBackend> Backends { get; }

    /// <summary>
    /// Takes over a backend's nodes and queues; only what differs from before is touched. Jobs come by <see cref="SetJobs"/>, since what they
    /// would lose is not the backend's to know.
    /// </summary>
    /// <param name="snapshot">What the backend shows.</param>
    /// <param name="kind">YARN hides on which node a container could go, there only amounts are planned; elsewhere whole containers on nodes.</param>
    public FleetSnapshot Apply(BackendSnapshot snapshot, BackendKind kind)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var backend = Backends.GetValueOrDefault(snapshot.Backend) ?? FleetBackend.Create(snapshot.Backend);
        return With(Backends.SetItem(snapshot.Backend, backend.Apply(snapshot, kind)), _jobs, _stateSizes);
    }

    /// <summary>Puts in or replaces jobs. Many at once are cheaper than one by one.</summary>
    public FleetSnapshot SetJobs(IEnumerable<FleetJob> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return Change(jobs.Select(static j => new KeyValuePair<JobKey, FleetJob?>(j.Job, j)));
    }

    /// <summary>Takes out jobs that no longer run; those that are not there are ignored.</summary>
    public FleetSnapshot RemoveJobs(IEnumerable<JobKey> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return Change(jobs.Select(static j => new KeyValuePair<JobKey, FleetJob?>(j, null)));
    }

    /// <summary>A running job; null when it is not there.</summary>
    public FleetJob? Find(JobKey job) => _jobs.GetValueOrDefault(job)?.Job;

    private FleetSnapshot Change(IEnumerable<KeyValuePair<JobKey, FleetJob?>> changes)
    {
        var jobs = _jobs.ToBuilder();
        var sizes = _stateSizes;
        var perBackend = new Dictionary<string, BucketChanges>(StringComparer.Ordinal);
        foreach (var (key, job) in changes)
        {
            if (jobs.TryGetValue(key, out var old))
            {
                ChangesOf(perBackend, old.Job.Backend).Remove(old);
                sizes = sizes.Add(old.Job.StateBytes, -1);
                jobs.Remove(key);
            }
            if (job is not null)
            {
                var indexed = new IndexedJob(job);
                ChangesOf(perBackend, job.Backend).Add(indexed);
                sizes = sizes.Add(job.StateBytes, 1);
                jobs.Add(key, indexed);
            }
        }
        var backends = Backends;
        foreach (var (name, change) in perBackend)
        {
            backends = backends.SetItem(name, (backends.GetValueOrDefault(name) ?? FleetBackend.Create(name)).Apply(change));
        }
        return With(backends, jobs.ToImmutable(), sizes);
    }

    private static BucketChanges ChangesOf(Dictionary<string, BucketChanges> changes, string backend)
    {
        if (!changes.TryGetValue(backend, out var found))
        {
            changes.Add(backend, found = new());
        }
        return found;
    }

    private FleetSnapshot With(
        ImmutableDictionary<string, FleetBackend> backends, ImmutableDictionary<JobKey, IndexedJob> jobs, StateSizes sizes) =>
        new(Version + 1, backends, jobs, sizes);
}

/// <summary>How many jobs have a state of about which size, by powers of two.</summary>
internal sealed class StateSizes
{
    private readonly ImmutableArray<int> _counts;
    private readonly int _total;

    private StateSizes(ImmutableArray<int> counts, int total)
    {
        _counts = counts;
        _total = total;
    }

    public static StateSizes Empty { get; } = new([.. new int[64]], 0);

    public long Percentile95
    {
        get
        {
            var below = 0;
            for (var i = 0; i < 63; i++)
            {
                below += _counts[i];
                if (_total > 0 && below >= 0.95 * _total)
                {
                    return 1L << i;
                }
            }
            // Nothing is known at all: a terabyte.
            return 1L << 40;
        }
    }

    public StateSizes Add(long? bytes, int count)
    {
        if (bytes is not { } known)
        {
            return this;
        }
        var i = known <= 1 ? 0 : Math.Min(62, 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)known - 1));
        return new(_counts.SetItem(i, _counts[i] + count), _total + count);
    }
}
