using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class FleetArbiterTests
{
    private const long GiB = 1L << 30;

    private static readonly Gen<(int Priority, int Current, int New, int Size)[]> Rounds =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 20], Gen.Int[0, 30], Gen.Int[1, 8]).Array[0, 12];

    [Fact]
    public void Arbitrate_HighAndLowPriorityWantTheSameRoom_HighDisplacesLow()
    {
        var verdicts = Arbitrate((10, 10), ("team/low", 1, 1, 6), ("team/high", 8, 1, 9));

        Assert.Equal((FleetOutcome.Granted, FleetOutcome.Displaced), (verdicts["team/high"].Outcome, verdicts["team/low"].Outcome));
        Assert.Equal([JobKey.Parse("team/high")], verdicts["team/low"].DisplacedBy);
        Assert.Contains("more important jobs than priority 1: team/high", verdicts["team/low"].Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Arbitrate_HighPriorityWaitsForRoom_NothingTricklesAwayToTheSmall()
    {
        var verdicts = Arbitrate((100, 4), ("team/low", 1, 1, 3), ("team/high", 8, 1, 9), ("team/same", 8, 1, 2));

        Assert.Equal((FleetOutcome.NoRoom, FleetOutcome.Displaced, FleetOutcome.Granted),
            (verdicts["team/high"].Outcome, verdicts["team/low"].Outcome, verdicts["team/same"].Outcome));
    }

    [Fact]
    public void Arbitrate_HighPriorityCouldNeverFit_KeepsNobodyWaiting() =>
        Assert.Equal(FleetOutcome.Granted, Arbitrate((8, 4), ("team/low", 1, 1, 3), ("team/high", 8, 1, 9))["team/low"].Outcome);

    [Fact]
    public void Arbitrate_SomeoneShrinks_GivesBackFirst() =>
        Assert.Equal(FleetOutcome.Granted, Arbitrate((10, 0), ("team/low", 1, 6, 2), ("team/high", 8, 1, 5))["team/high"].Outcome);

    [Fact]
    public void Arbitrate_PoolNotKnown_RefusesNobody() => Assert.Equal(
        FleetOutcome.Granted, Assert.Single(FleetArbiter.Arbitrate([Proposal("team/a", 1, 1, 1000, 1)], [])).Outcome);

    [Fact]
    public void Arbitrate_SameJobTwice_IsAnError()
    {
        var error = Assert.Throws<ArgumentException>(static () => FleetArbiter.Arbitrate([Proposal("team/a", 1, 1, 2, 1), Proposal("team/a", 1, 1, 3, 1)], []));

        Assert.Contains("'team/a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arbitrate_AnyRound_FitsAndKeepsTheOrderOfPriorities() => Gen.Select(Rounds, Gen.Int[0, 80], Gen.Int[80, 200], Gen.Int).Sample((round, free, total, seed) =>
    {
        var proposals = round.Select(static (r, i) => Proposal(Job(i), r.Priority, r.Current, r.New, r.Size)).ToList();
        var pool = new FleetPool("east", new(total, total * GiB), new(free, free * GiB));

        var verdicts = FleetArbiter.Arbitrate(proposals, [pool]);

        var shuffled = FleetArbiter.Arbitrate(proposals.OrderBy(p => HashCode.Combine(p.Job, seed)), [pool]);
        Assert.Equal(verdicts.Select(static v => (v.Job, v.Outcome, v.Explanation)), shuffled.Select(static v => (v.Job, v.Outcome, v.Explanation)));
        Assert.Equal(proposals.Count, verdicts.Length);
        var outcome = verdicts.ToDictionary(static v => v.Job, static v => v.Outcome);
        var granted = proposals.Where(p => outcome[p.Job] == FleetOutcome.Granted).ToList();
        Assert.True(granted.Sum(Growth) <= free || granted.TrueForAll(static p => Growth(p) <= 0));
        foreach (var refused in proposals.Where(p => outcome[p.Job] != FleetOutcome.Granted && p.Request.New * p.Request.Cpu <= total))
        {
            Assert.DoesNotContain(granted, g => Growth(g) > 0 && g.Priority < refused.Priority);
        }
        Assert.All(verdicts, v => Assert.Equal(v.Outcome == FleetOutcome.Displaced, !v.DisplacedBy.IsEmpty));
        Assert.All(verdicts, v => Assert.All(v.DisplacedBy, by => Assert.True(Priority(by) > Priority(v.Job))));

        JobPriority Priority(JobKey job) => proposals.Single(p => p.Job == job).Priority;
    });

    [Fact]
    public void Admit_DisplacedJob_IsRefusedOnlyWhileItTakesPart()
    {
        var job = Jobs.Chain(new VertexSketch(4, 128, 0, 1, 1000, 500_000, 0));
        var verdict = new FleetVerdict(JobKey.Parse("team/low"), FleetOutcome.Displaced, [JobKey.Parse("team/high")], "the room goes to team/high");
        var on = Evaluations.AtOnce with { Extensions = new() { FleetArbiter = true } };

        var refused = job.Plan(on, change: f => f with { Verdict = verdict });

        Assert.Equal((AutoscalerStatus.Refused, GateRefusal.FleetArbiter), (refused.Status, refused.Refusal));
        Assert.Contains("[fleet-arbiter: the room goes to team/high]", refused.Events[^1].Message, StringComparison.Ordinal);
        Assert.Equal(AutoscalerStatus.Scale, job.Plan(on, change: f => f with { Verdict = verdict with { Outcome = FleetOutcome.Granted } }).Status);
        Assert.Equal(AutoscalerStatus.Scale, job.Plan(Evaluations.AtOnce, change: f => f with { Verdict = verdict }).Status);
    }

    [Fact]
    public void Propose_SomethingIsToChange_NamesWhatTheClusterWillBeAsked()
    {
        var job = Jobs.Chain(new VertexSketch(4, 128, 0, 1, 1000, 500_000, 0));
        var facts = job.Facts(job.Topology());
        facts.Metrics.Add(JobMetric.TaskSlotsUsed, 4);
        facts = facts with { TaskManager = new(1, GiB) };
        var policy = new AutoscalerPolicy();

        var proposed = policy.Propose(Evaluations.AtOnce, facts, AutoscalerMemory.Empty);

        Assert.Equal(AutoscalerStatus.Proposed, proposed.Status);
        Assert.Equal(new CapacityRequest(4, proposed.Decision!.Parallelism()["v0"], 1, GiB), proposed.Request);
        Assert.Equal(GateRefusal.ClusterCapacity, policy.Admit(Evaluations.AtOnce, facts, proposed, static _ => false).Refusal);
        Assert.Equal(AutoscalerStatus.Scale, policy.Admit(Evaluations.AtOnce, facts, proposed, static _ => true).Status);
    }

    private static double Growth(FleetProposal proposal) => (proposal.Request.New - proposal.Request.Current) * proposal.Request.Cpu;

    private static string Job(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"team/job{number}");

    private static FleetProposal Proposal(string job, int priority, int current, int next, int size) =>
        new(JobKey.Parse(job), new(priority), "east", new(current, next, size, size * GiB));

    private static Dictionary<string, FleetVerdict> Arbitrate((int Total, int Free) pool, params (string Job, int Priority, int Current, int New)[] proposals) =>
        FleetArbiter.Arbitrate(
            proposals.Select(static p => Proposal(p.Job, p.Priority, p.Current, p.New, 1)),
            [new("east", new(pool.Total, pool.Total * GiB), new(pool.Free, pool.Free * GiB))])
            .ToDictionary(static v => v.Job.Value, StringComparer.Ordinal);
}
