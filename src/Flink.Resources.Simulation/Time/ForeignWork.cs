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

    private readonly int _home = Environment.CurrentManagedThreadId;
    private int _busy;

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
        if (Volatile.Read(ref _busy) == 0 && ThreadPool.PendingWorkItemCount == 0)
        {
            return;
        }
        var spin = default(SpinWait);
        var began = TimeProvider.System.GetTimestamp();
        while (Volatile.Read(ref _busy) > 0 || ThreadPool.PendingWorkItemCount > 0)
        {
            // The pool may be busy with what is not ours; a thread of ours is waited for longer.
            var patience = Volatile.Read(ref _busy) > 0 ? TimeSpan.FromSeconds(10) : TimeSpan.FromMilliseconds(2);
            if (TimeProvider.System.GetElapsedTime(began) > patience)
            {
                return;
            }
            spin.SpinOnce();
        }
    }

    private void Enter()
    {
        if (Environment.CurrentManagedThreadId != _home)
        {
            Interlocked.Increment(ref _busy);
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
