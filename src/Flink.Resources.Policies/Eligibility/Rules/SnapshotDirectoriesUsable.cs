namespace Flink.Resources.Eligibility;

/// <summary>Both sides write snapshots and read each other's: each as the user that the job has there.</summary>
internal sealed class SnapshotDirectoriesUsable() : EligibilityRule(
    "E03", EligibilitySeverity.Block, "The directory of snapshots can't be listed, written, read and cleared as the job's user, from either side",
    "`IDirectoryProbe` of both backends: a container of the job's image and user")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts)
    {
        if (facts.Kind == JobKind.Batch && facts.CheckpointSettings.Status == LookupStatus.Absent)
        {
            return [];
        }
        return facts.Directories.IsEmpty
            ? [NotKnown("Whether the directories of snapshots can be used", new Evidence("none", facts.Now, "nobody tried them."), "let both sides try the directory")]
            : facts.Directories.OrderBy(static d => d.Backend, StringComparer.Ordinal).ThenBy(static d => d.Directory, StringComparer.Ordinal).SelectMany(Of);
    }

    private IEnumerable<EligibilityFinding> Of(DirectoryFact directory) => directory.Probe.Match<IEnumerable<EligibilityFinding>>(
        step => step == DirectoryProbeStep.Unknown
            ? []
            : [Finding($"{directory.Directory} from {directory.Backend}: {step} failed: {directory.Probe.Evidence.Seen}", "give the job's user there the rights to list, write, read and delete, and let all data nodes be reached")],
        // Who can't try at all could never prove it: that is no reason to stay for ever.
        e => [Finding(
            EligibilitySeverity.Warn, $"Whether {directory.Directory} can be used from {directory.Backend} can't be proved: {e.Seen}",
            "see that the job's user there can list, write, read and delete in it")],
        e => [NotKnown($"Whether {directory.Directory} can be used from {directory.Backend}", e, "try it from there")]);
}
