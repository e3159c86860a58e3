namespace Flink.Resources.Testing.Servers;

/// <summary>The script of a job: how long it takes to come up, and how it ends.</summary>
public sealed record FakeJob
{
    /// <summary>From the acceptance of the application until its JobManager is up.</summary>
    /// <value>100 ms by default.</value>
    public TimeSpan UpAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>From there until all tasks run.</summary>
    /// <value>100 ms by default.</value>
    public TimeSpan RunsAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>From there until the job ends by itself; null for a job without end.</summary>
    public TimeSpan? EndsAfter { get; init; }

    /// <summary>Why the job fails when it ends; null when it finishes.</summary>
    public string? FailsBecause { get; init; }

    /// <summary>How long a savepoint takes.</summary>
    /// <value>50 ms by default.</value>
    public TimeSpan SavepointTakes { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Why savepoints fail; null when they are completed.</summary>
    public string? SavepointFailsBecause { get; init; }

    /// <summary>A job without end.</summary>
    public static FakeJob Streaming { get; } = new();

    /// <summary>A job that finishes 200 ms after all its tasks ran.</summary>
    public static FakeJob Batch { get; } = new() { EndsAfter = TimeSpan.FromMilliseconds(200) };
}
