using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>What each verb does to the objects. Not synchronised: its owner holds the lock.</summary>
internal sealed class ApiVerbs(ObjectStore store, Deletion deletion)
{
    public ApiAnswer Get(ApiPath path) => Find(path) is { } item
        ? new ApiAnswer(200, ApiAnswers.Whole(path.Resource, item))
        : ApiAnswers.NotFound(path.Resource, path.Name!);

    public ApiAnswer List(ApiPath path, string selector, string limit, string next)
    {
        var (start, version) = (string.Empty, store.Version);
        if (next.Length > 0)
        {
            if (Token(next) is not { } token)
            {
                return ApiAnswers.Failure(400, "BadRequest", "invalid continue token: continue key is not valid: illegal base64 data");
            }
            if (token.Version < store.Compacted)
            {
                return ApiAnswers.Expired(token.Version, store.Compacted);
            }
            (start, version) = (token.Start, token.Version);
        }
        var all = store.List(path.Resource, path.Namespace)
            .FindAll(i => string.CompareOrdinal(Place(i), start) > 0 && (selector.Length == 0 || Selector.Matches(selector, i)));
        var size = int.TryParse(limit, CultureInfo.InvariantCulture, out var given) && given > 0 ? given : int.MaxValue;
        return all.Count <= size
            ? ApiAnswers.List(path.Resource, all, version, null, 0)
            : ApiAnswers.List(path.Resource, all[..size], version, ApiAnswers.Continue(version, Place(all[size - 1])), all.Count - size);
    }

    public ApiAnswer Create(ApiPath path, JsonObject? body)
    {
        if (body is null || (body.Name.Length == 0 && body.Text("metadata", "generateName") is null))
        {
            return ApiAnswers.Failure(422, "Invalid", $"{path.Resource.Kind} \"\" is invalid: metadata.name: Required value: name or generateName is required");
        }
        if (path.Resource.IsNamespaced && store.Find(ApiResource.Namespaces, null, path.Namespace ?? string.Empty) is null)
        {
            return ApiAnswers.NotFound(ApiResource.Namespaces, path.Namespace ?? string.Empty);
        }
        if (body.Name.Length > 0 && store.Find(path.Resource, path.Namespace, body.Name) is not null)
        {
            return ApiAnswers.AlreadyExists(path.Resource, body.Name);
        }
        var created = store.Create(path.Resource, path.Namespace, (JsonObject)body.DeepClone());
        return new ApiAnswer(201, ApiAnswers.Whole(path.Resource, created));
    }

    public ApiAnswer Replace(ApiPath path, JsonObject? body) => Find(path) is { } old
        ? Store(path, old, body, static (_, body) => (JsonObject)body.DeepClone())
        : ApiAnswers.NotFound(path.Resource, path.Name!);

    public ApiAnswer Patch(ApiPath path, string contentType, string fieldManager, JsonObject? body)
    {
        if (!contentType.StartsWith("application/apply-patch+yaml", StringComparison.Ordinal))
        {
            return contentType is "application/merge-patch+json" or "application/strategic-merge-patch+json"
                ? Find(path) is { } old ? Store(path, old, body, Merged) : ApiAnswers.NotFound(path.Resource, path.Name!)
                : ApiAnswers.Failure(415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types include: application/merge-patch+json, application/apply-patch+yaml");
        }
        if (fieldManager.Length == 0 || body is null)
        {
            return ApiAnswers.Failure(400, "BadRequest", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        }
        return Find(path) is { } standing ? Store(path, standing, body, Merged) : Create(path, body);
    }

    public ApiAnswer Delete(ApiPath path, string propagation, JsonObject? options)
    {
        if (Find(path) is not { } item)
        {
            return ApiAnswers.NotFound(path.Resource, path.Name!);
        }
        if (options.Text("preconditions", "uid") is { } uid && uid != item.Uid)
        {
            return ApiAnswers.Conflict(
                path.Resource, item.Name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({item.Uid}). The object might have been deleted and then recreated");
        }
        if (options.Text("preconditions", "resourceVersion") is { } version && version != item.Text("metadata", "resourceVersion"))
        {
            return ApiAnswers.Conflict(
                path.Resource, item.Name, $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({item.Text("metadata", "resourceVersion")})");
        }
        deletion.Delete(path.Resource, item, options.Text("propagationPolicy") ?? propagation, options.Text("gracePeriodSeconds") == "0");
        return Find(path) is { } ending ? new ApiAnswer(200, ApiAnswers.Whole(path.Resource, ending)) : ApiAnswers.Deleted(path.Resource, item);
    }

    public ApiAnswer DeleteAll(ApiPath path, string selector)
    {
        var all = store.List(path.Resource, path.Namespace).FindAll(i => selector.Length == 0 || Selector.Matches(selector, i));
        all.ForEach(i => deletion.Delete(path.Resource, i, "Background", now: false));
        return ApiAnswers.List(path.Resource, all, store.Version, null, 0);
    }

    private JsonObject? Find(ApiPath path) => store.Find(path.Resource, path.Namespace, path.Name!);

    private ApiAnswer Store(ApiPath path, JsonObject old, JsonObject? body, Func<JsonObject, JsonObject, JsonObject> make)
    {
        if (body is null)
        {
            return ApiAnswers.Failure(400, "BadRequest", "error decoding patch: the body is no JSON object");
        }
        if (body.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != old.Text("metadata", "resourceVersion"))
        {
            return ApiAnswers.Conflict(path.Resource, old.Name);
        }
        if (body.Text("metadata", "uid") is { Length: > 0 } uid && uid != old.Uid)
        {
            return ApiAnswers.Conflict(path.Resource, old.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Uid}");
        }
        var made = make(old, body);
        if (path.Subresource == "status")
        {
            // Only the status of what was sent counts.
            var status = made["status"]?.DeepClone();
            made = (JsonObject)old.DeepClone();
            made["status"] = status;
        }
        return new ApiAnswer(200, ApiAnswers.Whole(path.Resource, store.Update(path.Resource, old, made)));
    }

    private static JsonObject Merged(JsonObject old, JsonObject patch)
    {
        var copy = (JsonObject)old.DeepClone();
        Json.Merge(copy, patch);
        return copy;
    }

    private static string Place(JsonObject item) => $"{item.Namespace}/{item.Name}";

    private static (long Version, string Start)? Token(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length))
        {
            return null;
        }
        try
        {
            var json = JsonNode.Parse(Encoding.UTF8.GetString(bytes, 0, length));
            return (json.Number("rv"), json.Text("start")?.TrimEnd('\0') ?? string.Empty);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
