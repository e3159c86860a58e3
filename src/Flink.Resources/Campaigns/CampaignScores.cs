using Flink.Resources.Health;

namespace Flink.Resources;

/// <summary>What a run says of its job's health on the target; what it said of the source does not count.</summary>
internal static class CampaignScores
{
    /// <summary>The newest score; null when there is none.</summary>
    public static double? ScoreOf(MigrationRun run) => run.TargetMayRun ? run.Score : null;

    /// <summary>The newest verdict.</summary>
    public static HealthVerdict VerdictOf(MigrationRun run) => run.TargetMayRun ? run.Verdict : HealthVerdict.Unknown;
}
