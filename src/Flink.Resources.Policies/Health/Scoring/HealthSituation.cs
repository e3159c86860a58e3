using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>Readings of one job at one moment, ready to be scored.</summary>
public sealed record HealthSituation
{
    /// <summary>Now.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Which items are asked for.</summary>
    public JobKind Kind { get; init; } = JobKind.Streaming;

    /// <summary>Which of them count.</summary>
    public HealthPhase Phase { get; init; } = HealthPhase.Soak;

    /// <summary>What was measured. The order means nothing; of two readings of an item the newer counts, items that nobody asks for are ignored.</summary>
    public ImmutableArray<HealthReading> Readings { get; init; } = [];

    /// <summary>Gates that are open. The order means nothing; of two of a gate the first counts.</summary>
    public ImmutableArray<GateFinding> Gates { get; init; } = [];

    /// <summary>
    /// The control plane through which the job is seen is in trouble. Then nothing is known of the job, except a second copy: that was seen.
    /// </summary>
    public bool IsControlPlaneHeld { get; init; }
}
