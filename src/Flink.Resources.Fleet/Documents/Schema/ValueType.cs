using System.Globalization;
using System.Text.Json.Nodes;

namespace Flink.Resources.Fleet;

/// <summary>What a value may be: how it is read, and what the documentation and the JSON schema say of it.</summary>
internal abstract class ValueType
{
    /// <summary>The word for the table of keys.</summary>
    public abstract string Word { get; }

    /// <summary>Reads a value; null when it is wrong, which is an error then.</summary>
    public abstract object? Read(DocumentWalk walk, DocumentNode node, string path);

    /// <summary>The type for editors.</summary>
    public abstract JsonObject ToJsonSchema();
}

/// <summary>One word or number.</summary>
internal sealed class ScalarType(string word, string expected, Func<string, object?> parse, Func<JsonObject>? schema = null) : ValueType
{
    public override string Word => word;

    /// <summary>The value of a text; null when it has none.</summary>
    public object? Parse(string text) => parse(text);

    public override object? Read(DocumentWalk walk, DocumentNode node, string path)
    {
        if (node is ScalarNode { IsBroken: true })
        {
            return null;
        }
        var value = node is ScalarNode { IsNull: false } scalar ? parse(scalar.Value) : null;
        if (value is null)
        {
            walk.Errors.Add(node, path, node is ScalarNode { IsNull: true } ? $"it has no value; write {expected}, or leave the key out" : $"write {expected}");
        }
        return value;
    }

    public override JsonObject ToJsonSchema() => schema?.Invoke() ?? new JsonObject { ["type"] = "string" };
}

/// <summary>One of some words.</summary>
internal sealed class ChoiceType<T>(params (string Name, T Value)[] choices) : ValueType
    where T : struct
{
    public override string Word => string.Join(", ", choices.Select(static c => $"`{c.Name}`"));

    public override object? Read(DocumentWalk walk, DocumentNode node, string path)
    {
        if (node is ScalarNode { IsBroken: true })
        {
            return null;
        }
        if (node is ScalarNode scalar)
        {
            foreach (var (name, value) in choices)
            {
                if (string.Equals(name, scalar.Value, StringComparison.Ordinal))
                {
                    return value;
                }
            }
            walk.Errors.Add(node, path, $"write {Names}.{Similar.Hint(scalar.Value, choices.Select(static c => c.Name))}");
            return null;
        }
        walk.Errors.Add(node, path, $"write {Names}");
        return null;
    }

    private string Names => choices.Length == 1
        ? choices[0].Name
        : $"{string.Join(", ", choices[..^1].Select(static c => c.Name))} or {choices[^1].Name}";

    public override JsonObject ToJsonSchema() => new() { ["enum"] = new JsonArray([.. choices.Select(static c => (JsonNode)c.Name)]) };
}

/// <summary>Several values; one alone needs no brackets.</summary>
internal sealed class ListType(ValueType item, bool atLeastOne = false) : ValueType
{
    public ValueType Item => item;

    public override string Word => $"list of {item.Word}";

    public override object? Read(DocumentWalk walk, DocumentNode node, string path)
    {
        if (node is not ListNode list)
        {
            return node is MapNode && item is ScalarType
                ? Wrong(walk, node, path)
                : item.Read(walk, node, path) is { } single ? new List<object> { single } : null;
        }
        if (atLeastOne && list.Items.Count == 0)
        {
            walk.Errors.Add(node, path, $"the list is empty; name at least one ({item.Word})");
            return null;
        }
        var values = new List<object>(list.Items.Count);
        for (var i = 0; i < list.Items.Count; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
            walk.Place(field, list.Items[i].At, list.Items[i]);
            if (item.Read(walk, list.Items[i], field) is { } value)
            {
                values.Add(value);
            }
        }
        return values.Count == list.Items.Count ? values : null;
    }

    private object? Wrong(DocumentWalk walk, DocumentNode node, string path)
    {
        walk.Errors.Add(node, path, $"write a {Word}, such as [a, b]");
        return null;
    }

    public override JsonObject ToJsonSchema() =>
        new() { ["anyOf"] = new JsonArray(item.ToJsonSchema(), new JsonObject { ["type"] = "array", ["items"] = item.ToJsonSchema() }) };
}

/// <summary>Names that users choose, each with a value.</summary>
internal sealed class MapType(string keyWord, string keyExpected, Func<string, bool> isKey, ValueType item, Func<string, string?>? refuse = null) : ValueType
{
    public ValueType Item => item;

    public string KeyWord => keyWord;

    public override string Word => $"map of {keyWord} to {item.Word}";

    public override object? Read(DocumentWalk walk, DocumentNode node, string path)
    {
        if (node is ScalarNode { IsBroken: true })
        {
            return null;
        }
        if (node is ScalarNode { IsNull: true })
        {
            return new Fields(node.At);
        }
        if (node is not MapNode map)
        {
            walk.Errors.Add(node, path, $"write a {Word}");
            return null;
        }
        var fields = new Fields(walk.PositionOf(path, node));
        foreach (var (key, value) in map.Entries)
        {
            var field = DocumentWalk.Join(path, key.Value, isUsersName: true);
            if (walk.IsMergeKey(key, field))
            {
                continue;
            }
            if (fields.Has(key.Value))
            {
                walk.Repeated(key, field);
                continue;
            }
            walk.Place(field, key, value);
            if (!isKey(key.Value))
            {
                walk.Errors.Add(key.At, field, null, $"the key is no {keyWord}: write {keyExpected}");
                fields.TryAdd(key.Value, null);
            }
            else if (refuse?.Invoke(key.Value) is { } instead)
            {
                walk.Errors.Add(key.At, field, null, instead);
                fields.TryAdd(key.Value, null);
            }
            else
            {
                fields.TryAdd(key.Value, item.Read(walk, value, field));
            }
        }
        return fields;
    }

    public override JsonObject ToJsonSchema() => new() { ["type"] = "object", ["additionalProperties"] = item.ToJsonSchema() };
}

/// <summary>One way to write it, or another.</summary>
internal sealed class EitherType(ValueType scalar, SectionType section) : ValueType
{
    public SectionType Section => section;

    public override string Word => $"{scalar.Word}, or {section.Word}";

    public override object? Read(DocumentWalk walk, DocumentNode node, string path) =>
        node is MapNode ? section.Read(walk, node, path) : scalar.Read(walk, node, path);

    public override JsonObject ToJsonSchema() => new() { ["anyOf"] = new JsonArray(scalar.ToJsonSchema(), section.ToJsonSchema()) };
}
