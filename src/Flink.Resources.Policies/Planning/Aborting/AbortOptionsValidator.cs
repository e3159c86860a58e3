using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Checks the ranges of thresholds.</summary>
public static class AbortOptionsValidator
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Every number out of its range, each with its name, its value and what would be right. Empty when all are right.</summary>
    public static ImmutableArray<string> Validate(AbortOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new RangeErrors();
        Shares(errors, options);
        Counts(errors, options);
        errors.Within(nameof(options.MeanScore), options.MeanScore, 0d, 10d);
        errors.Within(nameof(options.MeanScoreFor), options.MeanScoreFor, TimeSpan.FromMinutes(1), Day);
        errors.Within(nameof(options.DegradedWithin), options.DegradedWithin, TimeSpan.FromHours(1), TimeSpan.FromDays(31));
        errors.Within(nameof(options.P99), options.P99, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        errors.Within(nameof(options.TargetTroubleFor), options.TargetTroubleFor, TimeSpan.Zero, Day);
        errors.Within(nameof(options.SourceUnreadableFor), options.SourceUnreadableFor, TimeSpan.Zero, Day);
        errors.Within(nameof(options.RearmAfter), options.RearmAfter, TimeSpan.Zero, Day);
        errors.Within(nameof(options.SampleAge), options.SampleAge, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        return errors.ToImmutable();
    }

    private static void Shares(RangeErrors errors, AbortOptions options)
    {
        errors.Above(nameof(options.WaveFailureShare), options.WaveFailureShare, 0, 1);
        errors.Above(nameof(options.CampaignFailureShare), options.CampaignFailureShare, 0, 1);
        errors.Above(nameof(options.UnmovedShare), options.UnmovedShare, 0, 1);
        errors.Within(nameof(options.ErrorShare), options.ErrorShare, 0d, 1d);
        errors.Within(nameof(options.LongPendingShare), options.LongPendingShare, 0d, 1d);
    }

    private static void Counts(RangeErrors errors, AbortOptions options)
    {
        errors.Within(nameof(options.WaveFailures), options.WaveFailures, 1, 1000);
        errors.Within(nameof(options.CampaignWindow), options.CampaignWindow, 1, 10_000);
        errors.Within(nameof(options.ImportantPauses), options.ImportantPauses, 1, 1000);
        errors.Within(nameof(options.ImportantStops), options.ImportantStops, options.ImportantPauses, 1000);
        errors.Within(nameof(options.SameSignature), options.SameSignature, 1, 1000);
        errors.Within(nameof(options.Degraded), options.Degraded, 1, 1000);
        errors.Within(nameof(options.UnmovedJobs), options.UnmovedJobs, 1, 1000);
    }
}
