using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Flink.Resources.Health;

/// <summary>How healthy a job was at one moment, and why.</summary>
public sealed record HealthEvaluation
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>0 (worst) to 10 (best), never rounded; null when no item counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? Score { get; init; }

    /// <summary>How much of what counts is known, by weight: 0 to 1. 0 while nothing counts.</summary>
    public required double Coverage { get; init; }

    /// <summary>What this evaluation says by itself.</summary>
    public required HealthBand Band { get; init; }

    /// <summary>The lowest limit in force, whether or not it lowered the score; null without one.</summary>
    public double? Cap { get; init; }

    /// <summary>Open gates that count, by number.</summary>
    public ImmutableArray<GateFinding> Gates { get; init; } = [];

    /// <summary>Open gates that do not count now: those that warming up or a held control plane explains.</summary>
    public ImmutableArray<GateFinding> GatesSetAside { get; init; } = [];

    /// <summary>The items that count, in the order of the options, own ones last.</summary>
    public ImmutableArray<HealthItemScore> Items { get; init; } = [];

    /// <summary>The items that do not count, each with the reason.</summary>
    public ImmutableArray<HealthItemAbsence> Absent { get; init; } = [];

    /// <summary>Whether it says anything: a gate is open, or there is a score and enough is known.</summary>
    /// <param name="minimumCoverage">From which coverage on a score says something.</param>
    public bool IsKnown(double minimumCoverage) =>
        !Gates.IsEmpty || (Score is { } score && !double.IsNaN(score) && Coverage >= minimumCoverage);

    /// <summary>The score as shown to a person: one decimal, half away from zero; null without a score.</summary>
    /// <remarks>Thresholds are compared with <see cref="Score"/>, not with this.</remarks>
    public double? ShownScore => Score is { } score ? Math.Round(score, 1, MidpointRounding.AwayFromZero) : null;
}

/// <summary>One item's part in a score.</summary>
/// <param name="Item">The item's key.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Grade">0 (bad) to 1 (good). No other item has a part in it.</param>
/// <param name="Weight">How much it counted.</param>
/// <param name="LostPoints">How many of the ten points it cost, before limits.</param>
public readonly record struct HealthItemScore(string Item, double Value, double Grade, double Weight, double LostPoints);

/// <summary>An item without a part in a score.</summary>
/// <param name="Item">The item's key.</param>
/// <param name="Reason">Why.</param>
public readonly record struct HealthItemAbsence(string Item, HealthAbsenceReason Reason);

/// <summary>Why an item does not count. All but <see cref="NotInThisPhase"/> lower the coverage.</summary>
public enum HealthAbsenceReason
{
    /// <summary>There is no reading: nothing was seen, or what it is compared with is not known.</summary>
    NoData = 1,

    /// <summary>The reading is too old.</summary>
    Stale,

    /// <summary>The item has no weight in this phase.</summary>
    NotInThisPhase,

    /// <summary>The control plane is in trouble: what is seen through it is not held against the job.</summary>
    ControlPlaneHeld,
}
