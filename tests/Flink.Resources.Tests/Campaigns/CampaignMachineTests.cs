using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Flink.Resources.Eligibility;
using Flink.Resources.Migration;
using Flink.Resources.Planning;

namespace Flink.Resources.Campaigns;

/// <summary>The campaign as a pure function, without clusters.</summary>
public sealed class CampaignMachineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CampaignOptions Options = SimulatedCampaign.Wide with { Capacity = null };

    [Fact]
    public void Step_AllRecordsOfACampaign_FoldToTheSameAfterJson()
    {
        var request = Request(3);
        ImmutableArray<CampaignEvent> events =
        [
            new JobsChosen([SimulatedCampaign.Key(0), SimulatedCampaign.Key(1)]) { At = Noon },
            new RunWritten(SimulatedCampaign.Key(0), "r-0") { At = Noon },
            new StartPutOff(SimulatedCampaign.Key(1), "busy") { At = Noon },
            new JobJudged(SimulatedCampaign.Key(1), Noon, []) { At = Noon },
            new JobReached(SimulatedCampaign.Key(0), MigrationState.RolledBack, "why", "signature", true, false) { At = Noon },
            new HoldsFound([new CampaignHold { Key = "k", Kind = CampaignHoldKind.Pause, Reason = "r", NeedsPerson = true, Since = Noon, LastSeen = Noon, PreviewRollback = [1] }]) { At = Noon },
            new LikenessBlocked(FailureLikeness.Of("signature", [request.Plan.Waves[0].Moves[0].Job])) { At = Noon },
            new DemandMade(new CampaignDemand(CampaignRequestKind.Approve, Job: SimulatedCampaign.Key(1)), "kim", null) { At = Noon },
            new JobLeft(SimulatedCampaign.Key(2), "no") { At = Noon },
            new JobJudged(SimulatedCampaign.Key(1), Noon, [new EligibilityFinding("E33", EligibilitySeverity.Block, "no answer", "open the way")]) { At = Noon },
            new CampaignOver(CampaignState.Stopped) { At = Noon },
        ];

        var folded = events.Aggregate(CampaignMachine.Create("c-1", request, Noon), CampaignMachine.Step);
        var read = events.Select(static e => System.Text.Json.JsonSerializer.Deserialize(System.Text.Json.JsonSerializer.Serialize(e, CampaignJson.Default.CampaignEvent), CampaignJson.Default.CampaignEvent)!)
            .Aggregate(CampaignMachine.Create("c-1", CampaignPaper.Read(CampaignPaper.Write(request)), Noon), CampaignMachine.Step);

        Assert.Equal(Told(folded), Told(read));
        Assert.Equal(CampaignState.Stopped, read.State);
        Assert.Equal(CampaignPaper.Write(request), CampaignPaper.Write(read.Request));
    }

    /// <summary>What was written before campaigns judged again has neither an age nor a time.</summary>
    [Fact]
    public void Read_ARequestOfAnOlderVersion_HasTheUsualAgeAndWasNeverJudged()
    {
        var paper = JsonNode.Parse(CampaignPaper.Write(Request(1) with { JudgedAt = Noon, Options = Options with { EligibilityAge = TimeSpan.FromHours(2) } }))!.AsObject();
        var now = CampaignPaper.Read(paper.ToJsonString());
        Assert.True(paper.Remove("judgedAt") && paper["options"]!.AsObject().Remove("eligibilityAge"));

        var old = CampaignPaper.Read(paper.ToJsonString());

        Assert.Equal((Noon, TimeSpan.FromHours(2)), (now.JudgedAt!.Value, now.Options.EligibilityAge));
        Assert.Equal((null, TimeSpan.FromMinutes(30)), (old.JudgedAt, old.Options.EligibilityAge));
    }

    [Fact]
    public void Decide_SomebodyJudges_JudgesWhoWouldStartAndStartsWhoWasJudgedLately()
    {
        var run = CampaignMachine.Step(CampaignMachine.Create("c-1", Request(5), Noon), new JobJudged(SimulatedCampaign.Key(1), Noon.AddMinutes(-30), []) { At = Noon });
        run = CampaignMachine.Step(run, new JobJudged(SimulatedCampaign.Key(2), Noon.AddMinutes(-31), []) { At = Noon });
        var gate = new StartGate(Options.Limits with { InFlight = 3 });
        CampaignVerdict Of(bool judges) => CampaignMachine.Decide(run, new CampaignView { Now = Noon, Judges = judges }, gate);

        var judging = Of(judges: true);

        Assert.Equal([SimulatedCampaign.Key(1)], Assert.IsType<CampaignDecision.Start>(judging.Decisions[0]).Jobs);
        Assert.Equal([SimulatedCampaign.Key(0), SimulatedCampaign.Key(2)], Assert.IsType<CampaignDecision.Judge>(judging.Decisions[1]).Jobs);
        Assert.Contains("is being judged", judging.Waits[SimulatedCampaign.Key(0)], StringComparison.Ordinal);
        Assert.Contains("jobs are under way", judging.Waits[SimulatedCampaign.Key(3)], StringComparison.Ordinal);
        Assert.Equal([SimulatedCampaign.Key(0), SimulatedCampaign.Key(1), SimulatedCampaign.Key(2)], Assert.IsType<CampaignDecision.Start>(Assert.Single(Of(judges: false).Decisions)).Jobs);
    }

    [Fact]
    public void Decide_StopWhileAJobIsUnderWay_EndsOnlyAfterIt()
    {
        var run = CampaignMachine.Create("c-1", Request(2), Noon);
        run = CampaignMachine.Step(run, new JobsChosen([SimulatedCampaign.Key(0)]) { At = Noon });
        run = CampaignMachine.Step(run, new DemandMade(new CampaignDemand(CampaignRequestKind.Abort), "kim", null) { At = Noon });
        Assert.Equal((CampaignState.Stopping, 0), (run.State, Decide(run).Decisions.Length));

        run = CampaignMachine.Step(run, new JobReached(SimulatedCampaign.Key(0), MigrationState.Cancelled, null, null, false, true) { At = Noon });

        Assert.Equal(new CampaignDecision.End(CampaignState.Stopped), Assert.Single(Decide(run).Decisions));
    }

    [Fact]
    public void Decide_BlockedLikeness_LeavesThoseThatAreAlike()
    {
        var request = Request(3, static (j, i) => i == 1 ? j with { FlinkVersion = "1.19" } : j);
        var run = CampaignMachine.Step(
            CampaignMachine.Create("c-1", request, Noon), new LikenessBlocked(new FailureLikeness("s", "k8s-east", null, "1.19", null, null)) { At = Noon });

        var decisions = Decide(run).Decisions;

        Assert.Equal(SimulatedCampaign.Key(1), Assert.IsType<CampaignDecision.Leave>(decisions[0]).Job);
        Assert.Equal([SimulatedCampaign.Key(0), SimulatedCampaign.Key(2)], Assert.IsType<CampaignDecision.Start>(decisions[1]).Jobs);
    }

    [Theory]
    [InlineData("The target can't run: ImagePullBackOff: the image of Flink 1.19 can't be pulled: not found", "1.19")]
    [InlineData("The target did not start in time after 312 s at hdfs://ns1/x/y of ads/clicks", "…")]
    public void Signature_DiffersNotByNameOrNumber(string reason, string keeps)
    {
        var one = MigrationCases.New() with { State = MigrationState.RolledBack, Reason = reason };
        var two = one with { Id = "r-2", Reason = reason.Replace("312", "4711", StringComparison.Ordinal).Replace("x/y", "z", StringComparison.Ordinal) };

        Assert.Equal(FailureSignature.Of(one), FailureSignature.Of(two));
        Assert.Contains(keeps, FailureSignature.Of(one), StringComparison.Ordinal);
        Assert.Null(FailureSignature.Of(one with { AskedBackBy = "kim" }));
        Assert.Equal("Login", FailureSignature.Of(one with { Evidence = "javax.security.auth.login.LoginException: x" }));
    }

    private static string Told(CampaignRun run) => string.Join(
        '\n',
        run.Jobs.Values.OrderBy(static j => j.Move.Job.Job.Value, StringComparer.Ordinal).Select(static j => $"{j.State} {j.Reason} {j.Signature} {j.Run} {j.StartedAt} {j.EndedAt} {j.IsByChoice} {j.JudgedAt} {string.Join(';', j.Findings)}")
            .Concat(run.Notes.Select(static n => n.ToString())).Concat(run.Holds.Select(static h => h.Key)).Concat(run.Blocked.Values.Select(static b => b.ToString())));

    private static CampaignVerdict Decide(CampaignRun run) => CampaignMachine.Decide(run, new CampaignView { Now = Noon }, new StartGate(Options.Limits));

    private static CampaignRequest Request(int jobs, Func<FleetJob, int, FleetJob>? change = null)
    {
        var moves = new SimulatedCampaign(jobs).Jobs.Select((j, i) => change?.Invoke(j, i) ?? j).Select(static j => new Planning.PlannedMove(j, j.Source, j.Target, "in order"));
        return new CampaignRequest
        {
            Name = "one",
            Plan = new MigrationPlan { Waves = [new PlannedWave { Number = 1, Stage = PlanStage.Rest, Moves = [.. moves] }] },
            Moves = ImmutableDictionary<JobKey, MoveRequest>.Empty.Add(SimulatedCampaign.Key(0), MigrationCases.Request()),
            Options = Options,
        };
    }
}
