using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>Would the whole preemptor fit now? Room can be given and taken back; more room never makes it fit worse.</summary>
internal abstract class RoomTest(PreemptionRequest request)
{
    public PreemptionRequest Request => request;

    public abstract bool Fits { get; }

    /// <summary>What is missing as sums; zero where only the places are wrong.</summary>
    public abstract ResourceAmount Shortfall { get; }

    public static RoomTest For(BackendPass pass, PreemptionRequest request) =>
        pass.Backend.KnowsNodes ? new NodeRoom(pass, request) : new AmountRoom(pass, request);

    public abstract void Give(in Release release);

    public abstract void TakeBack(in Release release);

    /// <summary>Grows with each container that finds room; 0 where only sums count.</summary>
    public virtual long Containers => 0;

    /// <summary>Whether a container that finds no room now would find it on a node if so much more were free there.</summary>
    public virtual bool CouldGain(string node, ResourceAmount more) => false;

    /// <summary>Whether something holding so much memory on one node could alone make room for a container.</summary>
    public virtual bool CouldHelp(long memoryOnOneNode) => true;

    /// <summary>Nodes on which several moves together may help: those with moves first, then from the roomiest on.</summary>
    public virtual IEnumerable<string> NodesToClear => [];

    /// <summary>How much of what is missing a release would cover, 0 to 1.</summary>
    public abstract double Useful(in Release release);

    /// <summary>The nodes that the preemptor would use; empty where nodes are hidden.</summary>
    public abstract ImmutableArray<NodeAmount> Assign();
}

/// <summary>What a job releases: all of it, or some TaskManagers.</summary>
internal readonly record struct Release(FleetJob Job, int TaskManagersKept, bool Leaves)
{
    public ResourceAmount Amount => Leaves ? Job.Total : Job.TaskManager * (Job.TaskManagers - TaskManagersKept);

    /// <summary>How many TaskManagers go.</summary>
    public int TaskManagersGone => Leaves ? int.MaxValue : Job.TaskManagers - TaskManagersKept;

    /// <summary>By node; of a job that shrinks the TaskManagers that are listed last.</summary>
    public IEnumerable<NodeAmount> Nodes()
    {
        var left = TaskManagersGone;
        for (var i = Job.Places.Length - 1; i >= 0 && left > 0; i--)
        {
            yield return At(i, ref left);
        }
    }

    /// <summary>What goes at one place, when so many TaskManagers are still to go.</summary>
    public NodeAmount At(int index, ref int left)
    {
        var place = Job.Places[index];
        var count = Math.Min(left, place.TaskManagers);
        left -= count;
        var amount = Job.TaskManager * count;
        return new(place.Node, Leaves && place.HasJobManager ? amount + Job.JobManager : amount);
    }
}

/// <summary>Sums only: a backend that hides its nodes.</summary>
internal sealed class AmountRoom(BackendPass pass, PreemptionRequest request) : RoomTest(request)
{
    private readonly ResourceAmount _demand = request.Total;
    private ResourceAmount _free = pass.Free;

    public override bool Fits => _demand.FitsIn(_free);

    public override ResourceAmount Shortfall => (_demand - _free).AtLeastZero();

    public override void Give(in Release release) => _free += release.Amount;

    public override void TakeBack(in Release release) => _free -= release.Amount;

    public override double Useful(in Release release)
    {
        var missing = Shortfall;
        var freed = release.Amount;
        var memory = Covered(freed.Memory.Bytes, missing.Memory.Bytes);
        return Math.Max(memory, Covered(freed.CpuMillicores, missing.CpuMillicores));
        static double Covered(long freed, long missing) => missing <= 0 ? 0 : Math.Min(1, (double)freed / missing);
    }

    public override ImmutableArray<NodeAmount> Assign() => [];
}

/// <summary>
/// Whole containers on nodes: so many equal TaskManagers and one JobManager. Exact for this shape: the TaskManagers fit when the nodes'
/// units suffice, and the JobManager goes where it costs the fewest of them.
/// </summary>
internal sealed class NodeRoom : RoomTest
{
    private const int BestKept = 8;
    private readonly BackendPass _pass;
    private readonly Dictionary<string, ResourceAmount> _touched = new(StringComparer.Ordinal);
    private readonly List<(int Loss, string Node)> _best = [];
    private readonly int _limit;
    private long _units;
    private bool? _fits;

    public NodeRoom(BackendPass pass, PreemptionRequest request)
        : base(request)
    {
        _pass = pass;
        // One node never needs to count more than the whole preemptor and what its JobManager displaces.
        _limit = (int)Math.Min(int.MaxValue, (long)request.MinimumTaskManagers + request.JobManager.UnitsToCover(request.TaskManager, 1_000_000) + 1);
        foreach (var (node, delta) in pass.NodeDelta)
        {
            var free = pass.FreeOn(node) + delta;
            _touched[node] = free;
            _units += UnitsOf(free);
        }
        Scan();
    }

    public override bool Fits => _fits ??= _units >= Request.MinimumTaskManagers && BestLoss() <= _units - Request.MinimumTaskManagers;

    public override ResourceAmount Shortfall
    {
        get
        {
            var missing = Math.Max(0, Request.MinimumTaskManagers - _units);
            return missing > 0 ? Request.TaskManager * (int)missing : Fits ? default : Request.JobManager;
        }
    }

    public override long Containers
    {
        get
        {
            // The JobManager may take a TaskManager's place: then one more of those is still missing.
            var wanted = Request.MinimumTaskManagers;
            var loss = BestLoss();
            return Math.Max(Math.Min(wanted, _units), loss <= _units ? Math.Min(wanted, _units - loss) + 1 : 0);
        }
    }

    public override IEnumerable<string> NodesToClear
    {
        get
        {
            // Clearing goes on while this is read: what was touched by then stays in its place.
            var first = _touched.Keys.Order(StringComparer.Ordinal).ToList();
            var known = first.ToHashSet(StringComparer.Ordinal);
            return first.Concat(_pass.Backend.FreeNodes.Select(static n => n.Name).Where(n => !known.Contains(n)));
        }
    }

    public override bool CouldGain(string node, ResourceAmount more)
    {
        var (now, then) = (FreeNow(node), FreeNow(node) + more);
        return UnitsOf(then) > UnitsOf(now) || (LossOf(then) is { } loss && !(LossOf(now) <= loss));
    }

    public override bool CouldHelp(long memoryOnOneNode)
    {
        var roomiest = _pass.Backend.FreeNodes.IsEmpty ? 0 : _pass.Backend.FreeNodes[0].Free.Memory.Bytes;
        foreach (var (_, free) in _touched)
        {
            roomiest = Math.Max(roomiest, free.Memory.Bytes);
        }
        return roomiest + memoryOnOneNode >= Math.Min(Request.TaskManager.Memory.Bytes, Request.JobManager.Memory.Bytes)
            && (roomiest + memoryOnOneNode >= Request.TaskManager.Memory.Bytes || _units >= Request.MinimumTaskManagers);
    }

    public override void Give(in Release release)
    {
        foreach (var (node, amount) in release.Nodes())
        {
            Change(node, amount);
        }
    }

    public override void TakeBack(in Release release)
    {
        foreach (var (node, amount) in release.Nodes())
        {
            Change(node, default(ResourceAmount) - amount);
        }
    }

    public override double Useful(in Release release)
    {
        var missing = Request.MinimumTaskManagers - _units;
        var (gained, takesJobManager) = (0L, false);
        var left = release.TaskManagersGone;
        for (var i = release.Job.Places.Length - 1; i >= 0 && left > 0; i--)
        {
            var (node, amount) = release.At(i, ref left);
            var now = FreeNow(node);
            gained += UnitsOf(now + amount) - UnitsOf(now);
            takesJobManager |= LossOf(now + amount) is not null && LossOf(now) is null;
        }
        return missing > 0 ? Math.Min(1, (double)gained / missing) : takesJobManager || gained > 0 ? 1 : 0;
    }

    public override ImmutableArray<NodeAmount> Assign()
    {
        var result = new Dictionary<string, ResourceAmount>(StringComparer.Ordinal);
        var jobManager = NodeForJobManager();
        result[jobManager] = Request.JobManager;
        var left = Request.MinimumTaskManagers;
        // Touched nodes first: what was freed is used before what others could use as well.
        foreach (var node in _touched.Keys.Order(StringComparer.Ordinal).Concat(_pass.Backend.FreeNodes.Select(static n => n.Name)))
        {
            if (left <= 0)
            {
                break;
            }
            var held = result.GetValueOrDefault(node);
            var counted = held - (string.Equals(node, jobManager, StringComparison.Ordinal) ? Request.JobManager : default);
            if (!counted.IsNothing)
            {
                continue;
            }
            var units = (FreeNow(node) - held).UnitsOf(Request.TaskManager, left);
            left -= units;
            if (units > 0)
            {
                result[node] = held + (Request.TaskManager * units);
            }
        }
        return [.. result.Where(static n => !n.Value.IsNothing).OrderBy(static n => n.Key, StringComparer.Ordinal).Select(static n => new NodeAmount(n.Key, n.Value))];
    }

    private string NodeForJobManager()
    {
        var best = _best.Count > 0 ? _best.Where(b => !_touched.ContainsKey(b.Node)).DefaultIfEmpty((int.MaxValue, "")).Min() : (int.MaxValue, "");
        foreach (var (node, free) in _touched)
        {
            var found = LossOf(free) is { } loss ? (loss, node) : (int.MaxValue, node);
            best = found.CompareTo(best) < 0 ? found : best;
        }
        return best.Item2;
    }

    /// <summary>How many units the JobManager costs where it costs the fewest; more than any when it fits nowhere.</summary>
    private long BestLoss()
    {
        long best = int.MaxValue;
        foreach (var (loss, node) in _best)
        {
            best = _touched.ContainsKey(node) ? best : Math.Min(best, loss);
        }
        foreach (var (_, free) in _touched)
        {
            best = LossOf(free) is { } loss ? Math.Min(best, loss) : best;
        }
        return best;
    }

    private int UnitsOf(ResourceAmount free) => free.UnitsOf(Request.TaskManager, _limit);

    private int? LossOf(ResourceAmount free) =>
        Request.JobManager.FitsIn(free) ? UnitsOf(free) - UnitsOf(free - Request.JobManager) : null;

    private ResourceAmount FreeNow(string node) => _touched.TryGetValue(node, out var free) ? free : _pass.FreeOn(node);

    private void Change(string node, ResourceAmount amount)
    {
        var before = FreeNow(node);
        var after = before + amount;
        _touched[node] = after;
        _units += UnitsOf(after) - UnitsOf(before);
        _fits = null;
    }

    /// <summary>Nodes from the roomiest on, until none of the containers can fit any more or everything fits already.</summary>
    private void Scan()
    {
        var smallest = Math.Min(Request.JobManager.Memory.Bytes, Request.TaskManager.Memory.Bytes);
        var enough = (long)Request.MinimumTaskManagers + Request.JobManager.UnitsToCover(Request.TaskManager, _limit);
        foreach (var (node, free) in _pass.Backend.FreeNodes)
        {
            if (free.Memory.Bytes < smallest || (_units >= enough && _best.Count > 0))
            {
                break;
            }
            if (_touched.ContainsKey(node))
            {
                continue;
            }
            _units += UnitsOf(free);
            if (LossOf(free) is { } loss)
            {
                KeepBest(loss, node);
            }
        }
    }

    private void KeepBest(int loss, string node)
    {
        if (_best.Count == BestKept && _best[^1].Loss <= loss)
        {
            return;
        }
        _best.Add((loss, node));
        _best.Sort(static (x, y) => x.Loss != y.Loss ? x.Loss.CompareTo(y.Loss) : string.CompareOrdinal(x.Node, y.Node));
        if (_best.Count > BestKept)
        {
            _best.RemoveAt(BestKept);
        }
    }
}
