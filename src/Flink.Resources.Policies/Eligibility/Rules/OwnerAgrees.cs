namespace Flink.Resources.Eligibility;

/// <summary>Somebody has to answer for a job that is moved.</summary>
internal sealed class OwnerAgrees() : EligibilityRule("E32", EligibilitySeverity.Block, "The owner objects, the job is frozen, or it has no owner", "declared")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts)
    {
        var declared = facts.Declared;
        if (declared.Veto is { } veto)
        {
            yield return Finding($"Its owner objects: {veto}", "agree with the owner");
        }
        if (declared.Freeze is { } freeze)
        {
            yield return Finding($"It is frozen: {freeze}", "wait until the freeze is over");
        }
        if (string.IsNullOrWhiteSpace(declared.Owner))
        {
            yield return Finding("It has no owner", "name who answers for it");
        }
    }
}
