namespace Flink.Resources.Eligibility;

/// <summary>A way back needs the records since the stop.</summary>
internal sealed class SourceRetention() : EligibilityRule(
    "E20", EligibilitySeverity.Block, "Sources keep records for less than downtime, soak and the time in which the job may go back", "declared")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts)
    {
        var limits = facts.Limits;
        var needed = limits.WorstDowntime + limits.Soak + limits.RollbackHorizon;
        return facts.Declared.SourceRetention switch
        {
            _ when facts.Kind == JobKind.Batch => [],
            null => [Finding(EligibilitySeverity.Info, "How long its sources keep records can't be read from the cluster and is not declared", FormattableString.Invariant($"declare SourceRetention; {needed.TotalHours:0.#} h are needed"))],
            { } kept when kept < needed => [Finding(
                FormattableString.Invariant($"Its sources keep records for {kept.TotalHours:0.#} h, {needed.TotalHours:0.#} h are needed"),
                "keep them longer, or shorten the soak and the time for a way back")],
            _ => [],
        };
    }
}
