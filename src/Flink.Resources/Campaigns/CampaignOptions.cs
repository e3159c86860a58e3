using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>How a campaign is carried.</summary>
public sealed record CampaignOptions
{
    /// <summary>When a wave is over.</summary>
    public WaveEnd WaveEnd { get; init; } = WaveEnd.Soaking;

    /// <summary>How much may be under way at once.</summary>
    public StartLimits Limits { get; init; } = new();

    /// <summary>When jobs may be started.</summary>
    public MoveWindows Windows { get; init; } = new();

    /// <summary>When the campaign stops by itself.</summary>
    public AbortOptions Abort { get; init; } = new();

    /// <summary>How room is proved before each start; null: it is not.</summary>
    public CapacityOptions? Capacity { get; init; } = new();

    /// <summary>Room that others were promised and that no snapshot shows as used.</summary>
    public ImmutableArray<ReservedRoom> Reserved { get; init; } = [];

    /// <summary>Queues whose freed room is kept for the jobs that left, so that they can come back.</summary>
    public ImmutableArray<HeldRoom> Held { get; init; } = [];

    /// <summary>How often the journal is looked at for requests, and windows and holds are judged anew, while no job changes.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The least time between two reports.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How old a snapshot of a backend may be that proves room.</summary>
    public TimeSpan SnapshotAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How old a judgement of a job may be that is moved: an older one is made again first (<see cref="ICampaignEligibility"/>). 5 minutes to 7 days.
    /// </summary>
    /// <value>30 min.</value>
    public TimeSpan EligibilityAge { get; init; } = JudgementPolicy.UsualAge;

    /// <summary>How often the clusters' servers are asked how they are. At most the age of a sample in <see cref="Abort"/>.</summary>
    public TimeSpan ControlPlaneInterval { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>How jobs are brought back.</summary>
public sealed record RollbackOptions
{
    /// <summary>How many jobs are on their way back at a time, at least 1.</summary>
    public int InFlight { get; init; } = 20;

    /// <summary>How many of one queue are on their way back at a time, at least 1.</summary>
    public int PerQueue { get; init; } = 5;

    /// <summary>How often a job is looked at that another process brings back.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);
}
