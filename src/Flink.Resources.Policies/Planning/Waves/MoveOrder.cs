namespace Flink.Resources.Planning;

/// <summary>
/// Who goes first: the less important, the stateless, the smaller state, the fewer consumers. Keys break ties, so that the order does
/// not depend on that of the facts.
/// </summary>
internal sealed class MoveOrder : IComparer<MoveUnit>
{
    public static MoveOrder Instance { get; } = new();

    public int Compare(MoveUnit? x, MoveUnit? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var order = x.Priority.CompareTo(y.Priority);
        order = order != 0 ? order : x.IsStateful.CompareTo(y.IsStateful);
        order = order != 0 ? order : x.StateBytes.CompareTo(y.StateBytes);
        order = order != 0 ? order : x.Consumers.CompareTo(y.Consumers);
        return order != 0 ? order : string.CompareOrdinal(x.First.Job.Value, y.First.Job.Value);
    }
}
