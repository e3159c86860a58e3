using System.Collections.Immutable;
using static Flink.Resources.Rollback.RollbackChoice;

namespace Flink.Resources.Rollback;

public sealed class RollbackPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 9, 30, 0, TimeSpan.Zero);

    private static readonly RollbackSnapshot Origin = new("hdfs://ns1/s0", Now.AddHours(-1));
    private static readonly RollbackSnapshot Checkpoint = new("hdfs://ns1/chk-7", Now.AddSeconds(-30));

    /// <summary>The target runs well and has written.</summary>
    private static readonly RollbackEvidence Running = new()
    {
        Now = Now,
        TargetRuns = true,
        TargetCheckpoint = Checkpoint,
        RetainsCheckpoints = true,
        SourceReadsCheckpoint = true,
        CheckpointInterval = TimeSpan.FromMinutes(1),
        RestoredAsIntended = true,
        Origin = Origin,
        OriginExists = true,
        TargetWrote = true,
        Sinks = Sinks(SinkClass.Transactional),
    };

    private static readonly RollbackEvidence Dead = Running with { TargetRuns = false };

    private static readonly RollbackEvidence DeadWithoutCheckpoint = Dead with { TargetCheckpoint = null };

    private static readonly RollbackEvidence NeverRan = DeadWithoutCheckpoint with { TargetWrote = false };

    [Fact]
    public void Decide_TargetRunsWell_CarriesForward()
    {
        var decision = RollbackPolicy.Decide(Running);

        Assert.Equal((CarryForward, null), (decision.Choice, decision.From));
        Assert.Equal("sink: nothing is lost or repeated.", decision.DataEffect);
    }

    [Fact]
    public void Decide_TargetDead_TakesItsCheckpoint()
    {
        var decision = RollbackPolicy.Decide(Dead);

        Assert.Equal((TargetCheckpoint, Checkpoint), (decision.Choice, decision.From));
        Assert.Contains("the target does not run", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void T37_TargetKilledAfterCommittedOutput_TransactionalSink_ItsCheckpointIsTakenAndTheOriginRefused()
    {
        var decision = RollbackPolicy.Decide(Dead);

        Assert.Equal((TargetCheckpoint, Checkpoint), (decision.Choice, decision.From));
        Assert.False(decision.Options.Single(static o => o.Choice == ReturnToOrigin).IsAutomatic);
        Assert.Equal(Parked, RollbackPolicy.Decide(DeadWithoutCheckpoint).Choice);
    }

    [Fact]
    public void Decide_TargetNeverRan_OriginIsFreeWhateverTheSinks()
    {
        foreach (var sink in Enum.GetValues<SinkClass>())
        {
            var decision = RollbackPolicy.Decide(NeverRan with { Sinks = Sinks(sink) });

            Assert.Equal((ReturnToOrigin, Origin), (decision.Choice, decision.From));
            Assert.All(decision.Effects, static e => Assert.Equal(DataEffect.None, e.Effect));
        }
    }

    [Fact]
    public void Decide_NothingDeclaredAndNeverRan_OriginIsFree() =>
        Assert.Equal(ReturnToOrigin, RollbackPolicy.Decide(NeverRan with { Sinks = NeverRan.Sinks.Clear() }).Choice);

    [Theory]
    [InlineData(119, CarryForward)]
    [InlineData(120, TargetCheckpoint)]
    public void Decide_CheckpointOlderThanTwoIntervals_NoSavepointIsExpected(int seconds, RollbackChoice choice) =>
        Assert.Equal(choice, RollbackPolicy.Decide(Running with { TargetCheckpoint = Checkpoint with { At = Now.AddSeconds(-seconds) } }).Choice);

    [Fact]
    public void Decide_SavepointFailed_TakesTheCheckpoint() => Assert.Equal(TargetCheckpoint, RollbackPolicy.Decide(Running with { SavepointFailed = true }).Choice);

    public static TheoryData<SinkClass, bool, bool, RollbackChoice> OriginBySink => new()
    {
        { SinkClass.Idempotent, false, false, ReturnToOrigin },
        { SinkClass.Append, false, false, ReturnToOrigin },
        { SinkClass.Transactional, false, false, Parked },
        { SinkClass.Transactional, true, false, ReturnToOrigin },
        { SinkClass.ExternalEffects, false, false, Parked },
        { SinkClass.ExternalEffects, true, true, Parked },
        { SinkClass.Unknown, true, true, Parked },
        { SinkClass.TableCommits, false, false, Parked },
        { SinkClass.TableCommits, true, false, Parked },
        { SinkClass.TableCommits, false, true, ReturnToOrigin },
    };

    [Theory]
    [MemberData(nameof(OriginBySink))]
    public void Decide_OnlyOriginIsLeft_DependsOnTheSinks(SinkClass sink, bool accepts, bool setBack, RollbackChoice choice)
    {
        var evidence = DeadWithoutCheckpoint with { Sinks = Sinks(sink), AcceptsDuplicates = accepts, TablesAreSetBack = setBack };

        Assert.Equal(choice, RollbackPolicy.Decide(evidence).Choice);
        Assert.Equal(choice, RollbackPolicy.Decide(evidence with { TargetWrote = null }).Choice);
    }

    [Fact]
    public void Decide_OneSinkOfSeveralForbids_IsParked()
    {
        var sinks = Sinks(SinkClass.Idempotent).Add("mail", SinkClass.ExternalEffects);

        var decision = RollbackPolicy.Decide(DeadWithoutCheckpoint with { Sinks = sinks });

        Assert.Equal(Parked, decision.Choice);
        Assert.Contains("mail: calls, mails and other effects since the source was stopped happen once more.", decision.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("sink:", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_NothingDeclared_IsParked() => Assert.Equal(Parked, RollbackPolicy.Decide(DeadWithoutCheckpoint with { Sinks = Dead.Sinks.Clear() }).Choice);

    [Theory]
    [InlineData(SinkClass.Idempotent, ReturnToOrigin)]
    [InlineData(SinkClass.Transactional, Parked)]
    public void Decide_OneWay_TargetStateIsOfNoUse(SinkClass sink, RollbackChoice choice)
    {
        var decision = RollbackPolicy.Decide(Running with { IsOneWay = true, Sinks = Sinks(sink) });

        Assert.Equal(choice, decision.Choice);
        Assert.Equal([ReturnToOrigin, Fresh], decision.Options.Where(static o => o.IsPossible).Select(static o => o.Choice));
    }

    [Fact]
    public void Decide_TargetBeganFromSomethingElse_ItsStateIsNotCarriedOn()
    {
        var decision = RollbackPolicy.Decide(Running with { RestoredAsIntended = false, Sinks = Sinks(SinkClass.Idempotent) });

        Assert.Equal(ReturnToOrigin, decision.Choice);
        Assert.Equal(Parked, RollbackPolicy.Decide(Running with { RestoredAsIntended = false }).Choice);
        Assert.Equal(Parked, RollbackPolicy.Decide(Running with { RestoredAsIntended = null }).Choice);
    }

    [Fact]
    public void Decide_ToOrigin_IsObeyedAndSaysWhatItCosts()
    {
        var decision = RollbackPolicy.Decide(Running with { Order = RollbackOrder.ToOrigin });

        Assert.Equal((ReturnToOrigin, Origin), (decision.Choice, decision.From));
        Assert.Equal("sink: what the target committed since the source was stopped stays visible and is written again: duplicates.", decision.DataEffect);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public void Decide_OriginNotKnownToBeThere_NoOrderHelps(bool? exists) =>
        Assert.Equal(Parked, RollbackPolicy.Decide(Running with { Order = RollbackOrder.ToOrigin, OriginExists = exists }).Choice);

    [Fact]
    public void Decide_Fresh_OnlyByOrder()
    {
        var decision = RollbackPolicy.Decide(Running with { Order = RollbackOrder.Fresh });

        Assert.Equal(Fresh, decision.Choice);
        Assert.Equal(DataEffect.StateLost, decision.Effects.Single().Effect);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(false, true)]
    [InlineData(true, null)]
    [InlineData(true, false)]
    public void Decide_CheckpointNotKnownToBeUsable_IsNotUsed(bool? retained, bool? readable) =>
        Assert.Equal(Parked, RollbackPolicy.Decide(Dead with { RetainsCheckpoints = retained, SourceReadsCheckpoint = readable }).Choice);

    [Fact]
    public void Decide_CheckpointOfBeforeTheStop_IsNotUsed() =>
        Assert.Equal(Parked, RollbackPolicy.Decide(Dead with { TargetCheckpoint = Checkpoint with { At = Origin.At } }).Choice);

    /// <summary>Every combination of what can be known, against the rules written once more as a table.</summary>
    [Fact]
    public void Decide_EveryCombination_IsAsTheTableSays()
    {
        var seen = new HashSet<RollbackChoice>();
        var count = 0;
        foreach (var evidence in Combinations.All(Running))
        {
            var decision = RollbackPolicy.Decide(evidence);

            if (decision.Choice != Combinations.Expected(evidence) || decision.Options.Length != 4 || (decision.Choice == Parked) != decision.Effects.IsEmpty)
            {
                Assert.Fail($"{decision.Choice}, not {Combinations.Expected(evidence)}: {evidence} {evidence.Sinks.Values.Single()}");
            }
            seen.Add(decision.Choice);
            count++;
        }
        Assert.Equal(5, seen.Count);
        Assert.Equal(5 * 3 * 2 * 3 * 3 * 3 * 2 * 3 * 3 * 3 * 6 * 2 * 2, count);
    }

    private static ImmutableSortedDictionary<string, SinkClass> Sinks(SinkClass sink) => Combinations.Sinks(sink);
}
