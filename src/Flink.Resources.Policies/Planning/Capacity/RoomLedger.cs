using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Why a job does not fit.</summary>
internal sealed record Shortage(CapacityWay Way, Placement Place, string? Flavour, Amount Need, Amount? Free, string Why)
{
    public override string ToString() => Why;
}

/// <summary>
/// The room of all clusters and what a wave takes of it: there with headroom, and back. Jobs are added one by one; what was added since a
/// mark can be taken back.
/// </summary>
internal sealed class RoomLedger
{
    private readonly Dictionary<string, ClusterRoom> _clusters;
    private readonly ImmutableArray<HeldRoom> _held;
    private readonly CapacityOptions _options;
    private readonly List<Entry> _log = [];
    private readonly Dictionary<Placement, bool> _isHeld = [];

    public RoomLedger(CapacityFacts facts, CapacityOptions options)
    {
        _options = options;
        _held = facts.Held;
        _clusters = facts.Backends.GroupBy(static b => b.Backend, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, g => new ClusterRoom(g.MaxBy(static b => b.Version)!, facts, options), StringComparer.Ordinal);
        Promise(facts);
    }

    /// <summary>Adds a job to the wave, or says why it does not fit; then nothing is changed.</summary>
    public Shortage? TryAdd(FleetJob job)
    {
        if (There(job) is { } there)
        {
            return there;
        }
        var need = Amount.Of(job.Need);
        var target = _clusters[job.Target.Backend];
        var entry = new Entry(job, need, IsHeld(job.Source), target.Nodes.Mark);
        Apply(entry, 1);
        if (Over(entry) is { } over)
        {
            Apply(entry, -1);
            return over;
        }
        if (!target.Nodes.TryPlace(job.Need))
        {
            Apply(entry, -1);
            return new(CapacityWay.There, job.Target, job.Need.Flavour, need, target.Nodes.Free(job.Need.Flavour), Say(
                $"{Kind(job.Need.Flavour)} of {job.Target.Backend} have {target.Nodes.Free(job.Need.Flavour)} free in all, but not in pieces that take {job.Need.TaskManagers} TaskManagers of {Amount.Of(job.Need.TaskManager)} and a JobManager of {Amount.Of(job.Need.JobManager)}."));
        }
        _log.Add(entry);
        return null;
    }

    public int Mark => _log.Count;

    public void Undo(int mark)
    {
        for (var i = _log.Count - 1; i >= mark; i--)
        {
            Apply(_log[i], -1);
            _clusters[_log[i].Job.Target.Backend].Nodes.Undo(_log[i].NodeMark);
        }
        _log.RemoveRange(mark, _log.Count - mark);
    }

    /// <summary>What holds for the wave, a line per way, place and flavour.</summary>
    public ImmutableArray<CapacityLine> Lines() =>
    [
        .. _log.GroupBy(static e => (e.Job.Target, e.Job.Need.Flavour)).Select(g => ThereLine(g.Key.Target, g.Key.Flavour, g)),
        .. _log.GroupBy(static e => e.Job.Source).Select(g => BackLine(g.Key, g)),
    ];

    /// <summary>The wave is over: its jobs stay where they are, or the target grew by what they take. Its way back is not needed any more.</summary>
    public void EndWave()
    {
        var earlier = _log.ToArray();
        if (_options.TargetGrows)
        {
            Undo(0);
            return;
        }
        foreach (var entry in earlier)
        {
            Apply(entry, -1);
            foreach (var budget in TargetBudgets(entry.Job))
            {
                budget.Free -= entry.Need;
            }
            _clusters[entry.Job.Target.Backend].Nodes.Keep();
        }
        _log.Clear();
    }

    /// <summary>The capacity of a queue; null when it is not known.</summary>
    public Amount? CapacityOf(Placement place) =>
        _clusters.GetValueOrDefault(place.Backend)?.Find(place.Queue) is { } queue && (queue.Guaranteed ?? queue.Maximum) is { } amount && Amount.Of(amount) is { Memory: > 0, Cpu: > 0 } known
            ? known : null;

    private Shortage? There(FleetJob job)
    {
        if (Unknown(job.Target.Backend) is { } target)
        {
            return Fail(job, CapacityWay.There, job.Target, target);
        }
        var room = _clusters[job.Target.Backend];
        if (room.Chain(job.Target.Queue).Length == 0)
        {
            return Fail(job, CapacityWay.There, job.Target, $"queue {job.Target.Queue} is not known on {job.Target.Backend}, and none above it.");
        }
        if (room.Closed(job.Target.Queue) is { } closed)
        {
            return Fail(job, CapacityWay.There, job.Target, $"queue {closed} on {job.Target.Backend} takes no new applications.");
        }
        if (room.Nodes.IsEmpty(job.Need.Flavour))
        {
            return Fail(job, CapacityWay.There, job.Target, $"{Kind(job.Need.Flavour)} of {job.Target.Backend}: there are none that take containers.");
        }
        if (IsHeld(job.Source))
        {
            return null;
        }
        return Unknown(job.Source.Backend) is { } source
            ? Fail(job, CapacityWay.Back, job.Source, $"whether it could come back is not known, and {job.Source.Queue} is not held: {source}")
            : null;
    }

    private string? Unknown(string backend) => !_clusters.TryGetValue(backend, out var room)
        ? $"there is no snapshot of {backend}."
        : room.Problem is { } problem ? $"the room of {backend} is not known: {problem}." : null;

    private Shortage? Over(Entry entry)
    {
        foreach (var budget in TargetBudgets(entry.Job))
        {
            var promised = budget.Promised(_options.Headroom);
            if (!promised.FitsIn(budget.Free))
            {
                return new(CapacityWay.There, entry.Job.Target, entry.Job.Need.Flavour, promised, budget.Free, Say(
                    $"{budget.Name}: {promised} would be needed together with the others of its wave, {_options.Headroom:0.##%} of headroom included, and {budget.Free} are free."));
            }
        }
        foreach (var budget in SourceBudgets(entry))
        {
            var promised = budget.Promised(_options.Headroom);
            if (!promised.FitsIn(budget.Free))
            {
                return new(CapacityWay.Back, entry.Job.Source, null, promised, budget.Free, Say(
                    $"{budget.Name}: {promised} would be needed for all that may have to come back, {budget.Free} are free and what it leaves is not held for it."));
            }
        }
        return null;
    }

    private void Apply(Entry entry, int sign)
    {
        foreach (var budget in TargetBudgets(entry.Job))
        {
            budget.There += entry.Need * sign;
        }
        foreach (var budget in SourceBudgets(entry))
        {
            budget.Back += entry.Need * sign;
        }
    }

    private BudgetList TargetBudgets(FleetJob job)
    {
        var room = _clusters[job.Target.Backend];
        return new(room.Chain(job.Target.Queue), room.OfNodes(job.Need.Flavour), job.Need.Flavour is null || _options.ExclusiveFlavours.Contains(job.Need.Flavour, StringComparer.Ordinal) ? null : room.OfNodes(null));
    }

    // A source's nodes may be labelled otherwise than the target's: the room of all of them counts.
    private BudgetList SourceBudgets(Entry entry)
    {
        if (entry.IsHeld)
        {
            return default;
        }
        var room = _clusters[entry.Job.Source.Backend];
        return new(room.Chain(entry.Job.Source.Queue), room.OfNodes(null), null);
    }

    private void Promise(CapacityFacts facts)
    {
        foreach (var job in facts.UnderWay.OrderBy(static j => j.Job.Value, StringComparer.Ordinal).Where(j => _clusters.ContainsKey(j.Target.Backend)))
        {
            foreach (var budget in TargetBudgets(job))
            {
                budget.Free -= Amount.Of(job.Need) * (1 + _options.Headroom);
            }
            _ = _clusters[job.Target.Backend].Nodes.TryPlace(job.Need);
        }
        foreach (var job in facts.Uncommitted.Where(j => _clusters.ContainsKey(j.Source.Backend)))
        {
            foreach (var budget in SourceBudgets(new Entry(job, default, IsHeld(job.Source), 0)))
            {
                budget.Free -= Amount.Of(job.Need);
            }
        }
        foreach (var cluster in _clusters.Values)
        {
            cluster.Nodes.Keep();
        }
    }

    private bool IsHeld(Placement source)
    {
        if (!_isHeld.TryGetValue(source, out var held))
        {
            _isHeld[source] = held = _held.Any(h => string.Equals(h.Backend, source.Backend, StringComparison.Ordinal)
                && (h.Queue is null || string.Equals(h.Queue, source.Queue, StringComparison.Ordinal)
                    || source.Queue.StartsWith(h.Queue + ".", StringComparison.Ordinal)));
        }
        return held;
    }

    private CapacityLine ThereLine(Placement place, string? flavour, IEnumerable<Entry> entries)
    {
        var need = entries.Aggregate(default(Amount), static (sum, e) => sum + e.Need) * (1 + _options.Headroom);
        var room = _clusters[place.Backend];
        var tightest = room.Chain(place.Queue).Append(room.OfNodes(flavour)).MinBy(static b => Math.Min(b.Free.Memory - b.There.Memory, (b.Free.Cpu - b.There.Cpu) * (1L << 20)))!;
        return new(CapacityWay.There, place, flavour, need.ToResources(), tightest.Free.ToResources(), true, Say(
            $"{need} with {_options.Headroom:0.##%} of headroom, {tightest.Free} are free ({tightest.Name}); every container has its node."));
    }

    private CapacityLine BackLine(Placement place, IEnumerable<Entry> entries)
    {
        var need = entries.Aggregate(default(Amount), static (sum, e) => sum + e.Need);
        if (IsHeld(place))
        {
            return new(CapacityWay.Back, place, null, need.ToResources(), null, true, $"{need} to come back, and {place.Queue} on {place.Backend} is held.");
        }
        var room = _clusters[place.Backend];
        var tightest = room.Chain(place.Queue).Append(room.OfNodes(null)).MinBy(static b => Math.Min(b.Free.Memory - b.Back.Memory, (b.Free.Cpu - b.Back.Cpu) * (1L << 20)))!;
        return new(CapacityWay.Back, place, null, need.ToResources(), tightest.Free.ToResources(), true, $"{need} to come back, {tightest.Free} are free ({tightest.Name}).");
    }

    private static Shortage Fail(FleetJob job, CapacityWay way, Placement place, string why) => new(way, place, job.Need.Flavour, Amount.Of(job.Need), null, why);

    private static string Kind(string? flavour) => flavour is null ? "nodes" : $"nodes '{flavour}'";

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Entry(FleetJob Job, Amount Need, bool IsHeld, int NodeMark);

    /// <summary>A chain of queues and the nodes, walked without a copy.</summary>
    private readonly record struct BudgetList(Budget[]? Queues, Budget? Nodes, Budget? AllNodes)
    {
        public Enumerator GetEnumerator() => new(this);

        public struct Enumerator(BudgetList list)
        {
            private int _next = -1;

            public Budget Current { get; private set; } = null!;

            public bool MoveNext()
            {
                _next++;
                var queues = list.Queues?.Length ?? 0;
                Current = (_next < queues ? list.Queues![_next] : _next == queues ? list.Nodes : _next == queues + 1 ? list.AllNodes : null)!;
                return Current is not null;
            }
        }
    }
}
