namespace Flink.Resources.Eligibility;

/// <summary>A sick job is not moved: nobody could tell afterwards what made it sick.</summary>
internal sealed class JobIsWell() : EligibilityRule(
    "E19", EligibilitySeverity.Block, "The job does not run, its checkpoints fail, or its score is too low", "`/jobs/overview`, `/jobs/:id/checkpoints`, the score")
{
    private const string Remedy = "heal the job first";

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => [.. State(facts), .. Checkpoints(facts), .. Score(facts)];

    private IEnumerable<EligibilityFinding> State(EligibilityFacts facts) => facts.Jobs.Match(
        jobs => jobs.Where(static j => !j.State.IsTerminal).ToList() switch
        {
            [] => [Finding("No job of the application runs", Remedy)],
            var live => live.Where(j => j.State != FlinkJobState.Running || (facts.Kind != JobKind.Batch && !j.AllTasksRun))
                .Select(j => Finding(FormattableString.Invariant($"{j.Name} is {j.State}, {j.TasksRunning + j.TasksFinished} of {j.TasksTotal} tasks run"), Remedy)),
        },
        e => [NotKnown("Whether the job runs", e, "make the source's JobManager readable (/jobs/overview)")],
        e => [NotKnown("Whether the job runs", e, "make the source's JobManager readable (/jobs/overview)")]);

    private IEnumerable<EligibilityFinding> Checkpoints(EligibilityFacts facts)
    {
        if (facts.CheckpointSettings.Status == LookupStatus.Absent)
        {
            return [];
        }
        return facts.Checkpoints.Match<IEnumerable<EligibilityFinding>>(
            c =>
            {
                var newest = c.History.Where(static h => !h.IsSavepoint && h.Status is "COMPLETED" or "FAILED").OrderByDescending(static h => h.Id).Take(facts.Limits.FailedCheckpoints).ToList();
                return newest.Count == facts.Limits.FailedCheckpoints && newest.TrueForAll(static h => h.Status == "FAILED")
                    ? [Finding(FormattableString.Invariant($"The last {newest.Count} checkpoints failed: {newest[0].FailureMessage ?? "no reason given"}"), Remedy)]
                    : [];
            },
            e => [NotKnown("How checkpoints go", e, "make the source's checkpoint statistics readable")],
            e => [NotKnown("How checkpoints go", e, "make the source's checkpoint statistics readable")]);
    }

    private IEnumerable<EligibilityFinding> Score(EligibilityFacts facts) => facts.Score.Match<IEnumerable<EligibilityFinding>>(
        s => s >= facts.Limits.LeastScore ? [] : [Finding(FormattableString.Invariant($"Its score is {s:0.0}, at least {facts.Limits.LeastScore:0.0} is wanted"), Remedy)],
        e => [NotKnown("Its score", e, "let its health be measured")],
        e => facts.Score == default
            ? [Finding(EligibilitySeverity.Info, "Nobody scored the job yet", "its baseline is measured before the move")]
            : [NotKnown("Its score", e, "let its health be measured")]);
}
