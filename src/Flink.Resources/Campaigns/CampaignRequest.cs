using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>Jobs that are to be moved wave by wave.</summary>
public sealed record CampaignRequest
{
    /// <summary>What its owner calls it: 1-100 of <c>A-Z a-z 0-9 . _ -</c>, not starting with a dot. There is at most one at a time of each name.</summary>
    public required string Name { get; init; }

    /// <summary>Which jobs move when.</summary>
    public required MigrationPlan Plan { get; init; }

    /// <summary>How each job of the plan moves.</summary>
    public required ImmutableDictionary<JobKey, MoveRequest> Moves { get; init; }

    /// <summary>
    /// When it was judged that the jobs of the plan may be moved, or when that began; null when nobody did. Means something with an
    /// <see cref="ICampaignEligibility"/>: later than <see cref="CampaignOptions.EligibilityAge"/> after it, a job is judged again before it is moved.
    /// </summary>
    public DateTimeOffset? JudgedAt { get; init; }

    /// <summary>How.</summary>
    public CampaignOptions Options { get; init; } = new();
}

/// <summary>When a wave is over, so that the next one may begin.</summary>
public enum WaveEnd
{
    /// <summary>When each of its jobs is at its end or is being watched on the target.</summary>
    Soaking = 0,

    /// <summary>When each of its jobs is at its end.</summary>
    Final,
}
