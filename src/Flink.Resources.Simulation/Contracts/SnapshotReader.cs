using System.Collections.Immutable;

namespace Flink.Resources.Simulation;

/// <summary>A place's nodes, queues and applications as one snapshot.</summary>
internal sealed class SnapshotReader(SimulatedPlace place)
{
    private BackendSnapshot? _last;
    private BackendSnapshot? _before;
    private long _version;

    /// <summary>The last one, if it is young enough.</summary>
    public BackendSnapshot? Cached(TimeSpan maxAge)
    {
        lock (place.Clock.Gate)
        {
            return maxAge > TimeSpan.Zero && _last?.Applications is { StaleBecause: null, AsOf: { } at } && place.Clock.GetUtcNow() - at <= maxAge ? _last : null;
        }
    }

    public BackendSnapshot Read(SimulatedFault fault)
    {
        var now = place.Clock.GetUtcNow();
        if (fault == SimulatedFault.StaleList && (_before ?? _last) is { } old)
        {
            // Wrong, and sure of itself.
            return new BackendSnapshot(
                place.Name, ++_version, old.Nodes with { AsOf = now, StaleBecause = null }, old.Queues with { AsOf = now, StaleBecause = null }, old.Applications with { AsOf = now, StaleBecause = null });
        }
        var isEmpty = place.Clock.Now < place.StaleUntil;
        _before = _last;
        _last = new BackendSnapshot(
            place.Name,
            ++_version,
            new([.. place.Nodes.Select(Node)], now, null),
            new([.. Queues()], now, null),
            new([.. isEmpty ? [] : Applications()], now, null));
        return _last;
    }

    public BackendSnapshot Stale(CallFailure failure)
    {
        lock (place.Clock.Gate)
        {
            var why = failure.Exception.Message;
            return new BackendSnapshot(
                place.Name,
                ++_version,
                _last is null ? new([], null, why) : _last.Nodes with { StaleBecause = why },
                _last is null ? new([], null, why) : _last.Queues with { StaleBecause = why },
                _last is null ? new([], null, why) : _last.Applications with { StaleBecause = why });
        }
    }

    private static NodeReport Node(SimulatedNode node) => new()
    {
        Name = node.Name,
        IsSchedulable = !node.IsLost,
        NativeState = node.IsLost ? "LOST" : "RUNNING",
        Memory = node.Memory,
        UsedMemory = new MemorySize(node.UsedMemory),
        CpuMillicores = node.Cpu,
        UsedCpuMillicores = node.UsedCpu,
    };

    private IEnumerable<QueueReport> Queues()
    {
        var live = place.Applications.Where(static a => a.Phase is Phase.Submitted or Phase.Up).CountBy(static a => a.Queue, StringComparer.Ordinal)
            .ToDictionary(static p => p.Key, static p => p.Value, StringComparer.Ordinal);
        var paths = place.Options.Queues.Keys.Concat(place.UsedQueues).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        yield return new QueueReport
        {
            Path = "root",
            IsOpen = true,
            // Where no queue is declared every queue exists, and none has to be there before it is used.
            IsLeaf = place.Options.Queues.IsEmpty,
            Used = new ResourceAmount(new MemorySize(place.Nodes.Sum(static n => n.UsedMemory)), place.Nodes.Sum(static n => n.UsedCpu)),
            Applications = live.Values.Sum(),
        };
        foreach (var path in paths.Where(static p => p != "root"))
        {
            var (memory, cpu) = place.UsedBy(path);
            yield return new QueueReport
            {
                Path = path,
                IsOpen = true,
                IsLeaf = true,
                Maximum = place.Options.Queues.GetValueOrDefault(path),
                Used = new ResourceAmount(new MemorySize(memory), cpu),
                Applications = live.GetValueOrDefault(path),
            };
        }
    }

    private IEnumerable<ApplicationReport> Applications() => place.Applications
        .Where(static a => a is { Phase: Phase.Submitted or Phase.Up, IsKnown: true })
        .OrderBy(static a => a.Handle.Id, StringComparer.Ordinal)
        .Select(a => place.Report(a).Match<ApplicationReport?>(static r => r, static _ => null, static _ => null))
        .OfType<ApplicationReport>();
}
