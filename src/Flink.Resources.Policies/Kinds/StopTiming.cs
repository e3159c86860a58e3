namespace Flink.Resources.Kinds;

/// <summary>When a job that is to be moved may be stopped.</summary>
public enum StopTiming
{
    /// <summary>Not known: nothing is stopped.</summary>
    Unknown = 0,

    /// <summary>At once.</summary>
    Now,

    /// <summary>When its cycle has ended and is committed; until then it is looked at again and again.</summary>
    AfterCycle,

    /// <summary>Never: it runs to its end where it is, and its next run is placed on the target.</summary>
    AfterCompletion,
}

/// <summary>When, and why.</summary>
/// <param name="Timing">When.</param>
/// <param name="Reason">Why, in plain words.</param>
public sealed record StopTimingDecision(StopTiming Timing, string Reason);

/// <summary>What is known of a job that is to be stopped.</summary>
public sealed record StopTimingFacts
{
    /// <summary>How it lives.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>Whether it checkpoints; null when that is not known.</summary>
    public required bool? Checkpoints { get; init; }

    /// <summary>When this is asked.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>When the job was looked at before; null when it was not.</summary>
    public DateTimeOffset? LookedAt { get; init; }

    /// <summary>The newest completed checkpoint at that look; 0 for none, null when it was not read.</summary>
    public long? CheckpointBefore { get; init; }

    /// <summary>The newest completed checkpoint now; 0 for none, null when it was not read.</summary>
    public long? CheckpointNow { get; init; }

    /// <summary>Checkpoints that are being written.</summary>
    public int InProgress { get; init; }
}
