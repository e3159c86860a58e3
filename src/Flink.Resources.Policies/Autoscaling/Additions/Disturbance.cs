using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>What makes metrics look like load.</summary>
public enum DisturbanceKind
{
    /// <summary>Something else.</summary>
    Unknown = 0,

    /// <summary>A checkpoint failed.</summary>
    FailedCheckpoint,

    /// <summary>A task manager was lost.</summary>
    TaskManagerLoss,
}

/// <summary>Something that happened to a job.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What.</param>
public readonly record struct Disturbance(DateTimeOffset At, DisturbanceKind Kind);

/// <summary>Windows in which something went wrong decide nothing.</summary>
public static class DisturbedWindows
{
    /// <summary>
    /// The newest disturbance within the window that ends now; what happened before the job began to run is not in it.
    /// </summary>
    /// <param name="disturbances">In any order.</param>
    /// <param name="window">The length of the window.</param>
    /// <param name="runningSince">Since when the job is RUNNING.</param>
    /// <param name="now">The time of the cycle.</param>
    public static Disturbance? Newest(
        ImmutableArray<Disturbance> disturbances, TimeSpan window, DateTimeOffset runningSince, DateTimeOffset now)
    {
        Disturbance? newest = null;
        foreach (var disturbance in disturbances)
        {
            // now - at, not now - window: the window may reach back behind the beginning of the calendar.
            if (disturbance.At <= now && disturbance.At >= runningSince && now - disturbance.At <= window
                && (newest is not { } other || disturbance.At > other.At || (disturbance.At == other.At && disturbance.Kind > other.Kind)))
            {
                newest = disturbance;
            }
        }
        return newest;
    }

    internal static string Describe(Disturbance disturbance) => string.Create(CultureInfo.InvariantCulture,
        $"[{AutoscalerAdditions.SkipDisturbedWindows}: the window holds a {Word(disturbance.Kind)} at {disturbance.At:O}; nothing is decided from it]");

    private static string Word(DisturbanceKind kind) => kind switch
    {
        DisturbanceKind.FailedCheckpoint => "failed checkpoint",
        DisturbanceKind.TaskManagerLoss => "lost task manager",
        _ => "disturbance",
    };
}
