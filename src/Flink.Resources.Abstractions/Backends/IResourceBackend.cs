using System.Diagnostics.CodeAnalysis;

namespace Flink.Resources;

/// <summary>
/// A place where Flink applications run. Safe for concurrent use. Every call is bounded in time; the caller's cancellation ends it
/// with <see cref="OperationCanceledException"/>, and what a cancelled write leaves behind is what <c>Indeterminate</c> would:
/// the same call again finds out. Implementations pass the contract suite of Flink.Resources.Testing.Xunit.
/// </summary>
public interface IResourceBackend
{
    /// <summary>What this backend is and can do.</summary>
    BackendInfo Info { get; }

    /// <summary>Finds an optional feature; decorators forward it.</summary>
    bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
        where T : class;

    /// <summary>
    /// Checks the specification, takes the fence, uploads what is needed and fixes the application's identity. Repeating it with the
    /// same fence and specification gives the same identity. Nothing is touched before the checks are through.
    /// </summary>
    Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken = default);

    /// <summary>
    /// Starts what was prepared. Repeating it starts nothing twice: the identity is the same, and a finished application is not
    /// started again.
    /// </summary>
    Task<StartOutcome> StartAsync(
        PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default);

    /// <summary>Finds the application of a fence, in every state from Prepared to Finished, until Forget.</summary>
    Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken = default);

    /// <summary>Finds an application, also one that was not started by this library.</summary>
    Task<Lookup<ApplicationReport>> FindAsync(ApplicationHandle application, CancellationToken cancellationToken = default);

    /// <summary>Takes one look at whether a copy is dead. Never throws for a place in trouble: that is Unknown.</summary>
    Task<DeathProbe> ProbeDeathAsync(CopyRef copy, CancellationToken cancellationToken = default);

    /// <summary>Ends an application by force and removes what it left, but for its fence and, as asked, its HA metadata.</summary>
    Task<RemoveOutcome> RemoveAsync(
        ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default);

    /// <summary>Gives the fence's record up. Only for an application that is dead and journalled elsewhere.</summary>
    /// <exception cref="InvalidOperationException">The application is not known to be dead.</exception>
    /// <exception cref="ResourceBackendException">The place could not be asked.</exception>
    Task ForgetAsync(Fence fence, CancellationToken cancellationToken = default);

    /// <summary>Connects to the Flink cluster of an application. Absent when the application is gone.</summary>
    Task<Lookup<IFlinkCluster>> ConnectAsync(ApplicationHandle application, CancellationToken cancellationToken = default);

    /// <summary>The state of the place, at most <paramref name="maxAge"/> old where it can be had.</summary>
    Task<BackendSnapshot> GetSnapshotAsync(TimeSpan maxAge, CancellationToken cancellationToken = default);

    /// <summary>
    /// The current snapshot, then newer ones, coalesced: states may be skipped, staleness is a value, only the token ends it.
    /// </summary>
    IAsyncEnumerable<BackendSnapshot> WatchAsync(CancellationToken cancellationToken = default);
}
