using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>A live copy of a job, as a watcher saw it.</summary>
public sealed record SeenCopyOfJob
{
    /// <summary>Its application.</summary>
    public required ApplicationHandle Application { get; init; }

    /// <summary>The epoch of its fence; null when this library did not start it.</summary>
    public long? Epoch { get; init; }

    /// <summary>The journal says that this controller started it.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Flink said that a job of it is not at its end. Without that it is only possible that it lives.</summary>
    public bool IsCertain { get; init; }

    /// <summary>What it was restored from; null when from nothing, or when that was not read.</summary>
    public string? RestoredFrom { get; init; }

    /// <summary>When what it was restored from was taken; null when nobody knows, or when it began without state.</summary>
    public DateTimeOffset? RestoredAsOf { get; init; }

    /// <summary>Flink said that it was restored from nothing: whatever another copy went on from is newer.</summary>
    public bool BeganWithoutState { get; init; }
}

/// <summary>What is done about the copies of one job.</summary>
/// <param name="Copies">The copies that certainly live.</param>
/// <param name="IsDouble">More than one certainly lives: nothing touches the job before a person has looked.</param>
/// <param name="Stop">The copy that may be stopped, without a savepoint; null when none may.</param>
/// <param name="Reason">Why, in plain words.</param>
public sealed record CopyWatchDecision(ImmutableArray<SeenCopyOfJob> Copies, bool IsDouble, SeenCopyOfJob? Stop, string Reason);

/// <summary>
/// What is to be done when more than one copy of a job lives. A copy is stopped only if this controller started it, a later start of the
/// same job has superseded it, and that one went on from a newer snapshot: what a person started in need never loses to a number.
/// </summary>
public static class CopyWatchPolicy
{
    /// <summary>Decides on the copies of one job.</summary>
    /// <param name="copies">All copies that live, or may.</param>
    public static CopyWatchDecision Decide(ImmutableArray<SeenCopyOfJob> copies)
    {
        ImmutableArray<SeenCopyOfJob> live = [.. copies.Where(static c => c.IsCertain)];
        if (live.Length < 2)
        {
            return new CopyWatchDecision(live, false, null, live.IsEmpty ? "No copy certainly lives." : "One copy lives.");
        }
        var words = string.Join(" and ", live.Select(static c => $"{c.Application}{(c.Epoch is { } epoch ? FormattableString.Invariant($" (epoch {epoch})") : string.Empty)}"));
        if (live is not [var one, var other])
        {
            return new CopyWatchDecision(live, true, null, $"{words} live: of more than two none is stopped by itself.");
        }
        var stop = IsSuperseded(one, other) ? one : IsSuperseded(other, one) ? other : null;
        return new CopyWatchDecision(live, true, stop, stop is not null
            ? $"{words} live: {stop.Application} was superseded, and the other one went on from a newer snapshot."
            : $"{words} live, and it is not sure which of them has to go: {WhyNot(one, other)}");
    }

    private static bool IsSuperseded(SeenCopyOfJob old, SeenCopyOfJob successor) =>
        old is { IsOurs: true, Epoch: { } epoch } && successor.Epoch > epoch && WentOnFromNewer(old, successor);

    private static bool WentOnFromNewer(SeenCopyOfJob old, SeenCopyOfJob successor) => old.BeganWithoutState
        ? successor is { BeganWithoutState: false, RestoredFrom: not null }
        : old.RestoredAsOf is { } before && successor.RestoredAsOf is { } after && after > before;

    private static string WhyNot(SeenCopyOfJob one, SeenCopyOfJob other) =>
        one.Epoch is null || other.Epoch is null ? "one of them was started by hand"
        : !one.IsOurs || !other.IsOurs ? "another controller started one of them"
        : (one.RestoredAsOf is null && !one.BeganWithoutState) || (other.RestoredAsOf is null && !other.BeganWithoutState) ? "nobody knows from what one of them went on"
        : "the later one did not go on from the newer snapshot";
}
