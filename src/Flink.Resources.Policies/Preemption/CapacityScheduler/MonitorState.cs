namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>What a round works on: YARN's temporary queues and apps, the allowance of the round, and what was chosen so far.</summary>
internal sealed class MonitorState
{
    private readonly Dictionary<string, QueueState> _queues = new(StringComparer.Ordinal);

    public MonitorState(CapacitySchedulerSnapshot snapshot)
    {
        Settings = snapshot.Settings;
        Cluster = Vectors.Of(snapshot.ClusterResource);
        if (Cluster.Length == 0)
        {
            throw new ArgumentException("The cluster has no resources at all; the first number is its memory.", nameof(snapshot));
        }
        Calculator = ResourceCalculator.For(Settings.Calculator);
        Allowance = Vectors.CutDown(Cluster, Settings.TotalPreemptionPerRound);
        // Ties go to the first by name.
        foreach (var queue in snapshot.Queues.OrderBy(static q => q.Name, StringComparer.Ordinal))
        {
            if (!_queues.TryAdd(queue.Name, new(queue, Cluster.Length)))
            {
                throw new ArgumentException($"Queue {queue.Name} is listed twice.", nameof(snapshot));
            }
        }
        Queues = [.. _queues.Values.OrderBy(static q => q.Queue.Name, StringComparer.Ordinal)];
        Connect(snapshot);
        AddApps(snapshot);
    }

    public CapacityMonitorSettings Settings { get; }

    public ResourceCalculator Calculator { get; }

    public long[] Cluster { get; }

    /// <summary>What this round may still take; shared by all selectors.</summary>
    public long[] Allowance { get; set; }

    /// <summary>All queues by name.</summary>
    public IReadOnlyList<QueueState> Queues { get; }

    public IEnumerable<QueueState> Roots => Queues.Where(static q => q.Parent is null);

    public IEnumerable<QueueState> Leaves => Queues.Where(static q => q.IsLeaf);

    /// <summary>Queues that were met as under-served, in the order of their first entry.</summary>
    public OrderedDictionary<string, QueueState> UnderServed { get; } = new(StringComparer.Ordinal);

    public List<(AppState App, ContainerChoiceKind Kind, CapacitySelector Selector, long Count)> Choices { get; } = [];

    public void Record(AppState app, ContainerChoiceKind kind, CapacitySelector selector, long count)
    {
        if (count == 0)
        {
            return;
        }
        Choices.Add((app, kind, selector, count));
        app.Chosen[(int)kind] += count;
    }

    private void Connect(CapacitySchedulerSnapshot snapshot)
    {
        foreach (var queue in Queues)
        {
            if (queue.Queue.Parent is not { } parent)
            {
                continue;
            }
            queue.Parent = _queues.TryGetValue(parent, out var found)
                ? found
                : throw new ArgumentException($"The parent {parent} of queue {queue.Queue.Name} is not there.", nameof(snapshot));
            found.Children.Add(queue);
        }
        if (Roots.Sum(Count) != Queues.Count)
        {
            throw new ArgumentException("Some queue is its own ancestor.", nameof(snapshot));
        }
        foreach (var root in Roots)
        {
            SumUpPending(root);
        }
        static int Count(QueueState queue) => 1 + queue.Children.Sum(Count);
    }

    private static void SumUpPending(QueueState queue)
    {
        if (queue.IsLeaf)
        {
            queue.Pending = Vectors.Of(queue.Queue.Pending);
            queue.PendingNet = Vectors.SubtractToZero(queue.Pending, Vectors.Of(queue.Queue.Reserved));
            return;
        }
        foreach (var child in queue.Children)
        {
            SumUpPending(child);
            queue.Pending = Vectors.Add(queue.Pending, child.Pending);
            queue.PendingNet = Vectors.Add(queue.PendingNet, child.PendingNet);
        }
    }

    private void AddApps(CapacitySchedulerSnapshot snapshot)
    {
        foreach (var app in snapshot.Apps)
        {
            var queue = _queues.TryGetValue(app.Queue, out var found)
                ? found
                : throw new ArgumentException($"The queue {app.Queue} of app {app.Name} is not there.", nameof(snapshot));
            queue.Apps.Add(new(app, queue));
        }
        foreach (var leaf in Leaves)
        {
            leaf.UserLimit = snapshot.UserLimits.TryGetValue(leaf.Queue.Name, out var limit) ? Vectors.Of(limit) : null;
        }
    }
}

/// <summary>YARN's <c>TempQueuePerPartition</c>.</summary>
internal sealed class QueueState(CapacityQueueReport queue, int resources)
{
    public CapacityQueueReport Queue => queue;

    public QueueState? Parent { get; set; }

    public List<QueueState> Children { get; } = [];

    /// <summary>Oldest first.</summary>
    public List<AppState> Apps { get; } = [];

    public bool IsLeaf => Children.Count == 0;

    public long[] Guaranteed { get; } = Sized(queue.Guaranteed, resources, queue.Name);

    public long[] Maximum { get; } = Sized(queue.Maximum, resources, queue.Name);

    public long[] Used { get; } = Sized(queue.Used, resources, queue.Name);

    public long[] Pending { get; set; } = new long[resources];

    /// <summary>Without what is reserved already.</summary>
    public long[] PendingNet { get; set; } = new long[resources];

    /// <summary>What it holds above its guarantee and nobody may take.</summary>
    public long[] Untouchable { get; set; } = new long[resources];

    /// <summary>What it holds above its guarantee and others may take.</summary>
    public long[] Touchable { get; set; } = new long[resources];

    public long[] Ideal { get; set; } = new long[resources];

    /// <summary>Its excess scaled to the allowance of the round.</summary>
    public long[] Excess { get; set; } = new long[resources];

    /// <summary>A leaf's amount to take in this pass.</summary>
    public long[] Amount { get; set; } = new long[resources];

    /// <summary>What one user may hold in this leaf; null for no limit.</summary>
    public long[]? UserLimit { get; set; }

    /// <summary>Lowest priority first, among equals the youngest.</summary>
    public IEnumerable<AppState> AppsInPreemptionOrder => Enumerable.Reverse(Apps).OrderBy(static a => a.App.Priority);

    private static long[] Sized(System.Collections.Immutable.ImmutableArray<long> numbers, int resources, string queue) =>
        numbers.Length == resources
            ? Vectors.Of(numbers)
            : throw new ArgumentException($"An amount of queue {queue} has {numbers.Length} numbers, the cluster has {resources}.", nameof(numbers));
}

/// <summary>An app with what was chosen of it so far.</summary>
internal sealed class AppState(CapacityApp app, QueueState queue)
{
    public CapacityApp App => app;

    public QueueState Queue => queue;

    public long[] Size { get; } = Vectors.Of(app.ContainerSize);

    public bool HasMaster => app.FirstContainerIsMaster && app.Containers > 0;

    /// <summary>How many were chosen, by <see cref="ContainerChoiceKind"/>.</summary>
    public long[] Chosen { get; } = new long[4];

    public long ReservedLeft => app.ReservedContainers - Chosen[(int)ContainerChoiceKind.Reserved];

    /// <summary>Running containers that are no master and still stay.</summary>
    public long RunningLeft => app.Containers - (HasMaster ? 1 : 0) - Chosen[(int)ContainerChoiceKind.Running];

    public bool MasterStays => HasMaster && Chosen[(int)ContainerChoiceKind.Master] == 0;

    public long[] Used => Vectors.Times(Size, app.Containers);

    public long[] Master => HasMaster ? Size : new long[Size.Length];

    public long[] ChosenAmount => Vectors.Times(Size, Chosen.Sum());
}
