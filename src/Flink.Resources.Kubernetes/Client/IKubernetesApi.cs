using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>One API server. The rest of the backend sees JSON, never a model of the client.</summary>
internal interface IKubernetesApi
{
    /// <summary>The API server's address.</summary>
    Uri BaseAddress { get; }

    /// <summary>Sends requests to the API server with the client's credentials (Flink's REST API behind the service proxy).</summary>
    HttpMessageInvoker Http { get; }

    /// <summary>Sends one request. Any HTTP answer is an answer; no answer is a <see cref="ResourceBackendException"/>.</summary>
    Task<KubernetesAnswer> SendAsync(
        HttpMethod method, string path, JsonNode? body, string contentType, CancellationToken cancellationToken);

    /// <summary>Opens a watch: its lines come as the server sends them.</summary>
    Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken);
}

/// <summary>What the API server answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Json">The body when it is a JSON object.</param>
/// <param name="Text">The body, shortened.</param>
/// <param name="RetryAfter">How long the server asks to wait.</param>
internal sealed record KubernetesAnswer(int Status, JsonObject? Json, string Text, TimeSpan? RetryAfter)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The server's own words: the message of its Status, or the start of what came instead.</summary>
    public string Message => IsStatus ? Json.Text("message") ?? Text : Text;

    public string? Reason => IsStatus ? Json.Text("reason") : null;

    private bool IsStatus => Json.Text("kind") == "Status";

    /// <summary>Whether a Status says that exactly this object is not there: not its namespace, not its kind, not a proxy's page.</summary>
    public bool SaysAbsent(string plural, string name) =>
        Status == 404 && IsStatus && Reason == "NotFound"
        && Json.Text("details", "kind") == plural && Json.Text("details", "name") == name;

    public static KubernetesAnswer Read(int status, string text, TimeSpan? retryAfter)
    {
        JsonObject? json = null;
        try
        {
            json = JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            // A proxy's page or a cut-off body: the callers see that there is no object.
        }
        return new KubernetesAnswer(status, json, Http.BackendHttp.Shorten(text), retryAfter);
    }
}
