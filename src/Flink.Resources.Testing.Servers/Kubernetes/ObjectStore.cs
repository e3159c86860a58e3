using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Http;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>One change, as a watch sees it.</summary>
internal sealed record Change(long Version, string Type, ApiResource Resource, JsonObject Object, JsonObject? Before);

/// <summary>All objects and the history of their changes. Not synchronised: its owner holds the lock.</summary>
internal sealed class ObjectStore(TimeProvider timeProvider)
{
    private readonly SortedDictionary<string, (ApiResource Resource, JsonObject Item)> _items = new(StringComparer.Ordinal);
    private readonly List<Change> _history = [];

    /// <summary>The version of the newest change.</summary>
    public long Version { get; private set; } = 100;

    /// <summary>Changes up to this one are forgotten.</summary>
    public long Compacted { get; private set; } = 100;

    public DateTimeOffset Now => timeProvider.GetUtcNow();

    public JsonObject? Find(ApiResource resource, string? scope, string name) =>
        _items.TryGetValue(Key(resource, scope, name), out var found) ? found.Item : null;

    public List<JsonObject> List(ApiResource resource, string? scope = null) =>
        [.. _items.Values.Where(i => i.Resource == resource && (scope is null || i.Item.Namespace == scope)).Select(static i => i.Item)];

    public List<(ApiResource Resource, JsonObject Item)> All() => [.. _items.Values];

    public IEnumerable<Change> Since(long version) => _history.SkipWhile(c => c.Version <= version);

    public JsonObject Create(ApiResource resource, string? scope, JsonObject item)
    {
        var metadata = item["metadata"] as JsonObject ?? [];
        item["metadata"] = metadata;
        if (metadata["name"] is null && metadata.Text("generateName") is { } prefix)
        {
            metadata["name"] = prefix + Identifiers.Hex($"{prefix}{Version}", 5);
        }
        if (resource.IsNamespaced)
        {
            metadata["namespace"] = scope;
        }
        metadata["uid"] = Identifiers.Uid(FormattableString.Invariant($"{resource.Plural}/{scope}/{item.Name}/{Version}"));
        metadata["creationTimestamp"] = Json.Time(Now);
        if (item["spec"] is not null)
        {
            metadata["generation"] = 1;
        }
        return Store("ADDED", resource, scope, item, null);
    }

    /// <summary>Puts the new state in place of the old one; the same state is no change.</summary>
    public JsonObject Update(ApiResource resource, JsonObject old, JsonObject item)
    {
        item.Remove("kind");
        item.Remove("apiVersion");
        var metadata = (JsonObject)item["metadata"]!;
        foreach (var fixedField in (string[])["name", "namespace", "uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp"])
        {
            if (old.At("metadata", fixedField) is { } value)
            {
                metadata[fixedField] = value.DeepClone();
            }
        }
        if (JsonNode.DeepEquals(old, item))
        {
            return old;
        }
        if (!JsonNode.DeepEquals(old["spec"], item["spec"]))
        {
            metadata["generation"] = old.Number("metadata", "generation") + 1;
        }
        return Store("MODIFIED", resource, old.Namespace, item, old);
    }

    /// <summary>Changes a copy and stores it.</summary>
    public JsonObject Change(ApiResource resource, JsonObject item, Action<JsonObject> change)
    {
        var copy = (JsonObject)item.DeepClone();
        change(copy);
        return JsonNode.DeepEquals(item, copy) ? item : Store("MODIFIED", resource, item.Namespace, copy, item);
    }

    public void Drop(ApiResource resource, JsonObject item)
    {
        _items.Remove(Key(resource, item.Namespace, item.Name));
        var last = (JsonObject)item.DeepClone();
        last["metadata"]!["resourceVersion"] = Text(++Version);
        _history.Add(new Change(Version, "DELETED", resource, last, item));
    }

    /// <summary>Forgets all changes: watches that continue from an older version have to list again.</summary>
    public void Compact()
    {
        Compacted = ++Version;
        _history.Clear();
    }

    private JsonObject Store(string type, ApiResource resource, string? scope, JsonObject item, JsonObject? before)
    {
        item.Remove("kind");
        item.Remove("apiVersion");
        item["metadata"]!["resourceVersion"] = Text(++Version);
        _items[Key(resource, scope, item.Name)] = (resource, item);
        _history.Add(new Change(Version, type, resource, item, before));
        return item;
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Key(ApiResource resource, string? scope, string name) =>
        $"{resource.Qualified}/{(resource.IsNamespaced ? scope : string.Empty)}/{name}";
}
