using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Flink.Resources.Kubernetes;

/// <summary>A clock that stands until the test has seen what is waited for. Pauses are timers of up to a minute; longer ones are limits.</summary>
internal sealed class SteppedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= TimeSpan.FromMinutes(1))
        {
            _pauses.Writer.TryWrite(dueTime);
        }
        return timer;
    }

    /// <summary>Waits until somebody pauses, and lets that time pass.</summary>
    public async Task<TimeSpan> PassAsync(CancellationToken cancellationToken)
    {
        var pause = await PauseAsync(cancellationToken);
        Advance(pause);
        return pause;
    }

    /// <summary>Waits until somebody pauses.</summary>
    public async Task<TimeSpan> PauseAsync(CancellationToken cancellationToken) => await _pauses.Reader.ReadAsync(cancellationToken);
}

/// <summary>What a test waits at most, in real time.</summary>
internal static class TestLimit
{
    public static CancellationTokenSource Create()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        return limit;
    }
}
