namespace Flink.Resources.Health;

/// <summary>
/// What has to be remembered from one evaluation to the next. Plain data: store it with the job, so that a restarted controller says the same.
/// Runs count evaluations that said something; those that did not neither extend nor break them.
/// </summary>
public sealed record HealthVerdictState
{
    /// <summary>Nothing seen yet.</summary>
    public static HealthVerdictState Initial { get; } = new();

    /// <summary>The verdict in force; never <see cref="HealthVerdict.HealthyPartial"/>.</summary>
    public HealthVerdict Verdict { get; init; }

    /// <summary>How many scores in a row are unhealthy.</summary>
    public int LowRun { get; init; }

    /// <summary>When the first of those was; null without one.</summary>
    public DateTimeOffset? LowSince { get; init; }

    /// <summary>How many scores in a row are not healthy.</summary>
    public int NotHealthyRun { get; init; }

    /// <summary>How many scores in a row are those of a job that recovers.</summary>
    public int RecoveryRun { get; init; }

    /// <summary>How many scores in a row are those of a job that is healthy again.</summary>
    public int HealthyRun { get; init; }

    /// <summary>Since when nothing is known; null when the newest evaluation said something.</summary>
    public DateTimeOffset? UnknownSince { get; init; }

    /// <summary>Since when the verdict is <see cref="HealthVerdict.Unhealthy"/>; null while it is another.</summary>
    public DateTimeOffset? UnhealthySince { get; init; }
}
