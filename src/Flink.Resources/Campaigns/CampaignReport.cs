using System.Collections.Immutable;
using Flink.Resources.Eligibility;
using Flink.Resources.Health;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>Where a campaign stands.</summary>
public enum CampaignState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Jobs are started as limits and windows allow.</summary>
    Running,

    /// <summary>No job is started for the moment; what is under way goes on. The holds say why.</summary>
    Holding,

    /// <summary>No job is started until a person says so; what is under way goes on. The holds say why.</summary>
    Paused,

    /// <summary>No job is started any more; what is under way goes on to its end.</summary>
    Stopping,

    /// <summary>All jobs are at an end. Final.</summary>
    Completed,

    /// <summary>It ended before all jobs were started. Final.</summary>
    Stopped,
}

/// <summary>Where a job of a campaign stands.</summary>
public enum CampaignJobState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Its turn has not come, or something holds it; the reason says what.</summary>
    Waiting,

    /// <summary>Its turn has come; its run is being written down.</summary>
    Starting,

    /// <summary>It is on its way: between the first look and the moment when it has caught up.</summary>
    Moving,

    /// <summary>It runs on the target and is watched.</summary>
    Soaking,

    /// <summary>It is on its way back.</summary>
    GoingBack,

    /// <summary>It runs on the target for good. Final, unless somebody brings it back.</summary>
    Committed,

    /// <summary>It runs where it was, after a move that failed or was taken back. Final.</summary>
    RolledBack,

    /// <summary>It was not moved, and nothing of it was changed. Final.</summary>
    NotMoved,

    /// <summary>It waits for a person.</summary>
    Parked,
}

/// <summary>Something that happened in a campaign.</summary>
/// <param name="At">When.</param>
/// <param name="What">What, in plain words.</param>
/// <param name="By">Who did it; null when nobody did.</param>
public sealed record CampaignNote(DateTimeOffset At, string What, string? By = null);

/// <summary>All that is known of a campaign at one time: for a page, a table, a program. Immutable.</summary>
public sealed record CampaignReport
{
    /// <summary>The campaign.</summary>
    public required string Id { get; init; }

    /// <summary>What its owner calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required CampaignState State { get; init; }

    /// <summary>When this was so.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it was written down.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its first job was started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What holds it, the strongest first.</summary>
    public ImmutableArray<CampaignHold> Holds { get; init; } = [];

    /// <summary>Its waves in order.</summary>
    public ImmutableArray<WaveReport> Waves { get; init; } = [];

    /// <summary>The jobs that no wave takes.</summary>
    public ImmutableArray<UnplannedJob> Left { get; init; } = [];

    /// <summary>What happened, oldest first: holds, requests, waves.</summary>
    public ImmutableArray<CampaignNote> Notes { get; init; } = [];

    /// <summary>Nothing follows.</summary>
    public bool IsFinal => State is CampaignState.Completed or CampaignState.Stopped;

    /// <summary>All its jobs, wave by wave.</summary>
    public IEnumerable<CampaignJobReport> Jobs => Waves.SelectMany(static w => w.Jobs);
}

/// <summary>One wave of a campaign.</summary>
public sealed record WaveReport
{
    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    /// <summary>Which part of the way it belongs to.</summary>
    public required PlanStage Stage { get; init; }

    /// <summary>It starts only when a person approved it.</summary>
    public bool NeedsApproval { get; init; }

    /// <summary>A person approved it, or nobody has to.</summary>
    public bool IsApproved { get; init; }

    /// <summary>When its first job was started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last job came to its end; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its jobs in their order.</summary>
    public ImmutableArray<CampaignJobReport> Jobs { get; init; } = [];
}

/// <summary>One job of a campaign.</summary>
public sealed record CampaignJobReport
{
    /// <summary>What was planned for it.</summary>
    public required PlannedMove Move { get; init; }

    /// <summary>Its wave.</summary>
    public required int Wave { get; init; }

    /// <summary>Where it stands.</summary>
    public required CampaignJobState State { get; init; }

    /// <summary>Why it waits, was not moved, is parked or went back; null when all goes well.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was last judged whether it may be moved, with the plan or again since; null when nobody did.</summary>
    public DateTimeOffset? JudgedAt { get; init; }

    /// <summary>
    /// What spoke against moving it when it was judged again before its start (<see cref="ICampaignEligibility"/>), the worst first: it was left where
    /// it is. Empty otherwise.
    /// </summary>
    public ImmutableArray<EligibilityFinding> Findings { get; init; } = [];

    /// <summary>What kind of failure it was, the same words for the same cause; null without one.</summary>
    public string? Signature { get; init; }

    /// <summary>Its run; null before its start.</summary>
    public string? RunId { get; init; }

    /// <summary>Its run as it was last seen; null before its start.</summary>
    public MigrationRun? Run { get; init; }

    /// <summary>When it was started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it came to its end; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its newest score, 0 to 10; null when there is none.</summary>
    public double? Score { get; init; }

    /// <summary>The newest verdict.</summary>
    public HealthVerdict Verdict { get; init; }

    /// <summary>The job.</summary>
    public JobKey Job => Move.Job.Job;

    /// <summary>How long no copy ran; null as long as that is not known.</summary>
    public TimeSpan? Downtime => Run?.Downtime;

    /// <summary>All states of its run so far.</summary>
    public ImmutableArray<StateChange> Timeline => Run?.Timeline ?? [];

    /// <summary>Why and from which state it went back; null when it did not.</summary>
    public MigrationRollback? Rollback => Run?.Rollback;
}
