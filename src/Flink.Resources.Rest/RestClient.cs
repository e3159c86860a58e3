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

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await pipelines.Read.ExecuteAsync(
                async token =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_base, path));
                    using var response = await BackendHttp.SendAsync(http, request, backend, token).ConfigureAwait(false);
                    return await ReadAsync(request, response, type, token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw new ResourceBackendException(
                BackendFault.Timeout, backend, $"GET {new Uri(_base, path).GetLeftPart(UriPartial.Path)} was not answered in time.", exception);
        }
    }

    /// <summary>Absent only when Flink itself says 404; a proxy's 404 is a fault.</summary>
    public async Task<Lookup<T>> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            var value = await GetAsync(path, type, cancellationToken).ConfigureAwait(false);
            return Lookup.Found(value, Seen("200"));
        }
        catch (ResourceBackendException exception) when (exception.Fault == BackendFault.NotFound)
        {
            return Lookup.Absent<T>(Seen(exception.Message));
        }
    }

    public async Task<TriggerOutcome> WriteAsync(
        HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
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
                    return await OutcomeAsync(request, response, token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            return new TriggerOutcome.Indeterminate(Seen($"{method} {path} was not answered in time; it may have taken effect."));
        }
        catch (ResourceBackendException exception)
        {
            return new TriggerOutcome.Indeterminate(Seen(exception.Message));
        }
    }

    private async Task<TriggerOutcome> OutcomeAsync(
        HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode && IsJson(response))
        {
            return new TriggerOutcome.Accepted();
        }
        var (isFlinks, text) = await ErrorAsync(response, cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        return isFlinks && status is >= 400 and < 500 && status != 408
            ? new TriggerOutcome.Refused(text)
            : new TriggerOutcome.Indeterminate(Seen($"{BackendHttp.Describe(request)} was answered with {status}: {text}"));
    }

    private async Task<T> ReadAsync<T>(
        HttpRequestMessage request, HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var (isFlinks, text) = await ErrorAsync(response, cancellationToken).ConfigureAwait(false);
            var fault = BackendHttp.FaultOf(response.StatusCode);
            if (fault == BackendFault.NotFound && !isFlinks)
            {
                fault = BackendFault.Malformed;
            }
            throw new ResourceBackendException(fault, backend, $"{BackendHttp.Describe(request)} was answered with {(int)response.StatusCode}: {text}")
            {
                StatusCode = (int)response.StatusCode,
                RetryAfter = BackendHttp.RetryAfter(response),
            };
        }
        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), type)
                ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new ResourceBackendException(
                BackendFault.Malformed, backend, $"{BackendHttp.Describe(request)} was not answered as Flink does: {exception.Message}", exception)
            {
                StatusCode = (int)HttpStatusCode.OK,
            };
        }
    }

    /// <summary>The first line of Flink's errors (never its stack traces), and whether it is Flink that speaks.</summary>
    private static async Task<(bool IsFlinks, string Text)> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (JsonSerializer.Deserialize(body, RestJson.Default.ErrorsWire)?.Errors is { } errors)
            {
                var lines = string.Join(' ', errors).Split('\n').Select(static l => l.Trim());
                return (true, BackendHttp.Shorten(string.Join(' ', lines.Where(static l => l.Length > 0 && !l.StartsWith("at ", StringComparison.Ordinal)))));
            }
        }
        catch (JsonException)
        {
            // Not Flink's own answer: a proxy or another server speaks.
        }
        return (false, response.ReasonPhrase ?? "no reason given");
    }

    private static bool IsJson(HttpResponseMessage response) =>
        response.Content.Headers.ContentLength == 0
        || response.Content.Headers.ContentType?.MediaType is null or "application/json";
}
