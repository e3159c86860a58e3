using System.Collections.Immutable;

namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>
/// YARN's capacity monitor as pure functions: what a round between queues and inside queues would preempt, and when it asks and kills.
/// Follows <c>ProportionalCapacityPreemptionPolicy</c> of Hadoop 3.4 for one node partition, without its selectors for reserved containers
/// and queue priorities. Same snapshot, same answer; the order of lists means nothing except for the apps of a queue (oldest first).
/// </summary>
public static class CapacitySchedulerMonitor
{
    /// <summary>One round: ideals from the root down, amounts per leaf, then containers; after that balancing and inside queues where set.</summary>
    /// <param name="snapshot">What the monitor sees.</param>
    /// <exception cref="ArgumentException">A queue, a parent or a vector's length is inconsistent.</exception>
    public static CapacityMonitorRound RunRound(CapacitySchedulerSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var state = new MonitorState(snapshot);
        new BetweenQueues(state, balance: false).Select();
        if (state.Settings.BalanceBeyondGuaranteed)
        {
            new BetweenQueues(state, balance: true).Select();
        }
        if (state.Settings.IntraQueue is { } settings)
        {
            new InsideQueue(state, settings).Select();
        }
        return Report(state);
    }

    /// <summary>
    /// The same round seen at several instants: what is chosen for the first time is asked for; what is chosen again more than
    /// <see cref="CapacityMonitorSettings.MaxWaitBeforeKill"/> later is killed.
    /// </summary>
    /// <param name="snapshot">What the monitor sees each time.</param>
    /// <param name="instants">When, in the order of observation.</param>
    /// <exception cref="ArgumentException">A queue, a parent or a vector's length is inconsistent.</exception>
    public static ImmutableArray<CapacityMonitorStep> Observe(CapacitySchedulerSnapshot snapshot, ImmutableArray<TimeSpan> instants)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var chosen = RunRound(snapshot).PreemptedContainers;
        var none = chosen.Clear();
        return [.. instants.Select((at, i) => new CapacityMonitorStep(
            at,
            i == 0 ? chosen : none,
            i > 0 && (Int128)at.Ticks - instants[0].Ticks > snapshot.Settings.MaxWaitBeforeKill.Ticks ? chosen : none))];
    }

    /// <summary>The order in which an app's running containers go: the largest priority number (the least important) first, then the newest.</summary>
    /// <param name="containers">The containers in any order.</param>
    public static ImmutableArray<CapacityContainer> PreemptionOrder(ImmutableArray<CapacityContainer> containers) =>
        [.. containers.OrderByDescending(static c => c.Priority).ThenByDescending(static c => c.Id)];

    private static CapacityMonitorRound Report(MonitorState state)
    {
        var preempted = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var (app, _, _, count) in state.Choices)
        {
            preempted[app.App.Name] = preempted.GetValueOrDefault(app.App.Name) + count;
        }
        return new(
            preempted.ToImmutable(),
            state.Queues.ToImmutableSortedDictionary(static q => q.Queue.Name, static q => Vectors.Frozen(q.Ideal), StringComparer.Ordinal),
            [.. state.Choices.Select(static c => new ContainerChoice(c.App.App.Name, c.App.Queue.Queue.Name, c.Kind, c.Selector, c.Count))],
            state.Queues.ToImmutableSortedDictionary(static q => q.Queue.Name, q => Decision(state, q), StringComparer.Ordinal));
    }

    private static CapacityQueueDecision Decision(MonitorState state, QueueState queue) =>
        new(Vectors.Frozen(queue.Amount), Vectors.Frozen(queue.Untouchable), ReasonFor(state, queue));

    private static string ReasonFor(MonitorState state, QueueState queue)
    {
        var calculator = state.Calculator;
        if (!queue.IsLeaf)
        {
            return "A parent: its leaves are decided one by one.";
        }
        if (queue.Queue.PreemptionDisabled)
        {
            return "Spared: preemption is disabled here.";
        }
        if (calculator.Compare(state.Cluster, queue.Used, queue.Guaranteed) <= 0)
        {
            return "Spared: it holds no more than its guarantee.";
        }
        if (calculator.Compare(state.Cluster, queue.Used, queue.Ideal) <= 0)
        {
            return "Spared: nobody with a better claim needs what it holds above its guarantee.";
        }
        return calculator.IsAboveZero(state.Cluster, queue.Amount)
            ? "Gives: it holds more than its ideal, and others are short of their guarantee."
            : "Spared in this round: the excess is inside the dead zone, or was chosen already.";
    }
}
