namespace Flink.Resources.Health;

/// <summary>What a move needs to be final.</summary>
public sealed record HealthCommitOptions
{
    /// <summary>The least share of good evaluations. 0 to 1.</summary>
    /// <value>0.90.</value>
    public double GoodShare { get; init; } = 0.90;

    /// <summary>So many of the newest evaluations must all be good. 1 to 1000.</summary>
    /// <value>10.</value>
    public int LastGood { get; init; } = 10;

    /// <summary>How far below its own reference a job's score may be and still be good. 0 to 10.</summary>
    /// <value>0.5.</value>
    public double ReferenceMargin { get; init; } = 0.5;

    /// <summary>The least share of evaluations with full coverage. 0 to 1.</summary>
    /// <value>0.95.</value>
    public double CoverageShare { get; init; } = 0.95;

    /// <summary>So many checkpoints must have completed on the target. 0 to 1000.</summary>
    /// <value>3.</value>
    public int Checkpoints { get; init; } = 3;

    /// <summary>So many good cycles in a row commit a near-real-time job, beside all else. 1 to 1000.</summary>
    /// <value>5.</value>
    public int GoodCycles { get; init; } = 5;

    /// <summary>So many good runs in a row commit a batch job. 1 to 1000.</summary>
    /// <value>3.</value>
    public int GoodRuns { get; init; } = 3;

    /// <summary>So many are enough when the output of both sides was compared and is equal. 1 to 1000.</summary>
    /// <value>1.</value>
    public int GoodRunsWithComparison { get; init; } = 1;
}
