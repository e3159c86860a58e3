using System.Collections.Immutable;
using Flink.Resources.Eligibility;

namespace Flink.Resources.Planning;

/// <summary>What a plan is made from. The order of the lists does not matter.</summary>
public sealed record PlanningFacts
{
    /// <summary>All jobs that are to be moved, each once. Those that can't be moved come back in <see cref="MigrationPlan.Left"/>.</summary>
    public required ImmutableArray<FleetJob> Jobs { get; init; }

    /// <summary>Whether each job may be moved.</summary>
    public ImmutableArray<EligibilityReport> Eligibility { get; init; } = [];

    /// <summary>Warnings that somebody accepts, and remedies that are done.</summary>
    public ImmutableArray<EligibilityAcknowledgement> Acknowledged { get; init; } = [];

    /// <summary>The room on both sides.</summary>
    public required CapacityFacts Capacity { get; init; }
}

/// <summary>Somebody knows of a finding: accepts a warning, or recorded that its remedy is done.</summary>
/// <param name="Rule">The rule's id, such as <c>E06</c>.</param>
/// <param name="Job">The job; null for all jobs, which is possible for warnings only: a remedy is done job by job.</param>
public sealed record EligibilityAcknowledgement(string Rule, JobKey? Job = null);

/// <summary>The room of clusters at one time, and what is promised of it.</summary>
public sealed record CapacityFacts
{
    /// <summary>The time at which room is judged.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The newest snapshot of each backend.</summary>
    public required ImmutableArray<BackendSnapshot> Backends { get; init; }

    /// <summary>Room that others were promised and that no snapshot shows as used.</summary>
    public ImmutableArray<ReservedRoom> Reserved { get; init; } = [];

    /// <summary>Queues whose freed room is kept for the jobs that left, so that they can come back.</summary>
    public ImmutableArray<HeldRoom> Held { get; init; } = [];

    /// <summary>Jobs on their way whose containers the target's snapshot does not show yet.</summary>
    public ImmutableArray<FleetJob> UnderWay { get; init; } = [];

    /// <summary>Jobs that left their source and are not committed: they may have to come back.</summary>
    public ImmutableArray<FleetJob> Uncommitted { get; init; } = [];
}

/// <summary>Room that is promised to somebody.</summary>
/// <param name="Place">Where.</param>
/// <param name="Amount">How much.</param>
/// <param name="Flavour">The kind of nodes; null for any.</param>
public sealed record ReservedRoom(Placement Place, ResourceAmount Amount, string? Flavour = null);

/// <summary>A queue whose freed room nobody else gets until the jobs that left it are committed.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Queue">The queue, with all below it; null for the whole backend.</param>
public sealed record HeldRoom(string Backend, string? Queue = null);
