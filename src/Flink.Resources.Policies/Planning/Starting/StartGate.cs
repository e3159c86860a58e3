using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Whether a job may be started on its way.</summary>
/// <param name="IsAllowed">It may.</param>
/// <param name="Reason">Everything that stands against it, in plain words; empty when it may.</param>
/// <param name="NotBefore">When windows let it start; null when it is not windows that stand against it, or none opens within a year.</param>
public sealed record StartDecision(bool IsAllowed, string Reason, DateTimeOffset? NotBefore = null);

/// <summary>Decides before every start whether limits and windows leave room for it. Immutable; safe from many threads.</summary>
public sealed class StartGate
{
    private readonly StartLimits _limits;
    private readonly WindowSchedule _windows;

    /// <summary>Creates a gate.</summary>
    /// <param name="limits">The limits; null for the defaults.</param>
    /// <param name="windows">The windows; null for any time.</param>
    /// <exception cref="ArgumentException">Numbers are out of range, or windows can't be read; the message names all of them.</exception>
    public StartGate(StartLimits? limits = null, MoveWindows? windows = null)
    {
        (_limits, windows) = (limits ?? new(), windows ?? new());
        RangeErrors.ThrowIfAny([.. StartLimitsValidator.Validate(_limits), .. MoveWindowsValidator.Validate(windows)], nameof(limits));
        _windows = new(windows);
    }

    /// <summary>
    /// Whether a job may be started now: all limits, windows, and the approval that a job of tier P0 needs. Asked again for each job, with
    /// a load that has the one before.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="load">What is under way.</param>
    /// <param name="now">The time.</param>
    public StartDecision MayStart(FleetJob job, CampaignLoad load, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(load);
        var against = new List<string>();
        if (job.MovesAlone() && !job.IsApproved)
        {
            against.Add($"{job.Job} is of tier P0: a person approves its move first.");
        }
        Count(against, job, load);
        new LoadLimits(_limits, load).Check(against, job);
        var windows = _windows.MayStart(now, job.ExpectedDuration);
        if (!windows.IsAllowed)
        {
            against.Add(windows.Reason);
        }
        return against.Count == 0 ? new(true, string.Empty) : new(false, string.Join(' ', against), windows.NotBefore);
    }

    /// <summary>What to warn of before a job is brought back; null when nothing. Windows never stand against the way back.</summary>
    /// <param name="now">The time.</param>
    public string? WarnOfRollback(DateTimeOffset now) => _windows.WarnOfRollback(now);

    private void Count(List<string> against, FleetJob job, CampaignLoad load)
    {
        var (queue, team, source, target, important) = (0, 0, 0, 0, 0);
        foreach (var other in load.InFlight)
        {
            queue += other.Source == job.Source ? 1 : 0;
            team += string.Equals(other.Job.Team, job.Job.Team, StringComparison.Ordinal) ? 1 : 0;
            source += string.Equals(other.Source.Backend, job.Source.Backend, StringComparison.Ordinal) ? 1 : 0;
            target += string.Equals(other.Target.Backend, job.Target.Backend, StringComparison.Ordinal) ? 1 : 0;
            important += other.Priority.IsImportant() ? 1 : 0;
        }
        Compare(against, load.InFlight.Length, _limits.InFlight, "jobs are under way");
        Compare(against, queue, _limits.InFlightPerQueue, $"jobs of {job.Source.Queue} on {job.Source.Backend} are under way");
        Compare(against, team, _limits.InFlightPerTeam, $"jobs of team {job.Job.Team} are under way");
        Compare(against, source, _limits.InFlightPerSource, $"jobs from {job.Source.Backend} are under way");
        Compare(against, target, _limits.InFlightPerTarget, $"jobs to {job.Target.Backend} are under way");
        if (job.Priority.IsImportant())
        {
            Compare(against, important, _limits.ImportantInFlight, "jobs of tier P0 or P1 are under way");
        }
        // Those under way will be watched too: their places are taken.
        Compare(against, load.Soaking.Length + load.InFlight.Length, _limits.Soaking, "jobs are watched or soon will be");
    }

    private static void Compare(List<string> against, int count, int limit, string what)
    {
        if (count >= limit)
        {
            against.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {what}, {limit} is the limit."));
        }
    }
}
