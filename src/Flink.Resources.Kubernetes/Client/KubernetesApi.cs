using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flink.Resources.Http;
using k8s;

namespace Flink.Resources.Kubernetes;

/// <summary>The API server through the official client's HTTP client and credentials.</summary>
internal sealed class KubernetesApi : IKubernetesApi, IDisposable
{
    private readonly string _backend;
    private readonly k8s.Kubernetes _client;
    private readonly bool _owned;

    public KubernetesApi(string backend, k8s.Kubernetes client, string? tlsServerName, bool owned)
    {
        _backend = backend;
        _client = client;
        _owned = owned;
        BaseAddress = client.BaseUri;
        Http = new HttpMessageInvoker(new CredentialsHandler(client, tlsServerName), disposeHandler: true);
    }

    public Uri BaseAddress { get; }

    public HttpMessageInvoker Http { get; }

    public async Task<KubernetesAnswer> SendAsync(
        HttpMethod method, string path, JsonNode? body, string contentType, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(BaseAddress, path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        }
        using var response = await BackendHttp.SendAsync(Http, request, _backend, cancellationToken).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        return KubernetesAnswer.Read((int)response.StatusCode, text, BackendHttp.RetryAfter(response));
    }

    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(BaseAddress, path));
        try
        {
            return await Http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new ResourceBackendException(
                BackendFault.Unreachable, _backend, $"{BackendHttp.Describe(request)} got no answer: {exception.Message}", exception);
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        if (_owned)
        {
            _client.Dispose();
        }
    }

    /// <summary>Puts the client's credentials on each request and hands it to the client's own pipeline.</summary>
    private sealed class CredentialsHandler(k8s.Kubernetes client, string? tlsServerName) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.UserAgent.Add(UserAgent);
            if (tlsServerName is { Length: > 0 } name)
            {
                request.Headers.Host = name;
            }
            if (client.Credentials is { } credentials)
            {
                await credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
            }
            return await client.HttpClient
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }

        private static ProductInfoHeaderValue UserAgent { get; } =
            new("flink-resources", typeof(KubernetesApi).Assembly.GetName().Version?.ToString(3));
    }
}
