namespace Flink.Resources.Planning;

/// <summary>What importance means for planning.</summary>
internal static class JobOrder
{
    private static readonly JobPriority P0 = new Tier(0).ToPriority();
    private static readonly JobPriority P1 = new Tier(1).ToPriority();

    /// <summary>Tier P0: moves alone, and a person approves it. Nobody misses a synthetic job.</summary>
    public static bool MovesAlone(this FleetJob job) => job.Priority >= P0 && !job.IsSynthetic;

    /// <summary>Tier P0 or P1.</summary>
    public static bool IsImportant(this JobPriority priority) => priority >= P1;
}
