namespace Flink.Resources.Eligibility;

/// <summary>A stop is a savepoint: what failed or lasted long before will do so again.</summary>
internal sealed class SavepointsSucceed() : EligibilityRule(
    "E18", EligibilitySeverity.Fix, "Savepoints failed lately, or take longer than a stop may", "`/jobs/:id/checkpoints`: history")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts)
    {
        if (!facts.StopsWithSavepoint || facts.Declared.IsStateless || (facts.Kind == JobKind.Batch && facts.CheckpointSettings.Status == LookupStatus.Absent))
        {
            return [];
        }
        return facts.Checkpoints.Match(
            c => Of(c, facts.Limits),
            e => [NotKnown("How savepoints went", e, "make the source's checkpoint statistics readable, or rehearse a savepoint")],
            e => [NotKnown("How savepoints went", e, "make the source's checkpoint statistics readable, or rehearse a savepoint")]);
    }

    private IEnumerable<EligibilityFinding> Of(CheckpointStatistics statistics, EligibilityLimits limits)
    {
        var tried = statistics.History.Where(static h => h.IsSavepoint && h.Status is "COMPLETED" or "FAILED").OrderByDescending(static h => h.Id).Take(limits.FailedSavepoints).ToList();
        if (tried.Count > 0 && tried.TrueForAll(static h => h.Status == "FAILED"))
        {
            yield return Finding(
                FormattableString.Invariant($"The last {tried.Count} savepoints failed: {tried[0].FailureMessage ?? "no reason given"}"),
                "find out why, and rehearse a savepoint until one succeeds");
        }
        if (Expected(statistics) is { } expected && expected > limits.LongestStop)
        {
            yield return Finding(
                FormattableString.Invariant($"A savepoint takes {expected.TotalSeconds:0} s, and a stop may take {limits.LongestStop.TotalSeconds:0} s"),
                "raise execution.checkpointing.timeout and the limit, or stop the job by its last checkpoint");
        }
    }

    /// <summary>The newest savepoint's time; without one all state at the pace of the newest checkpoint.</summary>
    private static TimeSpan? Expected(CheckpointStatistics statistics)
    {
        if (statistics.LatestSavepoint?.Duration is { } known)
        {
            return known;
        }
        return statistics.LatestCompleted is { Duration: { } took, StateBytes: { } all, CheckpointedBytes: > 0 and var written } && all > written
            ? took * ((double)all / written)
            : statistics.LatestCompleted?.Duration;
    }
}
