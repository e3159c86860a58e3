using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>What the rules of this library have in common.</summary>
internal abstract class EligibilityRule(string id, EligibilitySeverity severity, string title, string seenFrom) : IEligibilityRule
{
    public string Id => id;

    public string Title => title;

    public EligibilitySeverity Severity => severity;

    /// <summary>Where it looks, for people.</summary>
    public string SeenFrom => seenFrom;

    public ImmutableArray<EligibilityFinding> Judge(EligibilityFacts facts) => [.. Find(facts)];

    protected abstract IEnumerable<EligibilityFinding> Find(EligibilityFacts facts);

    protected EligibilityFinding Finding(string evidence, string remedy) => new(id, severity, evidence, remedy);

    protected EligibilityFinding Finding(EligibilitySeverity weight, string evidence, string remedy) => new(id, weight, evidence, remedy);

    /// <summary>What is not known weighs as much as what is wrong; less than a remedy never suffices.</summary>
    protected EligibilityFinding NotKnown(string what, Evidence evidence, string remedy) => new(
        id, severity == EligibilitySeverity.Block ? EligibilitySeverity.Block : EligibilitySeverity.Fix, $"{what} is not known: {evidence.Seen}", remedy)
    {
        IsUnknown = true,
    };

    /// <summary>Looks at the source's configuration; that it could not be read is a finding.</summary>
    protected IEnumerable<EligibilityFinding> WithConfiguration(EligibilityFacts facts, Func<FlinkSettings, IEnumerable<EligibilityFinding>> look) => facts.Configuration.Match(
        c => look(new FlinkSettings(c)),
        e => [NoConfiguration(e)],
        e => [NoConfiguration(e)]);

    private EligibilityFinding NoConfiguration(Evidence evidence) =>
        NotKnown("The source's configuration", evidence, "make the source's JobManager readable (/jobmanager/config)");
}
