namespace Flink.Resources.Eligibility;

/// <summary>A job without checkpoints loses its state with its stop; a batch job runs to its end instead.</summary>
internal sealed class StateKept() : EligibilityRule(
    "E01", EligibilitySeverity.Block, "Checkpointing is off, or checkpoints are kept in memory only", "`/jobs/:id/checkpoints/config`, storage of checkpoints")
{
    private const string Remedy = "set execution.checkpointing.interval and execution.checkpointing.dir, or declare the job stateless";

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts)
    {
        if (facts.Kind == JobKind.Batch || facts.Declared.IsStateless)
        {
            return [];
        }
        return facts.CheckpointSettings.Match<IEnumerable<EligibilityFinding>>(
            s => s.Interval is null
                ? [Finding("Checkpoints are taken by hand only, so there is no newer one than the last of those", Remedy)]
                : IsMemory(s.Storage) && !HasDirectory(facts)
                    ? [Finding($"Checkpoints are kept in the JobManager's memory ({s.Storage})", Remedy)]
                    : [],
            e => [Finding($"Checkpointing is off: {e.Seen}", Remedy)],
            e => [NotKnown("Whether the job checkpoints", e, Remedy)]);
    }

    private static bool IsMemory(string? storage) => storage is not null
        && (storage.Contains("JobManagerCheckpointStorage", StringComparison.Ordinal) || storage.Contains("MemoryStateBackend", StringComparison.Ordinal));

    /// <summary>With a directory Flink stores checkpoints there, whatever the storage was called before.</summary>
    private static bool HasDirectory(EligibilityFacts facts) => facts.Configuration.Match(
        static c => new FlinkSettings(c)["execution.checkpointing.dir"] is not null, static _ => false, static _ => false);
}
