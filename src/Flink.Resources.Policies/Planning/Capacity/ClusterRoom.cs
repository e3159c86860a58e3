using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>The room of one backend: its queues and its nodes.</summary>
internal sealed class ClusterRoom
{
    private readonly BackendSnapshot _snapshot;
    private readonly ImmutableDictionary<string, QueueReport> _queues;
    private readonly Dictionary<string, Budget> _byQueue = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Budget[]> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Budget> _byFlavour = new(StringComparer.Ordinal);
    private readonly ILookup<string, ReservedRoom> _reservedByQueue;
    private readonly ImmutableArray<ReservedRoom> _reserved;
    private Budget? _any;

    public ClusterRoom(BackendSnapshot snapshot, CapacityFacts facts, CapacityOptions options)
    {
        _snapshot = snapshot;
        Problem = WhyUnknown("nodes", snapshot.Nodes, facts.Now, options) ?? WhyUnknown("queues", snapshot.Queues, facts.Now, options);
        _queues = snapshot.Queues.Items.DistinctBy(static q => q.Path, StringComparer.Ordinal).ToImmutableDictionary(static q => q.Path, StringComparer.Ordinal);
        Nodes = new NodePool(snapshot.Nodes.Items, options.ExclusiveFlavours);
        _reserved = [.. facts.Reserved.Where(r => string.Equals(r.Place.Backend, snapshot.Backend, StringComparison.Ordinal))];
        _reservedByQueue = _reserved.SelectMany(static r => Path(r.Place.Queue).Select(p => (Path: p, Room: r)))
            .ToLookup(static r => r.Path, static r => r.Room, StringComparer.Ordinal);
    }

    /// <summary>Why its room is not known; null when it is.</summary>
    public string? Problem { get; }

    public NodePool Nodes { get; }

    public QueueReport? Find(string queue) => _queues.GetValueOrDefault(queue);

    /// <summary>The budgets of a queue and of all above it that are reported, the queue's own first. Empty when none is.</summary>
    public Budget[] Chain(string queue)
    {
        if (!_chains.TryGetValue(queue, out var chain))
        {
            chain = [.. Path(queue).Where(_queues.ContainsKey).Select(Of)];
            _chains[queue] = chain;
        }
        return chain;
    }

    /// <summary>The budget of all nodes of a kind together.</summary>
    public Budget OfNodes(string? flavour)
    {
        if (flavour is null)
        {
            return _any ??= Create(null);
        }
        if (!_byFlavour.TryGetValue(flavour, out var budget))
        {
            _byFlavour[flavour] = budget = Create(flavour);
        }
        return budget;
    }

    /// <summary>A closed queue of a chain; null when all are open.</summary>
    public string? Closed(string queue) => Path(queue).FirstOrDefault(p => _queues.TryGetValue(p, out var report) && !report.IsOpen);

    /// <summary>The queue, and all above it.</summary>
    private static IEnumerable<string> Path(string queue)
    {
        var path = queue;
        while (true)
        {
            yield return path;
            if (path.LastIndexOf('.') is var dot and > 0)
            {
                path = path[..dot];
            }
            else
            {
                yield break;
            }
        }
    }

    private static string? WhyUnknown<T>(string what, SnapshotSection<T> section, DateTimeOffset now, CapacityOptions options) => section switch
    {
        { AsOf: null } => $"its {what} were never seen" + (section.StaleBecause is { } why ? $" ({why})" : string.Empty),
        { AsOf: { } at } when now - at > options.MaximumAge => $"its {what} were last seen at {at.ToUniversalTime():u}, which is more than {options.MaximumAge:c} ago"
            + (section.StaleBecause is { } why ? $" ({why})" : string.Empty),
        _ => null,
    };

    private Budget Of(string path)
    {
        if (!_byQueue.TryGetValue(path, out var budget))
        {
            var queue = _queues[path];
            var free = queue.Maximum is { } most ? Amount.Of(most) - Amount.Of(queue.Used) : Amount.Unlimited;
            foreach (var reserved in _reservedByQueue[path])
            {
                free -= Amount.Of(reserved.Amount);
            }
            _byQueue[path] = budget = new Budget($"{path} on {_snapshot.Backend}", free);
        }
        return budget;
    }

    private Budget Create(string? flavour)
    {
        var free = Nodes.FreeAtStart(flavour);
        foreach (var reserved in _reserved.Where(r => flavour is null || r.Flavour is null || string.Equals(r.Flavour, flavour, StringComparison.Ordinal)))
        {
            free -= Amount.Of(reserved.Amount);
        }
        return new Budget(flavour is null ? $"all nodes of {_snapshot.Backend} that take any job" : $"nodes '{flavour}' of {_snapshot.Backend}", free);
    }
}
