using System.Collections.Immutable;
using static Flink.Resources.Planning.PlanningFleet;

namespace Flink.Resources.Planning;

public sealed class CapacityPolicyTests
{
    private static readonly FleetJob Clicks = Job("ads/clicks", need: new(Of(1, 1), Of(2, 4), 4));

    [Fact]
    public void Prove_Enough_SaysNeedAndRoomOfBothWays()
    {
        var proof = CapacityPolicy.Prove([Clicks], With(Queue("root.a", Of(20, 100))));

        Assert.True(proof.Holds);
        Assert.Equal([CapacityWay.There, CapacityWay.Back], proof.Lines.Select(static l => l.Way));
        Assert.Equal(10_800, proof.Lines[0].Need.CpuMillicores);
        Assert.Equal(Of(20, 100), proof.Lines[0].Free);
    }

    [Theory]
    [InlineData(10.8, true)]
    [InlineData(10.7, false)]
    public void Prove_Queue_NeedsTheHeadroomToo(double cores, bool holds) =>
        Assert.Equal(holds, CapacityPolicy.Prove([Clicks], With(Queue("root.a", Of(cores + 3, 100), Of(3, 0)))).Holds);

    public static TheoryData<string, CapacityFacts, string> Short => new()
    {
        { "a queue above", With(Queue("root.a"), Queue("root", Of(10, 500))), "root on k8s-west: 10.8 cores" },
        { "memory", With(Queue("root.a", Of(100, 20))), "root.a on k8s-west" },
        { "reserved", With(Queue("root.a", Of(20, 100))) with { Reserved = [new(new(West, "root.a"), Of(10, 0))] }, "10 cores and 100 GiB are free" },
        { "reserved below", With(Queue("root.a"), Queue("root", Of(20, 100))) with { Reserved = [new(new(West, "root.b"), Of(10, 0))] }, "root on k8s-west" },
        { "under way", With(Queue("root.a", Of(20, 100))) with { UnderWay = [Job("ads/other", need: new(Of(1, 1), Of(8, 8), 1))] }, "root.a on k8s-west" },
        { "closed", With(Queue("root.a", isOpen: false)), "queue root.a on k8s-west takes no new" },
        { "no queue", With(Queue("default")), "queue root.a is not known on k8s-west" },
        { "no snapshot", Plenty with { Backends = [Large(East)] }, "there is no snapshot of k8s-west" },
        { "old", Plenty with { Backends = [Large(East), Snapshot(West, [Node("n", 64, 256)], [Queue("root")], Now.AddHours(-2))] }, "more than 01:00:00 ago" },
        { "never seen", Plenty with { Backends = [Large(East), new(West, 1, new([], null, "forbidden"), new([], null, "forbidden"), new([], null, null))] }, "never seen (forbidden)" },
        { "pieces", Plenty with { Backends = [Large(East), Snapshot(West, [.. Enumerable.Range(0, 20).Select(static i => Node($"n{i}", 1, 100))], [Queue("root")])] }, "not in pieces" },
        { "unhealthy", Plenty with { Backends = [Large(East), Snapshot(West, [Node("n", 64, 256, isSchedulable: false), Node("m", 4, 256)], [Queue("root")])] }, "4 cores and 256 GiB are free" },
        { "no nodes", Plenty with { Backends = [Large(East), Snapshot(West, [], [Queue("root")])] }, "there are none" },
        { "no way back", Plenty with { Backends = [Snapshot(East, Large(East).Nodes.Items, [Queue("root.a", Of(20, 100), Of(15, 0))]), Large(West)] }, "may have to come back" },
        { "others may come back", Plenty with { Backends = [Snapshot(East, Large(East).Nodes.Items, [Queue("root.a", Of(20, 100))]), Large(West)], Uncommitted = [Clicks, Job("a/b", need: new(Of(1, 1), Of(3, 3), 1))] }, "may have to come back" },
        { "way back not known", Plenty with { Backends = [Large(West)] }, "is not held: there is no snapshot of yarn-east" },
    };

    [Theory]
    [MemberData(nameof(Short))]
    public void Prove_NotEnough_SaysWhat(string what, CapacityFacts facts, string words)
    {
        Assert.NotEmpty(what);
        var proof = CapacityPolicy.Prove([Clicks], facts);

        Assert.False(proof.Holds);
        Assert.Contains(words, proof.Reason, StringComparison.Ordinal);
        Assert.StartsWith("ads/clicks does not fit", proof.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("root")]
    [InlineData("root.a")]
    [InlineData("root.b")]
    [InlineData("root.")]
    public void Prove_SourceIsHeld_NeedsNoRoomToComeBack(string? queue)
    {
        var full = Plenty with { Backends = [Snapshot(East, Large(East).Nodes.Items, [Queue("root.a", Of(20, 100), Of(20, 0))]), Large(West)] };

        var proof = CapacityPolicy.Prove([Clicks], full with { Held = [new(East, queue)] });

        Assert.Equal(queue is null or "root" or "root.a", proof.Holds);
    }

    [Fact]
    public void Prove_JobsTogether_EachTakesWhatTheNextHasNot()
    {
        var proof = CapacityPolicy.Prove([Job("b/b"), Job("a/a"), Job("c/c")], With(Queue("root.a", Of(5, 100))));

        Assert.Equal(["c/c"], proof.Lines.Where(static l => !l.Holds).Select(static l => l.Explanation.Split(' ')[0]));
    }

    [Theory]
    [InlineData("gpu", 3, true)]
    [InlineData("zone=gpu", 3, true)]
    [InlineData("gpu", 8, false)]
    [InlineData("fast", 1, false)]
    [InlineData(null, 3, true)]
    public void Prove_Flavour_OnlyNodesOfItCount(string? flavour, int workers, bool holds)
    {
        var facts = Plenty with { Backends = [Large(East), Snapshot(West, [Node("a", 8, 64, label: "gpu"), Node("b", 8, 64)], [Queue("root")])] };

        Assert.Equal(holds, CapacityPolicy.Prove([Job("a/a", need: new(Of(1, 1), Of(1, 1), workers, flavour))], facts).Holds);
    }

    [Fact]
    public void Prove_ExclusiveFlavour_TakesOnlyWhoAsksForIt()
    {
        var facts = Plenty with { Backends = [Large(East), Snapshot(West, [Node("a", 8, 64, label: "gpu")], [Queue("root")])] };
        var options = new CapacityOptions { ExclusiveFlavours = ["gpu"] };

        Assert.False(CapacityPolicy.Prove([Job("a/a")], facts, options).Holds);
        Assert.True(CapacityPolicy.Prove([Job("a/a", need: Small with { Flavour = "gpu" })], facts, options).Holds);
    }

    [Theory]
    [InlineData(1000, 1000, 60, "never catch up")]
    [InlineData(1000, 900, 60, "never catch up")]
    [InlineData(1000, 1008, 60, "would catch up in 02:05:00")]
    [InlineData(1000, 1010, 60, null)]
    [InlineData(0, 0, 60, null)]
    [InlineData(1000, 1020, 0, null)]
    public void Prove_CatchUp_IsDowntimeTimesRateByWhatIsLeft(double input, double most, int downtimeSeconds, string? words)
    {
        var proof = CapacityPolicy.Prove([Clicks with { InputRate = input, MaximumRate = most, ExpectedDowntime = TimeSpan.FromSeconds(downtimeSeconds) }], Plenty);

        Assert.Equal(words is null, proof.Holds);
        Assert.Contains(words ?? string.Empty, proof.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Prove_CatchUp_DowntimeNotKnownIsAssumedAndBatchHasNone()
    {
        var slow = Clicks with { InputRate = 1000, MaximumRate = 1030 };

        Assert.False(CapacityPolicy.Prove([slow], Plenty).Holds);
        Assert.True(CapacityPolicy.Prove([slow], Plenty, new() { AssumedDowntime = TimeSpan.FromMinutes(3) }).Holds);
        Assert.True(CapacityPolicy.Prove([slow with { Kind = JobKind.Batch }], Plenty).Holds);
    }

    private static CapacityFacts With(params ImmutableArray<QueueReport> queues) => Plenty with { Backends = [Large(East), Snapshot(West, Large(West).Nodes.Items, queues)] };
}
