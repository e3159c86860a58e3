using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>How objects end: at once, after a grace, after what they own, and with what owned them.</summary>
internal sealed class Deletion(ObjectStore store, TimeSpan podEndsAfter)
{
    private const string Foreground = "foregroundDeletion";

    private readonly Dictionary<string, DateTimeOffset> _ending = new(StringComparer.Ordinal);

    public void Delete(ApiResource resource, JsonObject item, string propagation, bool now)
    {
        if (propagation == "Orphan")
        {
            Orphan(item);
        }
        if (resource == ApiResource.Pods && !now)
        {
            _ending.TryAdd(item.Uid, store.Now + podEndsAfter);
            Mark(resource, item, null);
        }
        else if (propagation == "Foreground" || item.At("metadata", "finalizers") is JsonArray { Count: > 0 })
        {
            Mark(resource, item, propagation == "Foreground" ? Foreground : null);
        }
        else
        {
            Drop(resource, item);
        }
    }

    /// <summary>Ends what is due, and what lost its owner.</summary>
    public void Collect()
    {
        var all = store.All();
        var alive = all.Select(static i => i.Item.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var (resource, item) in all)
        {
            if (resource == ApiResource.Pods && _ending.TryGetValue(item.Uid, out var due) && due <= store.Now)
            {
                // The kubelet's last word comes before the object goes.
                store.Change(resource, item, static copy => copy["status"] = PodStatus.Ended(copy));
                Drop(resource, item);
            }
            else if (item.IsDeleting && item.At("metadata", "finalizers") is JsonArray finalizers)
            {
                Finalize(resource, item, finalizers, all);
            }
            else if (!item.IsDeleting && item.Items("metadata", "ownerReferences").ToList() is { Count: > 0 } owners
                && owners.TrueForAll(o => !alive.Contains(o.Text("uid") ?? string.Empty)))
            {
                Delete(resource, item, "Background", now: false);
            }
        }
    }

    private void Finalize(ApiResource resource, JsonObject item, JsonArray finalizers, List<(ApiResource Resource, JsonObject Item)> all)
    {
        if (finalizers.Count == 0)
        {
            Drop(resource, item);
            return;
        }
        if (!finalizers.Any(static f => f?.ToString() == Foreground))
        {
            return;
        }
        var owned = all.FindAll(i => i.Item.IsOwnedBy(item.Uid));
        if (owned.Count == 0)
        {
            Drop(resource, item);
        }
        foreach (var (kind, dependent) in owned.Where(static o => !o.Item.IsDeleting))
        {
            // What owns others itself waits for them too.
            Delete(kind, dependent, all.Exists(i => i.Item.IsOwnedBy(dependent.Uid)) ? "Foreground" : "Background", now: false);
        }
    }

    private void Mark(ApiResource resource, JsonObject item, string? finalizer) => store.Change(resource, item, copy =>
    {
        var metadata = (JsonObject)copy["metadata"]!;
        metadata["deletionTimestamp"] ??= Json.Time(store.Now);
        metadata["deletionGracePeriodSeconds"] ??= 0;
        if (finalizer is not null && copy.At("metadata", "finalizers") is null)
        {
            metadata["finalizers"] = new JsonArray(finalizer);
        }
    });

    private void Drop(ApiResource resource, JsonObject item)
    {
        _ending.Remove(item.Uid);
        if (store.Find(resource, item.Namespace, item.Name) is not { } standing)
        {
            return;
        }
        store.Drop(resource, standing);
        if (resource == ApiResource.Namespaces)
        {
            foreach (var (kind, inside) in store.All().Where(i => i.Resource.IsNamespaced && i.Item.Namespace == item.Name))
            {
                Drop(kind, inside);
            }
        }
    }

    private void Orphan(JsonObject owner)
    {
        foreach (var (resource, item) in store.All().Where(i => i.Item.IsOwnedBy(owner.Uid)))
        {
            store.Change(resource, item, copy => copy["metadata"]!["ownerReferences"] = new JsonArray(
                [.. copy.Items("metadata", "ownerReferences").Where(o => o.Text("uid") != owner.Uid).Select(static o => o.DeepClone())]));
        }
    }
}
