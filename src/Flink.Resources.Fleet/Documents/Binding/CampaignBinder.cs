using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

internal static class CampaignBinder
{
    public static CampaignEntry Bind(DocumentWalk walk, Fields fields) => new()
    {
        Limits = Limits(fields.Class<Fields>("limits") ?? new Fields(fields.At)),
        Windows = Windows(walk, fields, "windows"),
        Blackouts = Windows(walk, fields, "blackouts"),
        ApprovalFrom = fields.Class<object>("approval") == Scalars.Nobody ? null : fields.Value<Tier>("approval") ?? new Tier(0),
        Acknowledged = fields.List<string>("acknowledge"),
        Aborts = Aborts(fields.Class<Fields>("abort") ?? new Fields(fields.At)),
    };

    private static CampaignLimits Limits(Fields fields)
    {
        var usual = new CampaignLimits();
        return new CampaignLimits
        {
            InFlight = fields.Value<int>("inFlight") ?? usual.InFlight,
            PerQueue = fields.Value<int>("perQueue") ?? usual.PerQueue,
            PerTeam = fields.Value<int>("perTeam") ?? usual.PerTeam,
            PerSource = fields.Value<int>("perSource") ?? usual.PerSource,
            PerTarget = fields.Value<int>("perTarget") ?? usual.PerTarget,
            Soaking = fields.Value<int>("soaking") ?? usual.Soaking,
            Important = fields.Value<int>("important") ?? usual.Important,
            PodsPerSecond = fields.Value<double>("podsPerSecond") ?? usual.PodsPerSecond,
            SavepointsPerSecond = fields.Value<MemorySize>("savepointsPerSecond") ?? usual.SavepointsPerSecond,
            PerWave = fields.Value<int>("perWave") ?? usual.PerWave,
            WaveShare = fields.Value<double>("waveShare") ?? usual.WaveShare,
            Headroom = fields.Value<double>("headroom") ?? usual.Headroom,
            CatchUpShare = fields.Value<double>("catchUpShare") ?? usual.CatchUpShare,
        };
    }

    private static CampaignAborts Aborts(Fields fields)
    {
        var usual = new CampaignAborts();
        var rearm = fields.Value<TimeSpan>("rearmAfter") ?? usual.RearmAfter;
        return new CampaignAborts
        {
            WaveFailureShare = fields.Value<double>("waveFailureShare") ?? usual.WaveFailureShare,
            WaveFailures = fields.Value<int>("waveFailures") ?? usual.WaveFailures,
            CampaignFailureShare = fields.Value<double>("campaignFailureShare") ?? usual.CampaignFailureShare,
            SameCause = fields.Value<int>("sameCause") ?? usual.SameCause,
            MeanScore = fields.Value<double>("meanScore") ?? usual.MeanScore,
            MeanScoreFor = fields.Value<TimeSpan>("meanScoreFor") ?? usual.MeanScoreFor,
            Degrading = fields.Value<int>("degrading") ?? usual.Degrading,
            RearmAfter = rearm == TimeSpan.Zero ? null : rearm,
        };
    }

    private static ImmutableArray<WindowEntry> Windows(DocumentWalk walk, Fields campaign, string key)
    {
        var windows = ImmutableArray.CreateBuilder<WindowEntry>();
        foreach (var fields in campaign.List<Fields>(key))
        {
            Check(walk, fields, $"campaign.{key}");
            windows.Add(new WindowEntry
            {
                At = fields.At,
                Cron = fields.Text("cron"),
                Length = fields.Value<TimeSpan>("for"),
                Zone = fields.Text("zone") ?? "UTC",
                From = fields.Value<DateTimeOffset>("from"),
                To = fields.Value<DateTimeOffset>("to"),
                Reason = fields.Text("reason"),
            });
        }
        return windows.ToImmutable();
    }

    private static void Check(DocumentWalk walk, Fields fields, string path)
    {
        var isRepeated = fields.Has("cron") && fields.Has("for") && !fields.Has("from") && !fields.Has("to");
        var isOnce = fields.Has("from") && fields.Has("to") && !fields.Has("cron") && !fields.Has("for") && !fields.Has("zone");
        if (!isRepeated && !isOnce)
        {
            walk.Errors.Add(fields.At, path, null, "write 'cron' and 'for' (and 'zone') for a window that comes again, or 'from' and 'to' for one that comes once");
        }
        else if (fields.Value<DateTimeOffset>("from") >= fields.Value<DateTimeOffset>("to"))
        {
            walk.Errors.Add(fields.At, path, null, "it ends before it begins: 'to' is later than 'from'");
        }
    }
}
