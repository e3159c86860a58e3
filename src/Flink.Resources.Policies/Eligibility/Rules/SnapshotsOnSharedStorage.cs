namespace Flink.Resources.Eligibility;

/// <summary>A directory of one host is there on one side only.</summary>
internal sealed class SnapshotsOnSharedStorage() : EligibilityRule(
    "E02", EligibilitySeverity.Block, "A directory of snapshots or of high availability is on one host", "URI schemes in the configurations of both sides")
{
    private static readonly string[] Keys = ["execution.checkpointing.dir", "execution.checkpointing.savepoint-dir", "high-availability.storageDir"];

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) =>
        WithConfiguration(facts, s => Of(s, "source")).Concat(Of(new FlinkSettings(facts.TargetSpec.Configuration), "target"));

    private IEnumerable<EligibilityFinding> Of(FlinkSettings settings, string side) =>
        from key in Keys
        let value = settings[key]
        where value is not null && IsLocal(value, settings["fs.default-scheme"])
        select Finding($"{key} on the {side} is {value}, which other hosts don't see", $"put {key} on shared storage, such as hdfs:// or s3://");

    private static bool IsLocal(string value, string? defaultScheme) => value.Contains("://", StringComparison.Ordinal) || value.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        ? value.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        : defaultScheme is null || defaultScheme.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
}
