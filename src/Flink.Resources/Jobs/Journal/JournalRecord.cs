namespace Flink.Resources;

/// <summary>What a record of the journal stands for.</summary>
public enum JournalRecordKind
{
    /// <summary>A kind that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The first record of a run: what is to be done.</summary>
    Created,

    /// <summary>An effect is about to be performed. Written before it.</summary>
    Intent,

    /// <summary>What an effect, or a look at the world, brought. Written after it.</summary>
    Outcome,

    /// <summary>Somebody asked the run for something: to pause, to go on, to roll back, to stop.</summary>
    Request,
}

/// <summary>One durable record of a run. The records of a run, folded in order, are its state.</summary>
public sealed record JournalRecord
{
    /// <summary>The version of the format that is written today. Readers accept this one and the one before.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The run.</summary>
    public required string Run { get; init; }

    /// <summary>The job that the run changes.</summary>
    public required JobKey Job { get; init; }

    /// <summary>1 for the first record of the run, then without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>What the record stands for.</summary>
    public required JournalRecordKind Kind { get; init; }

    /// <summary>The kind of run, such as <c>migration</c>: which machine folds it.</summary>
    public required string Machine { get; init; }

    /// <summary>The state of the run after the record.</summary>
    public required string State { get; init; }

    /// <summary>No more records follow.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The highest epoch that the run has asked for, 0 for none: the next start of the job takes a higher one.</summary>
    public long Epoch { get; init; }

    /// <summary>Of an outcome: the sequence of its intent. Null for a look at the world.</summary>
    public long? Of { get; init; }

    /// <summary>What an intent will do, such as <c>Start</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>Names the effect: performing it again under the same key is the same effect.</summary>
    public string? Key { get; init; }

    /// <summary>JSON, read by the machine only. Holds no secrets.</summary>
    public required string Payload { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string By { get; init; }

    /// <summary>The version of the format.</summary>
    public int Version { get; init; } = CurrentVersion;
}

/// <summary>The head of a run, without its records.</summary>
/// <param name="Run">The run.</param>
/// <param name="Job">Its job.</param>
/// <param name="Machine">The kind of run.</param>
/// <param name="State">Its state after the newest record.</param>
/// <param name="IsFinal">Nothing follows.</param>
/// <param name="Sequence">The newest record.</param>
/// <param name="Epoch">The highest epoch it asked for.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="UpdatedAt">When its newest record was written.</param>
public sealed record RunHead(
    string Run, JobKey Job, string Machine, string State, bool IsFinal, long Sequence, long Epoch, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Which runs are wanted. The default is all of them.</summary>
/// <param name="Job">Of this job only.</param>
/// <param name="UnfinishedOnly">Without those whose last record is final.</param>
public readonly record struct RunQuery(JobKey? Job = null, bool UnfinishedOnly = false);
