using System.Collections.Immutable;
using Flink.Resources.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flink.Resources;

/// <summary>By what campaigns learn of more than their own moves.</summary>
internal sealed record CampaignSenses
{
    public static CampaignSenses None { get; } = new();

    /// <summary>Who says when something that jobs share is in trouble.</summary>
    public ImmutableArray<IDependencyIncidents> Incidents { get; init; } = [];

    /// <summary>Makes what looks at jobs that no move looks at: not the one of the moves, which remembers only what they have seen. Null: nobody looks.</summary>
    public Func<HealthWatch>? Health { get; init; }

    /// <summary>Who judges jobs again when their turn comes; null: nobody does.</summary>
    public ICampaignEligibility? Eligibility { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
