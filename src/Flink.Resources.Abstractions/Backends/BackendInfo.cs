namespace Flink.Resources;

/// <summary>What kind of place a backend is.</summary>
public enum BackendKind
{
    /// <summary>Another kind.</summary>
    Unknown = 0,

    /// <summary>Hadoop YARN.</summary>
    Yarn,

    /// <summary>Kubernetes.</summary>
    Kubernetes,

    /// <summary>Simulated in this process.</summary>
    Simulated,
}

/// <summary>What a backend is and can do.</summary>
public sealed record BackendInfo
{
    /// <summary>Its name, a lower-case DNS label.</summary>
    public required string Name { get; init; }

    /// <summary>Its kind.</summary>
    public required BackendKind Kind { get; init; }

    /// <summary>What it can do.</summary>
    public required BackendCapabilities Capabilities { get; init; }
}

/// <summary>What a backend can do, as data.</summary>
[Flags]
public enum BackendCapabilities
{
    /// <summary>Nothing beyond the contract.</summary>
    None = 0,

    /// <summary>A running application can be moved to another queue.</summary>
    QueueMoves = 1,

    /// <summary>The priority of a running application can be changed.</summary>
    PriorityChanges = 2,

    /// <summary>Applications can be bound to a zone.</summary>
    Zones = 4,

    /// <summary>High availability is kept by the backend itself.</summary>
    NativeHighAvailability = 8,
}

/// <summary>A feature: moves applications between queues and changes their priority.</summary>
public interface IApplicationMoves
{
    /// <summary>Moves a running application to another queue.</summary>
    /// <exception cref="ResourceBackendException">The backend refused or could not be reached.</exception>
    Task MoveToQueueAsync(ApplicationHandle application, string queue, CancellationToken cancellationToken = default);

    /// <summary>Changes a running application's priority.</summary>
    /// <exception cref="ResourceBackendException">The backend refused or could not be reached.</exception>
    Task SetPriorityAsync(ApplicationHandle application, JobPriority priority, CancellationToken cancellationToken = default);
}
