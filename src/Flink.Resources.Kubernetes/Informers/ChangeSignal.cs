namespace Flink.Resources.Kubernetes;

/// <summary>Says that something changed, not what: whoever wakes reads the newest state, however many changes there were.</summary>
internal sealed class ChangeSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _stamp;

    /// <summary>Grows with each change. Read it before the state, so that no change falls in between.</summary>
    public long Stamp => Interlocked.Read(ref _stamp);

    public void Pulse()
    {
        TaskCompletionSource woken;
        lock (_gate)
        {
            Interlocked.Increment(ref _stamp);
            woken = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        woken.TrySetResult();
    }

    /// <summary>Waits for a change after <paramref name="seen"/>.</summary>
    public Task WaitAsync(long seen, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _stamp == seen ? _next.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        }
    }
}
