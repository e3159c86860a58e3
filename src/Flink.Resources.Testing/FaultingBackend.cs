using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Flink.Resources.Testing;

/// <summary>A call of <see cref="IResourceBackend"/>.</summary>
public enum BackendCall
{
    /// <summary>None.</summary>
    Unknown = 0,

    /// <summary>Prepare.</summary>
    Prepare,

    /// <summary>Start.</summary>
    Start,

    /// <summary>Both forms of Find.</summary>
    Find,

    /// <summary>ProbeDeath.</summary>
    ProbeDeath,

    /// <summary>Remove.</summary>
    Remove,

    /// <summary>Forget.</summary>
    Forget,

    /// <summary>Connect.</summary>
    Connect,
}

/// <summary>How a call fails.</summary>
public enum BackendCallFault
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>The request never arrives: nothing happens, nobody knows.</summary>
    LostRequest,

    /// <summary>The request takes effect, its answer is lost.</summary>
    LostAnswer,
}

/// <summary>
/// A backend whose next calls fail as told, in the order told. Writes end as <c>Indeterminate</c>, lookups and probes as Unknown,
/// as the contract demands of a backend that got no answer; Forget throws a transient <see cref="ResourceBackendException"/>.
/// </summary>
/// <param name="inner">The backend that does the work.</param>
/// <param name="timeProvider">The clock of the evidence.</param>
public sealed class FaultingBackend(IResourceBackend inner, TimeProvider timeProvider) : IResourceBackend
{
    private readonly ConcurrentDictionary<BackendCall, ConcurrentQueue<BackendCallFault>> _faults = new();

    /// <inheritdoc/>
    public BackendInfo Info => inner.Info;

    /// <summary>Adds a fault for the next call of a kind that has none yet.</summary>
    public void Next(BackendCall call, BackendCallFault fault) => _faults.GetOrAdd(call, static _ => new()).Enqueue(fault);

    /// <inheritdoc/>
    public bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
        where T : class => inner.TryGetFeature(out feature);

    /// <inheritdoc/>
    public Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken = default) =>
        RunAsync<PrepareOutcome>(
            BackendCall.Prepare,
            () => inner.PrepareAsync(fence, spec, cancellationToken),
            static evidence => new PrepareOutcome.Indeterminate(evidence));

    /// <inheritdoc/>
    public Task<StartOutcome> StartAsync(
        PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default) =>
        RunAsync<StartOutcome>(
            BackendCall.Start,
            () => inner.StartAsync(application, restore, cancellationToken),
            static evidence => new StartOutcome.Indeterminate(evidence));

    /// <inheritdoc/>
    public Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken = default) =>
        RunAsync(BackendCall.Find, () => inner.FindAsync(fence, cancellationToken), Lookup.Unknown<ApplicationReport>);

    /// <inheritdoc/>
    public Task<Lookup<ApplicationReport>> FindAsync(
        ApplicationHandle application, CancellationToken cancellationToken = default) =>
        RunAsync(BackendCall.Find, () => inner.FindAsync(application, cancellationToken), Lookup.Unknown<ApplicationReport>);

    /// <inheritdoc/>
    public Task<DeathProbe> ProbeDeathAsync(CopyRef copy, CancellationToken cancellationToken = default) => RunAsync(
        BackendCall.ProbeDeath,
        () => inner.ProbeDeathAsync(copy, cancellationToken),
        evidence => new DeathProbe(copy, DeathVerdict.Unknown, evidence));

    /// <inheritdoc/>
    public Task<RemoveOutcome> RemoveAsync(
        ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default) =>
        RunAsync<RemoveOutcome>(
            BackendCall.Remove,
            () => inner.RemoveAsync(application, metadata, cancellationToken),
            static evidence => new RemoveOutcome.Indeterminate(evidence));

    /// <inheritdoc/>
    public Task ForgetAsync(Fence fence, CancellationToken cancellationToken = default) => RunAsync(
        BackendCall.Forget,
        async () =>
        {
            await inner.ForgetAsync(fence, cancellationToken).ConfigureAwait(false);
            return true;
        },
        evidence => throw new ResourceBackendException(BackendFault.Timeout, Info.Name, evidence.Seen));

    /// <inheritdoc/>
    public Task<Lookup<IFlinkCluster>> ConnectAsync(
        ApplicationHandle application, CancellationToken cancellationToken = default) =>
        RunAsync(BackendCall.Connect, () => inner.ConnectAsync(application, cancellationToken), Lookup.Unknown<IFlinkCluster>);

    /// <inheritdoc/>
    public Task<BackendSnapshot> GetSnapshotAsync(TimeSpan maxAge, CancellationToken cancellationToken = default) =>
        inner.GetSnapshotAsync(maxAge, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<BackendSnapshot> WatchAsync(CancellationToken cancellationToken = default) =>
        inner.WatchAsync(cancellationToken);

    private async Task<T> RunAsync<T>(BackendCall call, Func<Task<T>> run, Func<Evidence, T> noAnswer)
    {
        if (!_faults.TryGetValue(call, out var faults) || !faults.TryDequeue(out var fault) || fault == BackendCallFault.None)
        {
            return await run().ConfigureAwait(false);
        }
        if (fault == BackendCallFault.LostAnswer)
        {
            await run().ConfigureAwait(false);
        }
        return noAnswer(new Evidence(Info.Name, timeProvider.GetUtcNow(), $"Injected fault: {call} got no answer."));
    }
}
