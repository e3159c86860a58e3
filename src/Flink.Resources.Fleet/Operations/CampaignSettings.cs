using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources.Fleet;

/// <summary>From the campaign section of a document to what planner and engine take.</summary>
internal static class CampaignSettings
{
    public static PlanningOptions Planning(CampaignEntry entry) => new()
    {
        RequireEligibility = true,
        MaximumJobsPerWave = entry.Limits.PerWave,
        MaximumShare = entry.Limits.WaveShare,
        Capacity = Capacity(entry),
    };

    public static CampaignOptions Engine(CampaignEntry entry) => new()
    {
        Limits = new StartLimits
        {
            InFlight = entry.Limits.InFlight,
            InFlightPerQueue = entry.Limits.PerQueue,
            InFlightPerTeam = entry.Limits.PerTeam,
            InFlightPerSource = entry.Limits.PerSource,
            InFlightPerTarget = entry.Limits.PerTarget,
            ImportantInFlight = entry.Limits.Important,
            Soaking = entry.Limits.Soaking,
            PodsPerSecond = entry.Limits.PodsPerSecond,
            SavepointBytesPerSecond = entry.Limits.SavepointsPerSecond.Bytes,
            CatchUpShare = entry.Limits.CatchUpShare,
        },
        Windows = new MoveWindows
        {
            Allowed = Repeated(entry.Windows),
            Blackouts = Repeated(entry.Blackouts),
            Events = [.. entry.Blackouts.Where(static b => b is { From: not null, To: not null }).Select(static b => new CalendarEvent(b.Reason ?? "blackout", b.From!.Value, b.To!.Value))],
        },
        Abort = new AbortOptions
        {
            WaveFailureShare = entry.Aborts.WaveFailureShare,
            WaveFailures = entry.Aborts.WaveFailures,
            CampaignFailureShare = entry.Aborts.CampaignFailureShare,
            SameSignature = entry.Aborts.SameCause,
            MeanScore = entry.Aborts.MeanScore,
            MeanScoreFor = entry.Aborts.MeanScoreFor,
            Degraded = entry.Aborts.Degrading,
            RearmAfter = entry.Aborts.RearmAfter ?? TimeSpan.FromDays(1),
        },
        Capacity = Capacity(entry),
    };

    private static CapacityOptions Capacity(CampaignEntry entry) => new() { Headroom = entry.Limits.Headroom };

    private static ImmutableArray<MoveWindow> Repeated(ImmutableArray<WindowEntry> windows) =>
        [.. windows.Where(static w => w is { Cron: not null, Length: not null }).Select(static w => new MoveWindow(w.Cron!, w.Length!.Value, w.Zone, w.Reason))];
}
