namespace Flink.Resources.Fleet;

/// <summary>What is gathered on the way through a document.</summary>
internal sealed class DocumentWalk(DocumentErrors errors)
{
    public DocumentErrors Errors { get; } = errors;

    /// <summary>Where each field stands, by its path.</summary>
    public Dictionary<string, SourcePosition> Positions { get; } = new(StringComparer.Ordinal);

    /// <summary>Where the key of each field stands, by its path: a mistake in the name is there, not at its value.</summary>
    public Dictionary<string, SourcePosition> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>The path of a key in a section or a map. Names that users chose stand in brackets when they have a dot.</summary>
    public static string Join(string path, string key, bool isUsersName) =>
        path.Length == 0 ? key
        : isUsersName && key.Contains('.', StringComparison.Ordinal) ? $"{path}[{key}]"
        : $"{path}.{key}";

    /// <summary>What may be shown of a value.</summary>
    public string Shown(string field, string value) => Errors.Shown(field, value);

    /// <summary>Keeps where a key and its value stand.</summary>
    public void Place(string field, ScalarNode key, DocumentNode value)
    {
        Keys.TryAdd(field, key.At);
        Place(field, value is MapNode ? key.At : value.At, value);
    }

    /// <summary>Keeps where a field stands.</summary>
    public void Place(string field, SourcePosition at, DocumentNode value)
    {
        Positions.TryAdd(field, at);
        if (value is ScalarNode { IsFromVariable: true })
        {
            Errors.FromVariable.Add(field);
        }
    }

    /// <summary>Where a section begins: at its key when it has one.</summary>
    public SourcePosition PositionOf(string path, DocumentNode node) =>
        path.Length == 0 ? new SourcePosition(1, 1) : Positions.GetValueOrDefault(path, node.At);

    public bool IsMergeKey(ScalarNode key, string field)
    {
        if (key.Value is not "<<")
        {
            return false;
        }
        Errors.Add(key.At, field, null, "merge keys are not read: put what jobs share into 'defaults'");
        return true;
    }

    public void Repeated(ScalarNode key, string field)
    {
        var first = Keys.TryGetValue(field, out var at) ? FormattableString.Invariant($" in line {at.Line}") : string.Empty;
        Errors.Add(key.At, field, null, $"the key stands here a second time; it is above already{first}");
    }
}
