namespace Flink.Resources.Fleet;

/// <summary>
/// What a process held that died is free once its leases have run out: so long a command waits, and goes on where that one was. Who lives
/// and holds it is not waited for any longer.
/// </summary>
internal static class LeasePatience
{
    /// <summary>Leases last 15 s; a moment more, for clocks that differ.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _asksAgain = TimeSpan.FromSeconds(1);

    public static async Task<T> WaitAsync<T>(Func<Task<T>> work, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var until = timeProvider.GetUtcNow() + _longest;
        while (true)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (LeaseHeldException) when (timeProvider.GetUtcNow() < until)
            {
                // Asked again below.
            }
            await Task.Delay(_asksAgain, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
