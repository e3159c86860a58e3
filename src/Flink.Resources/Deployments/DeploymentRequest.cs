namespace Flink.Resources;

/// <summary>What is to be done with one job where it is.</summary>
public enum DeploymentKind
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>Start it.</summary>
    Start,

    /// <summary>Stop it with a savepoint, and remember that.</summary>
    Stop,

    /// <summary>End one copy by force, without a savepoint: for a second copy of a job, or one that can't be stopped.</summary>
    Remove,
}

/// <summary>The start or the stop of one job, without a move.</summary>
public sealed record DeploymentRequest
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>What is to be done.</summary>
    public required DeploymentKind Kind { get; init; }

    /// <summary>Of a start: the backend.</summary>
    public string? Backend { get; init; }

    /// <summary>Of a start: what starts it.</summary>
    public ApplicationSpec? Spec { get; init; }

    /// <summary>Of a start: from what. Said each time, so that nothing starts without state by mistake.</summary>
    public RestorePoint? Restore { get; init; }

    /// <summary>Of a stop or a removal: the copy.</summary>
    public CopyRef? Copy { get; init; }

    /// <summary>Of a stop: where the savepoint goes. Each stop writes into a folder of its own under it.</summary>
    public string? SnapshotDirectory { get; init; }

    /// <summary>How long things may take.</summary>
    public DeploymentOptions Options { get; init; } = new();
}

/// <summary>How long a start or a stop may take.</summary>
public sealed record DeploymentOptions
{
    /// <summary>The longest that the looks before a start or a stop may take.</summary>
    /// <value>Default 10 minutes; at least one second.</value>
    public TimeSpan CheckTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest that the preparation may take.</summary>
    /// <value>Default 15 minutes; at least one second.</value>
    public TimeSpan PreparationTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The longest that the acceptance of a start may take.</summary>
    /// <value>Default 5 minutes; at least one second.</value>
    public TimeSpan SubmissionTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest until all tasks run.</summary>
    /// <value>Default 10 minutes; at least one second.</value>
    public TimeSpan VerificationTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest that a stop may take, retries included.</summary>
    /// <value>Default 30 minutes; at least one second.</value>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest that the proof of a copy's death may take.</summary>
    /// <value>Default 5 minutes; at least one second.</value>
    public TimeSpan DeathTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the world is looked at while something is awaited.</summary>
    /// <value>Default 500 ms; at least 50 ms.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);
}
