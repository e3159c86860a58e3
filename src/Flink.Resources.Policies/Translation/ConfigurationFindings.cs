using System.Text.RegularExpressions;

namespace Flink.Resources.Translation;

/// <summary>What the configuration tells about whether the job can be moved.</summary>
internal static partial class ConfigurationFindings
{
    private static readonly string[] Identities = ["transactional", "transaction.id", "client.id", "server-id", "server.id", "group.id", "consumer.id", "producer.id"];

    public static void Look(Draft draft)
    {
        Versions(draft);
        foreach (var input in draft.Inputs)
        {
            if (input.Key != SecretMask.ProgramArguments && SecretMask.IsSecret(input.Original, input.Value) && !IsDropped(draft, input))
            {
                draft.Find(
                    TranslationRule.InlineSecret, FindingSeverity.Fix, input.Original, "move it to a Secret or the place's own configuration and name the key in TargetProfile.SuppliedKeys");
            }
            if (Identities.Any(i => input.Key.Contains(i, StringComparison.OrdinalIgnoreCase)) && IsOfAPlace(input.Value))
            {
                draft.Find(
                    TranslationRule.PlaceInIdentity, FindingSeverity.Fix, input.Original, "it is built from a host or an application id, which are others there; give a value that moves with the job");
            }
        }
        foreach (var argument in (draft.Source.Arguments ?? []).Where(static a => Identities.Any(i => a.Contains(i, StringComparison.OrdinalIgnoreCase)) && IsOfAPlace(a)))
        {
            draft.Find(
                TranslationRule.PlaceInIdentity, FindingSeverity.Fix, FormattableString.Invariant($"Arguments[{draft.Source.Arguments!.Value.IndexOf(argument)}]"),
                "it is built from a host or an application id, which are others there; give a value that moves with the job");
        }
        State(draft);
    }

    public static bool UsesRocksDb(Draft draft) =>
        (draft.Source.StateBackend ?? draft.Get("state.backend.type") ?? string.Empty).Contains("rocksdb", StringComparison.OrdinalIgnoreCase);

    private static void Versions(Draft draft)
    {
        if (draft.From == draft.To)
        {
            return;
        }
        var isBack = draft.To.IsBefore(draft.From);
        draft.Find(
            TranslationRule.FlinkVersion, isBack ? FindingSeverity.Block : FindingSeverity.Warn, "FlinkVersion",
            isBack ? $"Flink {draft.To} does not read snapshots of {draft.From}; choose {draft.From} or later" : "snapshots of the target may not be readable by the source: going back is only possible to the snapshot taken before the move");
        if (isBack)
        {
            draft.Field("FlinkVersion", KeyOutcome.Blocking, draft.Source.FlinkVersion, null, $"Flink {draft.To} does not read snapshots of {draft.From}; choose {draft.From} or later");
        }
    }

    private static void State(Draft draft)
    {
        var configured = draft.Get("state.backend.type");
        if (draft.Source.StateBackend is { } running && configured is not null && Kind(running) is { } real && Kind(configured) is { } said && real != said)
        {
            draft.Find(TranslationRule.StateBackend, FindingSeverity.Warn, "state.backend.type", $"the running job uses {real}: its code sets it, and has to set it there too");
        }
        if (draft.Get("state.changelog.enabled") is { } changelog && changelog.Equals("true", StringComparison.OrdinalIgnoreCase) && draft.To.IsBefore(new FlinkRelease(1, 15)))
        {
            draft.Find(TranslationRule.StateBackend, FindingSeverity.Block, "state.changelog.enabled", "the changelog needs Flink 1.15 or later on the target");
        }
        if (draft.ToKubernetes && UsesRocksDb(draft) && draft.Get("state.backend.rocksdb.memory.managed")?.Equals("false", StringComparison.OrdinalIgnoreCase) == true)
        {
            draft.Find(
                TranslationRule.NativeMemory, FindingSeverity.Warn, "state.backend.rocksdb.memory.managed",
                "RocksDB's memory is outside of Flink's accounts, and Kubernetes kills at the exact limit: raise taskmanager.memory.jvm-overhead or the limit factor");
        }
    }

    private static string? Kind(string backend) => backend.ToUpperInvariant() switch
    {
        var b when b.Contains("ROCKSDB", StringComparison.Ordinal) => "rocksdb",
        var b when b.Contains("FORST", StringComparison.Ordinal) => "forst",
        var b when b.Contains("HASHMAP", StringComparison.Ordinal) || b is "FILESYSTEM" or "JOBMANAGER" => "hashmap",
        _ => null,
    };

    private static bool IsDropped(Draft draft, InputKey input) =>
        draft.Entries.Exists(e => e.Key == input.Original && (e.Outcome == KeyOutcome.DroppedSafe || e.NewText == "supplied by the place"));

    private static bool IsOfAPlace(string value) => OfAPlace().IsMatch(value);

    [GeneratedRegex(@"application_[0-9]+_[0-9]+|container_[0-9e]|\$\{?(HOSTNAME|POD_NAME|CONTAINER_ID|_POD_IP_ADDRESS|NM_HOST)|-taskmanager-[0-9]+-[0-9]+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 500)]
    private static partial Regex OfAPlace();
}
