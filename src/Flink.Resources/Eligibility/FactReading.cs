namespace Flink.Resources.Eligibility;

/// <summary>Makes facts of reads: with their time, and Unknown for what failed or took too long.</summary>
internal sealed class FactReading(TimeProvider timeProvider, TimeSpan timeout, CancellationToken cancellationToken)
{
    /// <summary>Calls everything off.</summary>
    public CancellationToken Stop => cancellationToken;

    public Evidence Seen(string source, string words) => new(source, timeProvider.GetUtcNow(), words);

    public Task<Lookup<T>> ReadAsync<T>(string source, string what, Func<CancellationToken, Task<T>> read, TimeSpan? longest = null) =>
        LookAsync(source, async ct => Lookup.Found(await read(ct).ConfigureAwait(false), Seen(source, $"It told {what}.")), longest);

    public async Task<Lookup<T>> LookAsync<T>(string source, Func<CancellationToken, Task<Lookup<T>>> look, TimeSpan? longest = null)
    {
        var patience = longest ?? timeout;
        using var late = new CancellationTokenSource(patience, timeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await look(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Lookup.Unknown<T>(Seen(source, FormattableString.Invariant($"It did not answer within {patience.TotalSeconds:0.###} s.")));
        }
        // Backends promise theirs only; what somebody's own throws beside is no answer either.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Lookup.Unknown<T>(Seen(source, exception is ResourceBackendException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}"));
        }
    }
}
