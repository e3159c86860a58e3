namespace Flink.Resources.Simulation;

/// <summary>What a caller hears of a call that failed.</summary>
/// <param name="Fault">How it failed.</param>
/// <param name="Exception">The fault as an exception.</param>
/// <param name="Evidence">The fault as evidence.</param>
internal sealed record CallFailure(SimulatedFault Fault, ResourceBackendException Exception, Evidence Evidence);

/// <summary>Carries requests to a place and answers back: both take time, and either may get lost.</summary>
internal sealed class SimulatedCaller(SimulatedPlace place)
{
    /// <summary>Makes a call.</summary>
    /// <param name="call">The kind of call.</param>
    /// <param name="subject">What it is about, for the log.</param>
    /// <param name="effect">Performed when the request arrives, with the fault that only changes what is shown.</param>
    /// <param name="failed">What the caller gets when it failed; may throw.</param>
    /// <param name="cancellationToken">Stops waiting. What was sent takes its effect.</param>
    public Task<T> CallAsync<T>(
        SimulatedCall call, string subject, Func<SimulatedFault, T> effect, Func<CallFailure, T> failed, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }
        var pending = new Pending<T>(cancellationToken);
        lock (place.Clock.Gate)
        {
            var fault = place.Fleet.Script.Take(place.Name, call);
            if (fault != SimulatedFault.None)
            {
                place.Fleet.Log(place.Name, subject, $"{call}: {fault}");
            }
            var there = place.Options.Latency * (place.Fleet.NextRandom() / 2);
            var back = place.Options.Latency * (place.Fleet.NextRandom() / 2);
            place.Clock.ScheduleOutside(there, () => Arrive(call, fault, back, effect, failed, pending));
        }
        return pending.Task;
    }

    private void Arrive<T>(
        SimulatedCall call, SimulatedFault fault, TimeSpan back, Func<SimulatedFault, T> effect, Func<CallFailure, T> failed, Pending<T> pending)
    {
        lock (place.Clock.Gate)
        {
            if (place.IsAway && !IsFlink(call) && fault is not (SimulatedFault.LostRequest or SimulatedFault.LostAnswer))
            {
                fault = SimulatedFault.Unavailable;
            }
            var isShown = fault is SimulatedFault.None or SimulatedFault.StaleList or SimulatedFault.WatchGap
                || (fault == SimulatedFault.NotFound && !IsFlink(call));
            var takesEffect = isShown || fault is SimulatedFault.LostAnswer or SimulatedFault.Truncated
                || (fault == SimulatedFault.ServerError && place.Fleet.NextRandom() < 0.5);
            Func<T>? answer = null;
            if (takesEffect)
            {
                answer = Perform(effect, fault);
            }
            if (!isShown)
            {
                answer = () => failed(Failure(call, fault));
            }
            var wait = fault is SimulatedFault.LostRequest or SimulatedFault.LostAnswer ? place.Options.CallTimeout : back;
            place.Clock.ScheduleOutside(wait, () => pending.Answer(answer!));
        }
    }

    /// <summary>What the effect throws, the answer throws.</summary>
    private static Func<T> Perform<T>(Func<SimulatedFault, T> effect, SimulatedFault fault)
    {
        try
        {
            var result = effect(fault);
            return () => result;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ResourceBackendException or ArgumentException)
        {
            var thrown = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(exception);
            return () =>
            {
                thrown.Throw();
                return default!;
            };
        }
    }

    private CallFailure Failure(SimulatedCall call, SimulatedFault fault)
    {
        var (kind, status, words) = fault switch
        {
            SimulatedFault.LostRequest or SimulatedFault.LostAnswer => (BackendFault.Timeout, (int?)null, $"no answer within {place.Options.CallTimeout.TotalSeconds:0} s"),
            SimulatedFault.Unauthenticated => (BackendFault.Unauthenticated, 401, "401: no valid credentials"),
            SimulatedFault.Forbidden => (BackendFault.Forbidden, 403, "403: not allowed"),
            SimulatedFault.NotFound => (BackendFault.NotFound, 404, "404: not known"),
            SimulatedFault.LyingNotFound => (BackendFault.Malformed, 404, "404 by somebody who does not speak for this place"),
            SimulatedFault.Conflict => (BackendFault.Conflict, 409, "409: somebody else was first"),
            SimulatedFault.Throttled => (BackendFault.Throttled, 429, "429: too many requests"),
            SimulatedFault.ServerError => (BackendFault.Unavailable, 500, "500: the server is in trouble"),
            SimulatedFault.Unavailable => (BackendFault.Unavailable, 503, "503: not available"),
            SimulatedFault.Truncated => (BackendFault.Malformed, 200, "the answer breaks off"),
            _ => (BackendFault.Malformed, 200, "HTML instead of JSON"),
        };
        var message = $"{place.Name} {call}: {words} (simulated).";
        var exception = new ResourceBackendException(kind, place.Name, message)
        {
            StatusCode = status, RetryAfter = fault == SimulatedFault.Throttled ? TimeSpan.FromSeconds(1) : null,
        };
        return new CallFailure(fault, exception, new Evidence(place.Identity.Value, place.Clock.GetUtcNow(), message));
    }

    private static bool IsFlink(SimulatedCall call) => call >= SimulatedCall.FlinkRead;

    /// <summary>A call under way. Its continuations run where it is answered.</summary>
    private sealed class Pending<T>
    {
        private readonly TaskCompletionSource<T> _source = new();
        private readonly CancellationTokenRegistration _registration;

        public Pending(CancellationToken cancellationToken) => _registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<T>)state!).TrySetCanceled(token), _source);

        public Task<T> Task => _source.Task;

        public void Answer(Func<T> answer)
        {
            _registration.Unregister();
            try
            {
                _source.TrySetResult(answer());
            }
            catch (Exception exception) when (exception is InvalidOperationException or ResourceBackendException or ArgumentException)
            {
                _source.TrySetException(exception);
            }
        }
    }
}
