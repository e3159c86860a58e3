namespace Flink.Resources;

/// <summary>What stands around a run that the run itself can't see.</summary>
/// <param name="IsControlPlaneHeld">The control plane of one of its backends is in trouble: what is seen through it is Unknown, not bad.</param>
/// <param name="IsCampaignHeld">Its campaign is held: nothing is committed meanwhile.</param>
/// <param name="SecondCopy">Where a second copy of its job was seen alive; null when none was.</param>
public sealed record MigrationSituation(bool IsControlPlaneHeld = false, bool IsCampaignHeld = false, string? SecondCopy = null)
{
    /// <summary>
    /// The servers of its source can't be read, or those of its target are in trouble: what can't be seen is not stopped, nor what could not
    /// be started. A run whose source was not stopped yet waits, however long it lasts; one that is past the stop goes on.
    /// </summary>
    public bool AreStopsHeld { get; init; }

    /// <summary>All is as usual.</summary>
    public static MigrationSituation Usual { get; } = new();
}

/// <summary>
/// Says how things stand around a run; asked before each evaluation. A campaign that sees more than one job registers its own. Must be
/// quick, must not throw, and must be safe for concurrent use.
/// </summary>
public interface IMigrationSituations
{
    /// <summary>How things stand around a run now.</summary>
    /// <param name="run">The run.</param>
    MigrationSituation Find(MigrationRun run);
}

internal sealed class UsualSituations : IMigrationSituations
{
    public MigrationSituation Find(MigrationRun run) => MigrationSituation.Usual;
}
