using System.Collections.Immutable;

namespace Flink.Resources.Rollback;

/// <summary>What a way back does to the data of one sink.</summary>
public enum DataEffect
{
    /// <summary>Nothing is lost or repeated.</summary>
    None = 0,

    /// <summary>Records are written again under the same keys: the values come out the same.</summary>
    Converges,

    /// <summary>Records are there twice.</summary>
    Duplicates,

    /// <summary>Records are there twice, or commits are skipped because the sink takes them for done.</summary>
    DuplicatesOrSkips,

    /// <summary>Something happens outside once more: a call, a mail, a payment.</summary>
    RepeatedEffects,

    /// <summary>The job forgets what it knew: results begin anew.</summary>
    StateLost,
}

/// <summary>What a way back does to one sink.</summary>
/// <param name="Sink">Its name; <c>(not declared)</c> when no sinks were.</param>
/// <param name="Class">What kind of sink it is.</param>
/// <param name="Effect">What happens.</param>
/// <param name="Words">The same for a person.</param>
public sealed record SinkEffect(string Sink, SinkClass Class, DataEffect Effect, string Words);

/// <summary>One way back.</summary>
/// <param name="Choice">Which.</param>
/// <param name="From">The snapshot it goes on from; null for a savepoint that is still to be taken, and without state.</param>
/// <param name="Obstacle">Why it is not possible; null when it is.</param>
/// <param name="Objection">Why it is not taken without a person; null when it is allowed.</param>
/// <param name="Effects">What it does to each sink.</param>
public sealed record RollbackOption(RollbackChoice Choice, RollbackSnapshot? From, string? Obstacle, string? Objection, ImmutableArray<SinkEffect> Effects)
{
    /// <summary>A person may order it.</summary>
    public bool IsPossible => Obstacle is null;

    /// <summary>It may be taken without a person.</summary>
    public bool IsAutomatic => Obstacle is null && Objection is null;
}

/// <summary>How a job goes back. Record it before acting on it: it says what happens to the data.</summary>
public sealed record RollbackDecision
{
    /// <summary>From which state; <see cref="RollbackChoice.Parked"/> when a person has to choose among <see cref="Options"/>.</summary>
    public required RollbackChoice Choice { get; init; }

    /// <summary>The snapshot; null for a savepoint that is still to be taken, without state, and when parked.</summary>
    public RollbackSnapshot? From { get; init; }

    /// <summary>Why this one.</summary>
    public required string Reason { get; init; }

    /// <summary>What happens to each sink; empty when parked.</summary>
    public ImmutableArray<SinkEffect> Effects { get; init; } = [];

    /// <summary>All four ways, in the order in which they are preferred.</summary>
    public required ImmutableArray<RollbackOption> Options { get; init; }

    /// <summary>What happens to the data, in one line.</summary>
    public string DataEffect => Effects.IsEmpty
        ? "Nothing happens until somebody chooses."
        : string.Join(' ', Effects.GroupBy(static e => e.Words, static e => e.Sink, StringComparer.Ordinal).Select(static g => $"{string.Join(", ", g)}: {g.Key}"));
}
