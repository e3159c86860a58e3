using System.Text.Json;
using Flink.Resources.Eligibility;
using Flink.Resources.Simulation;

namespace Flink.Resources.Fleet;

/// <summary>What became of jobs between the plan and their turn in the campaign.</summary>
public sealed class LaterWaveTests
{
    private const string Fresh = "    start: fresh\n";

    /// <summary>One after the other, each watched for longer than a judgement holds.</summary>
    private const string OneByOne = "campaign:\n  limits: {inFlight: 1, soaking: 1}\n";

    /// <summary>Meanwhile job 5 falls ill, and job 4 may not write to its directory any more: the first is judged again, the second its move tries.</summary>
    [Fact]
    public Task Apply_JobsWhoseTurnComesLater_AreJudgedAgainBeforeTheirMove() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        bench.Fleet.Describe(FleetBench.Jobs[5], new SimulatedJob { RestartDelay = TimeSpan.FromDays(2) });
        Assert.Equal(FleetExit.Ok, (await bench.Open(Text("yarn-east")).ApplyAsync(null, null, ct)).Exit);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        var isIll = false;
        var progress = new Told(p =>
        {
            if (!isIll && p.State == "Soaking")
            {
                isIll = true;
                bench.Fleet.FailTask(Assert.Single(bench.Fleet.LiveCopies(FleetBench.Jobs[5])).Copy.Application);
                bench.Fleet.FailDirectoryProbe("hdfs://sim/flink/team4/job4", "k8s-east", DirectoryProbeStep.Write);
            }
        });

        var applied = await bench.Open(Text("k8s-east")).ApplyAsync(null, progress, ct);

        Assert.True(isIll);
        Assert.Equal(FleetExit.LeftAlone, applied.Exit);
        Assert.All(applied.Eligibility, static r => Assert.True(r.IsEligible));
        Assert.All(applied.Jobs[..4], static j => Assert.Equal((JobEnd.Done, 0), (j.End, j.Findings.Length)));
        var (untried, ill) = (applied.Jobs[4], applied.Jobs[5]);
        Assert.Equal((JobEnd.Left, true, 0), (untried.End, untried.Run is not null, untried.Findings.Length));
        Assert.Contains("Write", untried.Reason, StringComparison.Ordinal);
        Assert.Equal((JobEnd.Left, null), (ill.End, ill.Run));
        Assert.Contains("E19 blocks it: ", ill.Reason, StringComparison.Ordinal);
        Assert.Contains(ill.Findings, static f => f is { Rule: "E19", Severity: EligibilitySeverity.Block, IsUnknown: false });
        Assert.Equal(["k8s-east", "k8s-east", "k8s-east", "k8s-east", "yarn-east", "yarn-east"], bench.Places());
        using var json = JsonDocument.Parse(FleetJson.Write(applied));
        Assert.Equal("E19", json.RootElement.GetProperty("jobs")[5].GetProperty("findings")[0].GetProperty("rule").GetString());
    });

    /// <summary>With the same words of the document as in the plan, and without a container.</summary>
    [Fact]
    public async Task Judge_OneAgain_AsksAsThePlanDidButTriesNothing()
    {
        var document = Texts.Document(FleetBench.Text(static _ => "yarn-east", static i => i == 0 ? "    owner: ann\n    acknowledge: [E18]\n" : string.Empty, [0, 1]) + "campaign: {acknowledge: E07}\n");
        var judge = new Listening();
        var eligibility = new FleetEligibility(document, judge, TimeProvider.System);
        var spec = document.SpecFor(FleetBench.Jobs[0], "yarn-east");
        var move = new MoveRequest { Job = FleetBench.Jobs[0], Source = null!, SourceSpec = spec, TargetBackend = "k8s-east", TargetSpec = spec, SnapshotDirectory = "hdfs://sim/x" };

        await eligibility.JudgeAsync([move], new DirectoryTries(), TestContext.Current.CancellationToken);
        await eligibility.JudgeAsync(move, TestContext.Current.CancellationToken);
        await eligibility.JudgeAsync(move with { Job = JobKey.Parse("gone/job") }, TestContext.Current.CancellationToken);

        var ((plan, said), (again, saidAgain), (gone, unsaid)) = (judge.Asked[0], judge.Asked[1], judge.Asked[2]);
        Assert.Equal((plan.Declared, plan.Limits, false), (again.Declared, again.Limits, again.TriesDirectoriesFromSource));
        Assert.Equal([false, true, true], judge.Asked.Select(static a => a.Request.LeavesDirectoriesToMove));
        Assert.Equal(["E07", "E18"], saidAgain!.Acknowledgements.Select(static a => a.Rule).Order(StringComparer.Ordinal));
        Assert.Equal(said!.Acknowledgements, saidAgain.Acknowledgements);
        Assert.Equal(said.Remedies, saidAgain.Remedies);
        Assert.Equal((null, "gone/job"), (unsaid, gone.Move.Job.Value));
    }

    private static string Text(string cluster) => FleetBench.Text(_ => cluster, static _ => Fresh).Replace("soak: 30s", "soak: 40m", StringComparison.Ordinal) + OneByOne;

    private sealed class Told(Action<FleetProgress> told) : IProgress<FleetProgress>
    {
        public void Report(FleetProgress value) => told(value);
    }

    private sealed class Listening : IEligibilityJudge
    {
        public List<(EligibilityRequest Request, EligibilityOptions? Options)> Asked { get; } = [];

        public Task<EligibilityReport> JudgeAsync(EligibilityRequest request, EligibilityOptions? options = null, CancellationToken cancellationToken = default)
        {
            Asked.Add((request, options));
            return Task.FromResult(new EligibilityReport(request.Move.Job, []));
        }
    }
}
