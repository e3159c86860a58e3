using System.Collections.Concurrent;

namespace Flink.Resources;

/// <summary>
/// Holds the lease of one job and renews it. When it can't be renewed before it runs out, the token is cancelled, so that no further side
/// effect begins; the journal refuses our records from then on, whatever this process believes.
/// </summary>
internal sealed class JobLeaseKeeper : IAsyncDisposable
{
    /// <summary>A journal gives its holder a lease once more; who asks twice in one process is two all the same.</summary>
    private static readonly ConcurrentDictionary<(IJournal Journal, JobKey Job, string Owner), bool> _here = new();
    private readonly IJournal _journal;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _timer;
    private long _renewed;
    private int _renewing;

    private JobLeaseKeeper(IJournal journal, JobLease lease, TimeSpan duration, TimeProvider timeProvider, long asked)
    {
        (_journal, _timeProvider, _duration, Lease, _renewed) = (journal, timeProvider, duration, lease, asked);
        _timer = timeProvider.CreateTimer(static state => _ = ((JobLeaseKeeper)state!).RenewAsync(), this, duration / 3, duration / 3);
    }

    public JobLease Lease { get; }

    /// <summary>Cancelled when the lease is lost.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Null when somebody else holds the lease.</summary>
    public static async Task<JobLeaseKeeper?> TryAcquireAsync(
        IJournal journal, JobKey job, string owner, TimeSpan duration, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (!_here.TryAdd((journal, job, owner), true))
        {
            return null;
        }
        JobLeaseKeeper? keeper = null;
        try
        {
            // Counted from before the question: ours must end no later than the store's.
            var asked = timeProvider.GetTimestamp();
            var lease = await journal.TryAcquireAsync(job, owner, duration, cancellationToken).ConfigureAwait(false);
            keeper = lease is null ? null : new JobLeaseKeeper(journal, lease, duration, timeProvider, asked);
            return keeper;
        }
        finally
        {
            if (keeper is null)
            {
                _here.TryRemove((journal, job, owner), out _);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        _here.TryRemove((_journal, Lease.Job, Lease.Owner), out _);
        if (!_lost.IsCancellationRequested)
        {
            try
            {
                await _journal.ReleaseAsync(Lease, CancellationToken.None).ConfigureAwait(false);
            }
            catch (JournalException)
            {
                // It runs out by itself.
            }
        }
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        if (Interlocked.Exchange(ref _renewing, 1) == 1)
        {
            return;
        }
        try
        {
            var asked = _timeProvider.GetTimestamp();
            if (await _journal.RenewAsync(Lease, _duration, CancellationToken.None).ConfigureAwait(false))
            {
                _renewed = asked;
                return;
            }
            await _lost.CancelAsync().ConfigureAwait(false);
        }
        catch (JournalException)
        {
            if (_timeProvider.GetElapsedTime(_renewed) + (_duration / 3) >= _duration)
            {
                await _lost.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed while a renewal was on its way.
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }
}
