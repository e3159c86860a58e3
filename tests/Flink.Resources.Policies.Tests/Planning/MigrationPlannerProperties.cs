using System.Collections.Immutable;
using CsCheck;
using static Flink.Resources.Planning.PlanningFleet;

namespace Flink.Resources.Planning;

public sealed class MigrationPlannerProperties
{
    private const int Count = 40;

    private static readonly Gen<FleetJob> Jobs =
        from team in Gen.Int[0, 5]
        from queue in Gen.Int[0, 2]
        from priority in Gen.Int[0, 9]
        from state in Gen.OneOf<long?>(null, 0, 1L << 30, 5L << 30)
        from flags in Gen.Bool.Array[3]
        from session in Gen.Int[0, 30]
        from topics in Gen.Int[0, 12].Array[2]
        from cores in Gen.Int[1, 4]
        from workers in Gen.Int[0, 5]
        from standby in Gen.Int[0, Count]
        from rate in Gen.OneOf<double?>(null, 900, 1100, 5000)
        select Job($"team{team}/job", priority, $"root.q{queue}", new(Of(1, 1), Of(cores, cores * 2), workers)) with
        {
            StateBytes = state,
            IsStateless = flags[0],
            IsVolunteer = flags[1],
            IsSynthetic = flags[2] && session % 7 == 0,
            Session = session < 3 ? $"session{session}" : null,
            Reads = topics[0] < 8 ? [$"topic{topics[0]}"] : [],
            Writes = topics[1] < 8 ? [$"topic{topics[1]}"] : [],
            StandbyOf = standby < Count / 2 ? JobKey.Parse($"team0/job{standby}") : null,
            InputRate = 1000,
            MaximumRate = rate,
        };

    private static readonly Gen<(PlanningFacts Facts, PlanningOptions Options)> Cases =
        from jobs in Jobs.Array[0, Count]
        from most in Gen.Int[3, 12]
        from nodes in Gen.Int[0, 30]
        from limit in Gen.Int[10, 300]
        from used in Gen.Int[0, 10]
        from scope in Gen.Enum<WaveScope>()
        from isHeld in Gen.Bool
        let named = jobs.Select(static (j, i) => j with { Job = JobKey.Parse($"{j.Job.Value}{i}") }).ToArray()
        select (
            Facts(named) with
            {
                Capacity = new()
                {
                    Now = Now,
                    Backends =
                    [
                        Snapshot(East, [.. Enumerable.Range(0, 20).Select(static i => Node($"e{i}", 8, 16))], [Queue("root", Of(100, 200), Of(used, used))]),
                        Snapshot(West, [.. Enumerable.Range(0, nodes).Select(static i => Node($"w{i}", 8, 16, usedCores: i % 3))], [Queue("root.q0", Of(limit, limit * 2), Of(used, used)), Queue("root")]),
                    ],
                    Held = isHeld ? [new(East)] : [],
                },
            },
            new PlanningOptions { MaximumJobsPerWave = most, Scope = scope });

    [Fact]
    public void Plan_Always_LosesNoJob() => Cases.Sample(static c =>
    {
        var plan = MigrationPlanner.Plan(c.Facts, c.Options);

        string[] all = [.. plan.Waves.SelectMany(static w => w.Keys()), .. plan.Left.Select(static l => l.Job.Job.Value)];
        Assert.Equal(c.Facts.Jobs.Select(static j => j.Job.Value).Order(StringComparer.Ordinal), all.Order(StringComparer.Ordinal));
        Assert.All(plan.Left, static l => Assert.NotEmpty(l.Reason));
        Assert.All(plan.Waves.SelectMany(static w => w.Moves), static m => Assert.NotEmpty(m.Reason));
    });

    [Fact]
    public void Plan_AnyOrderOfFacts_TheSamePlan() => Gen.Select(Cases, Gen.Int).Sample(static (c, seed) =>
    {
        var random = new Random(seed);
        FleetJob[] shuffled = [.. c.Facts.Jobs];
        random.Shuffle(shuffled);
        var facts = c.Facts with
        {
            Jobs = [.. shuffled],
            Eligibility = [.. c.Facts.Eligibility.Reverse()],
            Capacity = c.Facts.Capacity with { Backends = [.. c.Facts.Capacity.Backends.Reverse()] },
        };

        Assert.Equal(Print(MigrationPlanner.Plan(c.Facts, c.Options)), Print(MigrationPlanner.Plan(facts, c.Options)));
    });

    [Fact]
    public void Plan_Always_NoJoinedJobsInOneWave() => Cases.Sample(static c =>
    {
        foreach (var wave in MigrationPlanner.Plan(c.Facts, c.Options).Waves)
        {
            var jobs = wave.Moves.Select(static m => m.Job).ToArray();
            foreach (var (one, other) in jobs.SelectMany(one => jobs.Where(other => other != one).Select(other => (one, other))))
            {
                Assert.Empty(one.Writes.Intersect(other.Writes.Concat(other.Reads), StringComparer.Ordinal));
                Assert.NotEqual(one.StandbyOf, other.Job);
            }
        }
    });

    [Fact]
    public void Plan_Always_KeepsToSizesSharesAndSessions() => Cases.Sample(static c =>
    {
        var plan = MigrationPlanner.Plan(c.Facts, c.Options);

        foreach (var wave in plan.Waves)
        {
            Assert.InRange(wave.Moves.Length, 1, c.Options.MaximumJobsPerWave);
            foreach (var team in wave.Moves.GroupBy(static m => m.Job.Job.Team, StringComparer.Ordinal).Where(static t => t.Select(static m => Unit(m.Job)).Distinct(StringComparer.Ordinal).Skip(1).Any()))
            {
                Assert.True(team.Count() <= Math.Max(1, c.Facts.Jobs.Count(j => j.Job.Team == team.Key) * 0.2));
            }
            foreach (var queue in wave.Moves.GroupBy(static m => m.Job.Source).Where(static q => q.Select(static m => Unit(m.Job)).Distinct(StringComparer.Ordinal).Skip(1).Any()))
            {
                var all = c.Facts.Jobs.Where(j => j.Source == queue.Key).ToArray();
                Assert.True(all.Length < 5 || queue.Sum(static m => Cores(m.Job)) <= all.Sum(Cores) * 0.2 + 1e-6);
            }
            var alone = wave.Moves.Where(static m => m.Job.Priority.Value >= 9).ToArray();
            Assert.True(alone.Length == 0 || (wave.NeedsApproval && wave.Moves.Select(static m => Unit(m.Job)).Distinct(StringComparer.Ordinal).Count() == 1) || wave.Stage == PlanStage.Canary);
            foreach (var session in wave.Moves.Where(static m => m.Job.Session is not null).GroupBy(static m => m.Job.Session!, StringComparer.Ordinal))
            {
                Assert.Equal(c.Facts.Jobs.Count(j => j.Session == session.Key), session.Count());
            }
        }
    });

    [Fact]
    public void Plan_Always_ThereIsRoomThereAndBack() => Cases.Sample(static c =>
    {
        var (east, west) = (c.Facts.Capacity.Backends[0], c.Facts.Capacity.Backends[1]);
        double earlier = 0, earlierInQueue = 0;
        foreach (var wave in MigrationPlanner.Plan(c.Facts, c.Options).Waves)
        {
            var (need, inQueue) = (wave.Moves.Sum(static m => Cores(m.Job)), wave.Moves.Where(static m => m.To.Queue == "root.q0").Sum(static m => Cores(m.Job)));
            Assert.True((need * 1.2) + earlier <= west.Nodes.Items.Sum(static n => (n.CpuMillicores - n.UsedCpuMillicores) / 1000d) + 1e-6);
            Assert.True(inQueue == 0 || (inQueue * 1.2) + earlierInQueue <= ((west.Queues.Items[0].Maximum!.Value.CpuMillicores - west.Queues.Items[0].Used.CpuMillicores) / 1000d) + 1e-6);
            Assert.True(!c.Facts.Capacity.Held.IsEmpty || need <= (east.Queues.Items[0].Maximum!.Value.CpuMillicores - east.Queues.Items[0].Used.CpuMillicores) / 1000d);
            Assert.All(wave.Moves, static m => Assert.True(m.Job.MaximumRate is not < 1000));
            Assert.True(wave.Capacity is { Holds: true });
            (earlier, earlierInQueue) = (earlier + need, earlierInQueue + inQueue);
        }
    });

    [Fact]
    public void Plan_Always_AWaveStartsTheHarmlessFirst() => Cases.Sample(static c =>
    {
        foreach (var wave in MigrationPlanner.Plan(c.Facts, c.Options).Waves)
        {
            // A session counts as the most important of its jobs.
            var order = wave.Moves.Select(m => m.Job.Session is { } s ? c.Facts.Jobs.Where(j => j.Session == s).Max(static j => j.Priority.Value) : m.Job.Priority.Value).ToArray();
            Assert.Equal(order.Order(), order);
        }
    });

    private static string Unit(FleetJob job) => job.Session ?? job.Job.Value;

    private static double Cores(FleetJob job) => (job.Need.JobManager.CpuMillicores + (job.Need.TaskManager.CpuMillicores * (double)job.Need.TaskManagers)) / 1000;

    private static string Print(MigrationPlan plan) => string.Join('\n',
        plan.Waves.Select(static w => $"{w.Number} {w.Stage} {w.NeedsApproval} {w.Queue} {string.Join(' ', w.Moves.Select(static m => $"{m.Job.Job}: {m.Reason}"))} {string.Join(' ', w.Capacity!.Lines.Select(static l => l.Explanation))}")
            .Concat(plan.Left.Select(static l => $"{l.Job.Job}: {l.Reason}")).Concat(plan.Notes));
}
