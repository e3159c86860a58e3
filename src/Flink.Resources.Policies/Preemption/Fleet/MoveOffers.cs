namespace Flink.Resources.Preemption.Fleet;

/// <summary>A move that a job can make in time.</summary>
internal readonly record struct MoveOffer(MoveKind Kind, int TaskManagersKept, TimeSpan FreeAfter);

/// <summary>Which moves a job can make before a deadline, and only without losing its state.</summary>
internal static class MoveOffers
{
    public static TimeSpan CheckpointTime(FleetJob job) => job.CheckpointDuration ?? TimeSpan.FromMinutes(1);

    public static TimeSpan SavepointTime(FleetJob job, long stateBytes, FleetPreemptionOptions options)
    {
        var hands = Math.Max(1, job.TaskManagers);
        // Alignment takes about as long as a checkpoint's; the bytes are all written anew.
        var seconds = Math.Min(TimeSpan.FromDays(1).TotalSeconds, (double)stateBytes / options.SavepointBytesPerSecond / hands);
        return TimeSpan.FromSeconds(seconds) + Least(CheckpointTime(job), TimeSpan.FromSeconds(10));
    }

    /// <summary>The offers, the gentlest first; empty when nothing can be done in time.</summary>
    public static void Add(
        List<MoveOffer> offers, FleetJob job, PreemptionRequest request, FleetPreemptionOptions options, long unknownState, DateTimeOffset now)
    {
        var deadline = request.Deadline ?? FleetPreemptionOptions.DeadlineOf(request.Tier);
        var state = job.StateBytes ?? unknownState;
        if (job.IsLeaving)
        {
            Offer(new(MoveKind.Finish, 0, options.StopTime));
            return;
        }
        if (job.EndsAt is { } end && end > now)
        {
            Offer(new(MoveKind.Finish, 0, end - now));
        }
        var mayReplay = MayReplay(job, request, options, now);
        if (Smallest(job) is var kept && kept < job.TaskManagers && (mayReplay || job.IsDisposable || job.LastCheckpointAt is not null && !request.LosesAtMostOneInterval))
        {
            Offer(new(MoveKind.Shrink, kept, RestartTime(job, state, kept, options) + options.ShrinkRelease));
        }
        if (job.CanSavepoint)
        {
            Offer(new(MoveKind.StopWithSavepoint, 0, SavepointTime(job, state, options) + options.StopTime));
        }
        // A checkpoint must be known to complete before it can be waited for.
        if (job.RetainsCheckpoints && job.LastCheckpointAt is not null)
        {
            Offer(new(MoveKind.Requeue, 0, CheckpointTime(job) + options.StopTime));
        }
        if (job.IsDisposable || (mayReplay && job.RetainsCheckpoints))
        {
            Offer(new(MoveKind.Kill, 0, options.StopTime));
        }

        void Offer(MoveOffer offer)
        {
            if (offer.FreeAfter <= deadline)
            {
                offers.Add(offer);
            }
        }
    }

    /// <summary>
    /// TaskManagers at minimum parallelism; those that keep up with the input for streaming jobs; all of them when it cannot be rescaled.
    /// </summary>
    public static int Smallest(FleetJob job)
    {
        if (job.MinimumSlots is not { } slots)
        {
            return job.TaskManagers;
        }
        var perTaskManager = Math.Max(1, job.SlotsPerTaskManager);
        var minimum = Math.Max(1, (int)(((long)slots + perTaskManager - 1) / perTaskManager));
        var keepsUp = job.Tier >= WorkloadTier.NearRealTime
            ? (int)Math.Ceiling(Math.Clamp(job.LoadRatio ?? 1, 0, 1) * job.TaskManagers)
            : 0;
        return Math.Min(job.TaskManagers, Math.Max(minimum, keepsUp));
    }

    private static bool MayReplay(FleetJob job, PreemptionRequest request, FleetPreemptionOptions options, DateTimeOffset now)
    {
        if (job.LastCheckpointAt is not { } last)
        {
            return false;
        }
        var limit = request.LosesAtMostOneInterval ? job.CheckpointInterval ?? TimeSpan.Zero : options.MaximumReplay;
        return now - last <= limit;
    }

    private static TimeSpan RestartTime(FleetJob job, long state, int taskManagers, FleetPreemptionOptions options) =>
        (job.StartTime ?? options.StartTime) + TimeSpan.FromSeconds(
            Math.Min(TimeSpan.FromDays(1).TotalSeconds, (double)state / options.RestoreBytesPerSecond / Math.Max(1, taskManagers)));

    private static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
