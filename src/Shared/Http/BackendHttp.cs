using System.Globalization;
using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Flink.Resources.Http;

/// <summary>Pipelines by what may be repeated: a read may, a write that may have happened may not.</summary>
internal sealed class BackendPipelines
{
    public BackendPipelines(TimeProvider timeProvider, TimeSpan attemptTimeout, TimeSpan callTimeout, int readAttempts = 4, CircuitTuning? circuit = null)
    {
        Circuit = circuit is null ? null : new Circuit(timeProvider, circuit);
        var read = new ResiliencePipelineBuilder { TimeProvider = timeProvider }.AddTimeout(callTimeout);
        if (readAttempts > 1)
        {
            read.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = readAttempts - 1,
                UseJitter = true,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(250),
                MaxDelay = TimeSpan.FromSeconds(5),
                // Asked to wait longer than the call may last: the caller hears that at once.
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is TimeoutRejectedException
                    || (args.Outcome.Exception is ResourceBackendException { IsTransient: true } fault && !(fault.RetryAfter > callTimeout))),
                DelayGenerator = static args => ValueTask.FromResult(
                    (args.Outcome.Exception as ResourceBackendException)?.RetryAfter),
            });
        }
        // The circuit is inside of the repetitions: each attempt counts, and an open circuit ends them at once.
        Read = read.AddPipeline(Circuit?.Pipeline ?? ResiliencePipeline.Empty).AddTimeout(attemptTimeout).Build();
        Single = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddPipeline(Circuit?.Pipeline ?? ResiliencePipeline.Empty).AddTimeout(attemptTimeout).Build();
    }

    /// <summary>The server's circuit; null where each call stands for itself.</summary>
    public Circuit? Circuit { get; }

    /// <summary>Reads, and writes that are the same however often they are sent.</summary>
    public ResiliencePipeline Read { get; }

    /// <summary>Writes that must not be repeated blindly.</summary>
    public ResiliencePipeline Single { get; }
}

/// <summary>Turns transport faults and HTTP answers into typed faults, without secrets.</summary>
internal static class BackendHttp
{
    /// <summary>Sends a request; every failure to get an answer becomes a <see cref="ResourceBackendException"/>.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpMessageInvoker http, HttpRequestMessage request, string backend, CancellationToken cancellationToken)
    {
        try
        {
            var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            await response.Content.LoadIntoBufferAsync(64 << 20, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch (HttpRequestException exception)
        {
            var fault = exception.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse
                ? BackendFault.Malformed
                : BackendFault.Unreachable;
            throw new ResourceBackendException(
                fault, backend, $"{Describe(request)} got no whole answer: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // An HttpClient with a time-out of its own gave up, not the caller.
            throw new ResourceBackendException(
                BackendFault.Timeout, backend, $"{Describe(request)} was not answered in time.", exception);
        }
        catch (IOException exception)
        {
            throw new ResourceBackendException(
                BackendFault.Malformed, backend, $"{Describe(request)} was cut off: {exception.Message}", exception);
        }
    }

    /// <summary>The fault that an HTTP status stands for.</summary>
    public static BackendFault FaultOf(HttpStatusCode status) => (int)status switch
    {
        400 or 405 or 413 or 415 or 422 => BackendFault.Invalid,
        401 => BackendFault.Unauthenticated,
        403 => BackendFault.Forbidden,
        404 => BackendFault.NotFound,
        408 => BackendFault.Timeout,
        409 => BackendFault.Conflict,
        429 => BackendFault.Throttled,
        >= 500 => BackendFault.Unavailable,
        _ => BackendFault.Malformed,
    };

    /// <summary>The method and address without query: queries can hold tokens.</summary>
    public static string Describe(HttpRequestMessage request) =>
        $"{request.Method} {request.RequestUri?.GetLeftPart(UriPartial.Path)}";

    /// <summary>What <c>Retry-After</c> asks for.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

    /// <summary>At most <paramref name="length"/> characters of a text, on one line.</summary>
    public static string Shorten(string text, int length = 500)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= length ? line : string.Create(CultureInfo.InvariantCulture, $"{line.AsSpan(0, length)}…");
    }
}
