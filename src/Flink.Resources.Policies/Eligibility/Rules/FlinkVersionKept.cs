using Flink.Resources.Translation;

namespace Flink.Resources.Eligibility;

/// <summary>Snapshots go up with versions, not down.</summary>
internal sealed class FlinkVersionKept() : EligibilityRule(
    "E07", EligibilitySeverity.Warn, "The Flink version changes: the way back with a snapshot of the target is closed", "`/overview` of the source, the target's specification")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => facts.JobManager.Match(
        o => Of(o.FlinkVersion, facts.TargetSpec.FlinkVersion),
        e => [NotKnown("The source's Flink version", e, "make the source's JobManager readable (/overview)")],
        e => [NotKnown("The source's Flink version", e, "make the source's JobManager readable (/overview)")]);

    private IEnumerable<EligibilityFinding> Of(string source, string target)
    {
        if (!FlinkRelease.TryParse(source, out var from) || !FlinkRelease.TryParse(target, out var to))
        {
            return [Finding(EligibilitySeverity.Fix, $"'{source}' and '{target}' are not both Flink versions", "write 1.20 or 1.20.5")];
        }
        return to.IsBefore(from)
            ? [Finding(EligibilitySeverity.Block, $"Flink {to} does not read snapshots of {from}", $"choose {from} or later on the target")]
            : from.IsBefore(to) ? [Finding($"Flink {from} on the source, {to} on the target", $"acknowledge that the job goes back only to the snapshot of its stop, or choose {from}")] : [];
    }
}
