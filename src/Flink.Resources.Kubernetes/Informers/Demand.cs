namespace Flink.Resources.Kubernetes;

/// <summary>Callers who want a list that was begun after they asked. One list serves all who asked before it began.</summary>
internal sealed class Demand : IDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private CancellationTokenSource _wake = new();
    private bool _closed;

    /// <summary>Whether somebody waits for a list.</summary>
    public bool IsPending
    {
        get
        {
            lock (_gate)
            {
                return _waiting is not null;
            }
        }
    }

    /// <summary>Ends what the informer does at the moment, so that it lists.</summary>
    public CancellationToken Wake
    {
        get
        {
            lock (_gate)
            {
                return _closed ? new CancellationToken(canceled: true) : _wake.Token;
            }
        }
    }

    /// <summary>Ends when a list that begins from now on is through, or failed.</summary>
    public Task NextListAsync()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return Task.CompletedTask;
            }
            if (_waiting is null)
            {
                _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                // Not on the caller's thread: what it ends runs on.
                _ = _wake.CancelAsync();
            }
            return _waiting.Task;
        }
    }

    /// <summary>A list begins: whoever asks from now on waits for the next one.</summary>
    public TaskCompletionSource? Take()
    {
        lock (_gate)
        {
            var taken = _waiting;
            _waiting = null;
            if (taken is not null && !_closed)
            {
                _wake = new CancellationTokenSource();
            }
            return taken;
        }
    }

    /// <summary>No list will come any more.</summary>
    public void Dispose()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _closed = true;
            waiting = _waiting;
            _waiting = null;
            _wake.Dispose();
        }
        waiting?.TrySetResult();
    }
}
