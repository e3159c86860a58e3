namespace Flink.Resources.Fleet;

/// <summary>A piece of the text, with duplicates and positions kept.</summary>
internal abstract class DocumentNode(SourcePosition at)
{
    public SourcePosition At { get; } = at;
}

internal sealed class ScalarNode(SourcePosition at, string value, bool isPlain, bool isFromVariable) : DocumentNode(at)
{
    public string Value { get; } = value;

    /// <summary>Something of it came out of the environment: it is never shown.</summary>
    public bool IsFromVariable { get; } = isFromVariable;

    /// <summary>Named already as a mistake: its content says nothing.</summary>
    public bool IsBroken { get; init; }

    /// <summary>Nothing was written: an empty place, <c>null</c> or <c>~</c> without quotes.</summary>
    public bool IsNull { get; } = isPlain && !isFromVariable && value is ("" or "~" or "null" or "Null" or "NULL");
}

internal sealed class ListNode(SourcePosition at) : DocumentNode(at)
{
    public List<DocumentNode> Items { get; } = [];
}

internal sealed class MapNode(SourcePosition at) : DocumentNode(at)
{
    public List<(ScalarNode Key, DocumentNode Value)> Entries { get; } = [];
}
