using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Flink.Resources.Planning;
using Flink.Resources.Rollback;

namespace Flink.Resources;

/// <summary>Which jobs go back.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "scope")]
[JsonDerivedType(typeof(Job), nameof(Job))]
[JsonDerivedType(typeof(Wave), nameof(Wave))]
[JsonDerivedType(typeof(Queue), nameof(Queue))]
[JsonDerivedType(typeof(Campaign), nameof(Campaign))]
[JsonDerivedType(typeof(Unhealthy), nameof(Unhealthy))]
public abstract record RollbackScope
{
    private RollbackScope()
    {
    }

    /// <summary>One job: its newest move.</summary>
    /// <param name="Key">The job.</param>
    public sealed record Job(JobKey Key) : RollbackScope;

    /// <summary>The jobs of one wave.</summary>
    /// <param name="Id">The campaign.</param>
    /// <param name="Number">The wave.</param>
    public sealed record Wave(string Id, int Number) : RollbackScope;

    /// <summary>The jobs of a campaign whose queue on the source is this one, or below it.</summary>
    /// <param name="Id">The campaign.</param>
    /// <param name="Path">The queue's dotted path.</param>
#pragma warning disable CA1711 // it is a queue
    public sealed record Queue(string Id, string Path) : RollbackScope;
#pragma warning restore CA1711

    /// <summary>All jobs of a campaign.</summary>
    /// <param name="Id">The campaign.</param>
    public sealed record Campaign(string Id) : RollbackScope;

    /// <summary>The jobs of a campaign that are unhealthy on the target, or parked.</summary>
    /// <param name="Id">The campaign.</param>
    public sealed record Unhealthy(string Id) : RollbackScope;
}

/// <summary>How a job goes back.</summary>
public enum RollbackWay
{
    /// <summary>It does not: the reason says why.</summary>
    None = 0,

    /// <summary>Its move is called off before the source is stopped: nothing is touched.</summary>
    CallOff,

    /// <summary>Its move is under way and turns round.</summary>
    TurnRound,

    /// <summary>Its move is over: another move brings it back, with the state that it has now.</summary>
    MoveBack,

    /// <summary>It is on its way back already.</summary>
    Join,
}

/// <summary>What going back would do to one job.</summary>
public sealed record RollbackPreview
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>How important it is.</summary>
    public required JobPriority Priority { get; init; }

    /// <summary>Its move.</summary>
    public required string Run { get; init; }

    /// <summary>Where it goes back to.</summary>
    public required Placement To { get; init; }

    /// <summary>Which copy is live.</summary>
    public required LiveCopy Live { get; init; }

    /// <summary>How it goes back.</summary>
    public required RollbackWay Way { get; init; }

    /// <summary>From which state, as far as can be said before the target is looked at.</summary>
    public required RollbackChoice Choice { get; init; }

    /// <summary>What that does to its data, in plain words.</summary>
    public required string DataEffect { get; init; }

    /// <summary>How long it will be without output; null when nobody knows.</summary>
    public TimeSpan? ExpectedDowntime { get; init; }

    /// <summary>Whether there is room where it goes back to; null when that could not be read.</summary>
    public bool? HasRoom { get; init; }

    /// <summary>What was found about the room, or why it does not go back.</summary>
    public required string Reason { get; init; }
}

/// <summary>How a rollback of one job ended.</summary>
public enum RollbackEnd
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>It runs where it was.</summary>
    Back,

    /// <summary>There was nothing to bring back.</summary>
    Nothing,

    /// <summary>It waits for a person.</summary>
    Parked,

    /// <summary>It could not be brought back; it is where it was before the click.</summary>
    Failed,
}

/// <summary>What became of one job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Way">How it went.</param>
/// <param name="End">How that ended.</param>
/// <param name="Run">The run that brought it back, or tried to; null when there was nothing to do.</param>
/// <param name="Reason">Why, in plain words; null when it is back.</param>
public sealed record RollbackResult(JobKey Job, RollbackWay Way, RollbackEnd End, string? Run, string? Reason);

/// <summary>A place that a job came back from. Nothing moves it there again by itself.</summary>
public sealed record RefusedPlacement
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>The place.</summary>
    public required Placement Placement { get; init; }

    /// <summary>The revision of the desired state that asked for the move; null when it had none.</summary>
    public string? Revision { get; init; }

    /// <summary>The run that came back.</summary>
    public required string Run { get; init; }

    /// <summary>Why it came back.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was back.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How often it came back from there since somebody last asked to try again.</summary>
    public required int Times { get; init; }

    /// <summary>
    /// Why a move is not begun; null when it may be: it goes elsewhere, or its owner changed the desired state since and it came back only
    /// once.
    /// </summary>
    /// <param name="target">Where the job would go.</param>
    /// <param name="revision">The revision of the desired state that asks for it; null when it has none.</param>
    public string? Objection(Placement target, string? revision)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target != Placement)
        {
            return null;
        }
        var back = FormattableString.Invariant($"{Job} came back from {Placement.Backend}, {Placement.Queue}, at {At:u} ({Reason ?? Run})");
        return Times > 1 ? $"{back}, and not for the first time: it stays until somebody asks to retry it."
            : revision is null || revision == Revision ? $"{back}: it stays until its desired state changes or somebody asks to retry it."
            : null;
    }
}
