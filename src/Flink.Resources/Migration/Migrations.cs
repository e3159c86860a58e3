using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Flink.Resources;

/// <summary>Moves jobs between backends, one run each, through the journal: what one process leaves, any other takes up where it was left.</summary>
public interface IMigrations
{
    /// <summary>
    /// Writes down that a job is to be moved, and returns the run's name. Nothing happens to the job before <see cref="RunAsync"/>.
    /// </summary>
    /// <param name="request">What is to be moved, from where to where.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException">The request contradicts itself; the message names every field.</exception>
    /// <exception cref="InvalidOperationException">Another run of the job is not over, or another process is changing the job.</exception>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    Task<string> CreateAsync(MoveRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Carries a run on until it is over, or waits for a person, or the lease of its job is lost. Cancelling stops between two effects;
    /// the same call, here or elsewhere, goes on from there.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="progress">Told of each new state.</param>
    /// <param name="cancellationToken">Stops the work, not the job.</param>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    /// <exception cref="InvalidOperationException">Another process carries it.</exception>
    /// <exception cref="JournalException">The journal can't be reached. The run is as the journal has it.</exception>
    Task<MigrationRun> RunAsync(string run, IProgress<MigrationRun>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>A run as the journal has it; null when there is none.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<MigrationRun?> FindAsync(string run, CancellationToken cancellationToken = default);

    /// <summary>The name of the job's run that is not over; null when there is none.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<string?> FindUnfinishedAsync(JobKey job, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks a run for something. It is durable when this returns; whoever carries the run acts on it at its next step.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops waiting; the request may have been written.</param>
    /// <returns>Null when it has an effect, else why it has none; then nothing is written.</returns>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    Task<string?> RequestAsync(string run, MigrationRequest request, string by, string? reason = null, CancellationToken cancellationToken = default);
}

internal sealed class Migrations(IJournal journal, IBackendCatalog backends, TimeProvider timeProvider) : IMigrations
{
    internal const string Machine = "migration";
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private readonly JobOperations _operations = new(backends, journal, timeProvider);

    /// <summary>Differs between two processes, and between two objects in one.</summary>
    internal string Owner { get; init; } = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.UserName}@{Environment.MachineName}/{Environment.ProcessId}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");

    public async Task<string> CreateAsync(MoveRequest request, CancellationToken cancellationToken = default)
    {
        MoveRequestRules.Check(request, backends);
        var keeper = await AcquireAsync(request.Job, cancellationToken).ConfigureAwait(false);
        await using var _ = keeper.ConfigureAwait(false);
        var unfinished = await journal.ListAsync(new RunQuery(request.Job, UnfinishedOnly: true), cancellationToken).ConfigureAwait(false);
        if (unfinished.FirstOrDefault() is { } other)
        {
            throw new InvalidOperationException($"{request.Job} has a run that is not over: {other.Run}, {other.State}. Carry it on, or end it, first.");
        }
        var all = await journal.ListAsync(new RunQuery(request.Job), cancellationToken).ConfigureAwait(false);
        var now = timeProvider.GetUtcNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"r-{now:yyyyMMddHHmmss}-{NameOf(request.Job)}-{all.Length + 1}");
        var run = MigrationMachine.Create(id, request, now);
        var record = Record(run, 1, JournalRecordKind.Created, JsonSerializer.Serialize(request, MigrationJson.Default.MoveRequest));
        Require(await journal.AppendAsync(record, keeper.Lease, cancellationToken).ConfigureAwait(false), record);
        return id;
    }

    public async Task<MigrationRun?> FindAsync(string run, CancellationToken cancellationToken = default) =>
        (await ReadAsync(run, cancellationToken).ConfigureAwait(false))?.Run;

    public async Task<string?> FindUnfinishedAsync(JobKey job, CancellationToken cancellationToken = default) =>
        (await journal.ListAsync(new RunQuery(job, UnfinishedOnly: true), cancellationToken).ConfigureAwait(false)).FirstOrDefault(static h => h.Machine == Machine)?.Run;

    public async Task<string?> RequestAsync(
        string run, MigrationRequest request, string by, string? reason = null, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var folded = await ReadAsync(run, cancellationToken).ConfigureAwait(false)
                ?? throw new KeyNotFoundException($"The journal holds no run '{run}'.");
            if (MigrationMachine.Objection(folded.Run, request) is { } objection)
            {
                return objection;
            }
            var asked = new RequestMade(request, by, reason) { At = timeProvider.GetUtcNow() };
            var record = Record(
                MigrationMachine.Step(folded.Run, asked), folded.Sequence + 1, JournalRecordKind.Request, JsonSerializer.Serialize<JobEvent>(asked, MigrationJson.Default.JobEvent));
            if (await journal.AppendAsync(record, null, cancellationToken).ConfigureAwait(false) == AppendResult.Appended)
            {
                return null;
            }
        }
    }

    public async Task<MigrationRun> RunAsync(string run, IProgress<MigrationRun>? progress = null, CancellationToken cancellationToken = default)
    {
        var first = await ReadAsync(run, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"The journal holds no run '{run}'.");
        if (first.Run.IsFinal)
        {
            return first.Run;
        }
        var keeper = await AcquireAsync(first.Run.Request.Job, cancellationToken).ConfigureAwait(false);
        await using var _ = keeper.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, keeper.Lost);
        try
        {
            return await CarryAsync(run, keeper.Lease, progress, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (keeper.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException(
                $"The lease of {first.Run.Request.Job} was lost: another process carries {run} on, or the journal was away for too long.", exception);
        }
    }

    private async Task<MigrationRun> CarryAsync(string id, JobLease lease, IProgress<MigrationRun>? progress, CancellationToken cancellationToken)
    {
        var folded = (await ReadAsync(id, cancellationToken).ConfigureAwait(false))!;
        var reported = MigrationState.Unknown;
        while (true)
        {
            var run = folded.Run;
            if (run.State != reported)
            {
                progress?.Report(run);
                reported = run.State;
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
        var happened = await _operations.PerformAsync(effect, resumed, cancellationToken).ConfigureAwait(false);
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
        if (records.IsEmpty)
        {
            return null;
        }
        var request = JsonSerializer.Deserialize(records[0].Payload, MigrationJson.Default.MoveRequest)!;
        var first = MigrationMachine.Create(run, request, records[0].At);
        return records.Skip(1).Aggregate(new Folded(first, 1, null, []), Fold);
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
        JournalRecordKind.Request => folded with { Run = MigrationMachine.Step(folded.Run, EventOf(record)), Sequence = record.Sequence },
        _ => throw new JournalException($"Record {record.Sequence} of {record.Run} is a {record.Kind}: it was written by a newer version."),
    };

    private static MigrationRun After(Folded folded, JobEvent happened) =>
        folded.Waiting.Aggregate(MigrationMachine.Step(folded.Run, happened), MigrationMachine.Step);

    private static JobEvent EventOf(JournalRecord record) => JsonSerializer.Deserialize(record.Payload, MigrationJson.Default.JobEvent)!;

    private JournalRecord Record(MigrationRun run, long sequence, JournalRecordKind kind, string payload) => new()
    {
        Run = run.Id,
        Job = run.Request.Job,
        Sequence = sequence,
        Kind = kind,
        Machine = Machine,
        State = run.State.ToString(),
        IsFinal = run.IsFinal,
        Epoch = run.Epoch,
        Payload = payload,
        At = timeProvider.GetUtcNow(),
        By = Owner,
    };

    private async Task<JobLeaseKeeper> AcquireAsync(JobKey job, CancellationToken cancellationToken) =>
        await JobLeaseKeeper.TryAcquireAsync(journal, job, Owner, LeaseDuration, timeProvider, cancellationToken).ConfigureAwait(false)
        ?? throw new InvalidOperationException($"Another process is changing {job}; its lease ends {LeaseDuration.TotalSeconds:0} s after its last word.");

    private static void Require(AppendResult result, JournalRecord record)
    {
        if (result != AppendResult.Appended)
        {
            throw new InvalidOperationException($"Run {record.Run} could not be written: {result}.");
        }
    }

    private static string NameOf(JobKey job) => job.Value.Replace('/', '-');

    /// <summary>What the records of a run come to.</summary>
    /// <param name="Run">The state.</param>
    /// <param name="Sequence">The newest record in it.</param>
    /// <param name="OpenIntent">The intent that has no outcome yet.</param>
    /// <param name="Waiting">Requests that came after that intent.</param>
    private sealed record Folded(MigrationRun Run, long Sequence, long? OpenIntent, ImmutableArray<JobEvent> Waiting);
}
