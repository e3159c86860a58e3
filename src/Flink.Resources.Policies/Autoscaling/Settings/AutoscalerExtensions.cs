namespace Flink.Resources.Autoscaling;

/// <summary>
/// What this library adds to the behaviour of the Flink autoscaler. Everything is off by default, so that the same
/// settings mean the same.
/// </summary>
public sealed record AutoscalerExtensions
{
    /// <summary>No additions.</summary>
    public static AutoscalerExtensions None { get; } = new();

    /// <summary>A source gets no more subtasks than it has partitions.</summary>
    public bool CapAtPartitions { get; init; }

    /// <summary>Quotas count all vertices of a slot sharing group and round task managers up.</summary>
    public bool QuotaCountsEverything { get; init; }

    /// <summary>The expected rate follows the parallelism that is applied, also after a delayed scale-down.</summary>
    public bool ExpectedRateOfAppliedParallelism { get; init; }
}
