using System.Collections.Immutable;
using Flink.Resources.Eligibility;
using static Flink.Resources.Planning.PlanningFleet;

namespace Flink.Resources.Planning;

public sealed class MigrationPlannerTests
{
    [Fact]
    public void Plan_SyntheticJobs_GoFirstOneForEachCombination()
    {
        var plan = MigrationPlanner.Plan(Facts(
            Job("try/a") with { IsSynthetic = true },
            Job("try/b") with { IsSynthetic = true },
            Job("try/heap") with { IsSynthetic = true, StateBackend = "hashmap", Reads = ["x"] },
            Job("try/both") with { IsSynthetic = true, Sinks = [SinkClass.Append, SinkClass.Transactional] },
            Job("ads/clicks") with { Sinks = [SinkClass.TableCommits] }));

        var canaries = plan.Waves.TakeWhile(static w => w.Stage == PlanStage.Canary).SelectMany(static w => w.Keys()).Order(StringComparer.Ordinal);
        Assert.Equal(["try/a", "try/both", "try/heap"], canaries);
        Assert.Contains("another synthetic job", plan.ReasonOf("try/b"), StringComparison.Ordinal);
        Assert.Contains(plan.Notes, static n => n.Contains("1.20.5 with rocksdb and sinks of class TableCommits", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_Volunteers_TheThreeLeastImportantGoBeforeTheStages()
    {
        var jobs = Enumerable.Range(0, 6).Select(static i => Job($"t{i}/job", priority: 5 - i) with { IsVolunteer = true }).Append(Job("z/most", priority: 8) with { IsVolunteer = true });

        var plan = MigrationPlanner.Plan(Facts(jobs));

        Assert.Equal(["t5/job", "t4/job", "t3/job"], plan.Waves.Where(static w => w.Stage == PlanStage.Canary).SelectMany(static w => w.Keys()));
    }

    [Fact]
    public void Plan_AllImportant_NobodyVolunteersForThem()
    {
        var plan = MigrationPlanner.Plan(Facts(Job("ads/p1", priority: 8) with { IsVolunteer = true }));

        Assert.DoesNotContain(plan.Waves, static w => w.Stage == PlanStage.Canary);
        Assert.Contains(plan.Notes, static n => n.Contains("offered to go first", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_TwoHundredJobs_StagesAreSharesOfTheFleet()
    {
        var plan = MigrationPlanner.Plan(Facts(Enumerable.Range(0, 200).Select(static i => Job($"t{i % 20}/job{i:000}"))));

        var moved = plan.Waves.GroupBy(static w => w.Stage).ToDictionary(static g => g.Key, static g => g.Sum(static w => w.Moves.Length));
        Assert.Equal((2, 8, 10, 30, 150), (moved[PlanStage.OnePercent], moved[PlanStage.FivePercent], moved[PlanStage.TenPercent], moved[PlanStage.TwentyFivePercent], moved[PlanStage.Rest]));
        Assert.Equal(plan.Waves.Select(static w => w.Stage).Order(), plan.Waves.Select(static w => w.Stage));
        Assert.Equal(Enumerable.Range(1, plan.Waves.Length), plan.Waves.Select(static w => w.Number));
    }

    [Fact]
    public void Plan_WithinAStage_TheHarmlessGoFirst()
    {
        var options = new PlanningOptions { StageShares = [1, 1, 1, 1], Scope = WaveScope.Fleet, SmallQueue = 100 };
        var plan = MigrationPlanner.Plan(
            Facts(
                Job("a/1-important", priority: 1) with { IsStateless = true },
                Job("b/2-consumed") with { StateBytes = 10, Writes = ["x"] },
                Job("c/3-small") with { StateBytes = 10 },
                Job("d/4-large") with { StateBytes = 20 },
                Job("e/5-unknown") with { StateBytes = null },
                Job("f/6-stateless") with { IsStateless = true, StateBytes = null },
                Job("g/7-reader", priority: 2) with { Reads = ["x"] }),
            options);

        Assert.Equal(["f/6-stateless", "c/3-small", "b/2-consumed", "d/4-large", "e/5-unknown", "a/1-important", "g/7-reader"], plan.Waves.SelectMany(static w => w.Keys()));
        Assert.Equal(2, plan.WaveOf("g/7-reader"));
        Assert.Contains("reads x, which b/2-consumed writes", plan.ReasonOf("g/7-reader"), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_ByQueue_AWaveIsOneQueues()
    {
        var facts = Facts(Enumerable.Range(0, 60).Select(static i => Job($"t{i}/job", priority: i % 7, queue: $"root.q{i % 3}")));

        var byQueue = MigrationPlanner.Plan(facts);
        var byFleet = MigrationPlanner.Plan(facts, new() { Scope = WaveScope.Fleet });

        Assert.All(byQueue.Waves, static w => Assert.Equal(w.Queue, Assert.Single(w.Moves.Select(static m => m.From.Queue).Distinct(StringComparer.Ordinal))));
        Assert.Contains(byFleet.Waves, static w => w.Queue is null);
        Assert.True(byFleet.Waves.Length < byQueue.Waves.Length);
    }

    [Fact]
    public void Plan_JoinedOrStandby_NeverInOneWave()
    {
        var plan = MigrationPlanner.Plan(Facts(
            Job("a/one") with { Writes = ["orders"] },
            Job("b/two") with { Reads = ["orders"] },
            Job("c/three") with { Writes = ["orders"] },
            Job("d/active"),
            Job("e/standby") with { StandbyOf = JobKey.Parse("d/active") },
            Job("f/reader") with { Reads = ["clicks"] },
            Job("g/reader") with { Reads = ["clicks"] }), new() { StageShares = [1, 1, 1, 1], SmallQueue = 100 });

        Assert.Equal(3, new[] { "a/one", "b/two", "c/three" }.Select(plan.WaveOf).Distinct().Count());
        Assert.NotEqual(plan.WaveOf("d/active"), plan.WaveOf("e/standby"));
        Assert.Equal(plan.WaveOf("f/reader"), plan.WaveOf("g/reader"));
        Assert.Contains("stands by for d/active", plan.ReasonOf("e/standby"), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OneTeam_AFifthOfItsJobsInAWave()
    {
        var plan = MigrationPlanner.Plan(Facts(Enumerable.Range(0, 20).Select(static i => Job($"ads/job{i:00}"))), new() { StageShares = [0, 0, 0, 0] });

        Assert.All(plan.Waves, static w => Assert.InRange(w.Moves.Length, 1, 4));
        Assert.Contains(plan.Waves, static w => w.Moves.Length == 4);
        Assert.Contains("4 of the 20 jobs of team ads", plan.ReasonOf("ads/job19"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 3)]
    [InlineData(10, 2)]
    public void Plan_OneQueue_AFifthOfItsCapacityInAWaveUnlessItIsSmall(int jobs, int most)
    {
        // Each job needs 2 cores; the queue is as large as its jobs.
        var plan = MigrationPlanner.Plan(Facts(Enumerable.Range(0, jobs).Select(static i => Job($"t{i:00}/job"))), new() { StageShares = [0, 0, 0, 0], Scope = WaveScope.Queue });

        Assert.Equal(most, plan.Waves.Max(static w => w.Moves.Length));
    }

    [Fact]
    public void Plan_GuaranteedCapacityIsKnown_TheShareIsOfIt()
    {
        var facts = Facts(Enumerable.Range(0, 10).Select(static i => Job($"t{i:00}/job")));
        var capacity = Plenty with { Backends = [Snapshot(East, Large(East).Nodes.Items, [Queue("root.a", guaranteed: Of(40, 100))]), Large(West)] };

        var plan = MigrationPlanner.Plan(facts with { Capacity = capacity }, new() { StageShares = [0, 0, 0, 0] });

        Assert.Equal(4, plan.Waves.Max(static w => w.Moves.Length));
    }

    [Fact]
    public void Plan_TierP0_AloneLastAndApproved()
    {
        var plan = MigrationPlanner.Plan(Facts(Job("a/p0", priority: 9), Job("b/p0", priority: 9) with { IsApproved = true }, Job("c/p1", priority: 8)));

        Assert.Equal(["a/p0"], plan.Waves[^2].Keys());
        Assert.Equal(["b/p0"], plan.Waves[^1].Keys());
        Assert.Equal((true, false, false), (plan.Waves[^2].NeedsApproval, plan.Waves[^1].NeedsApproval, plan.Waves[0].NeedsApproval));
        Assert.Contains("Tier P0: it runs alone, after a person approved it.", plan.ReasonOf("a/p0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_Session_AllInOneWave()
    {
        var session = Enumerable.Range(0, 5).Select(static i => Job($"team{i}/s{i}") with { Session = "application_1_0007" });

        var plan = MigrationPlanner.Plan(Facts([.. session, .. Enumerable.Range(0, 30).Select(static i => Job($"other{i}/job"))]));

        Assert.Single(plan.Waves, static w => w.Moves.Count(static m => m.Job.Session is not null) == 5);
        Assert.Contains("All 5 jobs of session application_1_0007 move together.", plan.ReasonOf("team0/s0"), StringComparison.Ordinal);
    }

    public static TheoryData<string, FleetJob[], string> BrokenSessions => new()
    {
        { "joined", [Job("a/s") with { Session = "s", Writes = ["x"] }, Job("b/s") with { Session = "s", Reads = ["x"] }], "must not move together" },
        { "targets", [Job("a/s") with { Session = "s" }, Job("b/s") with { Session = "s", Target = new("k8s-else", "root.a") }], "different targets" },
        { "too large", [.. Enumerable.Range(0, 51).Select(static i => Job($"t{i}/s") with { Session = "s" })], "51 jobs, a wave takes 50" },
        { "never catches up", [Job("a/s") with { Session = "s" }, Job("b/s") with { Session = "s", InputRate = 10, MaximumRate = 9 }], "never catch up" },
    };

    [Theory]
    [MemberData(nameof(BrokenSessions))]
    public void Plan_SessionThatCannotMoveAsOne_AllOfItIsLeft(string what, FleetJob[] jobs, string words)
    {
        Assert.NotEmpty(what);
        var plan = MigrationPlanner.Plan(Facts(jobs));

        Assert.Empty(plan.Waves);
        Assert.Equal(jobs.Length, plan.Left.Length);
        Assert.All(plan.Left, l => Assert.Contains(words, l.Reason, StringComparison.Ordinal));
    }

    public static TheoryData<EligibilitySeverity, string?, string?, bool> Findings => new()
    {
        { EligibilitySeverity.Info, null, null, true },
        { EligibilitySeverity.Warn, null, null, false },
        { EligibilitySeverity.Warn, "E06", null, true },
        { EligibilitySeverity.Warn, "E06", "ads/clicks", true },
        { EligibilitySeverity.Warn, "E06", "ads/other", false },
        { EligibilitySeverity.Fix, "E06", null, false },
        { EligibilitySeverity.Fix, "E06", "ads/clicks", true },
        { EligibilitySeverity.Block, "E06", "ads/clicks", false },
    };

    [Theory]
    [MemberData(nameof(Findings))]
    public void Plan_Finding_LeavesTheJobWithItsReasonUnlessSomebodyKnows(EligibilitySeverity severity, string? rule, string? job, bool isPlanned)
    {
        var facts = Facts(Job("ads/clicks")) with
        {
            Eligibility = [new(JobKey.Parse("ads/clicks"), [new("E06", severity, "operator 3 has no uid", "Set uids")])],
            Acknowledged = rule is null ? [] : [new(rule, job is null ? null : JobKey.Parse(job))],
        };

        var plan = MigrationPlanner.Plan(facts);

        Assert.Equal(isPlanned, plan.Waves.Length == 1);
        Assert.True(isPlanned || plan.ReasonOf("ads/clicks").Contains("operator 3 has no uid. Set uids.", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_NotJudgedOrThereAlready_IsLeft()
    {
        var there = Job("ads/there") with { Target = new(East, "root.a") };
        var plan = MigrationPlanner.Plan(Facts(there) with { Jobs = [there, Job("ads/unjudged")] });

        Assert.Contains("was not judged", plan.ReasonOf("ads/unjudged"), StringComparison.Ordinal);
        Assert.Contains("already", plan.ReasonOf("ads/there"), StringComparison.Ordinal);
        Assert.Single(MigrationPlanner.Plan(Facts() with { Jobs = [Job("ads/unjudged")] }, new() { RequireEligibility = false }).Waves);
    }

    [Fact]
    public void Plan_LittleRoom_WavesShrinkAndTheRestIsLeft()
    {
        // 5 cores are free; a job needs 2 and 20 % more while it moves: two in the first wave, then no more.
        var capacity = Plenty with { Backends = [Large(East), Snapshot(West, [Node("n", 64, 256)], [Queue("root.a", Of(5, 100))])] };
        var facts = Facts(Enumerable.Range(0, 4).Select(static i => Job($"t{i}/job"))) with { Capacity = capacity };
        var options = new PlanningOptions { StageShares = [0, 0, 0, 0] };

        var plan = MigrationPlanner.Plan(facts, options);
        var growing = MigrationPlanner.Plan(facts, options with { Capacity = new() { TargetGrows = true } });

        Assert.Equal(2, plan.Waves.Sum(static w => w.Moves.Length));
        Assert.All(plan.Left, static l => Assert.Contains("root.a on k8s-west", l.Reason, StringComparison.Ordinal));
        Assert.Equal([1, 2, 1], growing.Waves.Select(static w => w.Moves.Length));
        Assert.All(plan.Waves, static w => Assert.True(w.Capacity is { Holds: true, Lines.Length: 2 }));
    }

    [Fact]
    public void Plan_WrongFacts_AllOfThemAreNamed()
    {
        var facts = Facts() with
        {
            Jobs = [Job("a/b") with { StateBytes = -1 }, Job("a/b") with { InputRate = double.NaN }, Job("a/c") with { Need = Small with { TaskManagers = -2 } }],
            Acknowledged = [new(" ")],
        };

        var message = Assert.Throws<ArgumentException>(() => MigrationPlanner.Plan(facts)).Message;

        Assert.All((string[])["a/b is there twice", "StateBytes is -1", "InputRate is NaN", "a/c: Need.TaskManagers is -2", "names no rule"],
            words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_TwentyThousandJobs_AllAreAccountedFor()
    {
        var jobs = Enumerable.Range(0, 20_000).Select(static i => Job($"team{i % 400}/job{i:00000}", priority: i % 9, queue: $"root.q{i % 50:00}") with
        {
            StateBytes = i % 3 == 0 ? null : i * 1000L,
            Reads = [$"topic{i / 5}"],
            Writes = [$"topic{(i / 5) + 1}"],
            Session = i % 1000 < 3 ? $"session{i / 1000}" : null,
        }).ToArray();
        var facts = Facts(jobs) with { Capacity = new() { Now = Now, Backends = [Large(East, 1500), Large(West, 1500)] } };

        var plan = MigrationPlanner.Plan(facts);

        var planned = plan.Waves.SelectMany(static w => w.Keys()).ToImmutableHashSet(StringComparer.Ordinal);
        Assert.Equal(20_000, planned.Count + plan.Left.Length);
        Assert.True(planned.Count > 19_000, $"{planned.Count} planned; {plan.Left.FirstOrDefault()?.Reason}");
        Assert.All(plan.Waves, static w => Assert.InRange(w.Moves.Length, 1, 50));
    }
}
