using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Flink.Resources.Eligibility;
using Flink.Resources.Migration;
using Flink.Resources.Planning;
using Flink.Resources.Simulation;

namespace Flink.Resources.Fleet;

/// <summary>What may not be moved stays, in plan and apply, and says why and what would be right.</summary>
public sealed class EligibilityTests
{
    private const string Fresh = "    start: fresh\n";
    private const string Large = "    taskManager: {memory: 20g, cpu: 1, slots: 2}\n";

    /// <summary>Under a root of its own, so that its try is its own too.</summary>
    private const string Apart = "    snapshots: hdfs://sim/apart/{job}\n";

    private static readonly string OnYarn = FleetBench.Text(static _ => "yarn-east", static i => Fresh + (i == 0 ? Apart : i == 1 ? Large : string.Empty));
    private static readonly string OnKubernetes = FleetBench.Text(static _ => "k8s-east", static i => Fresh + (i == 0 ? Apart : i == 1 ? Large : string.Empty));

    /// <summary>By the directory of job 0, the size of job 1 and the health of job 2.</summary>
    [Fact]
    public Task PlanAndApply_JobsBlockedByRules_StayWithFindingAndRemedy_AndTheOthersMove() => Bench().RunAsync(static async (bench, ct) =>
    {
        bench.Fleet.Describe(FleetBench.Jobs[2], new SimulatedJob { RestartDelay = TimeSpan.FromHours(1) });
        await StartedAsync(bench, OnYarn, ct);
        bench.Fleet.FailDirectoryProbe("hdfs://sim/apart/team0/job0", "k8s-east", DirectoryProbeStep.Write);
        bench.Fleet.FailTask(bench.Fleet.LiveCopies(FleetBench.Jobs[2])[0].Copy.Application);
        await bench.Fleet.RunAsync(TimeSpan.FromSeconds(10), ct);
        var copies = FleetBench.Jobs.Take(3).Select(j => Assert.Single(bench.Fleet.LiveCopies(j)).Copy).ToList();

        var plan = await bench.Open(OnKubernetes).PlanAsync(null, ct);

        Assert.Equal(FleetExit.LeftAlone, plan.Exit);
        Assert.Equal(["Leave", "Leave", "Leave", "Move", "Move", "Move"], plan.Jobs.Select(static j => j.Action.ToString()));
        AssertBlocked(plan.Jobs[0].Reason, plan.Eligibility[0], "E03", "Write failed", "give the job's user there the rights");
        AssertBlocked(plan.Jobs[1].Reason, plan.Eligibility[1], "E17", "The TaskManager takes 20g", "make the container smaller, or add bigger nodes");
        AssertBlocked(plan.Jobs[2].Reason, plan.Eligibility[2], "E19", "0 of ", "heal the job first");
        Assert.All(plan.Eligibility[3..], static r => Assert.True(r.IsEligible));
        Assert.All(plan.Jobs[3..], static j => Assert.Contains("Wave", j.Reason, StringComparison.Ordinal));

        var applied = await bench.Open(OnKubernetes).ApplyAsync(null, null, ct);

        Assert.Equal(FleetExit.LeftAlone, applied.Exit);
        Assert.Equal(plan.Jobs.Take(3).Select(static j => (JobEnd.Left, j.Reason)), applied.Jobs.Take(3).Select(static j => (j.End, j.Reason)));
        Assert.All(applied.Jobs[3..], static j => Assert.Equal(JobEnd.Done, j.End));
        Assert.Equal(copies, FleetBench.Jobs.Take(3).Select(j => Assert.Single(bench.Fleet.LiveCopies(j)).Copy));
        Assert.Equal(["k8s-east", "k8s-east", "k8s-east"], bench.Places()[3..]);
        foreach (var job in FleetBench.Jobs.Take(3))
        {
            Assert.Equal(["start"], (await bench.Open(OnKubernetes).ExplainAsync(job, ct)).Runs.Select(static r => r.Kind));
        }
    });

    /// <summary>A job alone is moved without waves, and is asked as well.</summary>
    [Fact]
    public Task PlanAndApply_OneBlockedJobAlone_Stays() => Bench().RunAsync(static async (bench, ct) =>
    {
        await StartedAsync(bench, OnYarn, ct);
        var only = new ApplyOptions { Job = FleetBench.Jobs[1] };

        var plan = await bench.Open(OnKubernetes).PlanAsync(only, ct);
        var applied = await bench.Open(OnKubernetes).ApplyAsync(only, null, ct);

        Assert.Equal((FleetExit.LeftAlone, ApplyAction.Leave), (plan.Exit, Assert.Single(plan.Jobs).Action));
        AssertBlocked(plan.Jobs[0].Reason, Assert.Single(plan.Eligibility), "E17", "The TaskManager takes 20g", "make the container smaller");
        Assert.Equal((FleetExit.LeftAlone, JobEnd.Left, plan.Jobs[0].Reason), (applied.Exit, Assert.Single(applied.Jobs).End, applied.Jobs[0].Reason));
        Assert.Equal("yarn-east", bench.Places()[1]);
    });

    [Fact]
    public Task Apply_WithALimit_BlockedJobsTakeNothingOfIt() => Bench().RunAsync(static async (bench, ct) =>
    {
        await StartedAsync(bench, OnYarn, ct);
        bench.Fleet.FailDirectoryProbe("hdfs://sim/apart/team0/job0", "k8s-east", DirectoryProbeStep.List);

        var plan = await bench.Open(OnKubernetes).PlanAsync(new ApplyOptions { Limit = 2 }, ct);
        await bench.Open(OnKubernetes).ApplyAsync(new ApplyOptions { Limit = 2 }, null, ct);

        Assert.Equal(["Leave", "Leave", "Move", "Move"], plan.Jobs.Select(static j => j.Action.ToString()));
        Assert.Equal(["yarn-east", "yarn-east", "k8s-east", "k8s-east", "yarn-east", "yarn-east"], bench.Places());
    });

    [Theory]
    [InlineData("", "", false)]
    [InlineData("    acknowledge: [E07]\n", "", true)]
    [InlineData("", "campaign: {acknowledge: E07}\n", true)]
    [InlineData("    acknowledge: [E18]\n", "", false)]
    public Task PlanAndApply_AWarning_StaysUntilAcknowledged(string entry, string campaign, bool moves) => Bench().RunAsync(async (bench, ct) =>
    {
        await StartedAsync(bench, OnYarn, ct);
        var newer = FleetBench.Text(static i => i == 0 ? "k8s-east" : "yarn-east", i => i == 1 ? Fresh + Large : i == 0 ? $"{Fresh}    runtime: f200\n{entry}" : Fresh)
            .Replace("runtimes:\n", "runtimes:\n  f200: {version: 2.0.0, libs: /flink/2.0}\n", StringComparison.Ordinal) + campaign;

        var plan = await bench.Open(newer).PlanAsync(null, ct);
        var applied = await bench.Open(newer).ApplyAsync(null, null, ct);

        var report = Assert.Single(plan.Eligibility);
        Assert.Equal(moves ? (ApplyAction.Move, FleetExit.Ok) : (ApplyAction.Leave, FleetExit.LeftAlone), (plan.Jobs[0].Action, plan.Exit));
        Assert.Equal("E07", moves ? Assert.Single(report.Settled).Finding.Rule : Assert.Single(report.Findings, static f => f.Severity == EligibilitySeverity.Warn).Rule);
        Assert.True(applied.Exit == plan.Exit, FleetJson.Write(applied));
        Assert.Equal(moves ? "k8s-east" : "yarn-east", bench.Places()[0]);
        Assert.True(moves || plan.Jobs[0].Reason.Contains("E07 warns: Flink 1.20", StringComparison.Ordinal), plan.Jobs[0].Reason);
    });

    /// <summary>Nobody looks into images: what they have of the hosts' libraries the document says.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData(", imageFiles: [/opt/other, libz.so]", false)]
    [InlineData(", imageFiles: [/opt/hadoop/lib/native]", true)]
    [InlineData(", imageFiles: [/opt/hadoop/lib/native/libhadoop.so]", true)]
    public Task PlanAndApply_AJobWithNativeLibraries_MovesWhenTheImageIsSaidToHaveThem(string files, bool moves) => Bench().RunAsync(async (bench, ct) =>
    {
        const string native = Fresh + "    flink: {env.java.opts.all: '-Djava.library.path=/opt/hadoop/lib/native'}\n";
        await StartedAsync(bench, FleetBench.Text(static _ => "yarn-east", static _ => native, [0]), ct);
        var there = FleetBench.Text(static _ => "k8s-east", static _ => native, [0]).Replace("libs: /flink/1.20", $"libs: /flink/1.20{files}", StringComparison.Ordinal);

        var plan = await bench.Open(there).PlanAsync(null, ct);
        var applied = await bench.Open(there).ApplyAsync(null, null, ct);

        Assert.True((Assert.Single(plan.Jobs).Action == ApplyAction.Move) == moves, plan.Jobs[0].Reason);
        Assert.Equal(!moves, Assert.Single(plan.Eligibility).Findings.Any(static f => f is { Rule: "E13", Severity: EligibilitySeverity.Block }));
        Assert.Equal(moves ? JobEnd.Done : JobEnd.Left, Assert.Single(applied.Jobs).End);
        Assert.Equal(moves ? "k8s-east" : "yarn-east", bench.Places()[0]);
    });

    /// <summary>A remedy is done job by job: only the job's own entry says that it is.</summary>
    [Theory]
    [InlineData("", "    acknowledge: [E18]\n", true)]
    [InlineData("  acknowledge: [E18]\n", "", false)]
    public Task Plan_WhatIsToBeFixed_IsSettledByTheJobItselfOnly(string defaults, string entry, bool moves) => Bench().RunAsync(async (bench, ct) =>
    {
        bench.Fleet.Describe(FleetBench.Jobs[0], new SimulatedJob { CheckpointDuration = TimeSpan.FromSeconds(3) });
        await StartedAsync(bench, OnYarn, ct);
        var text = FleetBench.Text(static _ => "k8s-east", i => i == 0 ? $"{Fresh}{entry}    move: {{stopTimeout: 2s}}\n" : Fresh, [0])
            .Replace("defaults:\n", $"defaults:\n{defaults}", StringComparison.Ordinal);

        var plan = await bench.Open(text).PlanAsync(new ApplyOptions { Job = FleetBench.Jobs[0] }, ct);

        Assert.True((Assert.Single(plan.Jobs).Action == ApplyAction.Move) == moves, plan.Jobs[0].Reason);
        var report = Assert.Single(plan.Eligibility);
        var finding = moves ? Assert.Single(report.Settled).Finding : Assert.Single(report.Findings, static f => f.Severity > EligibilitySeverity.Info);
        Assert.Equal(("E18", EligibilitySeverity.Fix), (finding.Rule, finding.Severity));
    });

    [Theory]
    [InlineData("k8s-east", SimulatedCall.ProbeDirectory, SimulatedFault.LostRequest, "E03")]
    [InlineData("k8s-east", SimulatedCall.FindFences, SimulatedFault.Forbidden, "E27")]
    [InlineData("yarn-east", SimulatedCall.Connect, SimulatedFault.Unavailable, "E33")]
    [InlineData("yarn-east", SimulatedCall.FlinkRead, SimulatedFault.Html, "E33")]
    public Task Plan_WhatCanNotBeRead_IsAFinding_AndOnceItCanTheJobMoves(string backend, SimulatedCall call, SimulatedFault fault, string rule) => Bench().RunAsync(async (bench, ct) =>
    {
        await StartedAsync(bench, OnYarn, ct);
        var only = new ApplyOptions { Job = FleetBench.Jobs[0] };
        bench.Fleet.Next(backend, call, fault);

        var plan = await bench.Open(OnKubernetes).PlanAsync(only, ct);

        Assert.Equal((FleetExit.LeftAlone, ApplyAction.Leave), (plan.Exit, Assert.Single(plan.Jobs).Action));
        Assert.Contains(Assert.Single(plan.Eligibility).Findings, f => f.Rule == rule && f.Severity == EligibilitySeverity.Block && f.Evidence.Contains("not known", StringComparison.Ordinal));
        Assert.Equal(ApplyAction.Move, Assert.Single((await bench.Open(OnKubernetes).PlanAsync(only, ct)).Jobs).Action);
    });

    [Fact]
    public Task Plan_Twice_IsTheSame_AndTouchesNothing() => Bench().RunAsync(static async (bench, ct) =>
    {
        await StartedAsync(bench, OnYarn, ct);
        bench.Fleet.FailDirectoryProbe("hdfs://sim/apart/team0/job0", "k8s-east", DirectoryProbeStep.Delete);
        var before = await TracesAsync(bench, ct);

        var first = FleetJson.Write(await bench.Open(OnKubernetes).PlanAsync(null, ct) with { At = default });
        var second = FleetJson.Write(await bench.Open(OnKubernetes).PlanAsync(null, ct) with { At = default });

        Assert.Equal(first, second);
        Assert.Equal(before, await TracesAsync(bench, ct));
        using var json = JsonDocument.Parse(first);
        var report = json.RootElement.GetProperty("eligibility")[0];
        Assert.Equal(("team0/job0", "Block", false), (report.GetProperty("job").GetString(), report.GetProperty("verdict").GetString(), report.GetProperty("isEligible").GetBoolean()));
        var finding = report.GetProperty("findings")[0];
        Assert.Equal(("E03", "Block"), (finding.GetProperty("rule").GetString(), finding.GetProperty("severity").GetString()));
        Assert.Contains("k8s-east: Delete failed", finding.GetProperty("evidence").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("give the job's user there the rights", finding.GetProperty("remedy").GetString(), StringComparison.Ordinal);
    });

    /// <summary>Nobody could ever prove it: it warns, and somebody may know.</summary>
    [Fact]
    public Task PlanAndApply_ABackendThatCanNotTryDirectories_WarnsAndGoesOnceAcknowledged() => Bench().RunAsync(static async (bench, ct) =>
    {
        await StartedAsync(bench, OnYarn, ct);
        var only = new ApplyOptions { Job = FleetBench.Jobs[0] };

        var plan = await bench.Open(OnKubernetes, static b => new WithoutProbe(b)).PlanAsync(only, ct);
        var applied = await bench.Open($"{OnKubernetes}campaign: {{acknowledge: [E03]}}\n", static b => new WithoutProbe(b)).ApplyAsync(only, null, ct);

        Assert.Equal(ApplyAction.Leave, Assert.Single(plan.Jobs).Action);
        Assert.Equal(EligibilitySeverity.Warn, Assert.Single(plan.Eligibility).Verdict);
        Assert.Contains("E03 warns", plan.Jobs[0].Reason, StringComparison.Ordinal);
        Assert.True(applied.Exit == FleetExit.Ok, FleetJson.Write(applied));
        Assert.Equal("k8s-east", bench.Places()[0]);
    });

    [Fact]
    public async Task Judge_ManyMoves_AFewAtATimeAndEachOnce()
    {
        var jobs = Enumerable.Range(10, 30).Select(static i => JobKey.Parse(string.Create(CultureInfo.InvariantCulture, $"ads/job{i}"))).ToList();
        var text = FleetBench.Text(static _ => "yarn-east", null, []) + string.Concat(jobs.Select(static j => $"  {j}: {{cluster: yarn-east, queue: root.ads, jar: hdfs:///jobs/a.jar}}\n"));
        var document = Texts.Document(text);
        var judge = new SlowJudge();
        var spec = document.SpecFor(jobs[0], "yarn-east");

        var judging = new FleetEligibility(document, judge, TimeProvider.System).JudgeAsync(
            jobs.AsEnumerable().Reverse().Select(j => new MoveRequest
            {
                Job = j, Source = null!, SourceSpec = spec, TargetBackend = "k8s-east", TargetSpec = spec, SnapshotDirectory = "hdfs://sim/x",
            }),
            new DirectoryTries(),
            TestContext.Current.CancellationToken);
        judge.AnswerAll();
        var reports = await judging;

        Assert.Equal(4, judge.MostAtOnce);
        Assert.Equal(jobs, reports.Select(static r => r.Job));
    }

    [Fact]
    public void Planning_AJobThatNobodyJudged_IsLeft()
    {
        var plan = MigrationPlanner.Plan(
            new PlanningFacts
            {
                Jobs =
                [
                    new FleetJob
                    {
                        Job = FleetBench.Jobs[0], Kind = JobKind.Streaming, Priority = new JobPriority(0), FlinkVersion = "1.20", Source = new Placement("yarn-east", "root.q0"), Target = new Placement("k8s-east", "root.q0"),
                        Need = new JobNeed(default, default, 1),
                    },
                ],
                Capacity = new CapacityFacts { Now = DateTimeOffset.UnixEpoch, Backends = [] },
            },
            CampaignSettings.Planning(new CampaignEntry()));

        Assert.Contains("was not judged", Assert.Single(plan.Left).Reason, StringComparison.Ordinal);
    }

    private static FleetBench Bench() => new(new SimulatedFleet(new SimulatedFleetOptions
    {
        Seed = 1,
        Backends = [new() { Name = "yarn-east", Kind = BackendKind.Yarn }, new() { Name = "k8s-east", Kind = BackendKind.Kubernetes, NodeMemory = MemorySize.FromMebibytes(16 << 10), Nodes = 60 }],
    }));

    private static async Task StartedAsync(FleetBench bench, string text, CancellationToken cancellationToken)
    {
        var started = await bench.Open(text).ApplyAsync(null, null, cancellationToken);
        Assert.True(started.Exit == FleetExit.Ok, FleetJson.Write(started));
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), cancellationToken);
    }

    private static void AssertBlocked(string reason, EligibilityReport report, string rule, string evidence, string remedy)
    {
        Assert.Equal(EligibilitySeverity.Block, report.Verdict);
        Assert.Equal(rule, Assert.Single(report.Findings.Where(static f => f.Severity == EligibilitySeverity.Block).Select(static f => f.Rule).Distinct(StringComparer.Ordinal)));
        Assert.Contains($"{rule} blocks it: ", reason, StringComparison.Ordinal);
        Assert.Contains(evidence, reason, StringComparison.Ordinal);
        Assert.Contains(remedy, reason, StringComparison.Ordinal);
    }

    /// <summary>What the journal and the clusters have.</summary>
    private static async Task<string> TracesAsync(FleetBench bench, CancellationToken cancellationToken)
    {
        var records = (await bench.Journal.ListAsync(default, cancellationToken)).Sum(static h => h.Sequence);
        var applications = new List<string>();
        foreach (var name in bench.Fleet.Names)
        {
            var snapshot = await bench.Fleet.Backend(name).GetSnapshotAsync(TimeSpan.Zero, cancellationToken);
            applications.AddRange(snapshot.Applications.Items.Select(static a => $"{a.Application.Id} {a.Name} {a.State} {a.Fence}").Order(StringComparer.Ordinal));
        }
        return string.Create(CultureInfo.InvariantCulture, $"{records}: {string.Join(", ", applications)}");
    }

    private sealed class WithoutProbe(IResourceBackend inner) : BackendDecorator(inner)
    {
        public override bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
            where T : class
        {
            feature = null;
            return typeof(T) != typeof(IDirectoryProbe) && base.TryGetFeature(out feature);
        }
    }

    /// <summary>Answers when it is told to.</summary>
    private sealed class SlowJudge : IEligibilityJudge
    {
        private readonly Queue<(JobKey Job, TaskCompletionSource<EligibilityReport> Answer)> _waiting = [];

        public int MostAtOnce { get; private set; }

        public Task<EligibilityReport> JudgeAsync(EligibilityRequest request, EligibilityOptions? options = null, CancellationToken cancellationToken = default)
        {
            var answer = new TaskCompletionSource<EligibilityReport>();
            _waiting.Enqueue((request.Move.Job, answer));
            MostAtOnce = Math.Max(MostAtOnce, _waiting.Count);
            return answer.Task;
        }

        public void AnswerAll()
        {
            while (_waiting.TryDequeue(out var next))
            {
                next.Answer.SetResult(new EligibilityReport(next.Job, []));
            }
        }
    }
}
