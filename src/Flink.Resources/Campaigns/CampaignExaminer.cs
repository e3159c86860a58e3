using Flink.Resources.Eligibility;
using Microsoft.Extensions.Logging;

namespace Flink.Resources;

/// <summary>What came of judging a job.</summary>
/// <param name="Job">The job.</param>
/// <param name="BeganAt">When its facts began to be read: the judgement is as old as that.</param>
/// <param name="Report">The judgement; null when there is none.</param>
/// <param name="Trouble">Why there is none.</param>
internal sealed record Examined(JobKey Job, DateTimeOffset BeganAt, EligibilityReport? Report, string? Trouble);

/// <summary>
/// Judges beside a campaign's loop whether jobs may still be moved, a few at a time and each once. Whoever does not answer keeps only the jobs
/// waiting that are to be judged.
/// </summary>
internal sealed partial class CampaignExaminer(ICampaignEligibility eligibility, TimeProvider timeProvider, ILogger logger)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private readonly Lock _lock = new();
    private readonly Queue<MoveRequest> _waiting = [];
    private readonly HashSet<JobKey> _asked = [];
    private readonly List<Task> _workers = [];
    private List<Examined> _done = [];
    private int _working;
    private bool _failed;

    /// <summary>Has a job judged, unless it is being judged or its judgement was not taken yet; <paramref name="done"/> is called when it is.</summary>
    public void Begin(MoveRequest move, Action done, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_asked.Add(move.Job))
            {
                return;
            }
            _waiting.Enqueue(move);
            if (_working == AtOnce)
            {
                return;
            }
            _working++;
        }
        _workers.RemoveAll(static w => w.IsCompleted);
        _workers.Add(WorkAsync(done, cancellationToken));
    }

    /// <summary>What was judged since this was asked last.</summary>
    public List<Examined> Take()
    {
        lock (_lock)
        {
            var done = _done;
            _done = [];
            _asked.ExceptWith(done.Select(static e => e.Job));
            return done;
        }
    }

    /// <summary>Ends with the judgements that are under way.</summary>
    public Task EndAsync() => Task.WhenAll(_workers);

    private async Task WorkAsync(Action done, CancellationToken cancellationToken)
    {
        while (true)
        {
            MoveRequest? move;
            lock (_lock)
            {
                if (cancellationToken.IsCancellationRequested || !_waiting.TryDequeue(out move))
                {
                    _working--;
                    return;
                }
            }
            var examined = await ExamineAsync(move, cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                _done.Add(examined);
            }
            done();
        }
    }

    private async Task<Examined> ExamineAsync(MoveRequest move, CancellationToken cancellationToken)
    {
        var began = timeProvider.GetUtcNow();
        using var patience = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var report = await eligibility.JudgeAsync(move, either.Token).ConfigureAwait(false);
            _failed = false;
            return new Examined(move.Job, began, report, null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever it fails with: whether the job may be moved is not known, which is no refusal. Told once, until one can be judged again.
            if (!_failed && !cancellationToken.IsCancellationRequested)
            {
                LogNotJudged(exception, move.Job);
            }
            _failed = true;
            return new Examined(move.Job, began, null, exception is ResourceBackendException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    [LoggerMessage(1115, LogLevel.Warning, "Whether {Job} may still be moved could not be judged; it waits, and is judged again.")]
    private partial void LogNotJudged(Exception exception, JobKey job);
}
