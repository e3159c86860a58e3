using System.Collections.Immutable;
using Flink.Resources.Eligibility;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>All that the journal says of a campaign. Immutable; each record makes the next one.</summary>
internal sealed record CampaignRun
{
    public required string Id { get; init; }

    public required CampaignRequest Request { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required ImmutableDictionary<JobKey, CampaignJob> Jobs { get; init; }

    /// <summary>What the abort rules said last.</summary>
    public ImmutableArray<CampaignHold> Standing { get; init; } = [];

    /// <summary>What people asked for.</summary>
    public ImmutableArray<CampaignHold> Asked { get; init; } = [];

    /// <summary>What people took away.</summary>
    public ImmutableArray<ReleasedHold> Released { get; init; } = [];

    public ImmutableHashSet<int> ApprovedWaves { get; init; } = [];

    public ImmutableHashSet<JobKey> ApprovedJobs { get; init; } = [];

    public ImmutableDictionary<string, FailureLikeness> Blocked { get; init; } = ImmutableDictionary<string, FailureLikeness>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Incidents of what jobs share: those that last, and those that moves may have fallen into.</summary>
    public ImmutableArray<KnownIncident> Incidents { get; init; } = [];

    public ImmutableList<CampaignNote> Notes { get; init; } = [];

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended; Unknown before.</summary>
    public CampaignState Ended { get; init; }

    /// <summary>Position in the plan of the first wave that is not over; the number of waves when all are.</summary>
    public int CurrentWave { get; init; }

    /// <summary>Jobs that count as moved or moving: on their way, watched, or on their way back.</summary>
    public ImmutableHashSet<JobKey> Open { get; init; } = [];

    public bool IsFinal => Ended != CampaignState.Unknown;

    /// <summary>All that holds it, the strongest first.</summary>
    public IEnumerable<CampaignHold> Holds => Asked.Concat(Standing).OrderByDescending(static h => h.Kind).ThenBy(static h => h.Key, StringComparer.Ordinal);

    public CampaignState State
    {
        get
        {
            var strongest = CampaignHoldKind.Unknown;
            foreach (var hold in Asked.Concat(Standing))
            {
                // What is not said is taken for a pause.
                var kind = hold.Kind == CampaignHoldKind.Unknown ? CampaignHoldKind.Pause : hold.Kind;
                strongest = kind > strongest ? kind : strongest;
            }
            return IsFinal ? Ended : strongest switch
            {
                CampaignHoldKind.Stop => CampaignState.Stopping,
                CampaignHoldKind.Pause => CampaignState.Paused,
                CampaignHoldKind.HoldStarts => CampaignState.Holding,
                _ => CampaignState.Running,
            };
        }
    }

    /// <summary>When it was last judged that a job may be moved; null when nobody did.</summary>
    public DateTimeOffset? JudgedAt(CampaignJob job) => job.JudgedAt ?? Request.JudgedAt;

    /// <summary>A job that was judged too long ago to be moved now.</summary>
    public bool NeedsJudgement(CampaignJob job, DateTimeOffset now) => JudgementPolicy.NeedsJudgement(JudgedAt(job), now, Request.Options.EligibilityAge);

    public bool IsApproved(PlannedWave wave) => !wave.NeedsApproval || ApprovedWaves.Contains(wave.Number);
}

/// <summary>One job of a campaign.</summary>
/// <param name="Move">What was planned.</param>
/// <param name="Wave">The position of its wave.</param>
internal sealed record CampaignJob(PlannedMove Move, int Wave)
{
    public CampaignJobState State { get; init; } = CampaignJobState.Waiting;

    public string? Reason { get; init; }

    public string? Signature { get; init; }

    public string? Run { get; init; }

    /// <summary>When it was judged again since the plan; null when it was not.</summary>
    public DateTimeOffset? JudgedAt { get; init; }

    /// <summary>What spoke against the move then.</summary>
    public ImmutableArray<EligibilityFinding> Findings { get; init; } = [];

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? SoakingAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>A person wanted it back, or not moved.</summary>
    public bool IsByChoice { get; init; }

    /// <summary>It had been on its way back when it was parked.</summary>
    public bool RollbackFailed { get; init; }

    public bool IsFinal => State is CampaignJobState.Committed or CampaignJobState.RolledBack or CampaignJobState.NotMoved;

    /// <summary>Something of it runs on: it takes room, and has to come to an end.</summary>
    public bool IsOpen => State is CampaignJobState.Starting or CampaignJobState.Moving or CampaignJobState.Soaking or CampaignJobState.GoingBack;

    /// <summary>The next wave need not wait for it.</summary>
    public bool IsOver(WaveEnd end) => IsFinal || State == CampaignJobState.Parked || (end == WaveEnd.Soaking && State == CampaignJobState.Soaking);
}
