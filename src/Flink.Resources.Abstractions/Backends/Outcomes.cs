using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>How Prepare ended. More endings may come: treat an unfamiliar one as <see cref="Indeterminate"/>.</summary>
public abstract record PrepareOutcome
{
    private protected PrepareOutcome()
    {
    }

    /// <summary>The fence is taken and everything is in place.</summary>
    public sealed record Prepared(PreparedApplication Application) : PrepareOutcome;

    /// <summary>Nothing was taken; every mistake is named.</summary>
    public sealed record Refused(ImmutableArray<SpecError> Errors) : PrepareOutcome;

    /// <summary>The fence is held by somebody, who is named; nothing was changed.</summary>
    public sealed record FenceTaken(string Holder, Evidence Evidence) : PrepareOutcome;

    /// <summary>It may have taken effect. The same call with the same fence finds out.</summary>
    public sealed record Indeterminate(Evidence Evidence) : PrepareOutcome;
}

/// <summary>How Start ended. More endings may come: treat an unfamiliar one as <see cref="Indeterminate"/>.</summary>
public abstract record StartOutcome
{
    private protected StartOutcome()
    {
    }

    /// <summary>The cluster took it.</summary>
    public sealed record Accepted(ApplicationHandle Application) : StartOutcome;

    /// <summary>This identity was started before, and runs or has ended; nothing was changed.</summary>
    public sealed record AlreadyStarted(ApplicationReport Report) : StartOutcome;

    /// <summary>It was not started, and will not be by itself.</summary>
    public sealed record Refused(string Cause) : StartOutcome;

    /// <summary>It may have been started. The same call finds out.</summary>
    public sealed record Indeterminate(Evidence Evidence) : StartOutcome;
}

/// <summary>How Remove ended. More endings may come: treat an unfamiliar one as <see cref="Indeterminate"/>.</summary>
public abstract record RemoveOutcome
{
    private protected RemoveOutcome()
    {
    }

    /// <summary>The application can process nothing any more and nothing restarts it.</summary>
    public sealed record Removed(Evidence Evidence) : RemoveOutcome;

    /// <summary>There was nothing to remove.</summary>
    public sealed record AlreadyGone(Evidence Evidence) : RemoveOutcome;

    /// <summary>It was asked for and is under way.</summary>
    public sealed record InProgress(Evidence Evidence) : RemoveOutcome;

    /// <summary>It was refused.</summary>
    public sealed record Refused(string Cause) : RemoveOutcome;

    /// <summary>It may have taken effect. The same call finds out.</summary>
    public sealed record Indeterminate(Evidence Evidence) : RemoveOutcome;
}

/// <summary>What becomes of a removed application's high-availability metadata.</summary>
public enum HaMetadata
{
    /// <summary>Not stated: refused.</summary>
    Unknown = 0,

    /// <summary>It stays: the pointers to the newest checkpoint are in it.</summary>
    Keep,

    /// <summary>It goes: only when a restorable snapshot outside of it is known.</summary>
    Purge,
}

/// <summary>What one look at a copy says about its death.</summary>
public enum DeathVerdict
{
    /// <summary>No trustworthy answer.</summary>
    Unknown = 0,

    /// <summary>It lives, or something can restart it.</summary>
    Alive,

    /// <summary>Nothing restarts it, but processes of it are still there.</summary>
    Dying,

    /// <summary>It is dead: final, with no process and no restarter left.</summary>
    Dead,
}

/// <summary>One observation of a copy. Policy says how many of them, how far apart, prove a death.</summary>
/// <param name="Copy">The copy.</param>
/// <param name="Verdict">What this look says.</param>
/// <param name="Evidence">Who said so, and what was seen.</param>
public sealed record DeathProbe(CopyRef Copy, DeathVerdict Verdict, Evidence Evidence)
{
    /// <summary>
    /// Something may still start the copy's processes again: an attempt that is left, a Deployment. False only when that was seen to be
    /// gone; processes that are ending may be there all the same. A job that Flink finished, and that nothing can bring back, processes
    /// no more records.
    /// </summary>
    public bool CanComeBack { get; init; } = Verdict != DeathVerdict.Dead;
}
