using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>Where an application is in its life.</summary>
public enum ApplicationState
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Its fence is taken and its identity fixed; nothing was started.</summary>
    Prepared,

    /// <summary>Accepted by the cluster, its JobManager not up yet.</summary>
    Starting,

    /// <summary>Its JobManager is up. Whether all tasks run is Flink's answer, not the backend's.</summary>
    Running,

    /// <summary>Ended; <see cref="ApplicationReport.Result"/> says how.</summary>
    Finished,
}

/// <summary>How an application ended.</summary>
public enum ApplicationResult
{
    /// <summary>Not ended, or nobody knows how.</summary>
    Unknown = 0,

    /// <summary>The job finished, a stop with savepoint included.</summary>
    Succeeded,

    /// <summary>The job or its cluster failed.</summary>
    Failed,

    /// <summary>The job was cancelled through Flink.</summary>
    Canceled,

    /// <summary>The application was killed or removed from outside.</summary>
    Killed,
}

/// <summary>An application as its backend sees it.</summary>
public sealed record ApplicationReport
{
    /// <summary>The application.</summary>
    public required ApplicationHandle Application { get; init; }

    /// <summary>The fence it was started under; null when it was not started by this library.</summary>
    public Fence? Fence { get; init; }

    /// <summary>The name that its owner gave.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required ApplicationState State { get; init; }

    /// <summary>How it ended.</summary>
    public ApplicationResult Result { get; init; }

    /// <summary>The backend's own word for the state (<c>ACCEPTED</c>, <c>Pending</c>).</summary>
    public string? NativeState { get; init; }

    /// <summary>Why it does not start or why it ended, in plain words; null when there is nothing to say.</summary>
    public string? Diagnostics { get; init; }

    /// <summary>Whether <see cref="Diagnostics"/> names a cause that waiting will not cure (missing image, unknown queue).</summary>
    public bool IsStuck { get; init; }

    /// <summary>The queue's dotted path; null when unknown.</summary>
    public string? Queue { get; init; }

    /// <summary>The priority; null when unknown.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>The user it runs as; null when unknown.</summary>
    public string? User { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Memory it holds now.</summary>
    public MemorySize AllocatedMemory { get; init; }

    /// <summary>CPU it holds now, in thousandths of a core.</summary>
    public long AllocatedCpuMillicores { get; init; }

    /// <summary>Containers or pods it holds now.</summary>
    public int Containers { get; init; }

    /// <summary>Flink's REST address when the backend knows one; reach it through ConnectAsync.</summary>
    public Uri? RestAddress { get; init; }
}

/// <summary>What Prepare fixed. Plain data: journal it, then start it as often as needed.</summary>
public sealed record PreparedApplication
{
    /// <summary>The fence that was taken.</summary>
    public required Fence Fence { get; init; }

    /// <summary>The identity that Start uses, each time the same.</summary>
    public required ApplicationHandle Application { get; init; }

    /// <summary>What Start needs besides, in the backend's own format. Holds no secrets.</summary>
    public required string Payload { get; init; }

    /// <summary>What the caller should know: keys that mean nothing here, defaults that were set.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
