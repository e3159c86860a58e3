using System.Text.Json.Nodes;
using Flink.Resources.Http;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Flink.Resources.Kubernetes;

/// <summary>What the backend asks of an API server: by verb, with the repetitions that the verb allows, faults typed.</summary>
internal sealed class KubernetesCalls(string backend, IKubernetesApi api, BackendPipelines pipelines)
{
    public const string Manager = "flink-resources";

    private const string Json = "application/json";

    public IKubernetesApi Api => api;

    /// <summary>Reads an object; null only when a Status says that exactly this object is not there.</summary>
    public async Task<JsonObject?> FindAsync(string collection, string name, CancellationToken cancellationToken)
    {
        var answer = await ReadAsync($"{collection}/{name}", cancellationToken, Plural(collection), name).ConfigureAwait(false);
        return answer.Status == 404 ? null : Whole(answer, HttpMethod.Get, $"{collection}/{name}");
    }

    /// <summary>Lists in chunks of 500, projecting each chunk before the next is read. A list whose continuation expired is begun again.</summary>
    public async Task<(List<T> Items, string ResourceVersion)> ListAsync<T>(
        string collection, string query, Func<JsonObject, T> project, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        var next = string.Empty;
        var expired = 0;
        while (true)
        {
            var path = $"{collection}?limit=500{query}{(next.Length == 0 ? next : "&continue=" + Uri.EscapeDataString(next))}";
            JsonObject page;
            try
            {
                page = await PageAsync(collection, path, cancellationToken).ConfigureAwait(false);
            }
            catch (ResourceBackendException exception) when (exception.StatusCode == 410 && next.Length > 0 && ++expired < 3)
            {
                items.Clear();
                next = string.Empty;
                continue;
            }
            items.AddRange(page.Items("items").Select(project));
            next = page.Text("metadata", "continue") ?? string.Empty;
            if (next.Length == 0)
            {
                return (items, page.Text("metadata", "resourceVersion") ?? string.Empty);
            }
        }
    }

    /// <summary>Opens a watch from a position on. The server ends it after <paramref name="timeout"/>.</summary>
    /// <exception cref="ResourceBackendException">The server refused it; 410 says that the position is too old.</exception>
    public async Task<HttpResponseMessage> WatchAsync(
        string collection, string query, string position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var path = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{collection}?watch=true&allowWatchBookmarks=true&timeoutSeconds={(int)timeout.TotalSeconds}&resourceVersion={Uri.EscapeDataString(position)}{query}");
        var response = await api.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }
        using (response)
        {
            await response.Content.LoadIntoBufferAsync(1 << 20, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            throw Refusal(KubernetesAnswer.Read((int)response.StatusCode, text, BackendHttp.RetryAfter(response)), HttpMethod.Get, path);
        }
    }

    /// <summary>Creates an object exclusively; false when the name is taken.</summary>
    public async Task<bool> CreateAsync(string collection, JsonObject body, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(
            pipelines.Single, HttpMethod.Post, $"{collection}?fieldManager={Manager}", body, Json, cancellationToken).ConfigureAwait(false);
        return answer is { Status: 409, Reason: "AlreadyExists" } ? false : Whole(answer, HttpMethod.Post, collection) is not null;
    }

    /// <summary>Creates or updates an object of ours; the same however often it is sent.</summary>
    public async Task<JsonObject> ApplyAsync(string collection, JsonObject body, CancellationToken cancellationToken)
    {
        var path = $"{collection}/{body.Name()}";
        var answer = await RunAsync(
            pipelines.Read, HttpMethod.Patch, $"{path}?fieldManager={Manager}&force=true", body,
            "application/apply-patch+yaml", cancellationToken).ConfigureAwait(false);
        return Whole(answer, HttpMethod.Patch, path);
    }

    /// <summary>Changes fields of an object; false when it is not there or the resourceVersion in the patch is no longer its own.</summary>
    public async Task<bool> PatchAsync(string collection, string name, JsonObject patch, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(
            pipelines.Single, HttpMethod.Patch, $"{collection}/{name}?fieldManager={Manager}", patch,
            "application/merge-patch+json", cancellationToken).ConfigureAwait(false);
        return answer.Status is not 409 && !answer.SaysAbsent(Plural(collection), name)
            && Whole(answer, HttpMethod.Patch, $"{collection}/{name}") is not null;
    }

    /// <summary>Asks to delete this very object; one that is gone or replaced is fine.</summary>
    public async Task DeleteAsync(string collection, string name, string uid, string propagation, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["kind"] = "DeleteOptions",
            ["apiVersion"] = "v1",
            ["propagationPolicy"] = propagation,
            ["preconditions"] = new JsonObject { ["uid"] = uid },
        };
        var answer = await RunAsync(
            pipelines.Read, HttpMethod.Delete, $"{collection}/{name}", body, Json, cancellationToken).ConfigureAwait(false);
        if (answer.Status != 409 && !answer.SaysAbsent(Plural(collection), name))
        {
            Whole(answer, HttpMethod.Delete, $"{collection}/{name}");
        }
    }

    public ResourceBackendException Fault(BackendFault fault, HttpMethod method, string path, string what, KubernetesAnswer? answer = null) =>
        new(fault, backend, $"The API server at {api.BaseAddress.Authority} on {method} /{path}: {what}")
        {
            StatusCode = answer?.Status,
            RetryAfter = answer?.RetryAfter,
        };

    private async Task<JsonObject> PageAsync(string collection, string path, CancellationToken cancellationToken)
    {
        var page = Whole(await ReadAsync(path, cancellationToken).ConfigureAwait(false), HttpMethod.Get, collection);
        return page["items"] is JsonArray ? page : throw Fault(BackendFault.Malformed, HttpMethod.Get, collection, "the answer is no list");
    }

    /// <summary>Reads; a transient answer is repeated.</summary>
    private async Task<KubernetesAnswer> ReadAsync(
        string path, CancellationToken cancellationToken, string? plural = null, string? name = null)
    {
        var answer = await RunAsync(pipelines.Read, HttpMethod.Get, path, null, Json, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess || (name is not null && answer.SaysAbsent(plural!, name))
            ? answer
            : throw Refusal(answer, HttpMethod.Get, path);
    }

    private async Task<KubernetesAnswer> RunAsync(
        ResiliencePipeline pipeline, HttpMethod method, string path, JsonObject? body, string contentType, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                async token =>
                {
                    var answer = await api.SendAsync(method, path, body, contentType, token).ConfigureAwait(false);
                    return answer.Status is 429 or >= 500 ? throw Refusal(answer, method, path) : answer;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is TimeoutRejectedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw Fault(BackendFault.Timeout, method, path.Split('?')[0], "no answer in time");
        }
        catch (BrokenCircuitException exception)
        {
            throw pipelines.Circuit!.Fault(backend, $"{method} /{path.Split('?')[0]}", exception);
        }
    }

    private JsonObject Whole(KubernetesAnswer answer, HttpMethod method, string path) => answer switch
    {
        { IsSuccess: true, Json: { } json } => json,
        { IsSuccess: true } => throw Fault(BackendFault.Malformed, method, path, "the answer is no JSON object"),
        _ => throw Refusal(answer, method, path),
    };

    private ResourceBackendException Refusal(KubernetesAnswer answer, HttpMethod method, string path) =>
        Fault(
            BackendHttp.FaultOf((System.Net.HttpStatusCode)answer.Status), method, path.Split('?')[0],
            $"{answer.Status} {answer.Reason}: {answer.Message}", answer);

    private static string Plural(string collection) => collection[(collection.LastIndexOf('/') + 1)..];
}
