using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>What a commit needs. In the order in which unmet ones are named.</summary>
public enum HealthCommitCondition
{
    /// <summary>The job has been watched long enough.</summary>
    Soak = 1,

    /// <summary>Nearly all evaluations were good.</summary>
    GoodShare,

    /// <summary>The newest evaluations were all good.</summary>
    LastTen,

    /// <summary>It was never unhealthy.</summary>
    Unhealthy,

    /// <summary>Nearly always nearly everything was known.</summary>
    Coverage,

    /// <summary>Enough checkpoints completed on the target.</summary>
    Checkpoints,

    /// <summary>The delay is within what is allowed.</summary>
    Lag,

    /// <summary>The comparison of before and after was produced.</summary>
    Parity,

    /// <summary>No gate is open.</summary>
    Gate,

    /// <summary>The campaign is not held.</summary>
    Hold,

    /// <summary>Near-real-time: enough good cycles in a row.</summary>
    Cycles,

    /// <summary>Batch: enough good runs in a row.</summary>
    Runs,
}

/// <summary>A condition that is not met.</summary>
/// <param name="Condition">Which.</param>
/// <param name="Explanation">What is there and what is needed, for a person.</param>
public sealed record UnmetCommitCondition(HealthCommitCondition Condition, string Explanation);

/// <summary>Whether a move may be committed.</summary>
/// <param name="Unmet">Everything that stands against it; empty when it may.</param>
public sealed record HealthCommitDecision(ImmutableArray<UnmetCommitCondition> Unmet)
{
    /// <summary>Nothing stands against it.</summary>
    public bool MayCommit => Unmet.IsEmpty;
}

/// <summary>What a commit depends on beside the evaluations.</summary>
public sealed record HealthCommitFacts
{
    /// <summary>What kind of job it is. A kind that is not stated is taken for streaming.</summary>
    public JobKind Kind { get; init; } = JobKind.Streaming;

    /// <summary>How long the job is to be watched.</summary>
    public required TimeSpan Soak { get; init; }

    /// <summary>Checkpoints that completed on the target.</summary>
    public long CompletedCheckpoints { get; init; }

    /// <summary>Whether the delay is within what is allowed now. Null when it is not known, which is not within; see <see cref="HasNoLag"/>.</summary>
    public bool? LagWithinSlo { get; init; }

    /// <summary>The source of the job has no measure of delay at all, on neither side: nothing is asked of it.</summary>
    public bool HasNoLag { get; init; }

    /// <summary>The comparison of before and after was produced.</summary>
    public bool HasParityReport { get; init; }

    /// <summary>The campaign is held.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Good cycles in a row, of a near-real-time job.</summary>
    public int GoodCycles { get; init; }

    /// <summary>Good runs in a row, of a batch job.</summary>
    public int GoodRuns { get; init; }

    /// <summary>The output of a batch job was compared with that of a run on the source, and is equal.</summary>
    public bool ShadowComparisonIsEqual { get; init; }
}
