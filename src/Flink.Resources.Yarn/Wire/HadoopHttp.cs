using System.Net;
using System.Text.Json;
using Flink.Resources.Http;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Flink.Resources.Yarn.Wire;

/// <summary>An answer: its status, and its body as JSON when it is JSON.</summary>
internal sealed record HadoopAnswer(HttpStatusCode Status, JsonElement Json, byte[] Body, Uri? Location)
{
    /// <summary>Hadoop's name of the error; null when the body is not Hadoop's own.</summary>
    public string? Exception => Json.Member("RemoteException").Text("exception");

    public string Message => BackendHttp.Shorten(
        Json.Member("RemoteException").Text("message") ?? (Json.ValueKind == JsonValueKind.Undefined ? "no message" : Json.GetRawText()));
}

/// <summary>
/// Several addresses of one Hadoop service, of which one is active. No cookies (the RM mixes up users by them), no redirects
/// followed, and a 200 that is not JSON is no success: a standby answers so.
/// </summary>
internal sealed class HadoopHttp(
    string backend, IReadOnlyList<Uri> addresses, HttpMessageInvoker http, BackendPipelines pipelines, Func<HadoopAnswer, bool> isStandby)
{
    private int _active;

    /// <summary>Reads, or writes what is the same however often it is sent.</summary>
    public Task<HadoopAnswer> RepeatAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken) =>
        RunAsync(pipelines.Read, method, path, json, onlyIfUnsent: false, cancellationToken);

    /// <summary>Sends once; another address is tried only when the first surely got nothing.</summary>
    public Task<HadoopAnswer> OnceAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken) =>
        RunAsync(pipelines.Single, method, path, json, onlyIfUnsent: true, cancellationToken);

    /// <summary>Sends to an address that a server named (a DataNode).</summary>
    public async Task<HadoopAnswer> ToAsync(HttpMethod method, Uri address, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            return await pipelines.Single.ExecuteAsync(
                async token => await SendAsync(method, address, content, token).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw TimedOut(method, address, exception);
        }
        catch (BrokenCircuitException exception)
        {
            throw NotSent(method, address, exception);
        }
    }

    private async Task<HadoopAnswer> RunAsync(
        ResiliencePipeline pipeline, HttpMethod method, string path, byte[]? json, bool onlyIfUnsent, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                async token => await ActiveAsync(method, path, json, onlyIfUnsent, token).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw TimedOut(method, new Uri(addresses[0], path), exception);
        }
        catch (BrokenCircuitException exception)
        {
            throw NotSent(method, new Uri(addresses[0], path), exception);
        }
    }

    private async Task<HadoopAnswer> ActiveAsync(
        HttpMethod method, string path, byte[]? json, bool onlyIfUnsent, CancellationToken cancellationToken)
    {
        ResourceBackendException? last = null;
        var first = Volatile.Read(ref _active);
        for (var i = 0; i < addresses.Count; i++)
        {
            var index = (first + i) % addresses.Count;
            try
            {
                using var content = json is null ? null : new ByteArrayContent(json);
                content?.Headers.ContentType = new("application/json");
                var answer = await SendAsync(method, new Uri(addresses[index], path), content, cancellationToken).ConfigureAwait(false);
                if (isStandby(answer))
                {
                    last = new ResourceBackendException(
                        BackendFault.Unavailable, backend, $"{addresses[index]} is a standby, or is starting.");
                    continue;
                }
                Volatile.Write(ref _active, index);
                return (int)answer.Status >= 500 ? throw Fault(answer, method, path) : answer;
            }
            catch (ResourceBackendException exception)
                when (exception.Fault == BackendFault.Unreachable || (!onlyIfUnsent && exception.IsTransient && i + 1 < addresses.Count))
            {
                last = exception;
            }
        }
        throw last!;
    }

    /// <summary>The typed fault of an answer that is no success.</summary>
    public ResourceBackendException Fault(HadoopAnswer answer, HttpMethod method, string path) => new(
        answer.Status == HttpStatusCode.NotFound && answer.Exception is null ? BackendFault.Malformed : BackendHttp.FaultOf(answer.Status),
        backend,
        $"{method} {path.Split('?')[0]} was answered with {(int)answer.Status} {answer.Exception}: {answer.Message}")
    {
        StatusCode = (int)answer.Status,
    };

    public ResourceBackendException Malformed(string path, string why) => new(BackendFault.Malformed, backend, $"{path} was read, and {why}.");

    private async Task<HadoopAnswer> SendAsync(HttpMethod method, Uri address, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Accept.Add(new("application/json"));
        // Harmless where it is not asked for; needed where CSRF protection is on.
        request.Headers.TryAddWithoutValidation("X-XSRF-Header", "flink-resources");
        using var response = await BackendHttp.SendAsync(http, request, backend, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return new HadoopAnswer(response.StatusCode, Parse(response, body), body, response.Headers.Location);
    }

    private static JsonElement Parse(HttpResponseMessage response, byte[] body)
    {
        if (body.Length == 0 || response.Content.Headers.ContentType?.MediaType != "application/json")
        {
            return default;
        }
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private ResourceBackendException NotSent(HttpMethod method, Uri address, BrokenCircuitException exception) =>
        pipelines.Circuit!.Fault(backend, $"{method} {address.GetLeftPart(UriPartial.Path)}", exception);

    private ResourceBackendException TimedOut(HttpMethod method, Uri address, Exception exception) => new(
        BackendFault.Timeout, backend, $"{method} {address.GetLeftPart(UriPartial.Path)} was not answered in time.", exception);
}
