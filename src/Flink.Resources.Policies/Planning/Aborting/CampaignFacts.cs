using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>What is known of a campaign when it is asked whether it may go on.</summary>
public sealed record CampaignFacts
{
    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The moves that came to an end, in any order.</summary>
    public ImmutableArray<EndedMove> Ended { get; init; } = [];

    /// <summary>The mean score of the jobs that are watched on the target, at each evaluation of at least the last 15 minutes.</summary>
    public ImmutableArray<MeanScore> Scores { get; init; } = [];

    /// <summary>Jobs that were committed, are still looked at, and got worse.</summary>
    public ImmutableArray<DegradedJob> Degraded { get; init; } = [];

    /// <summary>Jobs of which two live copies were seen.</summary>
    public ImmutableArray<SeenTwice> SeenTwice { get; init; } = [];

    /// <summary>How the servers of the clusters answered, of at least the last 15 minutes.</summary>
    public ImmutableArray<ControlPlaneFacts> ControlPlanes { get; init; } = [];

    /// <summary>Incidents of what jobs share: brokers, file systems.</summary>
    public ImmutableArray<DependencyIncident> Incidents { get; init; } = [];

    /// <summary>Jobs that are not moved and are looked at all the same; null when none is.</summary>
    public UnmovedJobs? Unmoved { get; init; }

    /// <summary>What the evaluation before answered.</summary>
    public ImmutableArray<CampaignHold> Standing { get; init; } = [];

    /// <summary>Holds that a person took away.</summary>
    public ImmutableArray<ReleasedHold> Released { get; init; } = [];
}

/// <summary>How a move ended.</summary>
public enum MoveEnding
{
    /// <summary>Not said; counts as parked.</summary>
    Unknown = 0,

    /// <summary>The job runs on the target for good.</summary>
    Committed,

    /// <summary>It runs where it was.</summary>
    RolledBack,

    /// <summary>It waits for a person.</summary>
    Parked,

    /// <summary>It should have come back and could not.</summary>
    RollbackFailed,

    /// <summary>It was not moved, and nothing of it was changed. Neither finished nor failed.</summary>
    NotMoved,
}

/// <summary>A move that came to an end.</summary>
public sealed record EndedMove
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>How important it is.</summary>
    public required JobPriority Priority { get; init; }

    /// <summary>Its wave.</summary>
    public required int Wave { get; init; }

    /// <summary>Its part of the way.</summary>
    public required PlanStage Stage { get; init; }

    /// <summary>How it ended.</summary>
    public required MoveEnding Ending { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What kind of failure it was, the same words for the same cause; null without one.</summary>
    public string? Signature { get; init; }

    /// <summary>A person brought it back for reasons of their own: that is no failure.</summary>
    public bool IsByChoice { get; init; }
}

/// <summary>A mean of scores.</summary>
/// <param name="At">When.</param>
/// <param name="Mean">0 to 10; null when no job is watched or none has a score.</param>
public sealed record MeanScore(DateTimeOffset At, double? Mean);

/// <summary>A committed job that got worse.</summary>
/// <param name="Job">The job.</param>
/// <param name="Wave">Its wave.</param>
/// <param name="CommittedAt">When it was committed.</param>
/// <param name="Since">Since when it is worse.</param>
public sealed record DegradedJob(JobKey Job, int Wave, DateTimeOffset CommittedAt, DateTimeOffset Since);

/// <summary>Two live copies of one job.</summary>
/// <param name="Job">The job.</param>
/// <param name="At">When they were seen.</param>
/// <param name="Evidence">Which two.</param>
public sealed record SeenTwice(JobKey Job, DateTimeOffset At, string Evidence);

/// <summary>How the servers of one backend answered.</summary>
public sealed record ControlPlaneFacts
{
    /// <summary>The backend.</summary>
    public required string Backend { get; init; }

    /// <summary>Jobs of the campaign leave it.</summary>
    public bool IsSource { get; init; }

    /// <summary>Jobs of the campaign go to it.</summary>
    public bool IsTarget { get; init; }

    /// <summary>What was seen, in any order.</summary>
    public ImmutableArray<ControlPlaneSample> Samples { get; init; } = [];
}

/// <summary>How the servers of a backend answered around one time. What is null is not known.</summary>
/// <param name="At">When.</param>
/// <param name="IsReadable">It answers at all.</param>
/// <param name="ErrorShare">The share of calls that failed, 0 to 1.</param>
/// <param name="P99">The p99 of how long calls took.</param>
/// <param name="LongPendingShare">The share of pods or containers that have been waiting for more than 5 minutes, 0 to 1.</param>
public sealed record ControlPlaneSample(
    DateTimeOffset At, bool IsReadable, double? ErrorShare = null, TimeSpan? P99 = null, double? LongPendingShare = null);

/// <summary>Something that jobs share was in trouble.</summary>
/// <param name="Name">What, such as <c>kafka-main</c>.</param>
/// <param name="From">Since when.</param>
/// <param name="To">Until when; null while it lasts.</param>
public sealed record DependencyIncident(string Name, DateTimeOffset From, DateTimeOffset? To = null);

/// <summary>Jobs that are not moved.</summary>
/// <param name="Watched">How many are looked at.</param>
/// <param name="Shifted">How many of them left their own baseline lately.</param>
public sealed record UnmovedJobs(int Watched, int Shifted);

/// <summary>A hold that a person took away.</summary>
/// <param name="Key">The hold.</param>
/// <param name="At">When.</param>
public sealed record ReleasedHold(string Key, DateTimeOffset At);
