using System.Collections.Immutable;
using CsCheck;
using Flink.Resources.Preemption.CapacityScheduler;

namespace Flink.Resources.Preemption;

public sealed class CapacitySchedulerMonitorTests
{
    private const long Cluster = 400;

    private static readonly Gen<CapacitySchedulerSnapshot> Snapshots =
        from guarantees in Gen.Int[0, 150].Array[3]
        from used in Gen.Int[0, 60].Array[3]
        from pending in Gen.Int[0, 120].Array[3]
        from size in Gen.Int[1, 7].Array[3]
        from priorities in Gen.Int[0, 2].Array[3]
        from disabled in Gen.Bool.Array[3]
        from masters in Gen.Bool
        from factor in Gen.Double[0.1, 1]
        from perRound in Gen.Float[0.05f, 1f]
        from balance in Gen.Bool
        from inside in Gen.Bool
        select Snapshot(guarantees, used, pending, size, priorities, disabled, masters, factor, perRound, balance, inside);

    [Fact]
    public void RunRound_WorkedExample_TakesWhatTheSpecificationSays()
    {
        var round = CapacitySchedulerMonitor.RunRound(Example(perRound: 1, factor: 1));

        Assert.Equal(180, round.IdealAssigned["root.rt"][0]);
        Assert.Equal(132, round.IdealAssigned["root.etl"][0]);
        Assert.Equal(88, round.IdealAssigned["root.adhoc"][0]);
        Assert.Equal(98, round.PreemptedContainers["root.etl-app"]);
        Assert.Equal(2, round.PreemptedContainers["root.adhoc-app"]);
    }

    [Theory]
    [InlineData(0.1f, 1.0, 39)]
    [InlineData(0.1f, 0.2, 8)]
    public void RunRound_AllowanceAndNaturalTermination_ScaleTheAmount(float perRound, double factor, long etl)
    {
        var round = CapacitySchedulerMonitor.RunRound(Example(perRound, factor));

        Assert.Equal(etl, round.PreemptedContainers["root.etl-app"]);
        Assert.False(round.PreemptedContainers.ContainsKey("root.adhoc-app"));
    }

    [Fact]
    public void RunRound_AnyTree_StaysWithinTheAllowanceAndSparesTheDisabled() => Snapshots.Sample(static snapshot =>
    {
        var round = CapacitySchedulerMonitor.RunRound(snapshot);

        var sizes = snapshot.Apps.ToDictionary(static a => a.Name, static a => a.ContainerSize[0], StringComparer.Ordinal);
        var allowance = (long)(Cluster * (double)snapshot.Settings.TotalPreemptionPerRound);
        Assert.True(round.Choices.Sum(c => c.Count * sizes[c.App]) <= allowance);
        var disabled = snapshot.Queues.Where(static q => q.PreemptionDisabled).Select(static q => q.Name).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(round.Choices, c => c.Selector != CapacitySelector.InsideQueue && disabled.Contains(c.Queue));
    }, iter: 2000);

    [Fact]
    public void RunRound_AnyTree_LeavesQueuesTheirGuaranteeUpToOneContainer() => Snapshots.Sample(static snapshot =>
    {
        var plain = snapshot with { Settings = snapshot.Settings with { IntraQueue = null } };
        var round = CapacitySchedulerMonitor.RunRound(plain);

        foreach (var queue in plain.Queues.Where(static q => q.Parent is not null))
        {
            var size = plain.Apps.First(a => a.Queue == queue.Name).ContainerSize[0];
            var taken = round.Choices.Where(c => c.Queue == queue.Name).Sum(c => c.Count * size);
            // A whole container may overshoot, once in each of the two passes.
            Assert.True(taken == 0 || queue.Used[0] - taken > queue.Guaranteed[0] - (2 * size));
        }
    }, iter: 2000);

    [Fact]
    public void RunRound_QueuesInAnotherOrder_ChangesNothing() => Snapshots.Sample(static snapshot =>
    {
        var turned = snapshot with { Queues = [.. snapshot.Queues.Reverse()], Apps = [.. snapshot.Apps.OrderByDescending(static a => a.Queue, StringComparer.Ordinal)] };

        Assert.Equal(
            CapacitySchedulerMonitor.RunRound(snapshot).PreemptedContainers,
            CapacitySchedulerMonitor.RunRound(turned).PreemptedContainers);
    }, iter: 1000);

    [Fact]
    public void RunRound_BillionsOfContainers_AreCountedNotWalked()
    {
        var example = Example(perRound: 1, factor: 1);
        var huge = example with
        {
            ClusterResource = [4_000_000_000],
            Queues = [.. example.Queues.Select(static q => q with
            {
                Guaranteed = Times(q.Guaranteed), Maximum = Times(q.Maximum), Used = Times(q.Used), Pending = Times(q.Pending),
            })],
            Apps = [.. example.Apps.Select(static a => a with { Containers = a.Containers * 10_000_000 })],
        };

        var round = CapacitySchedulerMonitor.RunRound(huge);

        Assert.InRange(round.PreemptedContainers["root.etl-app"], 979_000_000, 981_000_000);
        static ImmutableArray<long> Times(ImmutableArray<long> numbers) => [.. numbers.Select(static n => n * 10_000_000)];
    }

    [Fact]
    public void Observe_KillsOnlyAfterMoreThanTheWait()
    {
        var steps = CapacitySchedulerMonitor.Observe(
            Example(perRound: 1, factor: 1), [TimeSpan.Zero, TimeSpan.FromSeconds(15), TimeSpan.FromMilliseconds(15_001)]);

        Assert.Equal([98L, 0L, 0L], steps.Select(static s => s.NewRequests.GetValueOrDefault("root.etl-app")));
        Assert.Equal([0L, 0L, 98L], steps.Select(static s => s.Kills.GetValueOrDefault("root.etl-app")));
    }

    [Fact]
    public void RunRound_ParentThatIsNotThere_Throws()
    {
        var example = Example(perRound: 1, factor: 1);
        var broken = example with { Queues = [.. example.Queues.Skip(1)] };

        Assert.Throws<ArgumentException>(() => CapacitySchedulerMonitor.RunRound(broken));
    }

    private static CapacitySchedulerSnapshot Example(float perRound, double factor) => new()
    {
        ClusterResource = [Cluster],
        Settings = new()
        {
            Calculator = CapacityCalculator.Memory,
            TotalPreemptionPerRound = perRound,
            NaturalTerminationFactor = factor,
            MaxIgnoredOverCapacity = 0.1,
        },
        Queues =
        [
            Queue("root", null, 400, 400, 160),
            Queue("root.rt", "root", 200, 80, 100),
            Queue("root.etl", "root", 120, 230, 40),
            Queue("root.adhoc", "root", 80, 90, 20),
        ],
        Apps = [App("root.rt", 80, 1), App("root.etl", 230, 1), App("root.adhoc", 90, 1)],
    };

    private static CapacitySchedulerSnapshot Snapshot(
        int[] guarantees, int[] used, int[] pending, int[] size, int[] priorities, bool[] disabled, bool masters, double factor, float perRound,
        bool balance, bool inside)
    {
        string[] names = ["root.a", "root.b", "root.c"];
        return new()
        {
            ClusterResource = [Cluster],
            Settings = new()
            {
                Calculator = CapacityCalculator.Memory,
                TotalPreemptionPerRound = perRound,
                NaturalTerminationFactor = factor,
                BalanceBeyondGuaranteed = balance,
                IntraQueue = inside ? new(IntraQueueOrder.UserLimitFirst) : null,
            },
            Queues =
            [
                Queue("root", null, Cluster, used.Sum(), pending.Sum()),
                .. names.Select((n, i) => Queue(n, "root", guarantees[i] * Cluster / Math.Max(1, guarantees.Sum()), used[i] * size[i], pending[i]) with
                {
                    Priority = priorities[i],
                    PreemptionDisabled = disabled[i],
                }),
            ],
            Apps = [.. names.SelectMany((n, i) => (CapacityApp[])
            [
                App(n, used[i] / 2, size[i]) with { Name = $"{n}-old", FirstContainerIsMaster = masters, Priority = 1 },
                App(n, used[i] - (used[i] / 2), size[i]) with { Name = $"{n}-new", Pending = [pending[i]] },
            ])],
        };
    }

    private static CapacityQueueReport Queue(string name, string? parent, long guaranteed, long used, long pending) => new()
    {
        Name = name,
        Parent = parent,
        Guaranteed = [guaranteed],
        Maximum = [Cluster],
        Used = [used],
        Pending = [pending],
        Reserved = [0],
    };

    private static CapacityApp App(string queue, long containers, long size) => new()
    {
        Name = $"{queue}-app",
        Queue = queue,
        Priority = 0,
        User = "ann",
        Containers = containers,
        ContainerSize = [size],
        Pending = [0],
    };
}
