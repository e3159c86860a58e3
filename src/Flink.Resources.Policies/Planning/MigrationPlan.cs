using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Which jobs move when, and why. Immutable: a change makes a new revision.</summary>
public sealed record MigrationPlan
{
    /// <summary>1 for the first plan of a campaign.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>The waves in their order.</summary>
    public ImmutableArray<PlannedWave> Waves { get; init; } = [];

    /// <summary>The jobs that are in no wave.</summary>
    public ImmutableArray<UnplannedJob> Left { get; init; } = [];

    /// <summary>What a person should know of the plan as a whole, such as kinds of jobs that no canary tries.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>Jobs that are moved together.</summary>
public sealed record PlannedWave
{
    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    /// <summary>Which part of the way it belongs to.</summary>
    public required PlanStage Stage { get; init; }

    /// <summary>Its jobs in the order in which they start.</summary>
    public required ImmutableArray<PlannedMove> Moves { get; init; }

    /// <summary>It starts only when a person approved it, and runs alone.</summary>
    public bool NeedsApproval { get; init; }

    /// <summary>The source queue whose jobs it moves; null when it moves those of several.</summary>
    public string? Queue { get; init; }

    /// <summary>The room that was found when it was planned; null when it was not proved. It is proved again when it starts.</summary>
    public CapacityProof? Capacity { get; init; }
}

/// <summary>A part of the way: first a few, then more.</summary>
public enum PlanStage
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>Jobs that try the way out.</summary>
    Canary,

    /// <summary>Up to 1 % of the fleet.</summary>
    OnePercent,

    /// <summary>Up to 5 %.</summary>
    FivePercent,

    /// <summary>Up to 10 %.</summary>
    TenPercent,

    /// <summary>Up to 25 %.</summary>
    TwentyFivePercent,

    /// <summary>All the others.</summary>
    Rest,
}

/// <summary>One job in a wave.</summary>
/// <param name="Job">The job.</param>
/// <param name="From">Where it is.</param>
/// <param name="To">Where it goes.</param>
/// <param name="Reason">Why it is here and not earlier or later, in plain words.</param>
public sealed record PlannedMove(FleetJob Job, Placement From, Placement To, string Reason);

/// <summary>A job that no wave takes.</summary>
/// <param name="Job">The job.</param>
/// <param name="Reason">Why, in plain words, and what would change it.</param>
public sealed record UnplannedJob(FleetJob Job, string Reason);
