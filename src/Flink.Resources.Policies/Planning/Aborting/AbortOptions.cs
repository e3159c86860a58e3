namespace Flink.Resources.Planning;

/// <summary>When a campaign stops by itself. The defaults are this project's own.</summary>
public sealed record AbortOptions
{
    /// <summary>The share of a wave's finished moves that failed at which the campaign pauses. More than 0, at most 1.</summary>
    /// <value>0.10.</value>
    public double WaveFailureShare { get; init; } = 0.10;

    /// <summary>So many moves of a wave must have failed for that. 1 to 1000.</summary>
    /// <value>2.</value>
    public int WaveFailures { get; init; } = 2;

    /// <summary>The share of the newest finished moves of the campaign that failed at which it pauses. More than 0, at most 1.</summary>
    /// <value>0.05.</value>
    public double CampaignFailureShare { get; init; } = 0.05;

    /// <summary>How many moves those are; where fewer are finished, the others count as good. 1 to 10,000.</summary>
    /// <value>50.</value>
    public int CampaignWindow { get; init; } = 50;

    /// <summary>So many jobs of tier P0 or P1 that went back pause the campaign. 1 to 1000.</summary>
    /// <value>1.</value>
    public int ImportantPauses { get; init; } = 1;

    /// <summary>So many stop it. At least <see cref="ImportantPauses"/>, at most 1000.</summary>
    /// <value>2.</value>
    public int ImportantStops { get; init; } = 2;

    /// <summary>So many jobs that failed for the same cause pause it. 1 to 1000.</summary>
    /// <value>3.</value>
    public int SameSignature { get; init; } = 3;

    /// <summary>The least mean score of jobs that are watched. 0 to 10.</summary>
    /// <value>7.5.</value>
    public double MeanScore { get; init; } = 7.5;

    /// <summary>How long it must be below. 1 minute to 1 day.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan MeanScoreFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>So many committed jobs that got worse pause the campaign. 1 to 1000.</summary>
    /// <value>3.</value>
    public int Degraded { get; init; } = 3;

    /// <summary>How long after its commit a job counts for that. 1 hour to 31 days.</summary>
    /// <value>24 hours.</value>
    public TimeSpan DegradedWithin { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A target's servers are in trouble when more than this share of calls fails. 0 to 1.</summary>
    /// <value>0.05.</value>
    public double ErrorShare { get; init; } = 0.05;

    /// <summary>Or when the p99 of their calls is above this. 1 millisecond to 1 hour.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan P99 { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Or when more than this share of pods or containers waits too long. 0 to 1.</summary>
    /// <value>0.05.</value>
    public double LongPendingShare { get; init; } = 0.05;

    /// <summary>For so long without a break. 0 to 1 day.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan TargetTroubleFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A source's servers are in trouble when they could not be read for so long. 0 to 1 day.</summary>
    /// <value>2 minutes.</value>
    public TimeSpan SourceUnreadableFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The share of jobs that are not moved and left their baseline too, from which the migration is not to blame. More than 0, at most 1.</summary>
    /// <value>0.20.</value>
    public double UnmovedShare { get; init; } = 0.20;

    /// <summary>So many of them at least. 1 to 1000.</summary>
    /// <value>3.</value>
    public int UnmovedJobs { get; init; } = 3;

    /// <summary>How long all must be well before a hold that needs no person ends. 0 to 1 day.</summary>
    /// <value>10 minutes.</value>
    public TimeSpan RearmAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How old the newest sample of a server may be before it is not known how the server is. 1 second to 1 hour.</summary>
    /// <value>2 minutes.</value>
    public TimeSpan SampleAge { get; init; } = TimeSpan.FromMinutes(2);
}
