namespace Flink.Resources.Health;

/// <summary>The rules read literally, over the whole history at every step.</summary>
internal static class VerdictOracle
{
    public static HealthVerdict Next(HealthVerdict verdict, IReadOnlyList<HealthEvaluation> history)
    {
        var newest = history[^1];
        if (!IsKnown(newest))
        {
            return verdict;
        }
        var known = history.Where(IsKnown).Reverse().Select(static e => (e.At, Score: e.Gates.IsEmpty ? e.Score!.Value : 0)).ToList();
        var low = known.TakeWhile(static e => e.Score < 6).ToList();
        if (!newest.Gates.IsEmpty || (low.Count >= 3 && newest.At - low[^1].At >= TimeSpan.FromMinutes(5)))
        {
            return HealthVerdict.Unhealthy;
        }
        return verdict switch
        {
            HealthVerdict.Unknown => known[0].Score >= 8 ? HealthVerdict.Healthy : HealthVerdict.Watch,
            HealthVerdict.Unhealthy when known.TakeWhile(static e => e.Score >= 7).Count() >= 5 =>
                known.Take(5).All(static e => e.Score >= 8.2) ? HealthVerdict.Healthy : HealthVerdict.Watch,
            HealthVerdict.Healthy when known.TakeWhile(static e => e.Score < 8).Count() >= 3 => HealthVerdict.Watch,
            HealthVerdict.Watch when known.TakeWhile(static e => e.Score >= 8.2).Count() >= 5 => HealthVerdict.Healthy,
            _ => verdict,
        };
    }

    private static bool IsKnown(HealthEvaluation evaluation) =>
        !evaluation.Gates.IsEmpty || (evaluation.Score is not null && evaluation.Coverage >= 0.7);
}
