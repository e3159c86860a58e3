using System.Collections.Immutable;
using Flink.Resources.Eligibility;
using Flink.Resources.Health;
using Flink.Resources.Planning;
using Flink.Resources.Rollback;

namespace Flink.Resources.Fleet;

/// <summary>
/// What became of a campaign, for a page (<see cref="FleetReportHtml"/>) or a program (<see cref="FleetReportJson"/>). Plain data: equal
/// reports give equal bytes, on every machine and at any time.
/// </summary>
public sealed record FleetReport
{
    /// <summary>The campaign's id.</summary>
    public required string Campaign { get; init; }

    /// <summary>What its owner calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required CampaignState State { get; init; }

    /// <summary>When this was so.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When its first job was started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its waves in order.</summary>
    public ImmutableArray<FleetReportWave> Waves { get; init; } = [];

    /// <summary>The jobs of its waves, wave by wave in the order of the plan.</summary>
    public ImmutableArray<FleetReportJob> Jobs { get; init; } = [];

    /// <summary>The jobs that no wave took.</summary>
    public ImmutableArray<FleetReportLeft> Left { get; init; } = [];

    /// <summary>What holds it now.</summary>
    public ImmutableArray<string> Holds { get; init; } = [];

    /// <summary>What happened, oldest first.</summary>
    public ImmutableArray<FleetReportNote> Notes { get; init; } = [];

    /// <summary>The numbers of the whole.</summary>
    public FleetReportSummary Summary => FleetReportSummary.Of(this);

    /// <summary>Makes the report of a campaign.</summary>
    /// <param name="campaign">The campaign with the runs of its jobs, finished or not.</param>
    public static FleetReport From(CampaignReport campaign) => FleetReportBuilder.Build(campaign);
}

/// <summary>One wave.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Stage">Which part of the way it belongs to.</param>
/// <param name="StartedAt">When its first job was started; null before.</param>
/// <param name="EndedAt">When its last job came to its end; null before.</param>
public sealed record FleetReportWave(int Number, PlanStage Stage, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

/// <summary>One job of a wave.</summary>
public sealed record FleetReportJob
{
    /// <summary>The job's key.</summary>
    public required string Job { get; init; }

    /// <summary>Where it was.</summary>
    public required Placement From { get; init; }

    /// <summary>Where it was to go.</summary>
    public required Placement To { get; init; }

    /// <summary>Its wave.</summary>
    public required int Wave { get; init; }

    /// <summary>Where it stands.</summary>
    public required CampaignJobState State { get; init; }

    /// <summary>Why it waits, was not moved, is parked or went back; null when all goes well.</summary>
    public string? Reason { get; init; }

    /// <summary>What spoke against moving it when its turn came, the worst first: it was left where it is. Empty otherwise.</summary>
    public ImmutableArray<EligibilityFinding> Findings { get; init; } = [];

    /// <summary>When it was started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it came to its end; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The states of its run, oldest first.</summary>
    public ImmutableArray<StateChange> Timeline { get; init; } = [];

    /// <summary>How long no copy of it ran on the way to the target; null as long as that is not known.</summary>
    public TimeSpan? Downtime { get; init; }

    /// <summary>Its newest score, 0 to 10, unrounded; null without one.</summary>
    public double? Score { get; init; }

    /// <summary>What is said of it.</summary>
    public HealthVerdict Verdict { get; init; }

    /// <summary>How much of what counts was known for the score, 0 to 1; null without one.</summary>
    public double? Coverage { get; init; }

    /// <summary>What the score lost its points by, in plain words, worst first; null when nothing was lost.</summary>
    public string? LostPoints { get; init; }

    /// <summary>The same item by item, for adding up; empty when that is not known.</summary>
    public ImmutableArray<FleetReportLoss> Losses { get; init; } = [];

    /// <summary>Why and from which state it went back; null when it did not.</summary>
    public FleetReportRollback? Rollback { get; init; }

    /// <summary>Its numbers before and after the move; empty when they were not compared.</summary>
    public ImmutableArray<FleetReportMeasure> Parity { get; init; } = [];
}

/// <summary>What one item cost.</summary>
/// <param name="Item">The item's key.</param>
/// <param name="Points">How many of the ten points.</param>
public sealed record FleetReportLoss(string Item, double Points);

/// <summary>How a job went back.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Choice">From which state it went on.</param>
/// <param name="Effect">What that did to its data; null when it was not decided.</param>
/// <param name="Evidence">What was read of the target before it was removed; null when nothing was.</param>
public sealed record FleetReportRollback(string Reason, RollbackChoice Choice, string? Effect, string? Evidence);

/// <summary>One number of a job before and after its move.</summary>
/// <param name="Measure">What was measured.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Before">On the source; null when it was not measured.</param>
/// <param name="After">On the target; null when it was not measured.</param>
public sealed record FleetReportMeasure(string Measure, string Unit, double? Before, double? After);

/// <summary>A job that no wave took.</summary>
/// <param name="Job">The job's key.</param>
/// <param name="At">Where it is.</param>
/// <param name="Reason">Why.</param>
public sealed record FleetReportLeft(string Job, Placement At, string Reason);

/// <summary>Something that happened.</summary>
/// <param name="At">When.</param>
/// <param name="What">What.</param>
/// <param name="By">Who did it; null when nobody did.</param>
public sealed record FleetReportNote(DateTimeOffset At, string What, string? By);
