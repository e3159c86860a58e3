using System.Collections.Immutable;

namespace Flink.Resources.Rollback;

/// <summary>A snapshot that was seen to be complete.</summary>
/// <param name="Uri">Where it is.</param>
/// <param name="At">When it was taken.</param>
public sealed record RollbackSnapshot(string Uri, DateTimeOffset At);

/// <summary>What is known when a job is to go back. Null is not known, and what is not known allows nothing.</summary>
public sealed record RollbackEvidence
{
    /// <summary>Now.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Who says which state is taken.</summary>
    public RollbackOrder Order { get; init; }

    /// <summary>The target runs with all its tasks and answers.</summary>
    public bool? TargetRuns { get; init; }

    /// <summary>A stop with savepoint was tried on the target and failed.</summary>
    public bool SavepointFailed { get; init; }

    /// <summary>The target's newest completed checkpoint; null when there is none, or none is known.</summary>
    public RollbackSnapshot? TargetCheckpoint { get; init; }

    /// <summary>The target's checkpoints outlive it.</summary>
    public bool? RetainsCheckpoints { get; init; }

    /// <summary>The source can read the target's newest checkpoint.</summary>
    public bool? SourceReadsCheckpoint { get; init; }

    /// <summary>The target's checkpoint interval; null when it takes none, or it is not known.</summary>
    public TimeSpan? CheckpointInterval { get; init; }

    /// <summary>The target's Flink version, state backend or savepoint format is one that the source cannot go back from.</summary>
    public bool IsOneWay { get; init; }

    /// <summary>The target restored the snapshot that was meant. When it did not, what it has since written into snapshots is not the job's state.</summary>
    public bool? RestoredAsIntended { get; init; }

    /// <summary>The snapshot with which the source was stopped; null when it is known to be gone.</summary>
    public RollbackSnapshot? Origin { get; init; }

    /// <summary>The snapshot of the stop was seen again, complete and readable.</summary>
    public bool? OriginExists { get; init; }

    /// <summary>The target wrote output. False only if it is known that it never processed a record; otherwise it is taken to have written.</summary>
    public bool? TargetWrote { get; init; }

    /// <summary>The job's sinks by name. Empty: nothing was declared, which is like a sink of which nothing is known.</summary>
    public ImmutableSortedDictionary<string, SinkClass> Sinks { get; init; } =
        ImmutableSortedDictionary<string, SinkClass>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The owner accepted in advance that records are written again. Says nothing about external effects and skipped commits.</summary>
    public bool AcceptsDuplicates { get; init; }

    /// <summary>Tables were set back to what the snapshot of the stop knows, too.</summary>
    public bool TablesAreSetBack { get; init; }
}
