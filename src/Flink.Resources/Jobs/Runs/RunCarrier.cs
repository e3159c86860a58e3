using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Flink.Resources;

/// <summary>
/// Carries runs of one machine through the journal: the intent of each effect before it, its outcome after it, under the lease of the job.
/// What one process leaves, any other takes up where it was left.
/// </summary>
/// <typeparam name="TRun">The run.</typeparam>
/// <param name="journal">Where the runs are.</param>
/// <param name="operations">What performs their effects.</param>
/// <param name="timeProvider">The time.</param>
/// <param name="owner">Who carries them. Differs between two processes, and between two objects in one.</param>
internal sealed class RunCarrier<TRun>(IJournal journal, JobOperations operations, TimeProvider timeProvider, string owner)
    where TRun : class, IJournalledRun<TRun>
{
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Adds to an effect what is known at the moment it is performed, and is not journalled with its intent.</summary>
    public Func<TRun, JobEffect, JobEffect> Complete { get; init; } = static (_, effect) => effect;

    /// <summary>Adds to an event how things stood around the run when it happened; that is journalled with it.</summary>
    public Func<TRun, JobEvent, JobEvent> Amend { get; init; } = static (_, happened) => happened;

    /// <summary>Writes the first record of a run.</summary>
    /// <returns>The name of the run.</returns>
    /// <exception cref="InvalidOperationException">A run of the job is not over.</exception>
    /// <exception cref="LeaseHeldException">Another process is changing the job.</exception>
    public async Task<string> CreateAsync(JobKey job, char prefix, string payload, CancellationToken cancellationToken)
    {
        var keeper = await AcquireAsync(job, cancellationToken).ConfigureAwait(false);
        await using var _ = keeper.ConfigureAwait(false);
        var all = await journal.ListAsync(new RunQuery(job), cancellationToken).ConfigureAwait(false);
        if (all.FirstOrDefault(static h => !h.IsFinal) is { } other)
        {
            throw new InvalidOperationException($"{job} has a run that is not over: {other.Run}, {other.State}. Carry it on, or end it, first.");
        }
        var now = timeProvider.GetUtcNow();
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{now:yyyyMMddHHmmss}-{job.Value.Replace('/', '-')}-{all.Length + 1}");
        var record = Record(TRun.Create(name, payload, now), 1, JournalRecordKind.Created, payload);
        if (await journal.AppendAsync(record, keeper.Lease, cancellationToken).ConfigureAwait(false) is not AppendResult.Appended and var result)
        {
            throw new InvalidOperationException($"Run {record.Run} could not be written: {result}.");
        }
        return name;
    }

    /// <summary>A run as the journal has it; null when there is none.</summary>
    public async Task<TRun?> FindAsync(string run, CancellationToken cancellationToken) =>
        (await ReadAsync(run, cancellationToken).ConfigureAwait(false))?.Run;

    /// <summary>Writes down what somebody asks of a run; null when it has an effect, else why it has none.</summary>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    public async Task<string?> RequestAsync(string run, RequestMade asked, Func<TRun, string?> objectionTo, CancellationToken cancellationToken)
    {
        while (true)
        {
            var folded = await ReadAsync(run, cancellationToken).ConfigureAwait(false) ?? throw Missing(run);
            if (objectionTo(folded.Run) is { } objection)
            {
                return objection;
            }
            var record = Record(
                TRun.Step(folded.Run, asked), folded.Sequence + 1, JournalRecordKind.Request, JsonSerializer.Serialize<JobEvent>(asked, MigrationJson.Default.JobEvent));
            if (await journal.AppendAsync(record, null, cancellationToken).ConfigureAwait(false) == AppendResult.Appended)
            {
                return null;
            }
        }
    }

    /// <summary>Carries a run on until it is over or waits for a person. Cancelling stops between two effects.</summary>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    /// <exception cref="LeaseHeldException">Another process carries it.</exception>
    /// <exception cref="InvalidOperationException">The lease was lost on the way.</exception>
    public async Task<TRun> RunAsync(string run, IProgress<TRun>? progress, CancellationToken cancellationToken)
    {
        var first = await ReadAsync(run, cancellationToken).ConfigureAwait(false) ?? throw Missing(run);
        if (first.Run.IsFinal)
        {
            return first.Run;
        }
        var keeper = await AcquireAsync(first.Run.Job, cancellationToken).ConfigureAwait(false);
        await using var _ = keeper.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, keeper.Lost);
        try
        {
            return await CarryAsync(run, keeper.Lease, progress, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (keeper.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException(
                $"The lease of {first.Run.Job} was lost: another process carries {run} on, or the journal was away for too long.", exception);
        }
    }

    private async Task<TRun> CarryAsync(string id, JobLease lease, IProgress<TRun>? progress, CancellationToken cancellationToken)
    {
        var folded = (await ReadAsync(id, cancellationToken).ConfigureAwait(false))!;
        (string? State, string? Reason, DateTimeOffset? EvaluatedAt) reported = default;
        while (true)
        {
            var run = folded.Run;
            if ((run.StateName, run.Reason, run.EvaluatedAt) != reported)
            {
                progress?.Report(run);
                reported = (run.StateName, run.Reason, run.EvaluatedAt);
            }
            if (run.IsFinal || run.WaitsForPerson)
            {
                return run;
            }
            if (run.NotBefore is { } due && due - timeProvider.GetUtcNow() is var left && left > TimeSpan.Zero)
            {
                // Delays are cut to whole milliseconds: a fraction of one would be no delay at all.
                await Task.Delay((left < LongestWait ? left : LongestWait) + TimeSpan.FromMilliseconds(1), timeProvider, cancellationToken).ConfigureAwait(false);
                folded = await CatchUpAsync(folded, cancellationToken).ConfigureAwait(false);
                continue;
            }
            cancellationToken.ThrowIfCancellationRequested();
            folded = await PerformAsync(folded, lease, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One effect: its intent, itself, its outcome.</summary>
    private async Task<Folded> PerformAsync(Folded folded, JobLease lease, CancellationToken cancellationToken)
    {
        var effect = folded.Run.Pending!;
        var resumed = folded.OpenIntent is not null;
        if (effect.ChangesTheWorld && !resumed)
        {
            var intent = Record(folded.Run, folded.Sequence + 1, JournalRecordKind.Intent, JsonSerializer.Serialize(effect, MigrationJson.Default.JobEffect)) with
            {
                Operation = effect.GetType().Name,
                Key = effect.Key,
            };
            if (!await TryAppendAsync(intent, lease, cancellationToken).ConfigureAwait(false))
            {
                return await CatchUpAsync(folded, cancellationToken).ConfigureAwait(false);
            }
            folded = folded with { Sequence = intent.Sequence, OpenIntent = intent.Sequence };
        }
        var happened = Amend(folded.Run, await operations.PerformAsync(Complete(folded.Run, effect), resumed, cancellationToken).ConfigureAwait(false));
        while (true)
        {
            var next = After(folded, happened);
            if (folded.OpenIntent is null && next.IsSameAs(folded.Run))
            {
                // Nothing new: nothing to remember.
                return await CatchUpAsync(folded with { Run = next }, cancellationToken).ConfigureAwait(false);
            }
            var outcome = Record(next, folded.Sequence + 1, JournalRecordKind.Outcome, JsonSerializer.Serialize(happened, MigrationJson.Default.JobEvent)) with { Of = folded.OpenIntent };
            if (await TryAppendAsync(outcome, lease, cancellationToken).ConfigureAwait(false))
            {
                return new Folded(next, outcome.Sequence, null, []);
            }
            // Somebody asked for something meanwhile: that comes first, then what happened.
            var asked = await CatchUpAsync(folded, cancellationToken).ConfigureAwait(false);
            if (asked.OpenIntent is null && asked.Run.Pending != effect)
            {
                return asked;
            }
            folded = asked;
        }
    }

    private async Task<bool> TryAppendAsync(JournalRecord record, JobLease lease, CancellationToken cancellationToken) =>
        await journal.AppendAsync(record, lease, cancellationToken).ConfigureAwait(false) switch
        {
            AppendResult.Appended => true,
            AppendResult.Conflict => false,
            AppendResult.LeaseLost => throw new InvalidOperationException($"The lease of {record.Job} is not ours any more: another process carries {record.Run} on."),
            _ => throw new JournalException($"The journal did not say whether record {record.Sequence} of {record.Run} was written."),
        };

    private async Task<Folded?> ReadAsync(string run, CancellationToken cancellationToken)
    {
        var records = await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false);
        if (records.IsEmpty || records[0].Machine != TRun.Machine)
        {
            return null;
        }
        return records.Skip(1).Aggregate(new Folded(TRun.Create(run, records[0].Payload, records[0].At), 1, null, []), Fold);
    }

    private async Task<Folded> CatchUpAsync(Folded folded, CancellationToken cancellationToken)
    {
        var records = await journal.ReadAsync(folded.Run.Id, folded.Sequence, cancellationToken).ConfigureAwait(false);
        return records.Aggregate(folded, Fold);
    }

    private static Folded Fold(Folded folded, JournalRecord record) => record.Kind switch
    {
        JournalRecordKind.Intent => folded with { Sequence = record.Sequence, OpenIntent = record.Sequence },
        JournalRecordKind.Outcome => new Folded(After(folded, EventOf(record)), record.Sequence, null, []),
        // An effect that was begun ends first: a request does not make it undone.
        JournalRecordKind.Request when folded.OpenIntent is not null => folded with { Sequence = record.Sequence, Waiting = folded.Waiting.Add(EventOf(record)) },
        JournalRecordKind.Request => folded with { Run = TRun.Step(folded.Run, EventOf(record)), Sequence = record.Sequence },
        _ => throw new JournalException($"Record {record.Sequence} of {record.Run} is a {record.Kind}: it was written by a newer version."),
    };

    private static TRun After(Folded folded, JobEvent happened) => folded.Waiting.Aggregate(TRun.Step(folded.Run, happened), TRun.Step);

    private static JobEvent EventOf(JournalRecord record) => JsonSerializer.Deserialize(record.Payload, MigrationJson.Default.JobEvent)!;

    private static KeyNotFoundException Missing(string run) => new($"The journal holds no run '{run}'.");

    private JournalRecord Record(TRun run, long sequence, JournalRecordKind kind, string payload) => new()
    {
        Run = run.Id,
        Job = run.Job,
        Sequence = sequence,
        Kind = kind,
        Machine = TRun.Machine,
        State = run.StateName,
        IsFinal = run.IsFinal,
        Epoch = run.Epoch,
        Payload = payload,
        At = timeProvider.GetUtcNow(),
        By = owner,
    };

    private async Task<JobLeaseKeeper> AcquireAsync(JobKey job, CancellationToken cancellationToken) =>
        await JobLeaseKeeper.TryAcquireAsync(journal, job, owner, LeaseDuration, timeProvider, cancellationToken).ConfigureAwait(false)
        ?? throw new LeaseHeldException($"Another process is changing {job}; its lease ends {LeaseDuration.TotalSeconds:0} s after its last word.");

    /// <summary>What the records of a run come to.</summary>
    /// <param name="Run">The state.</param>
    /// <param name="Sequence">The newest record in it.</param>
    /// <param name="OpenIntent">The intent that has no outcome yet.</param>
    /// <param name="Waiting">Requests that came after that intent.</param>
    private sealed record Folded(TRun Run, long Sequence, long? OpenIntent, ImmutableArray<JobEvent> Waiting);
}
