namespace Flink.Resources.Simulation;

/// <summary>
/// Virtual time: a queue of what is due, in order of time and then of arrival. What changes the model runs under <see cref="Gate"/>;
/// timers and answers, which run the caller's code, run outside of it. Whoever calls <see cref="TryStep"/> makes time pass.
/// </summary>
internal sealed class VirtualClock(DateTimeOffset startsAt) : TimeProvider
{
    private readonly PriorityQueue<Scheduled, (long Due, long Sequence)> _queue = new();
    private long _now;
    private long _sequence;
    private int _awaited;

    /// <summary>Guards the clock and everything that is simulated.</summary>
    public object Gate { get; } = new();

    /// <summary>Ticks since the beginning.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>Whether somebody outside of the model waits for time to pass.</summary>
    public bool IsAwaited => Volatile.Read(ref _awaited) > 0;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => At(Now);

    public override long GetTimestamp() => Now;

    public DateTimeOffset At(long ticks) => startsAt.AddTicks(ticks);

    public long TicksOf(DateTimeOffset at) => (at - startsAt).Ticks;

    /// <summary>Adds something to the model's future.</summary>
    public void Schedule(TimeSpan after, Action action) => Add(after, action, isOutside: false);

    /// <summary>Adds an answer or a timer's call.</summary>
    public Scheduled ScheduleOutside(TimeSpan after, Action action) => Add(after, action, isOutside: true);

    /// <summary>Takes something out of the future.</summary>
    public void Cancel(Scheduled scheduled)
    {
        lock (Gate)
        {
            if (scheduled is { IsOutside: true, Action: not null })
            {
                _awaited--;
            }
            scheduled.Action = null;
        }
    }

    /// <summary>Lets the next thing happen, if it is due by <paramref name="limit"/>.</summary>
    /// <param name="limit">Ticks since the beginning.</param>
    /// <param name="wasOutside">Whether the caller's code may have run.</param>
    public bool TryStep(long limit, out bool wasOutside)
    {
        Action? action;
        lock (Gate)
        {
            wasOutside = false;
            while (_queue.TryPeek(out var next, out var when) && when.Due <= limit)
            {
                _queue.Dequeue();
                if (next.Action is null)
                {
                    continue;
                }
                Volatile.Write(ref _now, Math.Max(_now, when.Due));
                action = next.Action;
                next.Action = null;
                if (!next.IsOutside)
                {
                    action();
                    return true;
                }
                _awaited--;
                wasOutside = true;
                goto Outside;
            }
            return false;
        }
    Outside:
        action();
        return true;
    }

    /// <summary>When the next thing is due; null when nothing is.</summary>
    public long? NextDue()
    {
        lock (Gate)
        {
            return _queue.TryPeek(out _, out var when) ? when.Due : null;
        }
    }

    /// <summary>Sets the time forward to where nothing is due before.</summary>
    public void PassTo(long ticks)
    {
        lock (Gate)
        {
            Volatile.Write(ref _now, Math.Max(_now, ticks));
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private Scheduled Add(TimeSpan after, Action action, bool isOutside)
    {
        lock (Gate)
        {
            var scheduled = new Scheduled(action, isOutside);
            _queue.Enqueue(scheduled, (_now + Math.Max(0, after.Ticks), _sequence++));
            if (isOutside)
            {
                _awaited++;
                Monitor.PulseAll(Gate);
            }
            return scheduled;
        }
    }

    /// <summary>Something that will happen, unless it is cancelled.</summary>
    internal sealed class Scheduled(Action action, bool isOutside)
    {
        public Action? Action { get; set; } = action;

        public bool IsOutside { get; } = isOutside;
    }
}
