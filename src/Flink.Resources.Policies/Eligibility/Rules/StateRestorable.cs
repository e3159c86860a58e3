namespace Flink.Resources.Eligibility;

/// <summary>A native snapshot is read by the state backend that wrote it, and by no other.</summary>
internal sealed class StateRestorable() : EligibilityRule(
    "E08", EligibilitySeverity.Block, "State backend or changelog differ, so that a snapshot is not read on the other side",
    "`state.backend.type`, `state.changelog.enabled` of both sides, the running job's backend")
{
    private const string Backend = "state.backend.type";
    private const string Changelog = "state.changelog.enabled";

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => facts.Kind == JobKind.Batch || facts.Declared.IsStateless
        ? []
        : WithConfiguration(facts, s => Of(facts, s, new FlinkSettings(facts.TargetSpec.Configuration)));

    private IEnumerable<EligibilityFinding> Of(EligibilityFacts facts, FlinkSettings source, FlinkSettings target)
    {
        var running = facts.CheckpointSettings.Match(static s => s.StateBackend, static _ => null, static _ => null);
        // What the code sets, it sets there too: then neither configuration says what runs.
        var isSetByCode = running is not null && KindOf(source[Backend] ?? "hashmap") != KindOf(running);
        var (here, there) = (KindOf(source[Backend] ?? "hashmap"), KindOf(target[Backend] ?? "hashmap"));
        var declared = new FlinkSettings(facts.SourceSpec.Configuration);
        if (!isSetByCode && here != there)
        {
            yield return Differs(declared, target, Backend, $"The source's state backend is {here}, the target's {there}{(target[Backend] is null ? " (Flink's default)" : string.Empty)}", $"set {Backend} to {here} on the target");
        }
        if (source.IsTrue(Changelog) != target.IsTrue(Changelog))
        {
            yield return Differs(declared, target, Changelog, $"{Changelog} is {Text(source)} on the source and {Text(target)} on the target", $"set {Changelog} to {Text(source)} on the target");
        }
    }

    /// <summary>What neither definition says, the profile of each place decides; that of the target shows once something runs there.</summary>
    private EligibilityFinding Differs(FlinkSettings declared, FlinkSettings target, string key, string evidence, string remedy) => declared[key] is null && target[key] is null
        ? Finding(EligibilitySeverity.Info, $"{evidence}, unless its place says otherwise, as the source's does", remedy)
        : Finding(evidence, remedy);

    private static string Text(FlinkSettings settings) => settings.IsTrue(Changelog) ? "true" : "false";

    private static string KindOf(string backend) => backend.Contains("rocksdb", StringComparison.OrdinalIgnoreCase) ? "rocksdb"
        : backend.Contains("forst", StringComparison.OrdinalIgnoreCase) ? "forst"
        : backend.Contains("hashmap", StringComparison.OrdinalIgnoreCase) || backend is "filesystem" or "jobmanager" or "FsStateBackend" or "MemoryStateBackend" ? "hashmap"
        : backend;
}
