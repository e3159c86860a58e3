using System.Collections.Immutable;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>Numbers of the policy; all defaults are this project's own. Fractions are above 0 and at most 1, counts 0 or more, times 0 to 365 days.</summary>
public sealed record FleetPreemptionOptions
{
    /// <summary>At most this fraction of a backend's resources is being freed at a time, by one pass or by several. Default 0.1.</summary>
    public double MaximumBeingFreed { get; init; } = 0.1;

    /// <summary>Savepoints that are being written for others at a time. Default 20.</summary>
    public int MaximumSavepoints { get; init; } = 20;

    /// <summary>Savepoints that jobs of one team are writing for others at a time. Default 2.</summary>
    public int MaximumSavepointsPerTeam { get; init; } = 2;

    /// <summary>A job that was displaced is left alone for so long. Default 30 min.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Displacements of one job per day. Default 3.</summary>
    public int MaximumStopsPerDay { get; init; } = 3;

    /// <summary>Displacements of one real-time job per day. Default 1.</summary>
    public int MaximumStopsPerDayRealTime { get; init; } = 1;

    /// <summary>Displaced jobs of a queue per hour, as a fraction of its running jobs (at least one job). Default 0.25.</summary>
    public double MaximumStopsPerQueueAndHour { get; init; } = 0.25;

    /// <summary>A job is left alone until it has run stably for so long. Default 5 min.</summary>
    public TimeSpan MinimumRunTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A displaced job displaces nobody until it has run stably for so long. Default 10 min.</summary>
    public TimeSpan PauseAfterDisplacement { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A preemptor must have waited so long; real-time and online need not. Default 30 s.</summary>
    public TimeSpan MinimumWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much above its guarantee a queue may hold before others reclaim from it, as a fraction of the guarantee, 0 to 10. Default 0.1.</summary>
    public double DeadZone { get; init; } = 0.1;

    /// <summary>Whether reclaiming an own guarantee inside a band may also take jobs of equal or higher priority. Default false.</summary>
    public bool ReclaimFromAnyPriority { get; init; }

    /// <summary>Bands whose jobs are never taken by a higher band. Default none.</summary>
    public ImmutableHashSet<WorkloadTier> UntouchableTiers { get; init; } = [];

    /// <summary>Whether disruption budgets may be exceeded when there is no other way. Default false.</summary>
    public bool MayViolateBudgets { get; init; }

    /// <summary>
    /// By name: how many jobs of a disruption budget may be displaced at a time, those that have not recovered since included; a name that
    /// is not listed allows all.
    /// </summary>
    public ImmutableDictionary<string, int> DisruptionBudgets { get; init; } =
        ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>A retained checkpoint older than this is no basis for a kill. Default 10 min.</summary>
    public TimeSpan MaximumReplay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>From the restart after a rescale until its TaskManagers are released (slot idle and TaskManager timeouts). Default 80 s.</summary>
    public TimeSpan ShrinkRelease { get; init; } = TimeSpan.FromSeconds(80);

    /// <summary>From the stop until the containers are gone. Default 10 s.</summary>
    public TimeSpan StopTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A start without state. Default 20 s.</summary>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Bytes per second that one TaskManager restores. Default 100 MiB.</summary>
    public long RestoreBytesPerSecond { get; init; } = 100L << 20;

    /// <summary>Bytes per second that one TaskManager writes into a savepoint. Default 50 MiB.</summary>
    public long SavepointBytesPerSecond { get; init; } = 50L << 20;

    /// <summary>How long a displaced job is expected to wait. Default 10 min.</summary>
    public TimeSpan ExpectedParking { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a shrunk job is expected to stay small. Default 1 h.</summary>
    public TimeSpan ShrinkHorizon { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Spared jobs that a decision lists; the rest is counted. Default 20.</summary>
    public int MaximumSparedListed { get; init; } = 20;

    /// <summary>Jobs of equal band, priority and queue that are compared with each other at a time. Default 32.</summary>
    public int PortionSize { get; init; } = 32;

    /// <summary>
    /// Steps that one placement may spend on looking for other victims when taking them in order used up a budget. Within them the answer
    /// is certain; beyond, a request may be refused although some combination would have made room. Default 20,000.
    /// </summary>
    public int MaximumSearchSteps { get; init; } = 20_000;

    /// <summary>How soon a band must start: online and real-time 60 s, near-real-time 5 min, batch 15 min.</summary>
    public static TimeSpan DeadlineOf(WorkloadTier tier) => tier switch
    {
        WorkloadTier.Online or WorkloadTier.RealTime => TimeSpan.FromSeconds(60),
        WorkloadTier.NearRealTime => TimeSpan.FromMinutes(5),
        _ => TimeSpan.FromMinutes(15),
    };
}
