using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>An answer of the API server.</summary>
internal sealed record ApiAnswer(int Status, JsonNode Json);

/// <summary>Answers in the API server's form.</summary>
internal static class ApiAnswers
{
    /// <summary>An object by itself says what it is; one in a list does not.</summary>
    public static JsonObject Whole(ApiResource resource, JsonObject item)
    {
        var whole = new JsonObject { ["kind"] = resource.Kind, ["apiVersion"] = resource.ApiVersion };
        foreach (var (key, value) in item)
        {
            whole[key] = value?.DeepClone();
        }
        return whole;
    }

    public static ApiAnswer List(ApiResource resource, IReadOnlyList<JsonObject> items, long version, string? next, int remaining)
    {
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (next is not null)
        {
            metadata["continue"] = next;
            metadata["remainingItemCount"] = remaining;
        }
        return new ApiAnswer(200, new JsonObject
        {
            ["kind"] = resource.Kind + "List",
            ["apiVersion"] = resource.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. items.Select(static i => i.DeepClone())]),
        });
    }

    public static string Continue(long version, string start) => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = version, ["start"] = start + "\0" }.ToJsonString())).TrimEnd('=');

    public static ApiAnswer Failure(int status, string reason, string message, JsonObject? details = null)
    {
        var json = new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure",
            ["message"] = message, ["reason"] = reason, ["details"] = details, ["code"] = status,
        };
        if (details is null)
        {
            json.Remove("details");
        }
        return new ApiAnswer(status, json);
    }

    public static ApiAnswer Deleted(ApiResource resource, JsonObject item)
    {
        var details = Details(resource, item.Name);
        details["uid"] = item.Uid;
        return new ApiAnswer(200, new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details,
        });
    }

    public static ApiAnswer NotFound(ApiResource resource, string name) =>
        Failure(404, "NotFound", $"{resource.Qualified} \"{name}\" not found", Details(resource, name));

    public static ApiAnswer NoSuchPath() =>
        Failure(404, "NotFound", "the server could not find the requested resource", new JsonObject());

    public static ApiAnswer AlreadyExists(ApiResource resource, string name) =>
        Failure(409, "AlreadyExists", $"{resource.Qualified} \"{name}\" already exists", Details(resource, name));

    public static ApiAnswer Conflict(ApiResource resource, string name, string why =
        "the object has been modified; please apply your changes to the latest version and try again") =>
        Failure(409, "Conflict", $"Operation cannot be fulfilled on {resource.Qualified} \"{name}\": {why}", Details(resource, name));

    public static ApiAnswer Expired(long version, long oldest) =>
        Failure(410, "Expired", FormattableString.Invariant($"too old resource version: {version} ({oldest})"));

    /// <summary>An error that the request did not deserve.</summary>
    public static ApiAnswer Refusal(int status, string method, ApiPath? path)
    {
        var (resource, name) = (path?.Resource ?? ApiResource.Pods, path?.Name ?? string.Empty);
        const string User = "User \"system:serviceaccount:default:flink\"";
        return status switch
        {
            401 => Failure(401, "Unauthorized", "Unauthorized"),
            403 => Failure(
                403, "Forbidden", $"{resource.Qualified} \"{name}\" is forbidden: {User} cannot {method.ToLowerInvariant()} resource \"{resource.Plural}\" in API group \"{resource.Group}\" in the namespace \"{path?.Namespace}\"",
                Details(resource, name)),
            404 when name.Length > 0 => NotFound(resource, name),
            404 => NoSuchPath(),
            409 when method == "POST" => AlreadyExists(resource, name),
            409 => Conflict(resource, name),
            429 => Failure(429, "TooManyRequests", "Too many requests, please try again later.", new JsonObject { ["retryAfterSeconds"] = 1 }),
            500 => Failure(500, "InternalError", "Internal error occurred: etcdserver: request timed out"),
            _ => Failure(status, "ServiceUnavailable", "apiserver not ready"),
        };
    }

    private static JsonObject Details(ApiResource resource, string name)
    {
        var details = new JsonObject { ["name"] = name };
        if (resource.Group.Length > 0)
        {
            details["group"] = resource.Group;
        }
        details["kind"] = resource.Plural;
        return details;
    }
}
