using System.Collections.Immutable;
using CsCheck;
using Flink.Resources.Preemption.CapacityScheduler;
using Flink.Resources.Preemption.Fleet;
using Flink.Resources.Preemption.NodeLevel;
using Flink.Resources.Preemption.QuotaTree;
using static Flink.Resources.Preemption.FleetBuilder;

namespace Flink.Resources.Preemption;

/// <summary>With equal costs the presets choose whom the systems that they are named after choose.</summary>
public sealed class FleetPreemptionPresetsTests
{
    private static readonly FlavorResource Memory = new("any", "memory");
    private static readonly FlavorResource Cpu = new("any", "cpu");

    private static readonly Gen<FleetJob> Jobs =
        from id in Gen.Int[0, 99]
        from queue in Gen.Int[0, 2]
        from tier in Gen.Int[0, 1]
        from priority in Gen.Int[0, 3]
        from memory in Gen.Int[1, 4]
        from cores in Gen.Int[1, 4]
        from hours in Gen.Int[1, 5]
        from node in Gen.Int[0, 4]
        from budget in Gen.Int[0, 2]
        select Job($"t/j{id:D2}", $"root.q{queue}", tier == 0 ? WorkloadTier.Batch : WorkloadTier.NearRealTime, priority, Amount(memory, cores)) with
        {
            StableSince = Now.AddHours(-hours),
            Places = [new($"n{node}", 1)],
            DisruptionBudgets = budget == 0 ? ["few"] : [],
        };

    private static readonly Gen<(FleetJob[] Jobs, PreemptionRequest Request, int[] Numbers, FleetPreemptionOptions Options)> Cases =
        from jobs in Jobs.Array[0, 14]
        from queue in Gen.Int[0, 2]
        from priority in Gen.Int[0, 4]
        from memory in Gen.Int[1, 6]
        from cores in Gen.Int[1, 6]
        from numbers in Gen.Int[0, 8].Array[8]
        from any in Gen.Bool
        select (
            jobs.DistinctBy(static j => j.Job).ToArray(),
            Request("waiting/one", $"root.q{queue}", WorkloadTier.NearRealTime, priority, Amount(memory, cores)),
            numbers,
            FleetPreemptionPresets.WithoutBudgets with
            {
                ReclaimFromAnyPriority = any,
                DisruptionBudgets = ImmutableDictionary<string, int>.Empty.Add("few", numbers[7] % 3),
            });

    [Fact]
    public void KubeScheduler_AnyFleetOfOneContainerJobs_ChoosesItsVictims() => Cases.Sample(static c =>
    {
        var nodes = Enumerable.Range(0, 5).Select(i => Node($"n{i}", Amount(c.Numbers[i] + 4, 12 - c.Numbers[i]), Sum(c.Jobs.Where(j => j.Places[0].Node == $"n{i}")))).ToArray();
        var decision = Decide(OnNodes(c.Jobs, nodes), c.Request, c.Options, FleetPreemptionPresets.KubeScheduler(c.Options));
        if (decision.Outcome == PreemptionOutcome.Fits)
        {
            return;
        }

        var plan = NodePreemption.Plan(new()
        {
            Nodes = [.. nodes.Select(static n => new ClusterNode { Name = n.Name, Allocatable = new(n.CpuMillicores, n.Memory.Bytes), MaxPods = 1000 })],
            Running = [.. c.Jobs.Select(static j => new RunningPod
            {
                Name = j.Job.Value,
                Node = j.Places[0].Node,
                Priority = Number(j.Tier, j.Priority),
                Requests = new(j.Total.CpuMillicores, j.Total.Memory.Bytes),
                StartTimeNs = (j.StableSince - DateTimeOffset.UnixEpoch)?.Ticks * 100,
                Labels = j.DisruptionBudgets.ToImmutableDictionary(static _ => "budget", static b => b, StringComparer.Ordinal),
            })],
            DisruptionBudgets = [new()
            {
                Name = "few",
                Selector = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal).Add("budget", "few"),
                DisruptionsAllowed = c.Options.DisruptionBudgets["few"],
            }],
            Incoming = new()
            {
                Name = "waiting",
                Priority = Number(c.Request.Tier, c.Request.Priority),
                Requests = new(c.Request.Total.CpuMillicores, c.Request.Total.Memory.Bytes),
            },
        });
        AreTheSame(plan.Chosen?.Victims.Select(static v => v.Name), decision);
    }, iter: 3000);

    [Fact]
    public void Kueue_AnyFleetWhoseQueuesShareOneCohort_ChoosesItsVictims() =>
        Cases.Sample(static c => ChoosesAsKueue(c.Jobs, c.Request, c.Numbers, c.Options, FleetPreemptionPresets.Kueue(c.Options), ClassicalPreemption.Plan), iter: 3000);

    [Fact]
    public void KueueFairSharing_AnyFleetWhoseQueuesShareOneCohort_ChoosesItsVictims() =>
        Cases.Sample(
            static c => ChoosesAsKueue(
                c.Jobs, c.Request, c.Numbers, c.Options, FleetPreemptionPresets.KueueFairSharing(c.Options),
                static context => FairSharing.Plan(context, FairSharing.DefaultStrategies)),
            iter: 3000);

    [Fact]
    public void Yarn_AnyFleetOfQueues_ChoosesItsVictims_ButReturnsWhoeverIsNotNeeded() => Cases.Sample(static c =>
    {
        var guaranteed = Enumerable.Range(0, 3).ToDictionary(static q => $"root.q{q}", q => Amount(c.Numbers[q], c.Numbers[q + 3]), StringComparer.Ordinal);
        var (free, held) = (Amount(c.Numbers[6], c.Numbers[7]), Sum(c.Jobs));
        ImmutableArray<long> capacity = [held.Memory.Bytes + free.Memory.Bytes, held.CpuMillicores + free.CpuMillicores];
        var decision = Decide(Hidden(c.Jobs, free, guaranteed), c.Request, c.Options, FleetPreemptionPresets.Yarn(c.Options));
        if (decision.Outcome == PreemptionOutcome.Fits)
        {
            return;
        }

        var own = c.Request.Placements[0].Queue;
        var victims = CapacitySchedulerMonitor.RunRound(new()
        {
            ClusterResource = capacity,
            Settings = new() { Calculator = CapacityCalculator.Dominant, TotalPreemptionPerRound = 1, NaturalTerminationFactor = 1, MaxIgnoredOverCapacity = 0 },
            Queues = [Queue("root", null, capacity, capacity, [0, 0]), .. guaranteed.Select(g => Queue(
                g.Key, "root", [g.Value.Memory.Bytes, g.Value.CpuMillicores], capacity,
                g.Key == own ? [c.Request.Total.Memory.Bytes, c.Request.Total.CpuMillicores] : [0, 0],
                Sum(c.Jobs.Where(j => j.Queue == g.Key))))],
            Apps = [.. c.Jobs.Where(j => j.Queue != own).OrderBy(static j => j.StableSince).ThenByDescending(static j => j.Job.Value, StringComparer.Ordinal).Select(static j => new CapacityApp
            {
                Name = j.Job.Value,
                Queue = j.Queue,
                Priority = Number(j.Tier, j.Priority),
                User = "anybody",
                Containers = 1,
                ContainerSize = [j.Total.Memory.Bytes, j.Total.CpuMillicores],
                Pending = [0, 0],
            })],
        }).PreemptedContainers.Keys.ToHashSet(StringComparer.Ordinal);

        var sizes = c.Jobs.ToDictionary(static j => j.Job.Value, static j => j.Total, StringComparer.Ordinal);
        Assert.Equal(Suffices(victims) && IsWithinCluster(), decision.Outcome == PreemptionOutcome.Displaces);
        Assert.Subset(victims, decision.Moves.Select(static m => m.Job.Value).ToHashSet(StringComparer.Ordinal));
        if (decision.Outcome == PreemptionOutcome.Displaces && victims.All(v => !Suffices(victims.Where(o => o != v))))
        {
            AreTheSame(victims, decision);
        }

        bool Suffices(IEnumerable<string> gone) =>
            gone.Sum(v => sizes[v].Memory.Bytes) + free.Memory.Bytes >= c.Request.Total.Memory.Bytes
            && gone.Sum(v => sizes[v].CpuMillicores) + free.CpuMillicores >= c.Request.Total.CpuMillicores;

        bool IsWithinCluster() => c.Request.Total.Memory.Bytes <= capacity[0] && c.Request.Total.CpuMillicores <= capacity[1];
    }, iter: 3000);

    [Fact]
    public void Presets_CostIsSwitchedOn_TheCheaperOfEqualsGoesInsteadOfTheYoungest()
    {
        var youngest = Job("a/youngest", "root.q", WorkloadTier.Batch, 0, Amount(2)) with { StableSince = Now.AddHours(-1), StateBytes = 1L << 36, TaskManagers = 1 };
        var cheapest = Job("a/cheapest", "root.q", WorkloadTier.Batch, 0, Amount(2)) with { StableSince = Now.AddHours(-2) };
        var options = FleetPreemptionPresets.WithoutBudgets;
        var request = Request("b/b", "root.r", WorkloadTier.RealTime, 0, Amount(2)) with { Deadline = TimeSpan.FromHours(2) };
        var fleet = Hidden([youngest, cheapest], Amount(0), ImmutableDictionary<string, ResourceAmount>.Empty.Add("root.r", Amount(4)));

        foreach (var preset in new[] { FleetPreemptionPresets.KubeScheduler(options), FleetPreemptionPresets.Kueue(options), FleetPreemptionPresets.KueueFairSharing(options), FleetPreemptionPresets.Yarn(options) })
        {
            var costly = preset with { Cost = new CoreSecondsCost(options), Order = new GentlestThenCheapest() };

            Assert.Equal(youngest.Job, Assert.Single(Decide(fleet, request, options, preset).Moves).Job);
            Assert.Equal(cheapest.Job, Assert.Single(Decide(fleet, request, options, costly).Moves).Job);
        }
    }

    [Fact]
    public void KubeScheduler_SeveralContainers_FindsANodeForEach()
    {
        FleetJob[] jobs = [.. Enumerable.Range(0, 4).Select(static i => Job($"a/j{i}", "root.q", WorkloadTier.Batch, i, Amount(4)) with { Places = [new($"n{i}", 1)] })];
        var fleet = OnNodes(jobs, Enumerable.Range(0, 4).Select(static i => Node($"n{i}", Amount(4), Amount(4))));
        var options = FleetPreemptionPresets.WithoutBudgets;

        var decision = Decide(fleet, Request("b/b", "root.q", WorkloadTier.RealTime, 0, Amount(3), count: 2), options, FleetPreemptionPresets.KubeScheduler(options));

        Assert.Equal("a/j0 a/j1", string.Join(' ', decision.Moves.Select(static m => m.Job.Value).Order(StringComparer.Ordinal)));
        Assert.Equal("kube-scheduler", new FleetPreemptionPolicy(options, FleetPreemptionPresets.KubeScheduler(options)).Name);
    }

    private static void ChoosesAsKueue(
        FleetJob[] jobs, PreemptionRequest request, int[] numbers, FleetPreemptionOptions options, FleetPreemptionParts preset,
        Func<QuotaTreeContext, QuotaPreemptionPlan> kueue)
    {
        // All of the cluster is somebody's nominal quota, and nobody holds more than there is.
        var nominal = Enumerable.Range(0, 3).Select(q => Amount(numbers[q], numbers[q + 3])).ToArray();
        var held = Sum(jobs);
        nominal[2] = new(
            new(Math.Max(nominal[2].Memory.Bytes, held.Memory.Bytes - nominal[0].Memory.Bytes - nominal[1].Memory.Bytes)),
            Math.Max(nominal[2].CpuMillicores, held.CpuMillicores - nominal[0].CpuMillicores - nominal[1].CpuMillicores));
        var guaranteed = Enumerable.Range(0, 3).ToDictionary(static q => $"root.q{q}", q => nominal[q], StringComparer.Ordinal);
        var free = new ResourceAmount(
            new(nominal.Sum(static n => n.Memory.Bytes) - held.Memory.Bytes), nominal.Sum(static n => n.CpuMillicores) - held.CpuMillicores);
        var decision = Decide(Hidden(jobs, free, guaranteed), request, options, preset);
        if (decision.Outcome == PreemptionOutcome.Fits)
        {
            return;
        }

        var plan = kueue(new()
        {
            Queues = [.. guaranteed.Select(g => new ClusterQueue
            {
                Name = g.Key,
                Cohort = "all",
                Quotas = [new() { FlavorResource = Memory, Nominal = g.Value.Memory.Bytes }, new() { FlavorResource = Cpu, Nominal = g.Value.CpuMillicores }],
                Preemption = new()
                {
                    WithinClusterQueue = WithinClusterQueuePolicy.LowerPriority,
                    ReclaimWithinCohort = options.ReclaimFromAnyPriority ? ReclaimWithinCohortPolicy.Any : ReclaimWithinCohortPolicy.LowerPriority,
                },
            })],
            Running = [.. jobs.Select(static j => new AdmittedWorkload
            {
                Name = j.Job.Value,
                Queue = j.Queue,
                Priority = Number(j.Tier, j.Priority),
                QuotaReservedAtSec = (decimal)(j.StableSince!.Value - Now).TotalSeconds,
                Usage = [new(Memory, j.Total.Memory.Bytes), new(Cpu, j.Total.CpuMillicores)],
            })],
            Incoming = new()
            {
                Name = "waiting",
                Queue = request.Placements[0].Queue,
                Priority = Number(request.Tier, request.Priority),
                Requests = [new(Memory, request.Total.Memory.Bytes), new(Cpu, request.Total.CpuMillicores)],
                NeedsPreemption = [
                    .. request.Total.Memory.Bytes > free.Memory.Bytes ? new[] { Memory } : [],
                    .. request.Total.CpuMillicores > free.CpuMillicores ? new[] { Cpu } : []],
            },
        });
        AreTheSame(plan.Fits ? plan.Victims.Select(static v => v.Workload.Name) : null, decision);
    }

    private static void AreTheSame(IEnumerable<string>? victims, PreemptionDecision decision)
    {
        Assert.Equal(victims is not null, decision.Outcome == PreemptionOutcome.Displaces);
        Assert.Equal(
            (victims ?? []).Order(StringComparer.Ordinal), decision.Moves.Select(static m => m.Job.Value).Order(StringComparer.Ordinal));
    }

    private static long Number(WorkloadTier tier, JobPriority priority) => (tier == WorkloadTier.Batch ? 0 : 1000) + priority.Value;

    private static CapacityQueueReport Queue(
        string name, string? parent, ImmutableArray<long> guaranteed, ImmutableArray<long> maximum, ImmutableArray<long> pending, ResourceAmount used = default) => new()
    {
        Name = name,
        Parent = parent,
        Guaranteed = guaranteed,
        Maximum = maximum,
        Used = parent is null ? maximum : [used.Memory.Bytes, used.CpuMillicores],
        Pending = pending,
        Reserved = [0, 0],
    };
}
