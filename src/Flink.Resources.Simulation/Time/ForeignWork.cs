namespace Flink.Resources.Simulation;

/// <summary>
/// Counts other threads that run code of a simulation (<c>Task.Run</c>, <c>Task.Yield</c>, channels, <c>CancelAsync</c>), so that time does
/// not pass while they do. The mark travels with the execution context, which tells each thread that takes it up or puts it down.
/// </summary>
internal sealed class ForeignWork
{
    private static readonly AsyncLocal<ForeignWork?> _current = new(static change =>
    {
        if (!ReferenceEquals(change.PreviousValue, change.CurrentValue))
        {
            change.PreviousValue?.Leave();
            change.CurrentValue?.Enter();
        }
    });

    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan _noise = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static int _skips;
    private readonly int _home = Environment.CurrentManagedThreadId;
    private int _busy;
    private int _seen;
    private int _skipped;

    private ForeignWork()
    {
    }

    /// <summary>Marks the flow of this thread.</summary>
    public static ForeignWork Begin()
    {
        var work = new ForeignWork();
        _current.Value = work;
        return work;
    }

    /// <summary>Waits a moment for others. What never leaves the thread never waits.</summary>
    public void Settle()
    {
        if (Volatile.Read(ref _busy) == 0 && (_skipped++ < Volatile.Read(ref _skips) || ThreadPool.PendingWorkItemCount == 0))
        {
            return;
        }
        var seen = Volatile.Read(ref _seen);
        var completed = ThreadPool.CompletedWorkItemCount;
        long wanted = 0;
        var began = TimeProvider.System.GetTimestamp();
        var quiet = began;
        var wasActive = true;
        var spin = default(SpinWait);
        while (true)
        {
            var isOurs = Volatile.Read(ref _busy) > 0;
            var pending = ThreadPool.PendingWorkItemCount;
            // What was taken out of the queue may not have put our mark on yet: it has been through when the pool has counted it.
            wanted = Math.Max(wanted, pending + ThreadPool.CompletedWorkItemCount - completed);
            var isActive = isOurs || pending > 0 || ThreadPool.CompletedWorkItemCount - completed < wanted;
            if (isActive || wasActive)
            {
                quiet = TimeProvider.System.GetTimestamp();
            }
            else if (TimeProvider.System.GetElapsedTime(quiet) >= _quiet)
            {
                break;
            }
            if (TimeProvider.System.GetElapsedTime(began) > (isOurs ? _patience : _noise))
            {
                break;
            }
            wasActive = isActive;
            spin.SpinOnce();
        }
        // A pool that is busy with what is not ours is asked ever less often; it is one pool for all simulations.
        var skips = Volatile.Read(ref _skips);
        Volatile.Write(ref _skips, seen == Volatile.Read(ref _seen) && ThreadPool.PendingWorkItemCount > 0 ? Math.Min(4096, (skips * 2) + 1) : skips / 8);
        _skipped = 0;
    }

    private void Enter()
    {
        if (Environment.CurrentManagedThreadId != _home)
        {
            Interlocked.Increment(ref _busy);
            Interlocked.Increment(ref _seen);
        }
    }

    private void Leave()
    {
        if (Environment.CurrentManagedThreadId != _home)
        {
            Interlocked.Decrement(ref _busy);
        }
    }
}
