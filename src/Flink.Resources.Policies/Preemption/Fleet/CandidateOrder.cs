namespace Flink.Resources.Preemption.Fleet;

/// <summary>A possible move as the order sees it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Move">The move.</param>
/// <param name="Cost">What it costs.</param>
/// <param name="Useful">How much of the shortfall it covers, 0 to 1; what is beyond counts nothing.</param>
public readonly record struct MoveCandidate(FleetJob Job, MoveKind Move, MoveCost Cost, double Useful);

/// <summary>
/// The order among jobs of equal band, effective priority and queue; those three come before, the least important and the most
/// over-served first, so that no order can buy entitlement.
/// </summary>
public interface ICandidateOrder : IComparer<MoveCandidate>;

/// <summary>Already leaving, gentler move, lower cost per useful amount, later start, name.</summary>
public sealed class GentlestThenCheapest : ICandidateOrder
{
    /// <inheritdoc/>
    public int Compare(MoveCandidate x, MoveCandidate y)
    {
        var order = y.Job.IsLeaving.CompareTo(x.Job.IsLeaving);
        order = order != 0 ? order : Gentleness(x.Move).CompareTo(Gentleness(y.Move));
        order = order != 0 ? order : PerUseful(x).CompareTo(PerUseful(y));
        order = order != 0 ? order : Nullable.Compare(y.Job.StableSince, x.Job.StableSince);
        order = order != 0 ? order : string.CompareOrdinal(x.Job.Job.Value, y.Job.Job.Value);
        return order != 0 ? order : x.Move.CompareTo(y.Move);
    }

    private static int Gentleness(MoveKind move) => move switch
    {
        MoveKind.Finish => 0,
        MoveKind.Shrink => 1,
        MoveKind.StopWithSavepoint or MoveKind.Requeue => 2,
        _ => 3,
    };

    private static double PerUseful(in MoveCandidate candidate) =>
        candidate.Useful > 0 ? candidate.Cost.CoreSeconds / candidate.Useful : double.PositiveInfinity;
}

/// <summary>What schedulers without knowledge of Flink do: the latest start first, whatever it costs.</summary>
public sealed class YoungestFirst : ICandidateOrder
{
    /// <inheritdoc/>
    public int Compare(MoveCandidate x, MoveCandidate y)
    {
        var order = y.Job.IsLeaving.CompareTo(x.Job.IsLeaving);
        order = order != 0 ? order : Nullable.Compare(y.Job.StableSince, x.Job.StableSince);
        order = order != 0 ? order : string.CompareOrdinal(x.Job.Job.Value, y.Job.Job.Value);
        return order != 0 ? order : x.Move.CompareTo(y.Move);
    }
}
