using System.Globalization;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Flink.Resources.Http;

/// <summary>When a server is left alone for a moment.</summary>
/// <param name="Failures">So many attempts, all in vain, open the circuit.</param>
/// <param name="Break">How long nothing is sent before one attempt is let through.</param>
internal sealed record CircuitTuning(int Failures, TimeSpan Break);

/// <summary>
/// The circuit of one server: no answer and 5xx count against it, any other answer for it. While it is open nothing is sent, and the
/// fault says so: it is never an answer about anything.
/// </summary>
internal sealed class Circuit
{
    /// <summary>How far back attempts count.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly CircuitTuning _tuning;
    private string _last = string.Empty;

    public Circuit(TimeProvider timeProvider, CircuitTuning tuning)
    {
        _tuning = tuning;
        Pipeline = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 1,
                MinimumThroughput = tuning.Failures,
                SamplingDuration = Window,
                BreakDuration = tuning.Break,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is
                    TimeoutRejectedException
                    or ResourceBackendException { Fault: BackendFault.Unreachable or BackendFault.Unavailable or BackendFault.Timeout }),
                OnOpened = args =>
                {
                    Volatile.Write(ref _last, args.Outcome.Exception?.Message ?? string.Empty);
                    return default;
                },
            })
            .Build();
    }

    public ResiliencePipeline Pipeline { get; }

    /// <summary>The fault of a call that was not sent.</summary>
    public ResourceBackendException Fault(string backend, string call, BrokenCircuitException exception) => new(
        BackendFault.Unavailable, backend,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{call} was not sent: at least {_tuning.Failures} attempts in a row failed, and the server is tried again {_tuning.Break.TotalSeconds:0.#} s after the last one. It was: {Volatile.Read(ref _last)}"),
        exception)
    {
        RetryAfter = exception.RetryAfter,
    };
}
