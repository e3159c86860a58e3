using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flink.Resources.Http;
using Flink.Resources.Rest.Wire;
using Polly.Timeout;

namespace Flink.Resources.Rest;

/// <summary>GETs that may be repeated, writes that may not, and what Flink's errors mean.</summary>
internal sealed class RestClient(
    string backend, Uri baseAddress, HttpMessageInvoker http, BackendPipelines pipelines, TimeProvider timeProvider)
{
    private readonly Uri _base = new(baseAddress.AbsoluteUri.TrimEnd('/') + "/");

    public Evidence Seen(string what) => new(_base.GetLeftPart(UriPartial.Path), timeProvider.GetUtcNow(), what);

    /// <summary>Reads and maps; what cannot be mapped is not Flink's answer.</summary>
    public async Task<T> GetAsync<TWire, T>(string path, JsonTypeInfo<TWire> type, Func<TWire, T> map, CancellationToken cancellationToken)
    {
        try
        {
            return await pipelines.Read.ExecuteAsync(
                async token =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_base, path));
                    using var response = await BackendHttp.SendAsync(http, request, backend, token).ConfigureAwait(false);
                    var body = await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false);
                    return Read(request, response, body, type, map);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw new ResourceBackendException(
                BackendFault.Timeout, backend, $"GET {new Uri(_base, path).GetLeftPart(UriPartial.Path)} was not answered in time.", exception);
        }
    }

    /// <summary>Absent only when Flink itself says so; a proxy's 404 is a fault.</summary>
    public async Task<Lookup<T>> FindAsync<TWire, T>(
        string path, JsonTypeInfo<TWire> type, Func<TWire, T> map, CancellationToken cancellationToken)
    {
        try
        {
            var value = await GetAsync(path, type, map, cancellationToken).ConfigureAwait(false);
            return Lookup.Found(value, Seen("200"));
        }
        catch (ResourceBackendException exception) when (exception.Fault == BackendFault.NotFound)
        {
            return Lookup.Absent<T>(Seen(exception.Message));
        }
    }

    /// <summary>Sends once. <paramref name="trigger"/> is what the answer has to name as the operation's id.</summary>
    public async Task<TriggerOutcome> WriteAsync(
        HttpMethod method, string path, byte[]? body, TriggerId? trigger, CancellationToken cancellationToken)
    {
        try
        {
            return await pipelines.Single.ExecuteAsync(
                async token =>
                {
                    using var request = new HttpRequestMessage(method, new Uri(_base, path));
                    if (body is not null)
                    {
                        request.Content = new ByteArrayContent(body);
                        request.Content.Headers.ContentType = new("application/json");
                    }
                    using var response = await BackendHttp.SendAsync(http, request, backend, token).ConfigureAwait(false);
                    var answer = await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false);
                    // A redirect turns a write into a GET, whose success says nothing.
                    return response.RequestMessage is { } last && last.Method != method
                        ? Indeterminate($"{method} {path} was redirected and became a {last.Method}.")
                        : Outcome($"{method} {path}", response, answer, trigger);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            return Indeterminate($"{method} {path} was not answered in time; it may have taken effect.");
        }
        catch (ResourceBackendException exception)
        {
            return Indeterminate(exception.Message);
        }
    }

    private TriggerOutcome Outcome(string what, HttpResponseMessage response, byte[] answer, TriggerId? trigger)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return Accepted(answer, out var id) && (trigger is null || trigger.Value.Value == id)
                ? new TriggerOutcome.Accepted()
                : Indeterminate($"{what} was answered with {status}, but not as Flink does{(id is null ? string.Empty : $" (operation {id})")}.");
        }
        var error = FlinkError.Read(response.StatusCode, response.ReasonPhrase, answer);
        return (status, error) switch
        {
            // Said before anything is handed on: who asks may not, or not so often, or not by this method.
            (401 or 403 or 405 or 429, _) => new TriggerOutcome.Refused(error.Text),
            (not 408 and >= 400 and < 500, { IsFlinks: true }) => new TriggerOutcome.Refused(error.Text),
            (_, { Fault: BackendFault.NotSupported or BackendFault.NotFound }) => new TriggerOutcome.Refused(error.Text),
            _ => Indeterminate($"{what} was answered with {status}: {error.Text}"),
        };
    }

    private TriggerOutcome.Indeterminate Indeterminate(string what) => new(Seen(what));

    private static bool Accepted(byte[] answer, out string? id)
    {
        id = null;
        if (answer.Length == 0)
        {
            return true;
        }
        try
        {
            var wire = JsonSerializer.Deserialize(answer, RestJson.Default.AcceptedWire);
            id = wire?.RequestId;
            return wire is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private T Read<TWire, T>(
        HttpRequestMessage request, HttpResponseMessage response, byte[] body, JsonTypeInfo<TWire> type, Func<TWire, T> map)
    {
        if (!response.IsSuccessStatusCode)
        {
            var error = FlinkError.Read(response.StatusCode, response.ReasonPhrase, body);
            throw new ResourceBackendException(
                error.Fault, backend, $"{BackendHttp.Describe(request)} was answered with {(int)response.StatusCode}: {error.Text}")
            {
                StatusCode = (int)response.StatusCode,
                RetryAfter = BackendHttp.RetryAfter(response),
            };
        }
        try
        {
            return map(JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null"));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or ArgumentException or OverflowException)
        {
            throw new ResourceBackendException(
                BackendFault.Malformed,
                backend,
                $"{BackendHttp.Describe(request)} was not answered as Flink does: {BackendHttp.Shorten(exception.Message)}",
                exception)
            {
                StatusCode = (int)HttpStatusCode.OK,
            };
        }
    }
}
