using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flink.Resources.Yarn.Wire;

/// <summary>The ResourceManager's REST API.</summary>
internal sealed class ResourceManagerClient(HadoopHttp http, string user)
{
    public static bool IsStandby(HadoopAnswer answer) =>
        answer.Status == HttpStatusCode.TemporaryRedirect
        || (answer.Status == HttpStatusCode.OK && answer.Json.ValueKind == JsonValueKind.Undefined && answer.Body.Length > 0)
        || answer.Json.Member("clusterInfo").Text("haState") is "STANDBY" or "INITIALIZING" or "STOPPED";

    /// <summary>When the active ResourceManager started.</summary>
    public async Task<DateTimeOffset> StartedAtAsync(CancellationToken cancellationToken)
    {
        var info = (await GetAsync("cluster/info", cancellationToken).ConfigureAwait(false)).Member("clusterInfo");
        return DateTimeOffset.FromUnixTimeMilliseconds(info.Number("startedOn"));
    }

    /// <summary>A value of the RM's own configuration; null when it has none.</summary>
    public async Task<string?> ConfigurationAsync(string key, CancellationToken cancellationToken)
    {
        var path = $"/conf?name={Uri.EscapeDataString(key)}";
        var answer = await http.RepeatAsync(HttpMethod.Get, path, null, cancellationToken).ConfigureAwait(false);
        // A key without a value is a 404 without a body; anything else that is no answer must not pass for "not configured".
        return answer is { Status: HttpStatusCode.NotFound, Body.Length: 0 }
            ? null
            : Require(answer, HttpMethod.Get, path).Member("property").Text("value");
    }

    public async Task<(string Id, ResourceAmount Maximum)> NewApplicationAsync(CancellationToken cancellationToken)
    {
        // An id that is never used costs nothing: asking again is safe.
        var answer = await http.RepeatAsync(HttpMethod.Post, Path("cluster/apps/new-application"), [], cancellationToken).ConfigureAwait(false);
        var json = Require(answer, HttpMethod.Post, "cluster/apps/new-application");
        json = json.Member("NewApplication") is { ValueKind: JsonValueKind.Object } inner ? inner : json;
        var maximum = json.Member("maximum-resource-capability");
        return (json.Text("application-id") ?? throw http.Fault(answer, HttpMethod.Post, "cluster/apps/new-application"),
            new ResourceAmount(MemorySize.FromMebibytes(maximum.Number("memory")), maximum.Number("vCores") * 1000));
    }

    /// <summary>Sends the submission once.</summary>
    public Task<HadoopAnswer> SubmitAsync(JsonObject submission, CancellationToken cancellationToken) => http.OnceAsync(
        HttpMethod.Post, Path("cluster/apps"), System.Text.Encoding.UTF8.GetBytes(submission.ToJsonString()), cancellationToken);

    /// <summary>Null when the ResourceManager itself says that it knows none.</summary>
    public async Task<JsonElement?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var path = $"cluster/apps/{Uri.EscapeDataString(id)}";
        var answer = await http.RepeatAsync(HttpMethod.Get, Path(path), null, cancellationToken).ConfigureAwait(false);
        return answer is { Status: HttpStatusCode.NotFound, Exception: "NotFoundException" }
            ? null
            : Require(answer, HttpMethod.Get, path).Member("app");
    }

    public async Task<ImmutableArray<JsonElement>> ListAsync(string query, CancellationToken cancellationToken)
    {
        var json = await GetAsync($"cluster/apps?{query}&deSelects=resourceRequests", cancellationToken).ConfigureAwait(false);
        return [.. json.Member("apps").Member("app").Items];
    }

    public async Task<ImmutableArray<JsonElement>> NodesAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync("cluster/nodes", cancellationToken).ConfigureAwait(false)).Member("nodes").Member("node").Items];

    /// <summary>The nodes in one state, those that are gone included.</summary>
    public async Task<ImmutableArray<JsonElement>> NodesAsync(string state, CancellationToken cancellationToken) =>
        [.. (await GetAsync($"cluster/nodes?states={state}", cancellationToken).ConfigureAwait(false)).Member("nodes").Member("node").Items];

    public async Task<JsonElement> SchedulerAsync(CancellationToken cancellationToken) =>
        (await GetAsync("cluster/scheduler", cancellationToken).ConfigureAwait(false)).Member("scheduler").Member("schedulerInfo");

    /// <summary>Asks for the end; the same however often it is sent.</summary>
    public Task<HadoopAnswer> KillAsync(string id, CancellationToken cancellationToken) =>
        PutAsync(id, "state", """{"state":"KILLED"}"""u8.ToArray(), cancellationToken);

    public Task<HadoopAnswer> MoveAsync(string id, string queue, CancellationToken cancellationToken) => PutAsync(
        id, "queue", System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["queue"] = queue }.ToJsonString()), cancellationToken);

    public Task<HadoopAnswer> PrioritizeAsync(string id, int priority, CancellationToken cancellationToken) => PutAsync(
        id, "priority", System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["priority"] = priority }.ToJsonString()), cancellationToken);

    public ResourceBackendException Fault(HadoopAnswer answer, HttpMethod method, string path) => http.Fault(answer, method, path);

    private Task<HadoopAnswer> PutAsync(string id, string what, byte[] body, CancellationToken cancellationToken) =>
        http.RepeatAsync(HttpMethod.Put, Path($"cluster/apps/{Uri.EscapeDataString(id)}/{what}"), body, cancellationToken);

    private async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => Require(
        await http.RepeatAsync(HttpMethod.Get, Path(path), null, cancellationToken).ConfigureAwait(false), HttpMethod.Get, path);

    private JsonElement Require(HadoopAnswer answer, HttpMethod method, string path) =>
        answer.Status == HttpStatusCode.OK && answer.Json.ValueKind == JsonValueKind.Object
            ? answer.Json
            : throw http.Fault(answer, method, path);

    private string Path(string path) =>
        $"/ws/v1/{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}user.name={Uri.EscapeDataString(user)}";
}
