using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>Short ways to write rows.</summary>
internal static class Rows
{
    public static MappingRow Row(string key, string target, string note, Action<Draft, InputKey> apply, params ReadOnlySpan<KeyOutcome> outcomes) =>
        new(key, target, [.. outcomes], note, apply);

    public static MappingRow Dropped(string key, string note) =>
        new(key, "none", [KeyOutcome.DroppedSafe], note, (draft, input) => draft.Drop(input, note));

    public static MappingRow Changed(string key, string target, string note) =>
        new(key, target, [KeyOutcome.SemanticChange], note, (draft, input) => draft.Change(input, note));

    public static MappingRow Asked(string key, string target, string note) =>
        new(key, target, [KeyOutcome.NeedsInput], note, (draft, input) => draft.Ask(input, note));

    public static MappingRow Kept(string key, string note) =>
        new(key, "same key", [KeyOutcome.Kept, KeyOutcome.Mapped], note, (draft, input) => draft.Keep(input, note));

    /// <summary>A path of the host: the same file has another path there.</summary>
    public static MappingRow HostFile(string key, string note) => new(
        key, "same key", [KeyOutcome.Kept, KeyOutcome.Mapped, KeyOutcome.NeedsInput], note,
        static (draft, input) =>
        {
            if (!Paths.IsHostPath(input.Value))
            {
                draft.Keep(input);
            }
            else if (Paths.Translate(draft.Target, input.Value) is { } there)
            {
                draft.Map(input, "the file's path there", (input.Key, there));
            }
            else
            {
                draft.Ask(input, "a path of the source's hosts; put the file there and name its path in TargetProfile.Paths");
            }
        });
}
