using System.Collections.Immutable;
using static Flink.Resources.Rollback.RollbackChoice;

namespace Flink.Resources.Rollback;

/// <summary>All that can be known of a job that is to go back, and the rules as a plain sequence of questions.</summary>
internal static class Combinations
{
    private static readonly bool?[] Three = [null, false, true];
    private static readonly bool[] Two = [false, true];

    public static IEnumerable<RollbackEvidence> All(RollbackEvidence whole) =>
        from order in Enum.GetValues<RollbackOrder>()
        from runs in Three
        from failed in Two
        from age in (int?[])[null, 30, 300]
        from retains in Three
        from reads in Three
        from oneWay in Two
        from intended in Three
        from exists in Three
        from wrote in Three
        from sink in Enum.GetValues<SinkClass>()
        from accepts in Two
        from setBack in Two
        select whole with
        {
            Order = order, TargetRuns = runs, SavepointFailed = failed, RetainsCheckpoints = retains, SourceReadsCheckpoint = reads, IsOneWay = oneWay,
            RestoredAsIntended = intended, OriginExists = exists, TargetWrote = wrote, Sinks = Sinks(sink), AcceptsDuplicates = accepts, TablesAreSetBack = setBack,
            TargetCheckpoint = age is { } seconds ? new("hdfs://ns1/chk-7", whole.Now.AddSeconds(-seconds)) : null,
        };

    public static RollbackChoice Expected(RollbackEvidence e)
    {
        var sink = e.Sinks.Values.Single();
        var carry = e is { TargetRuns: true, SavepointFailed: false, IsOneWay: false };
        var fresh = e.TargetCheckpoint is { } newest && (e.Now - newest.At).TotalSeconds < 120;
        var checkpoint = e is { TargetCheckpoint: not null, RetainsCheckpoints: true, SourceReadsCheckpoint: true, IsOneWay: false };
        var origin = e.OriginExists == true;
        var free = e.TargetWrote == false;
        var harmless = sink is SinkClass.Idempotent or SinkClass.Append
            || (sink == SinkClass.Transactional && e.AcceptsDuplicates) || (sink == SinkClass.TableCommits && e.TablesAreSetBack);
        return e.Order switch
        {
            RollbackOrder.CarryForward => carry ? CarryForward : Parked,
            RollbackOrder.TargetCheckpoint => checkpoint ? TargetCheckpoint : Parked,
            RollbackOrder.ToOrigin => origin ? ReturnToOrigin : Parked,
            RollbackOrder.Fresh => Fresh,
            _ when e.RestoredAsIntended == true && carry && fresh => CarryForward,
            _ when e.RestoredAsIntended == true && checkpoint => TargetCheckpoint,
            _ when origin && (free || harmless) => ReturnToOrigin,
            _ => Parked,
        };
    }

    public static ImmutableSortedDictionary<string, SinkClass> Sinks(SinkClass sink) =>
        ImmutableSortedDictionary.Create<string, SinkClass>(StringComparer.Ordinal).Add("sink", sink);
}
