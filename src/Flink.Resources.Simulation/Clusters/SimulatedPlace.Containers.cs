using System.Globalization;

namespace Flink.Resources.Simulation;

/// <content>Where processes run: nodes, queues, and those that wait for room.</content>
internal abstract partial class SimulatedPlace
{
    private static readonly TimeSpan _schedulerRound = TimeSpan.FromMilliseconds(500);
    private readonly LinkedList<SimulatedContainer> _waiting = [];
    private readonly Dictionary<string, (long Memory, long Cpu)> _queues = new(StringComparer.Ordinal);
    private bool _isScheduling;
    private int _cursor;

    public (long Memory, long Cpu) UsedBy(string queue) => _queues.TryGetValue(queue, out var used) ? used : (0, 0);

    public IEnumerable<string> UsedQueues => _queues.Keys;

    /// <summary>Ends a process in the usual way.</summary>
    public void End(SimulatedContainer container)
    {
        if (container.State == ContainerState.Waiting)
        {
            Remove(container);
            return;
        }
        if (!container.IsAlive || container.State == ContainerState.Ending || container.IsZombie)
        {
            return;
        }
        if (container.Node is { Reports: false })
        {
            // Nobody there hears it: it is gone for the cluster only once the node is.
            return;
        }
        container.State = ContainerState.Ending;
        Clock.Schedule(About(TimeSpan.FromSeconds(1)), () => Remove(container));
    }

    /// <summary>The process is gone at once.</summary>
    public void Remove(SimulatedContainer container)
    {
        if (container.State == ContainerState.Ended)
        {
            return;
        }
        Free(container);
        container.State = ContainerState.Ended;
        DieWith(container);
        container.Application.Containers.Remove(container);
        if (container.Application.Run is { } run && run.TaskManagers.Remove(container) && run.AllTasksRun)
        {
            run.Fail($"TaskManagerLostException: {container.Id} is gone");
        }
        Settled(container.Application);
    }

    /// <summary>The cluster forgets the process, which runs on.</summary>
    public void Abandon(SimulatedContainer container)
    {
        container.IsZombie = true;
        container.Application.WasSeenToEnd = false;
        Settled(container.Application);
    }

    public void LoseNode(SimulatedNode node, bool containersLiveOn)
    {
        node.Reports = false;
        Fleet.Log(Name, node.Name, containersLiveOn ? "no longer reports" : "crashed");
        if (!containersLiveOn)
        {
            foreach (var container in Ordered(node))
            {
                Halt(container, node);
            }
        }
        Clock.Schedule(Expiry, () =>
        {
            if (node.Reports || node.IsLost)
            {
                return;
            }
            node.IsLost = true;
            node.ChangedAt = Clock.Now;
            Fleet.Log(Name, node.Name, "lost");
            NodeLost(node);
        });
    }

    public void ReturnNode(SimulatedNode node)
    {
        node.Reports = true;
        node.IsLost = false;
        node.ChangedAt = Clock.Now;
        Fleet.Log(Name, node.Name, "reports again");
        foreach (var container in Ordered(node))
        {
            // What the cluster gave up meanwhile is ended by the node as soon as it hears of it.
            if (container.IsZombie || container.IsDead || container.Application.Phase is Phase.Ended or Phase.Removing)
            {
                container.IsZombie = false;
                Remove(container);
            }
        }
        WakeScheduler();
    }

    /// <summary>A process ends without being told to.</summary>
    public void Crash(SimulatedContainer container, string why)
    {
        if (!container.IsAlive)
        {
            return;
        }
        var application = container.Application;
        var isSeen = !container.IsZombie && application.Phase is not (Phase.Removing or Phase.Ended);
        if (isSeen && container.IsJobManager && RestartsInPlace)
        {
            DieWith(container);
            application.Log($"{container.Id} ended: {why}");
            JobManagerLost(application, container, why);
            return;
        }
        Remove(container);
        if (!isSeen)
        {
            return;
        }
        application.Log($"{container.Id} ended: {why}");
        if (container.IsJobManager)
        {
            JobManagerLost(application, container, why);
        }
        else if (application.Run is { IsOver: false } run)
        {
            TaskFailed(application, run, $"TaskManagerLostException: {container.Id} is gone: {why}");
        }
    }

    /// <summary>Whether a JobManager's container is started again where it was.</summary>
    protected abstract bool RestartsInPlace { get; }

    protected virtual TimeSpan Expiry => Options.NodeExpiry;

    /// <summary>A node was declared lost: what the cluster does about its containers.</summary>
    protected abstract void NodeLost(SimulatedNode node);

    /// <summary>How long a container takes on a node before its process starts.</summary>
    protected abstract TimeSpan Fetch(SimulatedContainer container, SimulatedNode node);

    /// <summary>Why a container can't start anywhere; null when it can.</summary>
    protected abstract string? Obstacle(SimulatedContainer container);

    protected SimulatedContainer Request(SimulatedApplication application, bool isJobManager, ContainerResources size, Action<SimulatedContainer> whenUp)
    {
        var container = new SimulatedContainer(NewContainerId(application, isJobManager), application, isJobManager, size, whenUp);
        application.Containers.Add(container);
        application.GoneAt = null;
        _waiting.AddLast(container);
        WakeScheduler();
        return container;
    }

    protected static SimulatedContainer[] Ordered(SimulatedNode node) => [.. node.Containers.OrderBy(static c => c.Id, StringComparer.Ordinal)];

    /// <summary>Starts the process of a container again where it is, as a kubelet does.</summary>
    protected void Restart(SimulatedContainer container, TimeSpan after)
    {
        container.State = ContainerState.Starting;
        container.Restarts++;
        Clock.Schedule(after + About(Options.JobManagerStart), () => Up(container));
    }

    protected static void DieWith(SimulatedContainer container)
    {
        var application = container.Application;
        if (container.IsJobManager)
        {
            if (application.Run is { } run && run.JobManager == container)
            {
                run.Die();
            }
            foreach (var zombie in application.Zombies.Where(z => z.JobManager == container))
            {
                zombie.Die();
            }
        }
        else
        {
            foreach (var zombie in application.Zombies.Where(z => z.TaskManagers.Contains(container)))
            {
                zombie.Die();
            }
        }
    }

    /// <summary>A machine stops. Flink sees a lost TaskManager at once; the cluster sees nothing until the machine is missed.</summary>
    private void Halt(SimulatedContainer container, SimulatedNode node)
    {
        var application = container.Application;
        if (container.IsJobManager || container.IsZombie)
        {
            container.IsDead = true;
            DieWith(container);
            return;
        }
        Remove(container);
        if (application.Run is { IsOver: false } run && application.Phase is not (Phase.Removing or Phase.Ended))
        {
            TaskFailed(application, run, $"TaskManagerLostException: {container.Id} is gone: {node.Name} crashed");
        }
    }

    private void WakeScheduler()
    {
        if (!_isScheduling)
        {
            _isScheduling = true;
            Clock.Schedule(_schedulerRound, Assign);
        }
    }

    /// <summary>First come, first served; who does not fit does not hold up who does, but for those of the same queue.</summary>
    private void Assign()
    {
        _isScheduling = false;
        var full = new HashSet<string>(StringComparer.Ordinal);
        for (var item = _waiting.First; item is not null;)
        {
            var (container, next) = (item.Value, item.Next);
            if (container.State != ContainerState.Waiting)
            {
                _waiting.Remove(item);
            }
            else if (!full.Contains(container.Application.Queue))
            {
                TryAssign(item, full);
            }
            item = next;
        }
    }

    private void TryAssign(LinkedListNode<SimulatedContainer> item, HashSet<string> full)
    {
        var container = item.Value;
        var queue = container.Application.Queue;
        if (Obstacle(container) is { } obstacle)
        {
            (container.WaitsFor, container.IsStuck) = (obstacle, true);
            return;
        }
        if (LimitOf(queue) is { } limit && Exceeds(queue, container, limit))
        {
            container.WaitsFor = $"exceeded quota of {queue}";
            container.IsStuck = true;
            full.Add(queue);
            return;
        }
        for (var i = 0; i < Nodes.Count; i++)
        {
            var node = Nodes[(_cursor + i) % Nodes.Count];
            if (node.Fits(container))
            {
                // Each goes to the next node, so that the machines fill alike.
                _cursor = (_cursor + i + 1) % Nodes.Count;
                _waiting.Remove(item);
                Place(container, node);
                return;
            }
        }
        container.WaitsFor = string.Create(
            CultureInfo.InvariantCulture, $"0/{Nodes.Count} nodes are available for {new MemorySize(container.Memory)} and {container.Cpu}m CPU");
        container.IsStuck = !Nodes.Exists(n => n.Memory.Bytes >= container.Memory && n.Cpu >= container.Cpu);
        full.Add(queue);
    }

    private void Place(SimulatedContainer container, SimulatedNode node)
    {
        (container.Node, container.State, container.WaitsFor, container.IsStuck) = (node, ContainerState.Starting, null, false);
        container.StartedAt = Clock.Now;
        node.Containers.Add(container);
        node.UsedMemory += container.Memory;
        node.UsedCpu += container.Cpu;
        Use(container, 1);
        var start = container.IsJobManager ? Options.JobManagerStart : Options.TaskManagerStart;
        Clock.Schedule(Fetch(container, node) + About(start), () => Up(container));
    }

    private static void Up(SimulatedContainer container)
    {
        if (container.State == ContainerState.Starting)
        {
            container.State = ContainerState.Running;
            container.WhenUp(container);
        }
    }

    private void Free(SimulatedContainer container)
    {
        if (container.Node is { } node && node.Containers.Remove(container))
        {
            node.UsedMemory -= container.Memory;
            node.UsedCpu -= container.Cpu;
            Use(container, -1);
            if (_waiting.Count > 0)
            {
                WakeScheduler();
            }
        }
    }

    private void Use(SimulatedContainer container, int sign)
    {
        var queue = container.Application.Queue;
        _queues.TryGetValue(queue, out var used);
        _queues[queue] = (used.Memory + (sign * container.Memory), used.Cpu + (sign * container.Cpu));
    }

    private void Requeue(SimulatedApplication application, string queue)
    {
        var held = application.Containers.Where(c => c.Node?.Containers.Contains(c) == true).ToList();
        held.ForEach(c => Use(c, -1));
        application.Queue = queue;
        held.ForEach(c => Use(c, 1));
    }

    private ResourceAmount? LimitOf(string queue) => Options.Queues.TryGetValue(queue, out var limit) ? limit : null;

    private bool Exceeds(string queue, SimulatedContainer container, ResourceAmount limit)
    {
        var (memory, cpu) = UsedBy(queue);
        return memory + container.Memory > limit.Memory.Bytes || cpu + container.Cpu > limit.CpuMillicores;
    }

    private void Settled(SimulatedApplication application)
    {
        if (!application.Seen.Any())
        {
            application.GoneAt ??= Clock.Now;
            AllGone(application);
        }
    }

    /// <summary>The cluster sees no process of it any more.</summary>
    protected abstract void AllGone(SimulatedApplication application);
}
