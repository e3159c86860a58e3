using System.Collections.Immutable;
using Flink.Resources.Flink;

namespace Flink.Resources.Fleet;

/// <summary>Gathers mistakes; decides what of the text may be shown.</summary>
internal sealed class DocumentErrors(string? path)
{
    private const int LongestShown = 80;

    private static readonly string[] Words = ["passwd", "pwd", "credential", "private", "jaas", "auth", "apikey", "keytab"];

    private readonly List<FleetDocumentError> _errors = [];

    public int Count => _errors.Count;

    public void Add(SourcePosition at, string field, string? value, string expected) => _errors.Add(new(at, field, value, expected, path));

    /// <summary>A value that is not right.</summary>
    public void Add(DocumentNode node, string field, string expected) =>
        Add(node.At, field, node is ScalarNode { IsNull: false } scalar ? Shown(field, scalar.Value, scalar.IsFromVariable) : null, expected);

    /// <summary>Values that came out of the environment, by their field: binding has only their text.</summary>
    public HashSet<string> FromVariable { get; } = new(StringComparer.Ordinal);

    public ImmutableArray<FleetDocumentError> InOrder() => [.. _errors.Distinct().OrderBy(static e => e.At)];

    /// <summary>What may be shown of a value.</summary>
    public string Shown(string field, string value) => Shown(field, value, FromVariable.Contains(field));

    private static string Shown(string field, string value, bool isFromVariable)
    {
        if (isFromVariable || field is "journal" || IsSecret(field) || field.Contains("args[", StringComparison.Ordinal) || IsSecret(value)
            || (value.Contains("://", StringComparison.Ordinal) && value.Contains('@', StringComparison.Ordinal)))
        {
            return "***";
        }
        var text = value.Length > LongestShown ? $"{value[..LongestShown]}…" : value;
        return string.Concat(text.Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }

    private static bool IsSecret(string text) => FlinkSecrets.IsSecret(text) || Words.Any(w => text.Contains(w, StringComparison.OrdinalIgnoreCase));
}
