using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>Which way a parallelism is to go.</summary>
public enum ScaleDirection
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>Up.</summary>
    Up,

    /// <summary>Down.</summary>
    Down,
}

/// <summary>A step that was proposed by every window since some time.</summary>
/// <param name="Direction">Which way.</param>
/// <param name="Since">When it was proposed first.</param>
public sealed record StepProposal(ScaleDirection Direction, DateTimeOffset Since);

/// <summary>
/// A step is taken only when two consecutive windows, which share no sample, and all between them propose the same
/// direction: what lasts is load, what passes was a warm-up or a storm.
/// </summary>
public static class AgreeingWindows
{
    /// <summary>Compares a decision with what was proposed before.</summary>
    /// <param name="settings">The length of a window.</param>
    /// <param name="decision">The decision of a vertex, before the rule of the job.</param>
    /// <param name="before">What was proposed before; null: nothing.</param>
    /// <param name="now">The time of the cycle.</param>
    /// <returns>The decision, unchanged or held back, and the proposal to remember; null: none.</returns>
    public static (VertexDecision Decision, StepProposal? Proposal) Compare(
        AutoscalerSettings settings, VertexDecision decision, StepProposal? before, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(decision);
        var direction = Direction(decision.Evaluation.Parallelism, decision.IsChange ? decision.NewParallelism : decision.AlignedParallelism);
        if (direction == ScaleDirection.None)
        {
            return (decision, null);
        }
        var proposal = before is { } earlier && earlier.Direction == direction && earlier.Since <= now ? earlier : new(direction, now);
        var waited = now - proposal.Since;
        return !decision.IsChange || waited >= settings.MetricsWindow
            ? (decision, proposal)
            : (decision.Held(VertexReason.WindowsDisagree, new(AutoscalerAdditions.AgreeingWindows, string.Create(
                CultureInfo.InvariantCulture,
                $"{direction} is proposed for {waited.TotalSeconds:0} s; it takes a whole second window of {settings.MetricsWindow.TotalSeconds:0} s"))), proposal);
    }

    internal static ScaleDirection Direction(int from, int to) =>
        to > from ? ScaleDirection.Up : to < from ? ScaleDirection.Down : ScaleDirection.None;
}
