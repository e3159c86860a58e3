using System.Collections.Immutable;
using System.Text.Json;

namespace Flink.Resources;

/// <summary>Starts and stops single jobs where they are, through the journal: what one process leaves, any other takes up where it was left.</summary>
public interface IDeployments
{
    /// <summary>
    /// Writes down that a job is to be started, stopped or removed, and returns the run's name. Nothing happens before <see cref="RunAsync"/>.
    /// </summary>
    /// <param name="request">What is to be done.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException">The request lacks something; the message names every field.</exception>
    /// <exception cref="InvalidOperationException">A run of the job is not over, or another process is changing the job.</exception>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    Task<string> CreateAsync(DeploymentRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Carries a run on until it is over, or waits for a person, or the lease of its job is lost. Cancelling stops between two effects;
    /// the same call, here or elsewhere, goes on from there.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="progress">Told of each new state.</param>
    /// <param name="cancellationToken">Stops the work, not the job.</param>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    /// <exception cref="LeaseHeldException">Another process carries it.</exception>
    /// <exception cref="InvalidOperationException">The lease was lost on the way: another process carries it on.</exception>
    /// <exception cref="JournalException">The journal can't be reached. The run is as the journal has it.</exception>
    Task<DeploymentRun> RunAsync(string run, IProgress<DeploymentRun>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>A run as the journal has it; null when there is none.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<DeploymentRun?> FindAsync(string run, CancellationToken cancellationToken = default);

    /// <summary>Calls a run off that has not started or stopped anything yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops waiting; the request may have been written.</param>
    /// <returns>Null when it has an effect, else why it has none.</returns>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    Task<string?> AbortAsync(string run, string by, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Answers a parked run's question: does the copy that it is about live?</summary>
    /// <param name="run">The run.</param>
    /// <param name="isLive">What a person saw.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="reason">How they know.</param>
    /// <param name="cancellationToken">Stops waiting; the answer may have been written.</param>
    /// <returns>Null when it has an effect, else why it has none.</returns>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    Task<string?> ResolveAsync(string run, bool isLive, string by, string? reason = null, CancellationToken cancellationToken = default);
}

internal sealed class Deployments : IDeployments
{
    internal const string Machine = "deployment";
    private readonly IBackendCatalog _backends;
    private readonly TimeProvider _timeProvider;
    private readonly RunCarrier<DeploymentRun> _carrier;

    public Deployments(IJournal journal, IBackendCatalog backends, TimeProvider timeProvider, string? owner = null)
    {
        (_backends, _timeProvider) = (backends, timeProvider);
        _carrier = new RunCarrier<DeploymentRun>(journal, new JobOperations(backends, journal, timeProvider), timeProvider, owner ?? RunOwner.New());
    }

    public Task<string> CreateAsync(DeploymentRequest request, CancellationToken cancellationToken = default)
    {
        DeploymentRules.Check(request, _backends);
        return _carrier.CreateAsync(request.Job, 'd', JsonSerializer.Serialize(request, DeploymentJson.Default.DeploymentRequest), cancellationToken);
    }

    public Task<DeploymentRun> RunAsync(string run, IProgress<DeploymentRun>? progress = null, CancellationToken cancellationToken = default) =>
        _carrier.RunAsync(run, progress, cancellationToken);

    public Task<DeploymentRun?> FindAsync(string run, CancellationToken cancellationToken = default) => _carrier.FindAsync(run, cancellationToken);

    public Task<string?> AbortAsync(string run, string by, string? reason = null, CancellationToken cancellationToken = default) =>
        AskAsync(run, MigrationRequest.Abort, by, reason, cancellationToken);

    public Task<string?> ResolveAsync(string run, bool isLive, string by, string? reason = null, CancellationToken cancellationToken = default) =>
        AskAsync(run, isLive ? MigrationRequest.TargetLives : MigrationRequest.NoneLives, by, reason, cancellationToken);

    private Task<string?> AskAsync(string run, MigrationRequest request, string by, string? reason, CancellationToken cancellationToken) =>
        _carrier.RequestAsync(
            run, new RequestMade(request, by, reason) { At = _timeProvider.GetUtcNow() }, r => DeploymentMachine.Objection(r, request), cancellationToken);
}
