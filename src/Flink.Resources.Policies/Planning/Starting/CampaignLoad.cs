using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>What is under way at the moment of a start, of all campaigns together.</summary>
public sealed record CampaignLoad
{
    /// <summary>Nothing is under way.</summary>
    public static CampaignLoad None { get; } = new();

    /// <summary>Jobs between the stop of their source and the moment when they caught up; those whose start is decided included.</summary>
    public ImmutableArray<FleetJob> InFlight { get; init; } = [];

    /// <summary>Jobs that are watched on the target.</summary>
    public ImmutableArray<FleetJob> Soaking { get; init; } = [];

    /// <summary>
    /// What is measured of servers that others share too. A measurement may include the jobs in flight: then their part is counted once,
    /// as the larger of measured and expected.
    /// </summary>
    public ImmutableArray<MeasuredLoad> Measured { get; init; } = [];
}

/// <summary>What a measured load is about.</summary>
public enum LoadKind
{
    /// <summary>Not said; never counted.</summary>
    Unknown = 0,

    /// <summary>Pods created per second through the API server of a backend.</summary>
    PodCreations,

    /// <summary>Bytes per second that savepoints write to a storage system.</summary>
    SavepointBytes,

    /// <summary>Records per second that jobs which catch up read from a Kafka cluster beyond their usual rate.</summary>
    CatchUpReads,

    /// <summary>Calls per second to the ResourceManager of a backend, by this program.</summary>
    ResourceManagerCalls,

    /// <summary>Calls per second to the API server of a backend, by this program.</summary>
    ApiServerCalls,
}

/// <summary>A measured load.</summary>
/// <param name="Kind">What.</param>
/// <param name="System">Of what: a backend, a storage system, a Kafka cluster.</param>
/// <param name="PerSecond">How much, at least 0.</param>
/// <param name="Headroom">What the system could take beyond its usual load; only for <see cref="LoadKind.CatchUpReads"/>.</param>
public sealed record MeasuredLoad(LoadKind Kind, string System, double PerSecond, double? Headroom = null);
