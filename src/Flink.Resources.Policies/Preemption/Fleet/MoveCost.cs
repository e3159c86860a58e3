namespace Flink.Resources.Preemption.Fleet;

/// <summary>What a move costs, with its terms.</summary>
/// <param name="CoreSeconds">Core-seconds lost, weighted and rounded to two significant bits so that noise flips no decision.</param>
/// <param name="StateBytes">The state's bytes, estimated where unknown.</param>
/// <param name="CheckpointAge">The age of the last completed checkpoint; since the job became stable where unknown.</param>
/// <param name="Interruption">How long the job makes no progress.</param>
/// <param name="CatchUpFactor">How much longer the backlog takes, 1 to 10.</param>
/// <param name="RecentStops">How often it had to make room in the last day.</param>
/// <param name="Weight">The weight by band, service level and recent stops.</param>
public readonly record struct MoveCost(
    double CoreSeconds,
    long StateBytes,
    TimeSpan CheckpointAge,
    TimeSpan Interruption,
    double CatchUpFactor,
    int RecentStops,
    double Weight);

/// <summary>What a move would cost a job.</summary>
public interface IMoveCostModel
{
    /// <summary>Rates a move. Pure.</summary>
    /// <param name="job">The job.</param>
    /// <param name="move">The move.</param>
    /// <param name="taskManagersKept">TaskManagers left afterwards.</param>
    /// <param name="unknownStateBytes">What to assume when the state's size is unknown.</param>
    /// <param name="now">The time of the decision.</param>
    MoveCost Rate(FleetJob job, MoveKind move, int taskManagersKept, long unknownStateBytes, DateTimeOffset now);
}

/// <summary>
/// Core-seconds lost: c · D / (1 − ρ), c the job's cores, D the interruption, ρ input rate by maximum rate, the factor capped at 10.
/// D is restart R for all; plus the checkpoint's age for a shrink and a kill, the savepoint's or checkpoint's time for those, and the
/// expected parking for whatever is stopped. R = start + state / (restore bandwidth · TaskManagers).
/// </summary>
/// <param name="options">The policy's numbers.</param>
public sealed class CoreSecondsCost(FleetPreemptionOptions options) : IMoveCostModel
{
    private const double MaximumCatchUp = 10;

    /// <inheritdoc/>
    public MoveCost Rate(FleetJob job, MoveKind move, int taskManagersKept, long unknownStateBytes, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(job);
        var state = job.StateBytes ?? unknownStateBytes;
        var age = AgeOfCheckpoint(job, now);
        var stops = job.InvoluntaryStops.Length;
        var weight = WeightOf(job) * (1 + (0.5 * stops));
        if (move == MoveKind.Finish)
        {
            return new(0, state, age, TimeSpan.Zero, 1, stops, weight);
        }
        var catchUp = Math.Min(MaximumCatchUp, 1 / Math.Max(1e-9, 1 - Math.Clamp(job.LoadRatio ?? 1, 0, 1)));
        var interruption = Interruption(job, move, state, age, taskManagersKept);
        var seconds = Cores(job) * interruption * catchUp;
        seconds += move == MoveKind.Shrink ? Shortfall(job, taskManagersKept) : 0;
        return new(Quantised(seconds * weight), state, age, TimeSpan.FromSeconds(interruption), catchUp, stops, weight);
    }

    /// <summary>The age of the last completed checkpoint; unknown counts since the job became stable, or as a day.</summary>
    internal static TimeSpan AgeOfCheckpoint(FleetJob job, DateTimeOffset now)
    {
        var age = now - (job.LastCheckpointAt ?? job.StableSince ?? now - TimeSpan.FromDays(1));
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    /// <summary>Two significant bits: 1, 1.5, 2, 3, 4, 6, 8, …</summary>
    internal static double Quantised(double value)
    {
        if (value <= 0 || !double.IsFinite(value))
        {
            return value > 0 ? double.MaxValue : 0;
        }
        var step = Math.ScaleB(1, Math.ILogB(value) - 1);
        return Math.Round(value / step, MidpointRounding.AwayFromZero) * step;
    }

    private static double Cores(FleetJob job) => job.Total.CpuMillicores / 1000.0;

    private static double WeightOf(FleetJob job) => (job.Tier switch
    {
        WorkloadTier.RealTime or WorkloadTier.Online => 4,
        WorkloadTier.NearRealTime => 2,
        _ => 1,
    }) * (job.BreachesSlo ? 2 : 1);

    private double Interruption(FleetJob job, MoveKind move, long state, TimeSpan age, int taskManagersKept)
    {
        var hands = Math.Max(1, move == MoveKind.Shrink ? taskManagersKept : job.TaskManagers);
        var restart = (job.StartTime ?? options.StartTime).TotalSeconds + ((double)state / options.RestoreBytesPerSecond / hands);
        var parked = options.ExpectedParking.TotalSeconds;
        return restart + move switch
        {
            MoveKind.Shrink => age.TotalSeconds,
            MoveKind.StopWithSavepoint => MoveOffers.SavepointTime(job, state, options).TotalSeconds + parked,
            MoveKind.Requeue => MoveOffers.CheckpointTime(job).TotalSeconds + parked,
            _ => age.TotalSeconds + parked,
        };
    }

    /// <summary>What a shrunk job cannot keep up with, over the horizon.</summary>
    private double Shortfall(FleetJob job, int taskManagersKept)
    {
        var kept = (double)taskManagersKept / Math.Max(1, job.TaskManagers);
        var missing = Math.Max(0, (job.LoadRatio ?? 1) - kept);
        return Cores(job) * options.ShrinkHorizon.TotalSeconds * missing;
    }
}
