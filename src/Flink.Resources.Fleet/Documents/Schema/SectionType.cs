using System.Text.Json.Nodes;

namespace Flink.Resources.Fleet;

/// <summary>One key of a section.</summary>
/// <param name="Name">The key.</param>
/// <param name="Type">What its value may be.</param>
/// <param name="Meaning">What it means, in a sentence or two.</param>
/// <param name="Default">What holds when it is left out; null when nothing does.</param>
/// <param name="IsRequired">Whether it must be there.</param>
internal sealed record SectionKey(string Name, ValueType Type, string Meaning, string? Default = null, bool IsRequired = false);

/// <summary>A map whose keys are known.</summary>
internal sealed class SectionType(string title, params SectionKey[] keys) : ValueType
{
    private readonly Dictionary<string, SectionKey> _byName = keys.ToDictionary(static k => k.Name, StringComparer.Ordinal);

    /// <summary>Its heading in the documentation.</summary>
    public string Title => title;

    public IReadOnlyList<SectionKey> Keys => keys;

    public override string Word => $"[{title}](#{title.ToLowerInvariant().Replace(' ', '-')})";

    public override object? Read(DocumentWalk walk, DocumentNode node, string path)
    {
        if (node is ScalarNode { IsBroken: true })
        {
            return null;
        }
        if (node is not MapNode map)
        {
            walk.Errors.Add(node, path, $"write keys with values: {string.Join(", ", keys.Take(4).Select(static k => k.Name))}{(keys.Length > 4 ? ", …" : string.Empty)}");
            return null;
        }
        var fields = new Fields(walk.PositionOf(path, node));
        foreach (var (key, value) in map.Entries)
        {
            var field = DocumentWalk.Join(path, key.Value, isUsersName: false);
            if (walk.IsMergeKey(key, field))
            {
                continue;
            }
            if (fields.Has(key.Value))
            {
                walk.Repeated(key, field);
            }
            else if (!_byName.TryGetValue(key.Value, out var known))
            {
                walk.Errors.Add(key.At, field, null, $"there is no such key.{Hint(key.Value, path)}");
            }
            else
            {
                walk.Place(field, key, value);
                fields.TryAdd(key.Value, known.Type.Read(walk, value, field));
            }
        }
        foreach (var key in keys.Where(k => k.IsRequired && !fields.Has(k.Name)))
        {
            walk.Errors.Add(fields.At, DocumentWalk.Join(path, key.Name, isUsersName: false), null, $"it is missing: {key.Meaning}");
            fields.TryAdd(key.Name, null);
        }
        return fields;
    }

    private string Hint(string written, string path) => Similar.To(written, _byName.Keys) is { } name
        ? $" Did you mean '{name}'?"
        : $" {(path.Length == 0 ? "The document" : path)} may have {string.Join(", ", keys.Select(static k => k.Name))}.";

    public override JsonObject ToJsonSchema()
    {
        var properties = new JsonObject();
        foreach (var key in keys)
        {
            var schema = key.Type.ToJsonSchema();
            schema["description"] = key.Default is null ? key.Meaning : $"{key.Meaning} Default: {key.Default}.";
            properties[key.Name] = schema;
        }
        var result = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (keys.Any(static k => k.IsRequired))
        {
            result["required"] = new JsonArray([.. keys.Where(static k => k.IsRequired).Select(static k => (JsonNode)k.Name)]);
        }
        return result;
    }
}

/// <summary>A section whose keys depend on the value of its <c>kind</c>.</summary>
internal sealed class KindType(params (string Kind, SectionType Section)[] kinds) : ValueType
{
    public IReadOnlyList<(string Kind, SectionType Section)> Kinds => kinds;

    public override string Word => string.Join(", ", kinds.Select(static k => k.Section.Word));

    private string Names => $"{string.Join(", ", kinds[..^1].Select(static k => k.Kind))} or {kinds[^1].Kind}";

    public override object? Read(DocumentWalk walk, DocumentNode node, string path)
    {
        if (node is ScalarNode { IsBroken: true })
        {
            return null;
        }
        if (node is not MapNode map)
        {
            walk.Errors.Add(node, path, $"write keys with values, 'kind' ({Names}) among them");
            return null;
        }
        var (key, value) = map.Entries.Find(static e => e.Key.Value is "kind");
        if (key is null)
        {
            walk.Errors.Add(walk.PositionOf(path, node), DocumentWalk.Join(path, "kind", isUsersName: false), null, $"it is missing: write {Names}");
            return null;
        }
        if (value is ScalarNode { IsBroken: true })
        {
            return null;
        }
        if (value is ScalarNode scalar && Array.Find(kinds, k => string.Equals(k.Kind, scalar.Value, StringComparison.Ordinal)).Section is { } section)
        {
            return section.Read(walk, node, path);
        }
        walk.Errors.Add(
            value, DocumentWalk.Join(path, "kind", isUsersName: false),
            $"write {Names}.{(value is ScalarNode word ? Similar.Hint(word.Value, kinds.Select(static k => k.Kind)) : string.Empty)}");
        return null;
    }

    public override JsonObject ToJsonSchema() => new() { ["oneOf"] = new JsonArray([.. kinds.Select(static k => (JsonNode)k.Section.ToJsonSchema())]) };
}
