namespace Flink.Resources.Health;

/// <summary>What an owner wants to happen when a moved job is unhealthy.</summary>
public enum OnUnhealthy
{
    /// <summary>Call a person and stop moving others; act alone only on a restore that went wrong, before the first checkpoint on the target.</summary>
    Hold = 0,

    /// <summary>Go back on any gate, and when the job stays unhealthy.</summary>
    RollBack,
}

/// <summary>What follows.</summary>
public enum HealthReactionKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Call a person, pause the wave, offer the way back.</summary>
    Hold,

    /// <summary>Go back.</summary>
    RollBack,
}

/// <summary>What follows, and why.</summary>
/// <param name="Kind">What.</param>
/// <param name="Reason">Why, for a person.</param>
public sealed record HealthReaction(HealthReactionKind Kind, string Reason);

/// <summary>What a reaction depends on.</summary>
public sealed record HealthReactionFacts
{
    /// <summary>What the owner wants.</summary>
    public OnUnhealthy OnUnhealthy { get; init; }

    /// <summary>The newest evaluation.</summary>
    public required HealthEvaluation Evaluation { get; init; }

    /// <summary>What is remembered after it.</summary>
    public required HealthVerdictState Verdict { get; init; }

    /// <summary>What was said after it.</summary>
    public required HealthStatement Statement { get; init; }

    /// <summary>How far the job has come.</summary>
    public required HealthPhase Phase { get; init; }

    /// <summary>The restore itself failed.</summary>
    public bool RestoreFailed { get; init; }

    /// <summary>A checkpoint has completed on the target: from then on it has written.</summary>
    public bool HasCheckpoint { get; init; }

    /// <summary>When the job had caught up; being unhealthy before is not held against it. Null until then.</summary>
    public DateTimeOffset? CaughtUpAt { get; init; }

    /// <summary>The deadline of catching up is over and the job has not caught up.</summary>
    public bool MissedCatchUpDeadline { get; init; }
}

/// <summary>
/// What an unhealthy job leads to. Unknown alone never moves a job, and a second copy never leads to another start: both call a person.
/// </summary>
public static class HealthReactions
{
    private static readonly HealthReaction None = new(HealthReactionKind.None, "nothing to do");

    /// <summary>Decides.</summary>
    /// <param name="facts">The situation.</param>
    /// <param name="held">How long a job must stay unhealthy to go back by itself. 10 min, the window of most items, is usual.</param>
    public static HealthReaction Decide(HealthReactionFacts facts, TimeSpan held)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var gates = facts.Evaluation.Gates;
        if (gates.FirstOrDefault(static g => g.Gate == HealthGate.G6SecondCopy) is { } second)
        {
            return new(HealthReactionKind.Hold, second.Evidence);
        }
        var restore = facts.RestoreFailed ? "the restore failed"
            : gates.FirstOrDefault(static g => g.Gate is HealthGate.G1NotRunning or HealthGate.G4WrongSnapshot)?.Evidence;
        if (restore is not null && !facts.HasCheckpoint)
        {
            return new(HealthReactionKind.RollBack, restore);
        }
        var (reason, acts) = restore is not null ? (restore, true)
            : !gates.IsEmpty ? (gates[0].Evidence, true)
            : facts.MissedCatchUpDeadline && facts.Phase == HealthPhase.CatchUp ? ("it did not catch up in time", true)
            : facts.Statement.Verdict == HealthVerdict.Unhealthy && facts.Phase == HealthPhase.Soak
                ? (HealthGates.Say($"unhealthy, score {facts.Evaluation.ShownScore:0.0}"), HasLasted(facts, held))
            : facts.Statement.Alarm != HealthAlarm.None ? ("too little is known of it for too long", false)
            : (null, false);
        return reason is null ? None
            : new(acts && facts.OnUnhealthy == OnUnhealthy.RollBack ? HealthReactionKind.RollBack : HealthReactionKind.Hold, reason);
    }

    /// <summary>Long enough, after catching up, and known to be so now.</summary>
    private static bool HasLasted(HealthReactionFacts facts, TimeSpan held)
    {
        var since = facts.Verdict.UnhealthySince;
        since = facts.CaughtUpAt > since ? facts.CaughtUpAt : since;
        return facts.Verdict.UnknownSince is null && facts.Evaluation.At - since >= held;
    }
}
