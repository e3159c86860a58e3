using System.Text.Json;
using Flink.Resources.Health;

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
    /// <exception cref="InvalidOperationException">Another run of the job is not over.</exception>
    /// <exception cref="LeaseHeldException">Another process is changing the job.</exception>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    Task<string> CreateAsync(MoveRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Carries a run on until it is over, or waits for a person, or the lease of its job is lost. Cancelling stops between two effects;
    /// the same call, here or elsewhere, goes on from there.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="progress">Told of each new state and reason, and of each evaluation of the job's health.</param>
    /// <param name="cancellationToken">Stops the work, not the job.</param>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    /// <exception cref="LeaseHeldException">Another process carries it.</exception>
    /// <exception cref="InvalidOperationException">The lease was lost on the way: another process carries it on.</exception>
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

internal sealed class Migrations(
    IJournal journal, IBackendCatalog backends, TimeProvider timeProvider, HealthWatch? health = null, IMigrationSituations? situations = null) : IMigrations
{
    internal const string Machine = "migration";
    private readonly HealthWatch _health = health ?? new HealthWatch([new FlinkHealthCollector(backends, timeProvider)], [], timeProvider);
    private readonly IMigrationSituations _situations = situations ?? new UsualSituations();

    /// <summary>Who carries the runs.</summary>
    internal string Owner { get; init; } = RunOwner.New();

    private RunCarrier<MigrationRun> Carrier => field ??= new RunCarrier<MigrationRun>(
        journal, new JobOperations(backends, journal, timeProvider, _health), timeProvider, Owner)
    {
        Complete = (run, effect) => effect is ReadHealth read ? read with { Situation = _situations.Find(run) } : effect,
        Amend = (run, happened) => MigrationMachine.IsBeforeStop(run) && _situations.Find(run).AreStopsHeld ? happened with { AreStopsHeld = true } : happened,
    };

    public Task<string> CreateAsync(MoveRequest request, CancellationToken cancellationToken = default)
    {
        MoveRequestRules.Check(request, backends);
        return Carrier.CreateAsync(request.Job, 'r', JsonSerializer.Serialize(request, MigrationJson.Default.MoveRequest), cancellationToken);
    }

    public Task<MigrationRun?> FindAsync(string run, CancellationToken cancellationToken = default) => Carrier.FindAsync(run, cancellationToken);

    public async Task<string?> FindUnfinishedAsync(JobKey job, CancellationToken cancellationToken = default) =>
        (await journal.ListAsync(new RunQuery(job, UnfinishedOnly: true), cancellationToken).ConfigureAwait(false)).FirstOrDefault(static h => h.Machine == Machine)?.Run;

    public Task<string?> RequestAsync(
        string run, MigrationRequest request, string by, string? reason = null, CancellationToken cancellationToken = default) =>
        Carrier.RequestAsync(run, new RequestMade(request, by, reason) { At = timeProvider.GetUtcNow() }, r => MigrationMachine.Objection(r, request), cancellationToken);

    public async Task<MigrationRun> RunAsync(string run, IProgress<MigrationRun>? progress = null, CancellationToken cancellationToken = default)
    {
        var carried = await Carrier.RunAsync(run, progress, cancellationToken).ConfigureAwait(false);
        _health.Forget(carried.Request.Job);
        return carried;
    }
}
