namespace Flink.Resources.Health;

/// <summary>How many evaluations it takes to change what is said of a job.</summary>
public sealed record HealthVerdictOptions
{
    /// <summary>So many low scores in a row make a job unhealthy. 1 to 1000.</summary>
    /// <value>3.</value>
    public int UnhealthyRun { get; init; } = 3;

    /// <summary>And the first of them must be at least so long ago. Zero to one day.</summary>
    /// <value>5 min.</value>
    public TimeSpan UnhealthyFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// So long a job must have been unhealthy, after it caught up, to be brought back without a person where
    /// <see cref="OnUnhealthy.RollBack"/> is asked for. Zero to one day.
    /// </summary>
    /// <value>10 min, the window of most items.</value>
    public TimeSpan RollBackAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>So many scores in a row at or above <see cref="RecoveredFrom"/> end it. 1 to 1000.</summary>
    /// <value>5.</value>
    public int RecoveryRun { get; init; } = 5;

    /// <summary>The lowest score of a job that recovers. 0 to 10.</summary>
    /// <value>7.0.</value>
    public double RecoveredFrom { get; init; } = 7.0;

    /// <summary>So many scores in a row below healthy end being healthy. 1 to 1000.</summary>
    /// <value>3.</value>
    public int WatchRun { get; init; } = 3;

    /// <summary>So many scores in a row at or above <see cref="HealthyAgainFrom"/> make a job healthy again. 1 to 1000.</summary>
    /// <value>5.</value>
    public int HealthyRun { get; init; } = 5;

    /// <summary>The lowest score of a job that becomes healthy again. 0 to 10, at least <see cref="RecoveredFrom"/>.</summary>
    /// <value>8.2.</value>
    public double HealthyAgainFrom { get; init; } = 8.2;

    /// <summary>After so long without knowing anything an alarm is raised. Zero to one day.</summary>
    /// <value>10 min.</value>
    public TimeSpan AlarmAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After so long without knowing anything a person is asked. At least <see cref="AlarmAfter"/>, at most one day.</summary>
    /// <value>30 min.</value>
    public TimeSpan AskAfter { get; init; } = TimeSpan.FromMinutes(30);
}
