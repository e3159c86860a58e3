using System.Collections.Immutable;
using CsCheck;
using Flink.Resources.Preemption.Fleet;

namespace Flink.Resources.Preemption;

public sealed class FleetPreemptionPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    // Small fleets: the share of one pass is lifted so that it does not decide everything.
    private static readonly FleetPreemptionOptions Options = new() { MaximumBeingFreed = 1 };

    private static readonly Gen<WorkloadTier> Tiers =
        Gen.Int[0, 2].Select(static i => i == 0 ? WorkloadTier.Batch : i == 1 ? WorkloadTier.NearRealTime : WorkloadTier.RealTime);

    private static readonly Gen<FleetJob> Jobs =
        from id in Gen.Int[0, 999]
        from queue in Gen.Int[0, 2]
        from tier in Tiers
        from priority in Gen.Int[0, 4]
        from taskManagers in Gen.Int[1, 6]
        from node in Gen.Int[0, 5]
        from minimum in Gen.Int[0, 6]
        from load in Gen.Double[0, 1]
        from checkpointAge in Gen.Int[-1, 1500]
        from flags in Gen.Int[0, 63]
        from state in Gen.Long[0, 1L << 33]
        select Job(id, queue, tier, priority, taskManagers, node, minimum, load, checkpointAge, flags, state);

    private static readonly Gen<PreemptionRequest> Requests =
        from id in Gen.Int[0, 9]
        from queue in Gen.Int[0, 2]
        from tier in Tiers
        from priority in Gen.Int[0, 5]
        from taskManagers in Gen.Int[1, 8]
        select Request(id, queue, tier, priority, taskManagers);

    private static readonly Gen<(FleetJob[] Jobs, PreemptionRequest Request, int Free, int Guaranteed)> Cases =
        Gen.Select(Jobs.Array[0, 30], Requests, Gen.Int[0, 4], Gen.Int[0, 20]);

    [Fact]
    public void Plan_AnyFleet_FreesEnoughOrNothing_AndNobodyWhoCouldStay() => Cases.Sample(static c =>
    {
        var decision = Decide(Fleet(c.Jobs, c.Free, c.Guaranteed), c.Request);
        if (decision.Outcome != PreemptionOutcome.Displaces)
        {
            Assert.Empty(decision.Moves);
            return;
        }

        var room = Units(c.Free) + decision.Moves.Sum(static m => m.Freed.CpuMillicores);
        Assert.True(room >= c.Request.Total.CpuMillicores);
        Assert.All(decision.Moves, m => Assert.True(room - m.Freed.CpuMillicores < c.Request.Total.CpuMillicores));
        Assert.All(decision.Moves.Where(static m => m.Kind == MoveKind.Shrink), m => Assert.True(room - 1000 < c.Request.Total.CpuMillicores));
    }, iter: 3000);

    [Fact]
    public void Plan_AnyFleet_NeverTakesEqualOrHigherPriority() => Cases.Sample(static c =>
    {
        var byKey = Distinct(c.Jobs);
        foreach (var move in Decide(Fleet(c.Jobs, c.Free, c.Guaranteed), c.Request).Moves)
        {
            var victim = byKey[move.Job];
            Assert.True(victim.Tier < c.Request.Tier
                || (victim.Tier == c.Request.Tier && victim.EffectivePriority < c.Request.Priority.Value));
        }
    }, iter: 3000);

    [Fact]
    public void Plan_AnyFleet_NeverLosesStateAndNeverShrinksBelowTheMinimum() => Cases.Sample(static c =>
    {
        var byKey = Distinct(c.Jobs);
        foreach (var move in Decide(Fleet(c.Jobs, c.Free, c.Guaranteed), c.Request).Moves)
        {
            var victim = byKey[move.Job];
            Assert.False(victim.IsMigrating);
            Assert.True(move.FreeAfter <= (c.Request.Deadline ?? FleetPreemptionOptions.DeadlineOf(c.Request.Tier)));
            Assert.True(move.Kind switch
            {
                MoveKind.Finish => victim.IsLeaving || victim.EndsAt is not null,
                MoveKind.Shrink => victim.MinimumSlots is { } slots && move.TaskManagersKept >= Math.Max(1, slots),
                MoveKind.StopWithSavepoint => victim.CanSavepoint,
                MoveKind.Requeue => victim.RetainsCheckpoints && victim.LastCheckpointAt is not null,
                _ => victim.IsDisposable || (victim.RetainsCheckpoints && Now - victim.LastCheckpointAt <= Options.MaximumReplay),
            });
        }
    }, iter: 3000);

    [Fact]
    public void Plan_AnyFleet_LeavesQueuesTheirGuarantee() => Cases.Sample(static c =>
    {
        var fleet = Fleet(c.Jobs, c.Free, c.Guaranteed);
        var used = Distinct(c.Jobs).Values.GroupBy(static j => j.Queue, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.Sum(static j => j.Total.CpuMillicores), StringComparer.Ordinal);
        foreach (var queue in Decide(fleet, c.Request).Moves.GroupBy(static m => m.From.Queue, StringComparer.Ordinal).Where(q => q.Key != c.Request.Placements[0].Queue))
        {
            Assert.True(used[queue.Key] - queue.Sum(static m => m.Freed.CpuMillicores) >= Units(c.Guaranteed));
        }
    }, iter: 3000);

    [Fact]
    public void Plan_SameFleetBuiltInAnotherOrder_IsTheSame() => Gen.Select(Cases, Gen.Bool).Sample(static (c, nodes) =>
    {
        var jobs = Distinct(c.Jobs).Values.ToArray();
        var once = Decide(Fleet(jobs, c.Free, c.Guaranteed, nodes), c.Request);
        var stepwise = jobs.Reverse().Aggregate(Fleet([], c.Free, c.Guaranteed, nodes, jobs), static (fleet, job) => fleet.SetJobs([job]));
        stepwise = stepwise.SetJobs([Victim("gone/gone")]).RemoveJobs([JobKey.Parse("gone/gone")]);

        Assert.Equal(Text(once), Text(Decide(stepwise, c.Request)));
    }, iter: 1500);

    [Fact]
    public void Plan_MoreFreeRoom_NeverMakesItInfeasible() => Cases.Sample(static c =>
    {
        var less = Decide(Fleet(c.Jobs, c.Free, 0), c.Request).Outcome;
        var more = Decide(Fleet(c.Jobs, c.Free + 1, 0), c.Request).Outcome;

        Assert.True(less == PreemptionOutcome.Refused || more != PreemptionOutcome.Refused);
    }, iter: 3000);

    [Fact]
    public void Plan_OnNodes_PlacesEveryContainerInRoomThatIsThere() => Cases.Sample(static c =>
    {
        var jobs = Distinct(c.Jobs);
        var fleet = Fleet(c.Jobs, c.Free, 0, nodes: true);
        var decision = Decide(fleet, c.Request);
        if (decision.Outcome != PreemptionOutcome.Displaces)
        {
            return;
        }

        foreach (var node in decision.Reservation!.Nodes)
        {
            var freed = decision.Moves.Sum(m => FreedOn(jobs[m.Job], m, node.Node));
            var free = Capacity - jobs.Values.Sum(j => OnNode(j, node.Node)) + freed;
            Assert.True(node.Amount.CpuMillicores <= free);
        }
        Assert.Equal(c.Request.Total.CpuMillicores, decision.Reservation.Nodes.Sum(static n => n.Amount.CpuMillicores));
    }, iter: 3000);

    [Fact]
    public void Plan_OnlyOneOfManyNodesCanBeCleared_ItIsFound()
    {
        // Every node is full of two jobs, each too small alone; all but the jobs of one node are being migrated.
        var jobs = Enumerable.Range(0, 600).Select(static i => FleetBuilder.Job($"a/j{i}", "root.q0", WorkloadTier.Batch, 0, Amount(4)) with
        {
            Places = [new($"n{i / 2:D3}", 1)],
            IsMigrating = i / 2 != 299,
        }).ToArray();
        var fleet = FleetBuilder.OnNodes(jobs, Enumerable.Range(0, 300).Select(static i => Node($"n{i:D3}", Capacity, Capacity)));

        var decision = Decide(fleet, Request(1, 0, WorkloadTier.RealTime, 1, 1) with { TaskManager = Amount(8), JobManager = default });

        Assert.Equal("a/j598 a/j599", string.Join(' ', decision.Moves.Select(static m => m.Job.Value).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Plan_OnNodesWithoutBudgets_OneContainerFindsRoomExactlyWhenSomeNodeCanBeCleared() => Cases.Sample(static c =>
    {
        var options = FleetPreemptionPresets.WithoutBudgets;
        var request = c.Request with { JobManager = default, TaskManager = Amount(c.Request.MinimumTaskManagers), MinimumTaskManagers = 1 };
        var jobs = Distinct(c.Jobs).Values.Select(static j => j with { CanSavepoint = true, StateBytes = 0, IsMigrating = false, IsLeaving = false }).Take(8).ToArray();
        if (jobs.Sum(static j => j.Total.CpuMillicores) > 6 * Capacity)
        {
            // No pass frees more than there is.
            return;
        }

        var possible = Enumerable.Range(0, 6).Any(i => Capacity - jobs.Sum(j => IsEntitled(j) ? 0 : OnNode(j, $"n{i}")) >= request.Total.CpuMillicores);

        Assert.Equal(possible, Decide(Fleet(jobs, 0, 0, nodes: true), request, options).Outcome != PreemptionOutcome.Refused);

        bool IsEntitled(FleetJob job) => job.Tier < request.Tier
            || (job.Tier == request.Tier && job.Queue == request.Placements[0].Queue && job.EffectivePriority < request.Priority.Value);
    }, iter: 2000);

    [Fact]
    public void Plan_SeveralPreemptors_ShareNoVictimAndNoRoom() =>
        Gen.Select(Jobs.Array[0, 40], Requests.Array[1, 5], Gen.Int[0, 4]).Sample(static (jobs, requests, free) =>
        {
            var distinct = requests.DistinctBy(static r => r.Job).ToImmutableArray();
            var plan = new FleetPreemptionPolicy(Options).Plan(Fleet(jobs, free, 0), distinct, PreemptionLedger.Empty, Now);

            Assert.Equal(plan.Moves.Count(), plan.Moves.Select(static m => m.Job).Distinct().Count());
            var served = plan.Decisions.Where(static d => d.Outcome is PreemptionOutcome.Fits or PreemptionOutcome.Displaces).Select(static d => d.Job).ToHashSet();
            var used = distinct.Where(r => served.Contains(r.Job)).Sum(static r => r.Total.CpuMillicores);
            Assert.True(used <= Units(free) + plan.Moves.Sum(static m => m.Freed.CpuMillicores));
        }, iter: 2000);

    [Fact]
    public void Plan_DisplacedJobsAskAgain_TheSequenceEnds_AndBudgetsHold() => Cases.Sample(static c =>
    {
        var jobs = Distinct(c.Jobs).ToDictionary();
        var capacity = (int)(jobs.Values.Sum(static j => j.Total.CpuMillicores) / 1000) + c.Free;
        var waiting = new Dictionary<JobKey, PreemptionRequest> { [c.Request.Job] = c.Request };
        var (ledger, now, displaced) = (PreemptionLedger.Empty, Now, new List<JobKey>());
        // Less than the cool-down in all: nobody may be displaced twice.
        for (var round = 0; round < 28; round++, now += TimeSpan.FromMinutes(1))
        {
            var fleet = Fleet([.. jobs.Values], 0, 0, capacity: capacity);
            var plan = new FleetPreemptionPolicy(Options).Plan(fleet, [.. waiting.Values], ledger, now);
            ledger = ledger.Record(plan);
            foreach (var started in plan.Decisions.Where(static d => d.Outcome == PreemptionOutcome.Fits))
            {
                ledger = ledger.Release(started.Job);
                jobs[started.Job] = JobOf(waiting[started.Job], now);
                waiting.Remove(started.Job);
            }
            foreach (var move in plan.Moves.Where(static m => m.Kind != MoveKind.Finish))
            {
                displaced.Add(move.Job);
                var job = jobs[move.Job];
                jobs[move.Job] = job with { TaskManagers = move.TaskManagersKept };
                if (move.Kind != MoveKind.Shrink)
                {
                    jobs.Remove(move.Job);
                    waiting[move.Job] = RequestOf(job, now);
                }
            }
            Assert.True(jobs.Values.Sum(static j => j.Total.CpuMillicores) <= Units(capacity));
        }

        Assert.Equal(displaced.Count, displaced.Distinct().Count());
    }, iter: 300);

    [Fact]
    public void Plan_RoomBeingFreed_IsHeldForTheOneItIsFreedFor()
    {
        var fleet = Fleet([Victim("a/one")], 0, 0);
        var first = Request(1, 0, WorkloadTier.NearRealTime, 1, 2);
        var policy = new FleetPreemptionPolicy(Options);
        var plan = policy.Plan(fleet, [first], PreemptionLedger.Empty, Now);
        var ledger = PreemptionLedger.Empty.Record(plan);
        var gone = fleet.RemoveJobs([JobKey.Parse("a/one")]).Apply(Backend(3 + 0, 0, [], free: 3), BackendKind.Yarn);

        var other = policy.Plan(gone, [Request(2, 0, WorkloadTier.NearRealTime, 4, 2)], ledger, Now.AddSeconds(30)).Decisions[0];
        var own = policy.Plan(gone, [first], ledger, Now.AddSeconds(30)).Decisions[0];
        var late = policy.Plan(gone, [Request(2, 0, WorkloadTier.NearRealTime, 4, 2)], ledger, Now.AddMinutes(6)).Decisions[0];

        Assert.Equal(PreemptionOutcome.Displaces, plan.Decisions[0].Outcome);
        Assert.Equal(PreemptionOutcome.Refused, other.Outcome);
        Assert.Equal(PreemptionOutcome.Fits, own.Outcome);
        Assert.Equal(PreemptionOutcome.Fits, late.Outcome);
    }

    [Fact]
    public void Plan_FitsOnNoBackend_DisplacesWhereItCostsLeast()
    {
        var dear = Victim("a/dear") with { StateBytes = 1L << 38, CheckpointDuration = TimeSpan.FromMinutes(4) };
        var cheap = Victim("a/cheap") with { Backend = "k8s", StateBytes = 1L << 20 };
        var fleet = Fleet([dear, cheap], 0, 0).Apply(Backend(3, 0, [], free: 0, name: "k8s"), BackendKind.Yarn);
        var request = Request(1, 0, WorkloadTier.NearRealTime, 1, 2) with { Placements = [new("yarn", "root.q0"), new("k8s", "root.q0")] };

        var decision = Decide(fleet, request);

        Assert.Equal("k8s", decision.Placement!.Backend);
        Assert.Equal(JobKey.Parse("a/cheap"), Assert.Single(decision.Moves).Job);
    }

    [Fact]
    public void Plan_GuaranteeOfTheOwnQueue_IsTakenBackInsideTheBandOnlyWherePolicySaysSo()
    {
        var holder = Victim("a/holder") with { Queue = "root.q1", Tier = WorkloadTier.NearRealTime, Priority = new(3) };
        var fleet = Fleet([holder], 0, guaranteed: 0).Apply(Backend(3, 3, ["root.q0"], free: 0, used: [("root.q1", 3)]), BackendKind.Yarn);
        var request = Request(1, 0, WorkloadTier.NearRealTime, 3, 2);

        var spared = Decide(fleet, request);
        var reclaimed = Decide(fleet, request, Options with { ReclaimFromAnyPriority = true });

        Assert.Equal(PreemptionOutcome.Refused, spared.Outcome);
        Assert.Equal(EntitlementKind.Reclaim, Assert.Single(reclaimed.Moves).Entitlement.Kind);
    }

    [Fact]
    public void Plan_NobodyMayMove_SaysWhatIsMissingAndWhoWasSpared()
    {
        var decision = Decide(Fleet([Victim("a/one") with { IsMigrating = true }], 0, 0), Request(1, 0, WorkloadTier.RealTime, 1, 2));

        Assert.Equal(PreemptionOutcome.Refused, decision.Outcome);
        Assert.Contains("stay missing", decision.Reason, StringComparison.Ordinal);
        Assert.Equal("it is being migrated, rescaled or upgraded", Assert.Single(decision.Spared).Rule);
        Assert.Equal(1, decision.SparedByRule["it is being migrated, rescaled or upgraded"]);
    }

    [Fact]
    public void Colocation_BeforeTheMorning_BatchYieldsAndLosesAtMostOneInterval()
    {
        var interval = TimeSpan.FromMinutes(5);
        var schedule = new Colocation(
            new("yarn", "root.online"), Amount(1), [new(new(8, 0), Amount(6)), new(new(22, 0), Amount(1))], TimeSpan.FromHours(1));
        var stale = Victim("b/stale") with { Tier = WorkloadTier.Batch, LastCheckpointAt = At(7, 30).AddMinutes(-30), CheckpointInterval = interval };
        var fresh = stale with { Job = JobKey.Parse("b/fresh"), LastCheckpointAt = At(7, 30).AddMinutes(-1) };
        var fleet = Fleet([stale, fresh], 0, 0);

        Assert.Null(schedule.Yield(fleet, Amount(1), Options, At(3, 0)));
        Assert.Equal(Amount(1), schedule.RoomForBatch(Fleet([], 1, 0), Amount(1), At(3, 0)));
        var request = schedule.Yield(fleet, Amount(1), Options, At(7, 30))!;
        var decision = new FleetPreemptionPolicy(Options).Plan(fleet, [request], PreemptionLedger.Empty, At(7, 30)).Decisions[0];

        Assert.Equal(PreemptionOutcome.Displaces, decision.Outcome);
        Assert.All(decision.Moves, m => Assert.True(m.Kind is MoveKind.Requeue or MoveKind.StopWithSavepoint || m.Cost.CheckpointAge <= interval));
        static DateTimeOffset At(int hour, int minute) => new(2026, 1, 5, hour, minute, 0, TimeSpan.Zero);
    }

    private const long Capacity = 8000;

    private static PreemptionDecision Decide(FleetSnapshot fleet, PreemptionRequest request, FleetPreemptionOptions? options = null) =>
        new FleetPreemptionPolicy(options ?? Options).Plan(fleet, [request], PreemptionLedger.Empty, Now).Decisions[0];

    private static string Text(PreemptionDecision decision) =>
        $"{decision.Outcome} {decision.Reason} {string.Join(';', decision.Moves.Select(static m => $"{m.Job} {m.Kind} {m.TaskManagersKept} {m.Cost}"))}";

    private static Dictionary<JobKey, FleetJob> Distinct(IEnumerable<FleetJob> jobs) =>
        jobs.GroupBy(static j => j.Job).ToDictionary(static g => g.Key, static g => g.Last());

    private static long Units(int count) => count * 1000L;

    private static ResourceAmount Amount(int units) => new(MemorySize.FromMebibytes(units * 1024L), Units(units));

    /// <summary>A fleet of equal units; on nodes each of six has room for eight of them.</summary>
    private static FleetSnapshot Fleet(FleetJob[] jobs, int free, int guaranteed, bool nodes = false, FleetJob[]? accounted = null, int? capacity = null)
    {
        var distinct = Distinct(jobs).Values.ToList();
        var known = accounted ?? [.. distinct];
        var used = known.GroupBy(static j => j.Queue, StringComparer.Ordinal).Select(static g => (g.Key, (int)(g.Sum(static j => j.Total.CpuMillicores) / 1000))).ToArray();
        var held = (int)(known.Sum(static j => j.Total.CpuMillicores) / 1000);
        var total = capacity ?? (held + free);
        free = total - held;
        var backend = nodes ? OnNodes(known) : Backend(total, guaranteed, ["root.q0", "root.q1", "root.q2"], free, used);
        return FleetSnapshot.Empty.Apply(backend, nodes ? BackendKind.Kubernetes : BackendKind.Yarn).SetJobs(distinct);
    }

    private static BackendSnapshot Backend(
        int total, int guaranteed, string[] queues, int free, (string Queue, int Used)[]? used = null, string name = "yarn") => new(
        name,
        1,
        new([Node("all", Units(total), Units(total - free))], Now, null),
        new([.. queues.Union((used ?? []).Select(static u => u.Queue), StringComparer.Ordinal).Select(q => new QueueReport
        {
            Path = q,
            IsOpen = true,
            IsLeaf = true,
            Guaranteed = guaranteed > 0 && queues.Contains(q, StringComparer.Ordinal) ? Amount(guaranteed) : null,
            Used = Amount((used ?? []).FirstOrDefault(u => u.Queue == q).Used),
            Applications = 1,
        })], Now, null),
        new([], Now, null));

    private static BackendSnapshot OnNodes(FleetJob[] jobs) => new(
        "yarn",
        1,
        new([.. Enumerable.Range(0, 6).Select(i => Node($"n{i}", Capacity, jobs.Sum(j => OnNode(j, $"n{i}"))))], Now, null),
        new([], Now, null),
        new([], Now, null));

    private static NodeReport Node(string name, long capacity, long used) => new()
    {
        Name = name,
        IsSchedulable = true,
        NativeState = "RUNNING",
        Memory = MemorySize.FromMebibytes(capacity / 1000 * 1024),
        UsedMemory = MemorySize.FromMebibytes(used / 1000 * 1024),
        CpuMillicores = capacity,
        UsedCpuMillicores = used,
    };

    private static long OnNode(FleetJob job, string node) =>
        job.Places.Where(p => p.Node == node).Sum(static p => Units(p.TaskManagers) + (p.HasJobManager ? 1000 : 0));

    private static long FreedOn(FleetJob job, PlannedMove move, string node)
    {
        if (move.Kind != MoveKind.Shrink)
        {
            return OnNode(job, node);
        }
        var (left, freed) = (job.TaskManagers - move.TaskManagersKept, 0L);
        foreach (var place in job.Places.Reverse())
        {
            var count = Math.Min(left, place.TaskManagers);
            left -= count;
            freed += place.Node == node ? Units(count) : 0;
        }
        return freed;
    }

    private static FleetJob Victim(string key) => new()
    {
        Job = JobKey.Parse(key),
        Backend = "yarn",
        Queue = "root.q0",
        Tier = WorkloadTier.Batch,
        Priority = new(0),
        JobManager = Amount(1),
        TaskManager = Amount(1),
        TaskManagers = 2,
        LoadRatio = 0.5,
        StateBytes = 1 << 20,
        LastCheckpointAt = Now.AddMinutes(-1),
        CheckpointDuration = TimeSpan.FromSeconds(5),
        RetainsCheckpoints = true,
        CanSavepoint = true,
        StableSince = Now.AddHours(-10),
        ObservedAt = Now,
    };

    private static FleetJob Job(
        int id, int queue, WorkloadTier tier, int priority, int taskManagers, int node, int minimum, double load, int checkpointAge, int flags, long state) =>
        Victim($"t{id % 5}/j{id}") with
        {
            Queue = $"root.q{queue}",
            Tier = tier,
            Priority = new(priority),
            TaskManagers = taskManagers,
            Places = [new($"n{node}", taskManagers / 2, HasJobManager: true), new($"n{(node + 1) % 6}", taskManagers - (taskManagers / 2))],
            MinimumSlots = minimum == 0 ? null : minimum,
            LoadRatio = load > 0.9 ? null : load,
            LastCheckpointAt = checkpointAge < 0 ? null : Now.AddSeconds(-checkpointAge),
            StateBytes = (flags & 1) == 0 ? null : state,
            RetainsCheckpoints = (flags & 2) != 0,
            CanSavepoint = (flags & 4) != 0,
            IsMigrating = (flags & 24) == 24,
            IsDisposable = (flags & 48) == 48,
            IsLeaving = (flags & 56) == 40,
        };

    private static PreemptionRequest Request(int id, int queue, WorkloadTier tier, int priority, int taskManagers) => new()
    {
        Job = JobKey.Parse($"waiting/j{id}"),
        Placements = [new("yarn", $"root.q{queue}")],
        Tier = tier,
        Priority = new(priority),
        JobManager = Amount(1),
        TaskManager = Amount(1),
        MinimumTaskManagers = taskManagers,
        WaitingSince = Now.AddMinutes(-10),
    };

    private static FleetJob JobOf(PreemptionRequest request, DateTimeOffset now) => Victim(request.Job.Value) with
    {
        Queue = request.Placements[0].Queue,
        Tier = request.Tier,
        Priority = request.Priority,
        TaskManagers = request.MinimumTaskManagers,
        StableSince = now,
    };

    private static PreemptionRequest RequestOf(FleetJob job, DateTimeOffset now) => new()
    {
        Job = job.Job,
        Placements = [new(job.Backend, job.Queue)],
        Tier = job.Tier,
        Priority = job.Priority,
        JobManager = job.JobManager,
        TaskManager = job.TaskManager,
        MinimumTaskManagers = job.TaskManagers,
        WaitingSince = now,
    };
}
