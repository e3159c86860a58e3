using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>What is known at the moment of a decision beside the journal.</summary>
internal sealed record CampaignView
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>The room; null when it is not proved, or not known for the moment.</summary>
    public CapacityFacts? Capacity { get; init; }

    /// <summary>Snapshots are too old to prove room.</summary>
    public bool IsStale { get; init; }

    /// <summary>Loads of servers that others share.</summary>
    public ImmutableArray<MeasuredLoad> Measured { get; init; } = [];

    /// <summary>Somebody judges jobs again whose judgement is too old.</summary>
    public bool Judges { get; init; }

    /// <summary>Jobs that could not be judged or started a moment ago.</summary>
    public IReadOnlyDictionary<JobKey, PutOff> PutOff { get; init; } = ImmutableDictionary<JobKey, PutOff>.Empty;
}

/// <summary>A job waits before it is tried again.</summary>
/// <param name="Until">When it may be tried again.</param>
/// <param name="Reason">Why it waits.</param>
internal sealed record PutOff(DateTimeOffset Until, string Reason);

/// <summary>What a campaign does next.</summary>
internal abstract record CampaignDecision
{
    private CampaignDecision()
    {
    }

    /// <summary>Starts jobs.</summary>
    public sealed record Start(ImmutableArray<JobKey> Jobs) : CampaignDecision;

    /// <summary>Has jobs judged again that would be started: they are when they may still be moved.</summary>
    public sealed record Judge(ImmutableArray<JobKey> Jobs) : CampaignDecision;

    /// <summary>Leaves a job where it is.</summary>
    public sealed record Leave(JobKey Job, string Reason) : CampaignDecision;

    /// <summary>Brings a job back, or calls its move off.</summary>
    public sealed record Recall(JobKey Job, string Reason) : CampaignDecision;

    /// <summary>Ends the campaign.</summary>
    public sealed record End(CampaignState State) : CampaignDecision;
}

/// <summary>What is decided, and why jobs whose turn it is wait.</summary>
/// <param name="Decisions">In their order.</param>
/// <param name="Waits">Reasons by job, of those that were looked at.</param>
/// <param name="NeedsFreshSnapshots">A job could be started if newer snapshots prove room.</param>
internal sealed record CampaignVerdict(ImmutableArray<CampaignDecision> Decisions, IReadOnlyDictionary<JobKey, string> Waits, bool NeedsFreshSnapshots);
