using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>Every number behind a score, a verdict and a commit. The defaults are this project's own.</summary>
public sealed record HealthOptions
{
    /// <summary>The items of a streaming job, of which each weight is above 0.</summary>
    public ImmutableArray<HealthItem> Streaming { get; init; } = HealthItems.Streaming;

    /// <summary>The items of a near-real-time job.</summary>
    public ImmutableArray<HealthItem> NearRealTime { get; init; } = HealthItems.NearRealTime;

    /// <summary>The items of a batch job.</summary>
    public ImmutableArray<HealthItem> Batch { get; init; } = HealthItems.Batch;

    /// <summary>From grades to a score.</summary>
    public HealthScoringOptions Scoring { get; init; } = new();

    /// <summary>From scores to a verdict.</summary>
    public HealthVerdictOptions Verdicts { get; init; } = new();

    /// <summary>From verdicts to a commit.</summary>
    public HealthCommitOptions Commit { get; init; } = new();

    /// <summary>From what was seen to readings.</summary>
    public HealthMeasuringOptions Measuring { get; init; } = new();

    /// <summary>From what was seen to open gates.</summary>
    public HealthGateOptions Gates { get; init; } = new();

    /// <summary>The items of a kind of job; a kind that is not stated is taken for streaming.</summary>
    public ImmutableArray<HealthItem> ItemsOf(JobKind kind) => kind switch
    {
        JobKind.NearRealTime => NearRealTime,
        JobKind.Batch => Batch,
        _ => Streaming,
    };
}
