using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>The numbers of a campaign.</summary>
public sealed record FleetReportSummary
{
    /// <summary>All jobs that were asked for, those that no wave took included.</summary>
    public int Jobs { get; init; }

    /// <summary>Jobs that run on the target for good.</summary>
    public int Committed { get; init; }

    /// <summary>Jobs that went back.</summary>
    public int RolledBack { get; init; }

    /// <summary>Jobs that stayed where they were.</summary>
    public int Left { get; init; }

    /// <summary>Jobs that wait for a person.</summary>
    public int Parked { get; init; }

    /// <summary>Jobs that are not at an end.</summary>
    public int Unfinished { get; init; }

    /// <summary>The median of how long jobs were without a running copy; null when no job moved.</summary>
    public TimeSpan? DowntimeMedian { get; init; }

    /// <summary>The 95th percentile of it.</summary>
    public TimeSpan? DowntimeP95 { get; init; }

    /// <summary>The median score; null when no job was scored.</summary>
    public double? ScoreMedian { get; init; }

    /// <summary>The lowest score.</summary>
    public double? ScoreLowest { get; init; }

    /// <summary>From the first start to the end, or to the time of the report; null before the first start.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The same for each queue on the source, by its path.</summary>
    public ImmutableArray<FleetReportQueueEntry> Queues { get; init; } = [];

    /// <summary>How the moves changed the jobs, measure by measure.</summary>
    public ImmutableArray<FleetReportParity> Parity { get; init; } = [];

    /// <summary>Counts.</summary>
    /// <param name="report">The report.</param>
    public static FleetReportSummary Of(FleetReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var downtimes = Quantiles.Sort(report.Jobs.Select(static j => j.Downtime?.TotalSeconds));
        var scores = Quantiles.Sort(report.Jobs.Select(static j => j.Score));
        return new FleetReportSummary
        {
            Jobs = report.Jobs.Length + report.Left.Length,
            Committed = report.Jobs.Count(static j => j.State == CampaignJobState.Committed),
            RolledBack = report.Jobs.Count(static j => j.State == CampaignJobState.RolledBack),
            Left = report.Left.Length + report.Jobs.Count(static j => j.State == CampaignJobState.NotMoved),
            Parked = report.Jobs.Count(static j => j.State == CampaignJobState.Parked),
            Unfinished = report.Jobs.Count(static j => IsUnfinished(j.State)),
            DowntimeMedian = Span(Quantiles.Of(downtimes, 0.5)),
            DowntimeP95 = Span(Quantiles.Of(downtimes, 0.95)),
            ScoreMedian = Quantiles.Of(scores, 0.5),
            ScoreLowest = Quantiles.Of(scores, 0),
            Duration = report.StartedAt is { } start ? (report.EndedAt ?? report.At) - start : null,
            Queues = [.. QueuesOf(report)],
            Parity = [.. ParityOf(report)],
        };
    }

    internal static TimeSpan? Span(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private static bool IsUnfinished(CampaignJobState state) => state
        is CampaignJobState.Unknown or CampaignJobState.Waiting or CampaignJobState.Starting or CampaignJobState.Moving
        or CampaignJobState.Soaking or CampaignJobState.GoingBack;

    private static IEnumerable<FleetReportQueueEntry> QueuesOf(FleetReport report)
    {
        var left = report.Left.ToLookup(static l => l.At.Queue, StringComparer.Ordinal);
        var jobs = report.Jobs.ToLookup(static j => j.From.Queue, StringComparer.Ordinal);
        return jobs.Select(static g => g.Key).Union(left.Select(static g => g.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(queue =>
        {
            var own = report with { Jobs = [.. jobs[queue]], Left = [.. left[queue]] };
            var downtimes = Quantiles.Sort(own.Jobs.Select(static j => j.Downtime?.TotalSeconds));
            return new FleetReportQueueEntry
            {
                Queue = queue,
                Jobs = own.Jobs.Length + own.Left.Length,
                Committed = own.Jobs.Count(static j => j.State == CampaignJobState.Committed),
                RolledBack = own.Jobs.Count(static j => j.State == CampaignJobState.RolledBack),
                Left = own.Left.Length + own.Jobs.Count(static j => j.State == CampaignJobState.NotMoved),
                Parked = own.Jobs.Count(static j => j.State == CampaignJobState.Parked),
                DowntimeMedian = Span(Quantiles.Of(downtimes, 0.5)),
                ScoreMedian = Quantiles.Of(Quantiles.Sort(own.Jobs.Select(static j => j.Score)), 0.5),
            };
        });
    }

    private static IEnumerable<FleetReportParity> ParityOf(FleetReport report)
    {
        // In the order of the measures of the first job that has them.
        var measures = report.Jobs.SelectMany(static j => j.Parity).Where(static m => m is { Before: not null, After: not null });
        return measures.GroupBy(static m => (m.Measure, m.Unit)).Select(static g => new FleetReportParity
        {
            Measure = g.Key.Measure,
            Unit = g.Key.Unit,
            Jobs = g.Count(),
            BeforeMedian = Quantiles.Of(Quantiles.Sort(g.Select(static m => m.Before)), 0.5)!.Value,
            AfterMedian = Quantiles.Of(Quantiles.Sort(g.Select(static m => m.After)), 0.5)!.Value,
            RatioMedian = Quantiles.Of(Ratios(g), 0.5),
            RatioP95 = Quantiles.Of(Ratios(g), 0.95),
        });
    }

    private static double[] Ratios(IEnumerable<FleetReportMeasure> measures) =>
        Quantiles.Sort(measures.Select(static m => m.Before is { } before && before != 0 ? m.After / before : null));
}

/// <summary>The numbers of one queue.</summary>
public sealed record FleetReportQueueEntry
{
    /// <summary>Its dotted path on the source.</summary>
    public required string Queue { get; init; }

    /// <summary>All its jobs.</summary>
    public int Jobs { get; init; }

    /// <summary>Those that run on the target for good.</summary>
    public int Committed { get; init; }

    /// <summary>Those that went back.</summary>
    public int RolledBack { get; init; }

    /// <summary>Those that stayed where they were.</summary>
    public int Left { get; init; }

    /// <summary>Those that wait for a person.</summary>
    public int Parked { get; init; }

    /// <summary>The median of how long they were without a running copy.</summary>
    public TimeSpan? DowntimeMedian { get; init; }

    /// <summary>Their median score.</summary>
    public double? ScoreMedian { get; init; }
}

/// <summary>How the moves changed one measure.</summary>
public sealed record FleetReportParity
{
    /// <summary>What was measured.</summary>
    public required string Measure { get; init; }

    /// <summary>Its unit.</summary>
    public required string Unit { get; init; }

    /// <summary>How many jobs have it before and after.</summary>
    public int Jobs { get; init; }

    /// <summary>Their median before.</summary>
    public double BeforeMedian { get; init; }

    /// <summary>Their median after.</summary>
    public double AfterMedian { get; init; }

    /// <summary>The median of each job's own after by before; null when nothing can be divided by.</summary>
    public double? RatioMedian { get; init; }

    /// <summary>The 95th percentile of it.</summary>
    public double? RatioP95 { get; init; }
}
