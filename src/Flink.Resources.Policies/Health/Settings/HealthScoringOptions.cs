namespace Flink.Resources.Health;

/// <summary>How grades become a score and a band.</summary>
public sealed record HealthScoringOptions
{
    /// <summary>How often a job is evaluated. 1 s to 1 h.</summary>
    /// <value>30 s.</value>
    public TimeSpan EvaluationPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After how many evaluation periods a reading is too old to count. 1 to 1000.</summary>
    /// <value>3.</value>
    public int StaleAfterPeriods { get; init; } = 3;

    /// <summary>The lowest score that is healthy. 0 to 10, at least <see cref="WatchFrom"/>.</summary>
    /// <value>8.0.</value>
    public double HealthyFrom { get; init; } = 8.0;

    /// <summary>The lowest score that is not unhealthy. 0 to 10.</summary>
    /// <value>6.0.</value>
    public double WatchFrom { get; init; } = 6.0;

    /// <summary>Below this coverage nothing is said. 0 to 1.</summary>
    /// <value>0.70.</value>
    public double MinimumCoverage { get; init; } = 0.70;

    /// <summary>Below this coverage a job is at best partially healthy. 0 to 1, at least <see cref="MinimumCoverage"/>.</summary>
    /// <value>0.85.</value>
    public double FullCoverage { get; init; } = 0.85;

    /// <summary>The highest score while a gate is open. 0 to 10.</summary>
    /// <value>3.0.</value>
    public double GateCap { get; init; } = 3.0;

    /// <summary>The highest score while an item that limits the score has grade 0. 0 to 10, below <see cref="WatchFrom"/>.</summary>
    /// <value>5.9.</value>
    public double FailedItemCap { get; init; } = 5.9;

    /// <summary>The highest score while such an item's grade is below <see cref="WeakItemGrade"/>. 0 to 10, below <see cref="HealthyFrom"/>.</summary>
    /// <value>7.9.</value>
    public double WeakItemCap { get; init; } = 7.9;

    /// <summary>Below this grade an item is weak. 0 to 1.</summary>
    /// <value>0.5.</value>
    public double WeakItemGrade { get; init; } = 0.5;

    /// <summary>The age from which on a reading does not count.</summary>
    public TimeSpan StaleAfter => EvaluationPeriod * StaleAfterPeriods;
}
