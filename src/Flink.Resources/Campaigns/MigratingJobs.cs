using System.Collections.Immutable;
using PreemptedJob = Flink.Resources.Preemption.Fleet.FleetJob;

namespace Flink.Resources;

/// <summary>Jobs that nobody may take for another's sake, since they are being moved.</summary>
public static class MigratingJobs
{
    /// <summary>
    /// The jobs of runs between the stop of the source and the end of the move, those that are parked there included: a job that is taken
    /// then would have neither its old nor its new copy.
    /// </summary>
    /// <param name="runs">Runs of any state.</param>
    public static ImmutableHashSet<JobKey> Of(IEnumerable<MigrationRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return [.. runs.Where(IsUntouchable).Select(static r => r.Request.Job)];
    }

    /// <summary>Marks those jobs for the preemption policy, which then takes none of them.</summary>
    /// <param name="jobs">Jobs as they were collected.</param>
    /// <param name="migrating">The answer of <see cref="Of"/>.</param>
    public static IEnumerable<PreemptedJob> Mark(IEnumerable<PreemptedJob> jobs, IReadOnlySet<JobKey> migrating)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentNullException.ThrowIfNull(migrating);
        return jobs.Select(j => migrating.Contains(j.Job) ? j with { IsMigrating = true } : j);
    }

    private static bool IsUntouchable(MigrationRun run) =>
        !run.IsFinal && run.Timeline.Any(static t => t.State == MigrationState.Stopping);
}
