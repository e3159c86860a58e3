namespace Flink.Resources.Eligibility;

/// <summary>The program of a per-job cluster ran in the client, and will run in the JobManager.</summary>
internal sealed class MainInCluster() : EligibilityRule(
    "E09", EligibilitySeverity.Fix, "Per-job mode: `main()` moves from the client into the cluster", "`execution.target`, declarations")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => WithConfiguration(facts, settings =>
        IsPerJob(settings) && !facts.Declared.MainRunsInCluster
            ? [Finding(
                "The job runs in per-job mode (execution.target: yarn-per-job)",
                "see that main() reads no files and no environment of the client, calls execute() once and returns no results to it; then declare MainRunsInCluster")]
            : []);

    public static bool IsPerJob(FlinkSettings settings) => settings["execution.target"]?.EndsWith("per-job", StringComparison.Ordinal) == true;
}
