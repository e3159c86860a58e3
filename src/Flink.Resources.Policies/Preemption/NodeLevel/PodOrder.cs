namespace Flink.Resources.Preemption.NodeLevel;

/// <summary>Orders of importance, most important first. The name comes last, so that plans do not depend on the order of lists.</summary>
internal static class PodOrder
{
    public static Comparison<RunningPod> By(PodImportance importance) => importance switch
    {
        PodImportance.PriorityThenOldestStart => static (a, b) =>
            Then(b.Priority.CompareTo(a.Priority), CompareStart(a.StartTimeNs, b.StartTimeNs), a.Name, b.Name),
        PodImportance.OldestStart => static (a, b) => Then(0, CompareStart(a.StartTimeNs, b.StartTimeNs), a.Name, b.Name),
        PodImportance.NameAscending => static (a, b) => string.CompareOrdinal(a.Name, b.Name),
        _ => throw new ArgumentOutOfRangeException(nameof(importance), importance, "Not an order of importance."),
    };

    /// <summary>Earlier first; what has not started is the latest.</summary>
    public static int CompareStart(long? a, long? b) => (a, b) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        var (x, y) => x.Value.CompareTo(y.Value),
    };

    private static int Then(int first, int second, string a, string b) =>
        first != 0 ? first : second != 0 ? second : string.CompareOrdinal(a, b);
}
