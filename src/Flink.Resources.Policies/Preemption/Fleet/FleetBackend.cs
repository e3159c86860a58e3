using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>A job at its place in the index. The rank only says who is looked at first; it depends on the record alone.</summary>
internal sealed class IndexedJob
{
    private static readonly CoreSecondsCost ByDefault = new(new());

    public IndexedJob(FleetJob job)
    {
        Job = job;
        Level = new(job.Tier, job.EffectivePriority);
        var move = job.CanSavepoint ? MoveKind.StopWithSavepoint : job.RetainsCheckpoints ? MoveKind.Requeue : MoveKind.Kill;
        var cost = ByDefault.Rate(job, move, 0, 1L << 40, job.ObservedAt);
        Rank = cost.CoreSeconds / Math.Max(1, job.Total.CpuMillicores);
    }

    public FleetJob Job { get; }

    public Level Level { get; }

    public double Rank { get; }

    /// <summary>Who is looked at first in a bucket.</summary>
    public static IComparer<IndexedJob> ByRank { get; } = Comparer<IndexedJob>.Create(static (x, y) =>
    {
        var order = y.Job.IsLeaving.CompareTo(x.Job.IsLeaving);
        order = order != 0 ? order : x.Rank.CompareTo(y.Rank);
        order = order != 0 ? order : Nullable.Compare(y.Job.StableSince, x.Job.StableSince);
        return order != 0 ? order : string.CompareOrdinal(x.Job.Job.Value, y.Job.Job.Value);
    });
}

/// <summary>Band and effective priority; less is less important.</summary>
internal readonly record struct Level(WorkloadTier Tier, int Priority)
{
    public static IComparer<Level> LeastImportantFirst { get; } = Comparer<Level>.Create(static (x, y) =>
        x.Tier != y.Tier ? x.Tier.CompareTo(y.Tier) : x.Priority.CompareTo(y.Priority));
}

/// <summary>Jobs of one level in one queue.</summary>
/// <param name="Jobs">In the order in which they are looked at.</param>
/// <param name="Total">All that they hold.</param>
/// <param name="LargestPlace">At least the most memory that one of them holds on one node.</param>
internal sealed record JobBucket(ImmutableSortedSet<IndexedJob> Jobs, ResourceAmount Total, long LargestPlace)
{
    public static JobBucket Empty { get; } = new(ImmutableSortedSet.Create(IndexedJob.ByRank), default, 0);
}

/// <summary>A node with what is free on it; ordered from the roomiest on.</summary>
internal readonly record struct FreeNode(string Name, ResourceAmount Free)
{
    public static IComparer<FreeNode> RoomiestFirst { get; } = Comparer<FreeNode>.Create(static (x, y) =>
    {
        var order = y.Free.Memory.Bytes.CompareTo(x.Free.Memory.Bytes);
        return order != 0 ? order : string.CompareOrdinal(x.Name, y.Name);
    });
}

/// <summary>Jobs that come into and go out of buckets of one backend.</summary>
internal sealed class BucketChanges
{
    public Dictionary<(Level Level, string Queue), (List<IndexedJob> Added, List<IndexedJob> Removed)> Buckets { get; } = [];

    public void Add(IndexedJob job) => Of(job).Added.Add(job);

    public void Remove(IndexedJob job)
    {
        // The same job twice in one change: the later record replaces the earlier one.
        if (!Of(job).Added.Remove(job))
        {
            Of(job).Removed.Add(job);
        }
    }

    private (List<IndexedJob> Added, List<IndexedJob> Removed) Of(IndexedJob job)
    {
        var key = (job.Level, job.Job.Queue);
        if (!Buckets.TryGetValue(key, out var lists))
        {
            Buckets.Add(key, lists = ([], []));
        }
        return lists;
    }
}

/// <summary>One backend of the index.</summary>
internal sealed record FleetBackend
{
    public required string Name { get; init; }

    /// <summary>Whether a container needs room on one node; else only sums count.</summary>
    public bool KnowsNodes { get; init; }

    public ResourceAmount Capacity { get; init; }

    public ResourceAmount Free { get; init; }

    public ImmutableDictionary<string, NodeReport> Nodes { get; init; } = ImmutableDictionary.Create<string, NodeReport>(StringComparer.Ordinal);

    public ImmutableSortedSet<FreeNode> FreeNodes { get; init; } = ImmutableSortedSet.Create(FreeNode.RoomiestFirst);

    public ImmutableDictionary<string, QueueReport> Queues { get; init; } = ImmutableDictionary.Create<string, QueueReport>(StringComparer.Ordinal);

    /// <summary>Running jobs by queue.</summary>
    public ImmutableDictionary<string, int> Running { get; init; } = ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<Level, ImmutableSortedDictionary<string, JobBucket>> Levels { get; init; } =
        ImmutableSortedDictionary.Create<Level, ImmutableSortedDictionary<string, JobBucket>>(Level.LeastImportantFirst);

    /// <summary>By node: the jobs that hold something there, the least important first.</summary>
    public ImmutableDictionary<string, ImmutableArray<IndexedJob>> OnNode { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<IndexedJob>>(StringComparer.Ordinal);

    /// <summary>So far below zero that nothing fits there, whatever is freed.</summary>
    public static ResourceAmount Unusable { get; } = Amounts.Of(-(1L << 60), -(1L << 60));

    public static FleetBackend Create(string name) => new() { Name = name };

    public static ResourceAmount CapacityOf(NodeReport node) => new(node.Memory, node.CpuMillicores);

    /// <summary>
    /// What a node can still take, below zero where it is over-committed: that is what must go first. Nothing fits on a node that takes
    /// no new containers, whatever is freed there.
    /// </summary>
    public static ResourceAmount FreeOf(NodeReport node) => node.IsSchedulable
        ? Amounts.Of(node.Memory.Bytes - node.UsedMemory.Bytes, node.CpuMillicores - node.UsedCpuMillicores)
        : Unusable;

    public FleetBackend Apply(BackendSnapshot snapshot, BackendKind kind) =>
        WithNodes(snapshot.Nodes.Items) with
        {
            KnowsNodes = kind != BackendKind.Yarn,
            Queues = WithQueues(snapshot.Queues.Items),
        };

    public FleetBackend Apply(BucketChanges changes)
    {
        var (levels, running) = (Levels, Running);
        foreach (var ((level, queue), (added, removed)) in changes.Buckets)
        {
            var buckets = levels.GetValueOrDefault(level) ?? ImmutableSortedDictionary.Create<string, JobBucket>(StringComparer.Ordinal);
            var bucket = Changed(buckets.GetValueOrDefault(queue) ?? JobBucket.Empty, added, removed);
            buckets = bucket.Jobs.IsEmpty ? buckets.Remove(queue) : buckets.SetItem(queue, bucket);
            levels = buckets.IsEmpty ? levels.Remove(level) : levels.SetItem(level, buckets);
            running = running.SetItem(queue, running.GetValueOrDefault(queue) + added.Count - removed.Count);
        }
        return this with { Levels = levels, Running = running, OnNode = Placed(changes) };
    }

    private ImmutableDictionary<string, ImmutableArray<IndexedJob>> Placed(BucketChanges changes)
    {
        var touched = new Dictionary<string, HashSet<IndexedJob>>(StringComparer.Ordinal);
        foreach (var (added, removed) in changes.Buckets.Values)
        {
            removed.ForEach(job => Each(job, static (jobs, job) => jobs.Remove(job)));
            added.ForEach(job => Each(job, static (jobs, job) => jobs.Add(job)));
        }
        var result = OnNode.ToBuilder();
        foreach (var (node, jobs) in touched)
        {
            if (jobs.Count == 0)
            {
                result.Remove(node);
            }
            else
            {
                result[node] = [.. jobs.OrderBy(static j => j.Level, Level.LeastImportantFirst).ThenBy(static j => j, IndexedJob.ByRank)];
            }
        }
        return result.ToImmutable();

        void Each(IndexedJob job, Func<HashSet<IndexedJob>, IndexedJob, bool> change)
        {
            foreach (var place in job.Job.Places)
            {
                if (!touched.TryGetValue(place.Node, out var jobs))
                {
                    touched.Add(place.Node, jobs = OnNode.TryGetValue(place.Node, out var known) ? [.. known] : []);
                }
                change(jobs, job);
            }
        }
    }

    private static JobBucket Changed(JobBucket bucket, List<IndexedJob> added, List<IndexedJob> removed)
    {
        var total = added.Aggregate(bucket.Total, static (sum, job) => sum + job.Job.Total);
        total = removed.Aggregate(total, static (sum, job) => sum - job.Job.Total);
        var largest = added.Select(static j => LargestPlaceOf(j.Job)).Append(bucket.LargestPlace).Max();
        return new(bucket.Jobs.Except(removed).Union(added), total, largest);
    }

    private static long LargestPlaceOf(FleetJob job)
    {
        var largest = 0L;
        foreach (var place in job.Places)
        {
            largest = Math.Max(largest, (job.TaskManager * place.TaskManagers).Memory.Bytes + (place.HasJobManager ? job.JobManager.Memory.Bytes : 0));
        }
        return largest;
    }

    private FleetBackend WithNodes(ImmutableArray<NodeReport> reports)
    {
        var nodes = Nodes.ToBuilder();
        var free = FreeNodes.ToBuilder();
        var (capacity, freeSum) = (Capacity, Free);
        var seen = new HashSet<string>(reports.Length, StringComparer.Ordinal);
        foreach (var report in reports)
        {
            seen.Add(report.Name);
            var known = nodes.TryGetValue(report.Name, out var old);
            if (!known || !ReferenceEquals(old, report))
            {
                Replace(old, report);
            }
        }
        foreach (var gone in nodes.Count == seen.Count ? [] : nodes.Keys.Where(n => !seen.Contains(n)).ToList())
        {
            Replace(nodes[gone], null);
        }
        return this with { Nodes = nodes.ToImmutable(), FreeNodes = free.ToImmutable(), Capacity = capacity, Free = freeSum };

        void Replace(NodeReport? old, NodeReport? report)
        {
            if (old is not null)
            {
                free.Remove(new(old.Name, FreeOf(old)));
                nodes.Remove(old.Name);
                (capacity, freeSum) = (capacity - CapacityOf(old), freeSum - FreeOf(old).AtLeastZero());
            }
            if (report is not null)
            {
                free.Add(new(report.Name, FreeOf(report)));
                nodes[report.Name] = report;
                (capacity, freeSum) = (capacity + CapacityOf(report), freeSum + FreeOf(report).AtLeastZero());
            }
        }
    }

    private ImmutableDictionary<string, QueueReport> WithQueues(ImmutableArray<QueueReport> reports)
    {
        var queues = Queues.ToBuilder();
        var names = reports.Select(static q => q.Path).ToHashSet(StringComparer.Ordinal);
        queues.RemoveRange(queues.Keys.Where(q => !names.Contains(q)).ToList());
        foreach (var report in reports)
        {
            queues[report.Path] = report;
        }
        return queues.ToImmutable();
    }
}
