namespace Flink.Resources.Simulation;

/// <summary>
/// When a job's checkpoints begin and end, as a formula: one at a time, each an interval after the one before or when that has ended. The
/// first is full and takes longer. Nothing happens in between, so an hour of a job costs no more than a second of it.
/// </summary>
/// <param name="anchor">When the tasks began to run, in ticks.</param>
/// <param name="interval">The configured interval.</param>
/// <param name="first">How long the first takes.</param>
/// <param name="further">How long each further one takes.</param>
internal readonly struct CheckpointClock(long anchor, TimeSpan interval, TimeSpan first, TimeSpan further)
{
    private readonly long _first = anchor + interval.Ticks;
    private readonly long _firstEnd = anchor + interval.Ticks + first.Ticks;
    private readonly long _period = Math.Max(interval.Ticks, further.Ticks);

    private long Second => Math.Max(_first + _period, _firstEnd);

    public long TriggeredAt(long number) => number <= 1 ? _first : Second + ((number - 2) * _period);

    public long CompletedAt(long number) => number <= 1 ? _firstEnd : TriggeredAt(number) + further.Ticks;

    /// <summary>How many were complete at a time.</summary>
    public long CompletedBy(long now)
    {
        if (now < _firstEnd)
        {
            return 0;
        }
        var second = CompletedAt(2);
        return now < second ? 1 : 2 + ((now - second) / _period);
    }
}
