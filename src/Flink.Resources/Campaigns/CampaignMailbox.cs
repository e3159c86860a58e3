namespace Flink.Resources;

/// <summary>What a run says while it is carried.</summary>
/// <param name="Job">Its job.</param>
/// <param name="Run">The run; null when it could not be carried for the moment.</param>
/// <param name="IsOver">Nobody carries it any more: it is at its end, or waits for a person.</param>
/// <param name="Failure">A failure that nobody expected.</param>
internal sealed record RunNews(JobKey Job, MigrationRun? Run, bool IsOver, Exception? Failure = null);

/// <summary>
/// What the runs of a campaign say, until its loop comes round. One reader. Whoever posts may run the reader's next step itself, so that
/// in virtual time nothing leaves its thread.
/// </summary>
internal sealed class CampaignMailbox(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private List<RunNews> _news = [];
    private TaskCompletionSource? _waiting;

    /// <summary>Leaves something for the reader.</summary>
    public void Post(RunNews news)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _news.Add(news);
            (waiting, _waiting) = (_waiting, null);
        }
        waiting?.TrySetResult();
    }

    /// <summary>Takes all that is there.</summary>
    public List<RunNews> Take()
    {
        lock (_lock)
        {
            var news = _news;
            _news = [];
            return news;
        }
    }

    /// <summary>Waits until something is there, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var waiting = new TaskCompletionSource();
        lock (_lock)
        {
            if (_news.Count > 0)
            {
                return;
            }
            _waiting = waiting;
        }
        var timer = timeProvider.CreateTimer(static s => ((TaskCompletionSource)s!).TrySetResult(), waiting, atMost, Timeout.InfiniteTimeSpan);
        await using var _ = timer.ConfigureAwait(false);
        var registration = cancellationToken.Register(static (s, ct) => ((TaskCompletionSource)s!).TrySetCanceled(ct), waiting);
        await using var __ = registration.ConfigureAwait(false);
        await waiting.Task.ConfigureAwait(false);
    }
}
