namespace Flink.Resources.Eligibility;

/// <summary>Metadata of an earlier attempt can bring that attempt back.</summary>
internal sealed class NoLeftovers() : EligibilityRule(
    "E27", EligibilitySeverity.Block, "Something of an earlier attempt is on the target", "the job's fences and applications there")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => facts.Leftovers.Match(
        found => found.OrderBy(static l => l.Application.Id, StringComparer.Ordinal).Select(l => Finding($"{l.Application}: {l.Words}", "remove it and forget its fence, once nobody stands behind it")),
        static _ => [],
        e => [NotKnown($"What is left of earlier attempts on {facts.Target.Backend}", e, "make its fences and applications readable")]);
}
