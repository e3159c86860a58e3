using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class ScalingCapacityTests
{
    private const long GiB = 1L << 30;

    private static readonly Gen<CapacityRequest> Requests = Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Double[0.1, 8], Gen.Int[1, 64],
        static (current, next, cpu, memory) => new CapacityRequest(current, next, cpu, memory * (GiB / 4)));

    private static readonly Gen<IScalingCapacity> Capacities = Gen.Select(Gen.Int[0, 3], Gen.Double[0, 200], Gen.Int[0, 400], Gen.Int[0, 60], static (kind, cpu, memory, more) => (IScalingCapacity)(kind switch
    {
        0 => new QueueHeadroom("root.ads", new(cpu, memory * GiB), new(1, GiB)),
        1 => new NamespaceQuota("flink", cpu, memory * (double)GiB, more),
        2 => new PreemptibleCapacity("k8s-east", new(5), new(cpu, memory * GiB), [new(new(3), new(more, more * GiB)), new(new(5), new(1000, 1000 * GiB))]),
        _ => new NodeRoom("k8s-west", new([new("a", new(cpu, memory * GiB), default), new("a", new(more, more * GiB), default)], [])),
    }));

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void Ask_QueueHeadroom_RoundsContainersUpAsYarnDoes(int more, bool granted)
    {
        // 1.5 cores and 1.2 GiB become 2 cores and 2 GiB.
        var queue = new QueueHeadroom("root.ads", new(100, 8 * GiB), new(1, GiB));

        var answer = queue.Ask(new(2, 2 + more, 1.5, GiB * 12 / 10));

        Assert.Equal(granted, answer.IsGranted);
        Assert.Contains("queue root.ads", answer.Explanation, StringComparison.Ordinal);
        Assert.Equal(granted ? queue with { Free = new(100 - 2 * more, 0) } : queue, answer.After);
    }

    [Fact]
    public void Ask_NamespaceQuota_LimitsOnlyWhatItNames()
    {
        Assert.True(new NamespaceQuota("flink", null, null, null).Ask(new(0, 1_000_000, 1, GiB)).IsGranted);
        Assert.True(new NamespaceQuota("flink", 1, null, null).Ask(new(0, 10, 0.1, GiB)).IsGranted);
        Assert.Contains("leaves 3 pods, 4 more", new NamespaceQuota("flink", null, null, 3).Ask(new(1, 5, 1, GiB)).Explanation, StringComparison.Ordinal);
        Assert.Contains("leaves 1 cores", new NamespaceQuota("flink", 1, null, 3).Ask(new(1, 3, 1, GiB)).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_PreemptibleCapacity_TakesFromTheLeastImportantAndOnlyFromLower()
    {
        var capacity = new PreemptibleCapacity("k8s-east", new(5), new(1, GiB),
            [new(new(4), new(2, 2 * GiB)), new(new(1), new(2, 2 * GiB)), new(new(5), new(100, 100 * GiB))]);

        var some = capacity.Ask(new(0, 3, 1, GiB));
        Assert.True(some.IsGranted);
        Assert.Contains("takes 2 cores and 2048 MiB of priority 1", some.Explanation, StringComparison.Ordinal);
        Assert.DoesNotContain("priority 4", some.Explanation, StringComparison.Ordinal);
        Assert.True(some.After.Ask(new(0, 2, 1, GiB)).IsGranted);
        Assert.False(some.After.Ask(new(0, 3, 1, GiB)).IsGranted);
        Assert.False(capacity.Ask(new(0, 6, 1, GiB)).IsGranted);
    }

    [Fact]
    public void Ask_CombinedCapacity_TakesNothingWhenOneRefuses()
    {
        var both = new CombinedCapacity([new QueueHeadroom("root.ads", new(10, 10 * GiB), default), new NamespaceQuota("flink", null, null, 2)]);

        var refused = both.Ask(new(0, 3, 1, GiB));
        Assert.False(refused.IsGranted);
        Assert.Same(both, refused.After);
        Assert.True(both.Ask(new(0, 2, 1, GiB)).IsGranted);
    }

    [Fact]
    public void Ask_AnyCapacity_IsPureAndMonotone() => Gen.Select(Capacities, Requests, Gen.Int[0, 20]).Sample((capacity, request, more) =>
    {
        var (first, second) = (capacity.Ask(request), capacity.Ask(request));

        Assert.Equal((first.IsGranted, first.Explanation), (second.IsGranted, second.Explanation));
        Assert.True(first.IsGranted || !capacity.Ask(request with { New = Math.Max(request.New, request.Current) + more }).IsGranted || request.New < request.Current);
        Assert.True(first.IsGranted || ReferenceEquals(first.After, capacity));
    });

    [Fact]
    public void Ask_TwoGrantsInARow_FitTogether() => Gen.Select(Capacities, Gen.Int[1, 20], Gen.Int[1, 20], Gen.Double[0.1, 8], Gen.Int[1, 8]).Sample((capacity, first, second, cpu, memory) =>
    {
        var answer = capacity.Ask(new(0, first, cpu, memory * GiB));
        if (answer.IsGranted && answer.After.Ask(new(0, second, cpu, memory * GiB)).IsGranted)
        {
            Assert.True(capacity.Ask(new(0, first + second, cpu, memory * GiB)).IsGranted);
        }
    });

    [Fact]
    public void Plan_BackendHasNoRoom_RefusesAndSaysWhy()
    {
        var settings = Evaluations.AtOnce with { Extensions = new() { BackendCapacity = true } };
        var job = Jobs.Chain(new VertexSketch(4, 128, 0, 1, 1000, 500_000, 0));

        var refused = Plan(new QueueHeadroom("root.ads", new(1, GiB), default));
        var granted = Plan(new QueueHeadroom("root.ads", new(1000, 1000 * GiB), default));

        Assert.Equal((AutoscalerStatus.Refused, GateRefusal.ClusterCapacity), (refused.Status, refused.Refusal));
        Assert.Contains("[backend-capacity: queue root.ads has a head-room of 1 cores", refused.Events[^1].Message, StringComparison.Ordinal);
        Assert.Equal(AutoscalerStatus.Scale, granted.Status);
        Assert.NotEqual(1000, Assert.IsType<QueueHeadroom>(granted.CapacityAfter).Free.Cpu);
        Assert.Equal((4, granted.Decision!.Parallelism()["v0"]), (granted.Request!.Value.Current, granted.Request.Value.New));

        AutoscalerPlan Plan(IScalingCapacity capacity) => job.Plan(settings, change: f =>
        {
            f.Metrics.Add(JobMetric.TaskSlotsUsed, 4);
            return f with { TaskManager = new(1, GiB), Capacity = capacity };
        });
    }
}
