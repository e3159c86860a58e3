using System.Collections.Immutable;
using Flink.Resources.Health;
using Flink.Resources.Planning;
using Flink.Resources.Simulation;

namespace Flink.Resources.Campaigns;

/// <summary>Waves of simulated jobs: that they move, what holds them, and what people ask for.</summary>
public sealed class CampaignTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_TwoWaves_MovesAllAndStartsTheSecondAfterTheFirst()
    {
        var campaign = new SimulatedCampaign(20);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(async ct => report = await RunAsync(campaign, campaign.New(), c => c.Request(perWave: 10), ct), Cancellation);

        Assert.Equal(CampaignState.Completed, report!.State);
        Assert.All(report.Jobs, static j => Assert.Equal(CampaignJobState.Committed, j.State));
        Assert.True(report.Waves[1].StartedAt > report.Waves[0].Jobs.Max(static j => j.Timeline.First(static t => t.State == MigrationState.Soaking).At));
        Assert.All(report.Jobs, static j => Assert.True(j.Downtime > TimeSpan.Zero));
        Assert.Null(campaign.Verdict(static _ => SimulatedCampaign.Kubernetes));
    }

    [Fact]
    public async Task Run_ReportFromTheJournal_IsTheSame()
    {
        var campaign = new SimulatedCampaign(4);
        CampaignReport? report = null;
        CampaignReport? found = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                report = await RunAsync(campaign, campaign.New(), c => c.Request(), ct);
                found = await campaign.New("two").FindAsync(report.Id, ct);
            },
            Cancellation);

        Assert.Equal(report!.Jobs.Select(static j => (j.Job, j.State, j.RunId, j.StartedAt, j.EndedAt)), found!.Jobs.Select(static j => (j.Job, j.State, j.RunId, j.StartedAt, j.EndedAt)));
        Assert.Equal(report.Notes, found.Notes);
        Assert.True(found.IsFinal);
    }

    [Fact]
    public async Task Run_Limits_AreAllKept()
    {
        var campaign = new SimulatedCampaign(60);
        var limits = SimulatedCampaign.Wide.Limits with { InFlight = 7, InFlightPerQueue = 3, InFlightPerTeam = 2, InFlightPerSource = 6, InFlightPerTarget = 5, Soaking = 9 };
        Counting? counting = null;

        await campaign.Fleet.RunAsync(
            async ct => await RunAsync(campaign, campaign.New(wrap: m => counting = new Counting(m, campaign)), c => c.Request(SimulatedCampaign.Wide with { Limits = limits }, perWave: 30), ct), Cancellation);

        Assert.Equal((5, 5), (counting!.Most["all"], counting.Most["target"]));
        Assert.True(counting.Most["queue"] <= 3 && counting.Most["team"] <= 2 && counting.Most["watched"] <= 9, string.Join(", ", counting.Most));
        Assert.Null(campaign.Verdict(static _ => SimulatedCampaign.Kubernetes));
    }

    [Fact]
    public async Task T16_ApiServerAwayOverTheWholeWave_HoldsAndNobodyGoesBack()
    {
        var campaign = new SimulatedCampaign(12)
        {
            // Long enough that a quarter of an hour in which nothing was known does not keep anybody from the commit.
            MoveOptions = new MoveOptions { Soak = TimeSpan.FromHours(8), Baseline = TimeSpan.FromMinutes(10), PollInterval = TimeSpan.FromSeconds(1), OnUnhealthy = OnUnhealthy.RollBack },
        };
        var options = SimulatedCampaign.Wide with { Abort = SimulatedCampaign.Wide.Abort with { MeanScore = 1 } };
        var held = new List<CampaignReport>();
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(options, perWave: 6), ct);
                var away = false;
                report = await campaigns.RunAsync(id, new Reports(r =>
                {
                    if (!away && r.Waves[0].Jobs.All(static j => j.State == CampaignJobState.Soaking))
                    {
                        away = true;
                        campaign.Fleet.GoAway(SimulatedCampaign.Kubernetes, TimeSpan.FromMinutes(15));
                    }
                    if (r.State == CampaignState.Holding)
                    {
                        held.Add(r);
                    }
                }), ct);
            },
            Cancellation);

        Assert.NotEmpty(held);
        Assert.Contains(held, static r => r.Holds.Any(static h => h.ScoresAreUnknown));
        Assert.All(held.Where(static r => r.Holds.Any(static h => h.ScoresAreUnknown)).SelectMany(static r => r.Waves[0].Jobs), static j => Assert.Null(j.Score));
        Assert.All(report!.Jobs, static j => Assert.Equal((CampaignJobState.Committed, null), (j.State, j.Rollback)));
    }

    [Fact]
    public async Task T17_ThreeEqualFailures_PauseAndTheRestOfTheirKindStays()
    {
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Seed = 5,
            Backends = [SimulatedCampaign.Backends()[0], SimulatedCampaign.Backends()[1] with { MissingImages = ["1.19"] }],
        });
        var campaign = new SimulatedCampaign(20, fleet, change: static j => int.Parse(j.Job.Name[3..], null) % 2 == 0 ? j with { FlinkVersion = "1.19" } : j);
        var options = SimulatedCampaign.Wide with
        {
            Abort = SimulatedCampaign.Wide.Abort with { SameSignature = 3 },
            Limits = SimulatedCampaign.Wide.Limits with { InFlight = 4 },
        };
        CampaignReport? paused = null;
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(options), ct);
                var running = campaigns.RunAsync(id, new Reports(r => paused = r.State == CampaignState.Paused ? r : paused), ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromHours(1), ct);
                Assert.False(running.IsCompleted);
                Assert.Null(await campaigns.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Resume), "kim", "the others may go", ct));
                report = await running;
            },
            Cancellation);

        var hold = Assert.Single(paused!.Holds);
        Assert.Contains("ImagePullBackOff", hold.BlockedSignature, StringComparison.Ordinal);
        var old = report!.Jobs.Where(static j => j.Move.Job.FlinkVersion == "1.19").ToList();
        Assert.InRange(old.Count(static j => j.State == CampaignJobState.RolledBack), 3, 4);
        Assert.All(old.Where(static j => j.State != CampaignJobState.RolledBack), static j => Assert.Equal(CampaignJobState.NotMoved, j.State));
        Assert.All(report.Jobs.Except(old), static j => Assert.Equal(CampaignJobState.Committed, j.State));
        Assert.Null(campaign.Verdict(k => int.Parse(k.Name[3..], null) % 2 == 0 ? SimulatedCampaign.Yarn : SimulatedCampaign.Kubernetes));
    }

    [Fact]
    public async Task T18_BlackoutBeginsMidWave_WhatIsUnderWayGoesOnAndNothingStarts()
    {
        var campaign = new SimulatedCampaign(30);
        // Virtual time begins on Monday at midnight; nothing is started from 00:10 to 02:10.
        var options = SimulatedCampaign.Wide with
        {
            Limits = SimulatedCampaign.Wide.Limits with { InFlight = 3 },
            Windows = new MoveWindows { Blackouts = [new MoveWindow("10 0 * * *", TimeSpan.FromHours(2))], DurationFactor = 1 },
        };
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(async ct => report = await RunAsync(campaign, campaign.New(), c => c.Request(options), ct), Cancellation);

        var (from, to) = (At(0, 10), At(2, 10));
        Assert.All(report!.Jobs, static j => Assert.Equal(CampaignJobState.Committed, j.State));
        Assert.All(report.Jobs, j => Assert.False(j.StartedAt >= from && j.StartedAt < to, $"{j.Job} was started at {j.StartedAt}."));
        Assert.Contains(report.Jobs, j => j.StartedAt < from && j.EndedAt >= from - TimeSpan.FromMinutes(2));
        Assert.Contains(report.Jobs, j => j.StartedAt >= to);
    }

    [Fact]
    public async Task T14_SourceQueueFilledByOthers_ParksAndStopsTheCampaign()
    {
        var small = new ResourceAmount(MemorySize.FromMebibytes(6000), 4000);
        var yarn = SimulatedCampaign.Backends()[0] with { Queues = ImmutableSortedDictionary<string, ResourceAmount?>.Empty.WithComparers(StringComparer.Ordinal).Add("root.q0", small) };
        var fleet = new SimulatedFleet(new SimulatedFleetOptions { Seed = 3, Backends = [yarn, SimulatedCampaign.Backends()[1]] });
        var campaign = new SimulatedCampaign(2, fleet, change: static j => j with { Source = j.Source with { Queue = "root.q0" }, Target = j.Target with { Queue = "root.q0" } });
        // One after the other, the watch included: the second one leaves no room in the queue meanwhile.
        var unheld = SimulatedCampaign.Wide with { Limits = SimulatedCampaign.Wide.Limits with { InFlight = 1, Soaking = 1 } };
        var options = unheld with { Held = [new HeldRoom(SimulatedCampaign.Yarn, "root.q0")] };
        CampaignReport? report = null;
        CampaignReport? waiting = null;

        await fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                fleet.Describe(SimulatedCampaign.Key(0), SimulatedCampaign.Kubernetes, new SimulatedJob { FailsAfter = TimeSpan.FromSeconds(20) });
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(unheld), ct);
                var running = campaigns.RunAsync(id, new Reports(r => waiting = r), ct);
                await fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
                await campaigns.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Abort), "kim", null, ct);
                await running;

                // Somebody promised to hold the room, and did not.
                id = await campaigns.CreateAsync(campaign.Request(options), ct);
                var filled = false;
                report = await campaigns.RunAsync(id, new Reports(r =>
                {
                    if (!filled && r.Waves[0].Jobs[0].Run is { TargetMayRun: true })
                    {
                        filled = true;
                        fleet.StartByHand(SimulatedCampaign.Yarn, SimulatedCampaign.SpecOf(campaign.Jobs[0]) with { Job = JobKey.Parse("others/filler") });
                    }
                }), ct);
            },
            Cancellation);

        Assert.All(waiting!.Jobs, static j => Assert.Equal((CampaignJobState.Waiting, null), (j.State, j.RunId)));
        Assert.Equal(CampaignState.Stopped, report!.State);
        var first = report.Waves[0].Jobs[0];
        Assert.Equal(CampaignJobState.Parked, first.State);
        Assert.Contains(report.Holds, static h => h is { Kind: CampaignHoldKind.Stop, Pages: true });
        Assert.Equal(CampaignJobState.Waiting, report.Waves[0].Jobs[1].State);
    }

    [Fact]
    public async Task Run_CanaryFails_StopsAndTheOthersStay()
    {
        var campaign = new SimulatedCampaign(6);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                campaign.Fleet.Describe(SimulatedCampaign.Key(0), SimulatedCampaign.Kubernetes, new SimulatedJob { IgnoresRestorePath = true });
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(perWave: 2, stage: static i => i == 0 ? PlanStage.Canary : PlanStage.Rest), ct);
                report = await campaigns.RunAsync(id, null, ct);
            },
            Cancellation);

        Assert.Equal(CampaignState.Stopped, report!.State);
        Assert.Equal(CampaignJobState.RolledBack, report.Waves[0].Jobs[0].State);
        Assert.All(report.Waves.Skip(1).SelectMany(static w => w.Jobs), static j => Assert.Equal(CampaignJobState.Waiting, j.State));
    }

    [Fact]
    public async Task Request_PauseApproveResumeAbort_DoWhatTheySay()
    {
        var campaign = new SimulatedCampaign(9);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var (campaigns, other) = (campaign.New(), campaign.New("other"));
                var id = await campaigns.CreateAsync(campaign.Request(perWave: 3, needsApproval: static i => i == 1), ct);
                Assert.Null(await other.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Pause), "kim", null, ct));
                Assert.NotNull(await other.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Pause), "kim", null, ct));
                var running = campaigns.RunAsync(id, null, ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(10), ct);
                Assert.All((await other.FindAsync(id, ct))!.Jobs, static j => Assert.Equal(CampaignJobState.Waiting, j.State));

                Assert.Null(await other.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Resume), "kim", null, ct));
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(20), ct);
                var half = (await other.FindAsync(id, ct))!;
                Assert.All(half.Waves[0].Jobs, static j => Assert.Equal(CampaignJobState.Committed, j.State));
                Assert.All(half.Waves[1].Jobs, static j => Assert.Equal(CampaignJobState.Waiting, j.State));

                Assert.NotNull(await other.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Approve, Wave: 7), "kim", null, ct));
                Assert.Null(await other.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Approve, Wave: 2), "kim", null, ct));
                await campaign.Fleet.RunAsync(TimeSpan.FromSeconds(30), ct);
                Assert.Null(await other.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Abort), "kim", "enough", ct));
                report = await running;
            },
            Cancellation);

        Assert.Equal(CampaignState.Stopped, report!.State);
        Assert.All(report.Waves[1].Jobs, static j => Assert.True(j.State is CampaignJobState.Committed or CampaignJobState.NotMoved, $"{j.Job} is {j.State}."));
        Assert.All(report.Waves[2].Jobs, static j => Assert.Equal(CampaignJobState.Waiting, j.State));
        Assert.Contains(report.Notes, static n => n is { By: "kim", What: "Abort: enough" });
    }

    [Fact]
    public async Task Run_TwoProcesses_OneCarriesIt()
    {
        var campaign = new SimulatedCampaign(3);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var one = campaign.New("one");
                var id = await one.CreateAsync(campaign.Request(), ct);
                var running = one.RunAsync(id, null, ct);
                Assert.Contains("Another process", (await Assert.ThrowsAsync<LeaseHeldException>(() => campaign.New("two").RunAsync(id, null, ct))).Message, StringComparison.Ordinal);
                Assert.Contains("Another process", (await Assert.ThrowsAsync<LeaseHeldException>(() => one.RunAsync(id, null, ct))).Message, StringComparison.Ordinal);
                report = await running;
                Assert.Contains("is not over", (await Assert.ThrowsAsync<InvalidOperationException>(async () =>
                {
                    var next = await one.CreateAsync(campaign.Request(name: "west"), ct);
                    await one.CreateAsync(campaign.Request(name: "west"), ct);
                    GC.KeepAlive(next);
                })).Message, StringComparison.Ordinal);
            },
            Cancellation);

        Assert.Equal(CampaignState.Completed, report!.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T23_SessionOfFiveJobs_MovesWholeOrNotAtAll(bool oneFails)
    {
        var campaign = new SimulatedCampaign(7, change: static j => int.Parse(j.Job.Name[3..], null) < 5 ? j with { Session = "session-a" } : j);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                if (oneFails)
                {
                    campaign.Fleet.Describe(SimulatedCampaign.Key(3), SimulatedCampaign.Kubernetes, new SimulatedJob { IgnoresRestorePath = true });
                }
                campaign.MoveOptions = campaign.MoveOptions with { Soak = TimeSpan.FromMinutes(5) };
                var campaigns = campaign.New();
                report = await campaigns.RunAsync(await campaigns.CreateAsync(campaign.Request(), ct), null, ct);
            },
            Cancellation);

        var session = report!.Jobs.Where(static j => j.Move.Job.Session is not null).ToList();
        Assert.Single(session.Select(static j => j.StartedAt).Distinct());
        Assert.All(session, j => Assert.Equal(oneFails ? CampaignJobState.RolledBack : CampaignJobState.Committed, j.State));
        Assert.All(report.Jobs.Except(session), static j => Assert.Equal(CampaignJobState.Committed, j.State));
    }

    [Fact]
    public void T23_SessionThatDoesNotFitUnderALimit_WaitsWhole()
    {
        var campaign = new SimulatedCampaign(5, change: static j => j with { Session = "session-a" });
        var plan = new MigrationPlan { Waves = [new PlannedWave { Number = 1, Stage = PlanStage.Rest, Moves = [.. campaign.Jobs.Select(static j => new Planning.PlannedMove(j, j.Source, j.Target, "in order"))] }] };
        var options = SimulatedCampaign.Wide with { Capacity = null };
        var run = CampaignMachine.Create("c-1", new CampaignRequest { Name = "one", Plan = plan, Moves = ImmutableDictionary<JobKey, MoveRequest>.Empty, Options = options }, At(0, 0));
        var view = new CampaignView { Now = At(0, 1) };

        var four = CampaignMachine.Decide(run, view, new StartGate(options.Limits with { InFlight = 4 }));
        var five = CampaignMachine.Decide(run, view, new StartGate(options.Limits with { InFlight = 5 }));

        Assert.Empty(four.Decisions);
        Assert.Equal(5, four.Waits.Count);
        Assert.Equal(5, Assert.IsType<CampaignDecision.Start>(Assert.Single(five.Decisions)).Jobs.Length);
    }

    private static DateTimeOffset At(int hours, int minutes) => new(2026, 1, 5, hours, minutes, 0, TimeSpan.Zero);

    private static async Task<CampaignReport> RunAsync(SimulatedCampaign campaign, FleetCampaigns campaigns, Func<SimulatedCampaign, CampaignRequest> request, CancellationToken ct)
    {
        await campaign.StartAsync(ct);
        return await campaigns.RunAsync(await campaigns.CreateAsync(request(campaign), ct), null, ct);
    }
}
