namespace Flink.Resources.Eligibility;

/// <summary>Removing an application ends all jobs in it.</summary>
internal sealed class OneJobPerApplication() : EligibilityRule(
    "E10", EligibilitySeverity.Fix, "The source is a session that several jobs share", "`/jobs/overview`, `execution.target`")
{
    private const string Remedy = "plan all jobs of the session together, or split them first";

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => facts.Jobs.Match(
        jobs => Of(facts, [.. jobs.Where(static j => !j.State.IsTerminal).Select(static j => j.Name).Order(StringComparer.Ordinal)]),
        e => [NotKnown("Which jobs the application runs", e, "make the source's JobManager readable (/jobs/overview)")],
        e => [NotKnown("Which jobs the application runs", e, "make the source's JobManager readable (/jobs/overview)")]);

    private IEnumerable<EligibilityFinding> Of(EligibilityFacts facts, string[] live)
    {
        if (live.Length > 1)
        {
            return [Finding(FormattableString.Invariant($"The application runs {live.Length} jobs: {string.Join(", ", live)}"), Remedy)];
        }
        return facts.Configuration.Match<IEnumerable<EligibilityFinding>>(
            c => new FlinkSettings(c)["execution.target"]?.EndsWith("-session", StringComparison.Ordinal) == true
                ? [Finding("The application is a session cluster (execution.target), to which others may submit", Remedy)] : [],
            static _ => [],
            static _ => []);
    }
}
