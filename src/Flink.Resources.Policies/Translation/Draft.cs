using System.Collections.Immutable;
using Flink.Resources.Flink;

namespace Flink.Resources.Translation;

/// <summary>A translation under way. Rows write into it; each key of the source gets one entry.</summary>
internal sealed class Draft
{
    private readonly Dictionary<string, InputKey> _inputs;

    public Draft(SourceJob source, TargetProfile target, SecretMask mask, FlinkRelease from, FlinkRelease to, IEnumerable<InputKey> inputs)
    {
        (Source, Target, Mask, From, To) = (source, target, mask, from, to);
        _inputs = inputs.ToDictionary(static i => i.Key, StringComparer.Ordinal);
    }

    public SourceJob Source { get; }

    public TargetProfile Target { get; }

    public SecretMask Mask { get; }

    public FlinkRelease From { get; }

    public FlinkRelease To { get; }

    public bool ToKubernetes => Target.Backend == BackendKind.Kubernetes;

    /// <summary>The specification's configuration, by the target's names.</summary>
    public SortedDictionary<string, string> Configuration { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public List<TranslationEntry> Entries { get; } = [];

    public List<TranslationEntry> Fields { get; } = [];

    public List<AddedKey> Additions { get; } = [];

    public List<TranslationFinding> Findings { get; } = [];

    public List<SpecError> Blockers { get; } = [];

    /// <summary>The value of a key by its newest name; null when the source does not have it.</summary>
    public string? Get(string key) => _inputs.TryGetValue(key, out var input) ? input.Value : null;

    public IEnumerable<InputKey> Inputs => _inputs.Values.OrderBy(static i => i.Original, StringComparer.Ordinal);

    /// <summary>Writes the key with its value, under the name of the target's version.</summary>
    public void Keep(InputKey input, string reason = "means the same there")
    {
        var name = Put(input.Key, input.Value);
        Entry(input, name == input.Original ? KeyOutcome.Kept : KeyOutcome.Mapped, [name], input.Value,
            name == input.Original ? reason : $"{reason}; this is its name in Flink {To}");
    }

    /// <summary>Writes other keys in its place.</summary>
    public void Map(InputKey input, string reason, params ReadOnlySpan<(string Key, string Value)> keys) => Write(input, KeyOutcome.Mapped, reason, keys);

    public void Change(InputKey input, string reason, params ReadOnlySpan<(string Key, string Value)> keys) => Write(input, KeyOutcome.SemanticChange, reason, keys);

    /// <summary>A typed member of the specification, or the backend, says it.</summary>
    public void Typed(InputKey input, KeyOutcome outcome, string field, string text, string reason) => Entry(input, outcome, [field], text, reason);

    public void Drop(InputKey input, string reason) => Entry(input, KeyOutcome.DroppedSafe, [], null, reason);

    public void Ask(InputKey input, string reason) => Stop(input, KeyOutcome.NeedsInput, reason);

    public void Block(InputKey input, string reason) => Stop(input, KeyOutcome.Blocking, reason);

    public void Field(string field, KeyOutcome outcome, string? oldText, string? newText, string reason)
    {
        Fields.Add(new TranslationEntry(
            field, outcome, oldText is null ? null : Mask.Text(field, oldText), newText is null ? [] : [field], newText is null ? null : Mask.Text(field, newText), reason));
        if (outcome is KeyOutcome.NeedsInput or KeyOutcome.Blocking)
        {
            Blockers.Add(new SpecError(field, oldText is null ? null : Mask.Text(field, oldText), reason));
        }
    }

    public void Add(string key, string value, string reason) => Additions.Add(new AddedKey(Put(key, value), Mask.Text(key, value), reason));

    public void AddField(string field, string text, string reason) => Additions.Add(new AddedKey(field, Mask.Text(field, text), reason));

    public void Find(TranslationRule rule, FindingSeverity severity, string evidence, string remedy)
    {
        var finding = new TranslationFinding(rule, severity, evidence, remedy);
        if (!Findings.Contains(finding))
        {
            Findings.Add(finding);
        }
    }

    private string Put(string key, string value)
    {
        var name = FlinkKeyAliases.NameIn(key, To);
        // Labels and annotations come from several keys.
        Configuration[name] = Configuration.TryGetValue(name, out var there) && IsMerged(name) && there != value ? $"{there},{value}" : value;
        return name;
    }

    private static bool IsMerged(string name) =>
        name is "kubernetes.jobmanager.labels" or "kubernetes.taskmanager.labels" or "kubernetes.jobmanager.annotations" or "kubernetes.taskmanager.annotations" or "yarn.tags";

    private void Write(InputKey input, KeyOutcome outcome, string reason, ReadOnlySpan<(string Key, string Value)> keys)
    {
        var names = ImmutableArray.CreateBuilder<string>(keys.Length);
        var texts = new List<string>(keys.Length);
        foreach (var (key, value) in keys)
        {
            names.Add(Put(key, value));
            texts.Add(Mask.Text(key, value));
        }
        Entries.Add(new TranslationEntry(
            input.Original, outcome, Mask.Text(input.Original, input.Value), names.DrainToImmutable(),
            texts.Count == 0 ? null : IsMaskedAnyway(input) ? Mask.Digest(input.Value) : string.Join("; ", texts), reason));
    }

    private static bool IsMaskedAnyway(InputKey input) => SecretMask.IsSecret(input.Original, input.Value);

    private void Entry(InputKey input, KeyOutcome outcome, ImmutableArray<string> names, string? text, string reason) => Entries.Add(new TranslationEntry(
        input.Original, outcome, Mask.Text(input.Original, input.Value), names,
        text is null ? null : IsMaskedAnyway(input) ? Mask.Digest(text) : Mask.Text(input.Original, text), reason));

    private void Stop(InputKey input, KeyOutcome outcome, string reason)
    {
        Entry(input, outcome, [], null, reason);
        Blockers.Add(new SpecError($"Configuration[{input.Original}]", Mask.Text(input.Original, input.Value), reason));
    }

    /// <summary>Whether the target's backend or a typed member sets the key, so that the specification must not.</summary>
    public bool IsOwned(string key)
    {
        var name = FlinkKeyAliases.NameIn(key, To);
        return ApplicationSpecRules.IsOwned(name) || ApplicationSpecRules.IsOwned(key) || (ToKubernetes && (KubernetesOwnedKeys.Contains(name) || KubernetesOwnedKeys.Contains(key)));
    }
}
