using System.Collections.Immutable;

namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>What one round of the monitor decided.</summary>
/// <param name="PreemptedContainers">By app: containers that go, reserved ones included; only apps that lose some.</param>
/// <param name="IdealAssigned">By queue: what it should hold, as of the last pass.</param>
/// <param name="Choices">The same containers in the order in which they were chosen, with the rule that chose them.</param>
/// <param name="Queues">By queue: what was to be taken from it and what could not be touched.</param>
public sealed record CapacityMonitorRound(
    ImmutableSortedDictionary<string, long> PreemptedContainers,
    ImmutableSortedDictionary<string, ImmutableArray<long>> IdealAssigned,
    ImmutableArray<ContainerChoice> Choices,
    ImmutableSortedDictionary<string, CapacityQueueDecision> Queues);

/// <summary>What a round found out about a queue.</summary>
/// <param name="ToTake">A leaf's amount to take in the last pass; zeros for a parent.</param>
/// <param name="Untouchable">What it holds above its guarantee and nobody may take.</param>
/// <param name="Reason">A sentence for a person.</param>
public sealed record CapacityQueueDecision(ImmutableArray<long> ToTake, ImmutableArray<long> Untouchable, string Reason);

/// <summary>Containers of one app that go for one reason.</summary>
/// <param name="App">The app.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="Kind">Which of its containers.</param>
/// <param name="Selector">The rule that chose them.</param>
/// <param name="Count">How many, from 1.</param>
public sealed record ContainerChoice(string App, string Queue, ContainerChoiceKind Kind, CapacitySelector Selector, long Count);

/// <summary>Kinds of containers, in the order in which they are taken from an app.</summary>
public enum ContainerChoiceKind
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Reserved on a node, not running.</summary>
    Reserved,

    /// <summary>Running, newest first.</summary>
    Running,

    /// <summary>The application master: last, and only what masters hold beyond their share.</summary>
    Master,
}

/// <summary>The monitor's selectors, in the order in which they run.</summary>
public enum CapacitySelector
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>From a queue above its guarantee for one below it.</summary>
    BetweenQueues,

    /// <summary>Between queues that all have their guarantee.</summary>
    Balancing,

    /// <summary>From a less important app, or a user above the limit, inside a queue.</summary>
    InsideQueue,
}

/// <summary>What the monitor does at one instant.</summary>
/// <param name="At">The instant, as an offset from any start.</param>
/// <param name="NewRequests">By app: containers that are asked for the first time.</param>
/// <param name="Kills">By app: containers asked for more than the wait ago and chosen again.</param>
public sealed record CapacityMonitorStep(
    TimeSpan At,
    ImmutableSortedDictionary<string, long> NewRequests,
    ImmutableSortedDictionary<string, long> Kills);

/// <summary>A running container as the order inside an app needs it.</summary>
/// <param name="Id">Grows with age: larger is newer.</param>
/// <param name="Priority">YARN's request priority: a larger number is <em>less</em> important.</param>
public readonly record struct CapacityContainer(long Id, long Priority);
