namespace Flink.Resources.Fleet;

/// <summary>What becomes of a job.</summary>
public enum ApplyAction
{
    /// <summary>A word that this version does not know.</summary>
    Unknown = 0,

    /// <summary>It is as it shall be.</summary>
    None,

    /// <summary>It is started.</summary>
    Start,

    /// <summary>It is moved.</summary>
    Move,

    /// <summary>It is stopped with a savepoint.</summary>
    Stop,

    /// <summary>What was begun is carried on.</summary>
    Continue,

    /// <summary>It is not as the document says, and is left alone: the reason says why, and what changes that.</summary>
    Leave,

    /// <summary>It is not started or moved since that could make a second copy, or nobody knows: the reason says why.</summary>
    Refuse,
}

/// <summary>What becomes of one job, and why.</summary>
public sealed record JobDecision
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>What is done.</summary>
    public required ApplyAction Action { get; init; }

    /// <summary>Why, in plain words, and what would change it.</summary>
    public required string Reason { get; init; }

    /// <summary>Where it lives; null when it does not.</summary>
    public Placement? From { get; init; }

    /// <summary>Where it shall live; null when it shall not.</summary>
    public Placement? To { get; init; }

    /// <summary>Its application where it lives, by the cluster's name for it.</summary>
    public string? Application { get; init; }

    /// <summary>The application was not started by this library and is taken over.</summary>
    public bool IsAdopted { get; init; }

    /// <summary>Of a start: from what.</summary>
    public RestorePoint? Restore { get; init; }

    /// <summary>Of <see cref="ApplyAction.Continue"/>: the run.</summary>
    public string? Run { get; init; }

    /// <summary>The line that the document lacks, ready to be put under the job; null when none is.</summary>
    public string? AdoptLine { get; init; }

    /// <summary>Something on a cluster, or in the journal, is changed.</summary>
    public bool IsChange => Action is ApplyAction.Start or ApplyAction.Move or ApplyAction.Stop or ApplyAction.Continue;

    /// <summary>It was left alone, and needs a person or another try.</summary>
    public bool IsLeft => Action is ApplyAction.Leave or ApplyAction.Refuse;
}
