using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Rollback;

public sealed class RollbackPolicyProperties
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 9, 30, 0, TimeSpan.Zero);

    private static readonly Gen<bool?> Maybe = Gen.OneOf<bool?>(null, false, true);

    private static readonly Gen<RollbackSnapshot?> Snapshots = Gen.Int[-1, 600].Select(static s => s < 0 ? null : new RollbackSnapshot($"hdfs://ns1/{s}", Now.AddSeconds(-s)));

    private static readonly Gen<RollbackEvidence> Evidence =
        from known in Maybe.Array[6]
        from yes in Gen.Bool.Array[4]
        from checkpoint in Snapshots
        from origin in Snapshots
        from interval in Gen.OneOf<int?>(null, 10, 60, 300)
        from sinks in Gen.Enum<SinkClass>().Array[0, 4]
        select new RollbackEvidence
        {
            Now = Now,
            TargetRuns = known[0], RetainsCheckpoints = known[1], SourceReadsCheckpoint = known[2], RestoredAsIntended = known[3], OriginExists = known[4], TargetWrote = known[5],
            SavepointFailed = yes[0], IsOneWay = yes[1], AcceptsDuplicates = yes[2], TablesAreSetBack = yes[3],
            TargetCheckpoint = checkpoint, Origin = origin,
            CheckpointInterval = interval is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Sinks = sinks.Select(static (s, i) => KeyValuePair.Create($"sink{i}", s)).ToImmutableSortedDictionary(StringComparer.Ordinal),
        };

    [Fact]
    public void Decide_Automatically_NeverLosesAndRepeatsOnlyWhereAllowed() => Evidence.Sample(static evidence =>
    {
        var decision = RollbackPolicy.Decide(evidence);

        Assert.NotEqual(RollbackChoice.Fresh, decision.Choice);
        Assert.All(decision.Effects, effect => Assert.True(
            effect.Effect is DataEffect.None or DataEffect.Converges
            || (effect.Effect == DataEffect.Duplicates && (effect.Class == SinkClass.Append || evidence.AcceptsDuplicates))
            // A failover of the job itself would do the same.
            || (effect.Effect == DataEffect.RepeatedEffects && decision.Choice == RollbackChoice.TargetCheckpoint),
            $"{decision.Choice} {effect}"));
    });

    [Fact]
    public void Decide_Always_SaysWhatHappensToEverySink() => Evidence.Sample(static evidence =>
    {
        var decision = RollbackPolicy.Decide(evidence);

        Assert.All(decision.Options, o => Assert.Equal(Math.Max(1, evidence.Sinks.Count), o.Effects.Length));
        Assert.NotEmpty(decision.Reason);
        Assert.NotEmpty(decision.DataEffect);
        Assert.True(decision.Choice != RollbackChoice.Parked || decision.Options.Any(static o => o.IsPossible));
    });

    [Fact]
    public void Decide_LessIsKnown_NeverAllowsMore() => Gen.Select(Evidence, Gen.Int[0, 5]).Sample(static (evidence, which) =>
    {
        var less = which switch
        {
            0 => evidence with { TargetRuns = null },
            1 => evidence with { RetainsCheckpoints = null },
            2 => evidence with { SourceReadsCheckpoint = null },
            3 => evidence with { OriginExists = null },
            4 => evidence with { RestoredAsIntended = null },
            _ => evidence with { TargetWrote = null },
        };
        var (before, after) = (RollbackPolicy.Decide(evidence), RollbackPolicy.Decide(less));

        foreach (var (more, fewer) in before.Options.Zip(after.Options))
        {
            Assert.True(!fewer.IsAutomatic || more.IsAutomatic);
            Assert.True(!fewer.IsPossible || more.IsPossible);
        }
    });

    [Fact]
    public void Decide_Ordered_TakesThatOrNothing() => Gen.Select(Evidence, Gen.Enum<RollbackOrder>()).Sample(static (evidence, order) =>
    {
        if (order != RollbackOrder.Automatic)
        {
            var choice = RollbackPolicy.Decide(evidence with { Order = order }).Choice;
            var ordered = order == RollbackOrder.ToOrigin ? RollbackChoice.ReturnToOrigin : Enum.Parse<RollbackChoice>(order.ToString());

            Assert.True(choice == ordered || choice == RollbackChoice.Parked);
        }
    });
}
