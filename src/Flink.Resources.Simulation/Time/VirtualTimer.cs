namespace Flink.Resources.Simulation;

/// <summary>A timer of the virtual clock. Its callback runs where time is made to pass, in the context of whoever created it.</summary>
internal sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
{
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private VirtualClock.Scheduled? _next;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private bool _isDisposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (clock.Gate)
        {
            if (_isDisposed)
            {
                return false;
            }
            if (_next is not null)
            {
                clock.Cancel(_next);
                _next = null;
            }
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _next = clock.ScheduleOutside(dueTime, Fire);
            }
            return true;
        }
    }

    public void Dispose()
    {
        lock (clock.Gate)
        {
            _isDisposed = true;
            if (_next is not null)
            {
                clock.Cancel(_next);
                _next = null;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Fire()
    {
        lock (clock.Gate)
        {
            if (_isDisposed)
            {
                return;
            }
            _next = _period > TimeSpan.Zero ? clock.ScheduleOutside(_period, Fire) : null;
        }
        if (_context is null)
        {
            callback(state);
            return;
        }
        ExecutionContext.Run(_context, static s => ((VirtualTimer)s!).Call(), this);
    }

    private void Call() => callback(state);
}
