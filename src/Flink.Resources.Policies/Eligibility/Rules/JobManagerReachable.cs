namespace Flink.Resources.Eligibility;

/// <summary>ResourceManager's proxy forwards GET and PUT only, and a stop is a POST.</summary>
internal sealed class JobManagerReachable() : EligibilityRule(
    "E33", EligibilitySeverity.Block, "The source's JobManager can't be reached directly: the job can't be moved from here", "`/overview` at the JobManager's own address")
{
    private const string Remedy = "open the way from here to the JobManager's REST port, which is random on a YARN node unless rest.bind-port says otherwise";

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => facts.JobManager.Match<IEnumerable<EligibilityFinding>>(
        static _ => [],
        e => [Finding($"The source has no JobManager that answers: {e.Seen}", Remedy)],
        e => [Finding($"The source's JobManager is not known to answer: {e.Seen}", Remedy) with { IsUnknown = true }]);
}
