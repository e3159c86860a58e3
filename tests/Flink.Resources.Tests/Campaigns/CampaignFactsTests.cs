using System.Collections.Immutable;
using Flink.Resources.Health;
using Flink.Resources.Planning;

namespace Flink.Resources.Campaigns;

/// <summary>What a campaign sees beside its moves, and what follows.</summary>
public sealed class CampaignFactsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SourceServersUnreadable_WhileMovesArePrepared_NoneIsStoppedBeforeTheHoldIsGone()
    {
        var campaign = new SimulatedCampaign(12);
        var options = SimulatedCampaign.Wide with { Limits = SimulatedCampaign.Wide.Limits with { InFlight = 6 }, ReportInterval = TimeSpan.FromMilliseconds(100) };
        CampaignReport? holding = null;
        DateTimeOffset? goneAt = null;
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(options), ct);
                var away = false;
                report = await campaigns.RunAsync(id, new Reports(r =>
                {
                    if (!away && r.Jobs.Any(static j => j.Run?.State == MigrationState.PreparingTarget))
                    {
                        away = true;
                        campaign.Fleet.GoAway(SimulatedCampaign.Yarn, TimeSpan.FromMinutes(5));
                    }
                    var held = r.Holds.Any(static h => h.HoldsStops);
                    holding = held ? r : holding;
                    goneAt ??= holding is not null && !held ? r.At : null;
                }), ct);
            },
            Cancellation);

        Assert.Equal($"source-control-plane:{SimulatedCampaign.Yarn}", Assert.Single(holding!.Holds).Key);
        var waiting = holding.Jobs.Where(static j => j.Run?.State == MigrationState.PreparingTarget).Select(static j => j.Job).ToHashSet();
        Assert.NotEmpty(waiting);
        Assert.Contains(holding.Jobs, static j => j.Run?.Reason?.Contains("not stopped before", StringComparison.Ordinal) == true);
        Assert.All(report!.Jobs, static j => Assert.Equal((CampaignJobState.Committed, null), (j.State, j.Run!.Reason)));
        Assert.All(report.Jobs.Where(j => waiting.Contains(j.Job) || j.StartedAt > holding.At), j => Assert.True(
            j.Timeline.First(static t => t.State == MigrationState.Stopping).At >= goneAt, $"{j.Job} was stopped while stops were held."));
        Assert.Null(campaign.Verdict(static _ => SimulatedCampaign.Kubernetes));
    }

    [Fact]
    public async Task TwoCopiesMarked_DuringTheCampaign_StopsItAndPages()
    {
        var campaign = new SimulatedCampaign(12);
        var options = SimulatedCampaign.Wide with { Limits = SimulatedCampaign.Wide.Limits with { InFlight = 2 } };
        var marks = new JobMarks(campaign.Journal, campaign.Fleet.TimeProvider);
        CampaignReport? report = null;
        var stoppedAfter = TimeSpan.Zero;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                // What was seen before the campaign, and what is seen of others, is not its own.
                await marks.AddAsync(SimulatedCampaign.Key(1), JobMarkKind.TwoCopies, "copy watcher", "long ago", ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(options), ct);
                await marks.AddAsync(JobKey.Parse("other/job"), JobMarkKind.TwoCopies, "copy watcher", "of another", ct);
                var running = campaigns.RunAsync(id, null, ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(3), ct);
                Assert.Equal(CampaignState.Running, (await campaigns.FindAsync(id, ct))!.State);
                await marks.AddAsync(SimulatedCampaign.Key(11), JobMarkKind.TwoCopies, "copy watcher", "application_7 and application_8", ct);
                var markedAt = campaign.Fleet.TimeProvider.GetUtcNow();
                report = await running;
                stoppedAfter = report.Holds.Single().Since - markedAt;
            },
            Cancellation);

        var hold = Assert.Single(report!.Holds);
        Assert.Equal(("two-copies", CampaignHoldKind.Stop, true), (hold.Key, hold.Kind, hold.Pages));
        Assert.Contains("team11/job00011 (application_7 and application_8)", hold.Reason, StringComparison.Ordinal);
        Assert.InRange(stoppedAfter, TimeSpan.Zero, TimeSpan.FromMinutes(1.5));
        Assert.Equal(CampaignState.Stopped, report.State);
        Assert.Contains(report.Jobs, static j => j.State == CampaignJobState.Waiting);
        Assert.Null(campaign.Verdict(k => report.Jobs.Single(j => j.Job == k).State == CampaignJobState.Waiting ? SimulatedCampaign.Yarn : SimulatedCampaign.Kubernetes));
    }

    [Fact]
    public async Task Incident_WhileItLasts_HoldsEvenWhenItsSourceFailsAndGoesOnAfterIt()
    {
        var campaign = new SimulatedCampaign(12);
        var options = SimulatedCampaign.Wide with { Limits = SimulatedCampaign.Wide.Limits with { InFlight = 2 } };
        var source = new Incidents(campaign.Fleet.TimeProvider);
        var silent = new Silent();
        var (held, gone) = ((DateTimeOffset?)null, (DateTimeOffset?)null);
        CampaignReport? during = null;
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(senses: new CampaignSenses { Incidents = [silent, source] });
                var id = await campaigns.CreateAsync(campaign.Request(options), ct);
                var running = campaigns.RunAsync(id, new Reports(r => during = r.State == CampaignState.Holding ? r : during), ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
                held = campaign.Fleet.TimeProvider.GetUtcNow();
                source.Begin("kafka-main");
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(10), ct);
                source.Fails = true;
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(30), ct);
                (source.Fails, gone) = (false, campaign.Fleet.TimeProvider.GetUtcNow());
                source.End();
                report = await running;
            },
            Cancellation);

        var hold = Assert.Single(during!.Holds);
        Assert.Equal(("incident:kafka-main", CampaignHoldKind.HoldStarts, true), (hold.Key, hold.Kind, hold.ScoresAreUnknown));
        Assert.All(report!.Jobs, static j => Assert.Equal(CampaignJobState.Committed, j.State));
        Assert.Contains(report.Jobs, j => j.StartedAt < held);
        Assert.All(report.Jobs.Where(j => j.StartedAt > held + TimeSpan.FromSeconds(30)), j => Assert.True(j.StartedAt >= gone + TimeSpan.FromMinutes(10), $"{j.Job} was started at {j.StartedAt}."));
        Assert.Contains(report.Jobs, j => j.StartedAt > gone);
        Assert.True(silent.Asked > 1);
    }

    [Fact]
    public async Task Incident_APersonReportsAndEndsIt_HoldsMeanwhile()
    {
        var campaign = new SimulatedCampaign(8);
        var options = SimulatedCampaign.Wide with { Limits = SimulatedCampaign.Wide.Limits with { InFlight = 1 } };
        var incident = new CampaignDemand(CampaignRequestKind.ReportIncident) { Incident = "hdfs" };
        var (state, why, again) = (CampaignState.Unknown, (string?)null, (string?)null);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(options), ct);
                var running = campaigns.RunAsync(id, null, ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                Assert.Null(await campaigns.RequestAsync(id, incident, "kim", "a DataNode rack is away", ct));
                again = await campaigns.RequestAsync(id, incident, "kim", null, ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromHours(1), ct);
                var found = (await campaigns.FindAsync(id, ct))!;
                (state, why) = (found.State, found.Holds.Single().Key);
                Assert.Null(await campaigns.RequestAsync(id, incident with { Kind = CampaignRequestKind.EndIncident }, "kim", null, ct));
                report = await running;
            },
            Cancellation);

        Assert.Equal((CampaignState.Holding, "incident:hdfs"), (state, why));
        Assert.Equal("hdfs is known to be in trouble.", again);
        Assert.Equal(CampaignState.Completed, report!.State);
        Assert.Contains(report.Notes, static n => n.By == "kim" && n.What.StartsWith("EndIncident hdfs", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_MovesThatFailedDuringAnIncident_AreExcusedAlsoAfterARestart()
    {
        var noon = new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
        var campaign = new SimulatedCampaign(10);
        var plan = new MigrationPlan { Waves = [new PlannedWave { Number = 1, Stage = PlanStage.Rest, Moves = [.. campaign.Jobs.Select(static j => new Planning.PlannedMove(j, j.Source, j.Target, "in order"))] }] };
        var run = CampaignMachine.Create("c-1", new CampaignRequest { Name = "one", Plan = plan, Moves = ImmutableDictionary<JobKey, MoveRequest>.Empty }, noon);
        foreach (var job in campaign.Jobs.Take(4))
        {
            run = CampaignMachine.Step(run, new JobReached(job.Job, MigrationState.RolledBack, "no broker", null, true, false) { At = noon.AddMinutes(20) });
        }
        var facts = new CampaignFacts { Now = noon.AddHours(2) };
        var known = CampaignIncidents.Hear([], "monitor", [new DependencyIncident("kafka-main", noon)], noon);
        var over = CampaignIncidents.Hear(known, "monitor", [], noon.AddMinutes(30));
        var written = System.Text.Json.JsonSerializer.Serialize<CampaignEvent>(new IncidentsFound(over) { At = noon.AddMinutes(30) }, CampaignJson.Default.CampaignEvent);
        var excused = CampaignMachine.Step(run, System.Text.Json.JsonSerializer.Deserialize(written, CampaignJson.Default.CampaignEvent)!);

        Assert.Contains(CampaignJudge.Judge(run, facts), static h => h.Key == "wave-failures:1");
        Assert.DoesNotContain(CampaignJudge.Judge(excused, facts), static h => h.Key == "wave-failures:1");
    }

    [Fact]
    public void Hear_WhatLastsIsDatedAnew_StaysOneAndEndsWhenItIsMissing()
    {
        var noon = new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
        var first = CampaignIncidents.Hear([], "monitor", [new DependencyIncident("kafka-main", noon)], noon);
        var same = CampaignIncidents.Hear(first, "monitor", [new DependencyIncident("kafka-main", noon.AddMinutes(1))], noon.AddMinutes(1));
        var other = CampaignIncidents.Hear(same, "other", [], noon.AddMinutes(2));
        var ended = CampaignIncidents.Hear(other, "monitor", [], noon.AddMinutes(3));
        var anew = CampaignIncidents.Hear(ended, "monitor", [new DependencyIncident("kafka-main", noon.AddMinutes(9))], noon.AddMinutes(9));
        var listed = CampaignIncidents.Hear(anew, "monitor", [new DependencyIncident("kafka-main", noon.AddMinutes(9)), new DependencyIncident("kafka-main", noon.AddHours(-2), noon.AddHours(-1))], noon.AddMinutes(10));
        var many = Enumerable.Range(0, 500).Aggregate(anew, (k, i) => CampaignIncidents.Hear(k, "monitor", [new DependencyIncident("kafka-main", noon.AddHours(i), noon.AddHours(i + 0.5))], noon.AddHours(i + 1)));

        Assert.Equal(first, other);
        Assert.Equal(new DependencyIncident("kafka-main", noon, noon.AddMinutes(3)), Assert.Single(ended).Incident);
        Assert.Equal([noon.AddMinutes(3), null], anew.Select(static k => k.Incident.To));
        Assert.Equal([noon.AddHours(-1), noon.AddMinutes(3), null], listed.Select(static k => k.Incident.To));
        Assert.Equal(200, many.Length);
    }

    [Fact]
    public async Task CommittedJobsGetWorse_PauseWithAPreviewUntilAPersonSaysSo()
    {
        var (report, during, looks) = await PatrolledAsync(12, perWave: 4, static (job, backend) => backend == SimulatedCampaign.Kubernetes && string.CompareOrdinal(job.Name, "job00003") < 0);

        var hold = Assert.Single(during!.Holds);
        Assert.Equal(("committed-degraded", CampaignHoldKind.Pause), (hold.Key, hold.Kind));
        Assert.Equal([1], hold.PreviewRollback);
        Assert.Equal(CampaignState.Completed, report.State);
        Assert.InRange(looks, 2, 4);
    }

    [Fact]
    public async Task UnmovedJobsGetWorse_HoldUntilTheyAreWell()
    {
        var (report, during, looks) = await PatrolledAsync(16, perWave: 4, static (_, backend) => backend == SimulatedCampaign.Yarn);

        var hold = Assert.Single(during!.Holds);
        Assert.Equal(("unmoved-jobs", CampaignHoldKind.HoldStarts, true), (hold.Key, hold.Kind, hold.ScoresAreUnknown));
        Assert.Contains(report.Jobs, j => j.StartedAt > hold.LastSeen);
        Assert.InRange(looks, 2, 4);
    }

    /// <summary>Jobs lag from one hour after the start to three hours after it.</summary>
    private static async Task<(CampaignReport Report, CampaignReport? During, int Looks)> PatrolledAsync(int jobs, int perWave, Func<JobKey, string, bool> lags)
    {
        var campaign = new SimulatedCampaign(jobs)
        {
            MoveOptions = new MoveOptions { Soak = TimeSpan.FromMinutes(20), Baseline = TimeSpan.FromMinutes(10), PollInterval = TimeSpan.FromSeconds(1) },
        };
        var options = SimulatedCampaign.Wide with { WaveEnd = WaveEnd.Final, Abort = SimulatedCampaign.Wide.Abort with { MeanScore = 0 } };
        var collector = new Lagging(lags, campaign.Fleet.TimeProvider);
        CampaignReport? during = null;
        CampaignReport? report = null;
        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(senses: new CampaignSenses
                {
                    Health = () => new HealthWatch([new FlinkHealthCollector(campaign.Catalog, campaign.Fleet.TimeProvider), collector], [], campaign.Fleet.TimeProvider),
                });
                var id = await campaigns.CreateAsync(campaign.Request(options, perWave), ct);
                var running = campaigns.RunAsync(id, new Reports(r => during = r.State is CampaignState.Holding or CampaignState.Paused ? r : during), ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromHours(1), ct);
                collector.IsOn = true;
                await campaign.Fleet.RunAsync(TimeSpan.FromHours(2), ct);
                collector.IsOn = false;
                if (during?.State == CampaignState.Paused)
                {
                    await campaigns.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Resume), "kim", null, ct);
                }
                report = await running;
            },
            Cancellation);
        return (report!, during, collector.MostAtOnce);
    }

    /// <summary>Says for a time that some jobs are far behind.</summary>
    private sealed class Lagging(Func<JobKey, string, bool> lags, TimeProvider timeProvider) : IHealthCollector
    {
        private int _now;

        public string Name => "lagging";

        public bool IsOn { get; set; }

        public int MostAtOnce { get; private set; }

        public async Task<HealthReadings> CollectAsync(HealthTarget target, CancellationToken cancellationToken = default)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_now);
            await Task.Delay(TimeSpan.FromMilliseconds(100), timeProvider, cancellationToken);
            _now--;
            return IsOn && lags(target.Job, target.Copy.Application.Backend)
                ? HealthReadings.None with { Gauges = HealthReadings.None.Gauges.SetItem(HealthMetrics.Lag, 5_000) }
                : HealthReadings.None;
        }
    }

    /// <summary>A monitor that knows of one incident at most.</summary>
    private sealed class Incidents(TimeProvider timeProvider) : IDependencyIncidents
    {
        private DependencyIncident? _now;

        public string Name => "monitor";

        public bool Fails { get; set; }

        public void Begin(string name) => _now = new DependencyIncident(name, timeProvider.GetUtcNow());

        public void End() => _now = null;

        public Task<ImmutableArray<DependencyIncident>> ReadAsync(CancellationToken cancellationToken = default) =>
            Fails ? throw new HttpRequestException("503") : Task.FromResult<ImmutableArray<DependencyIncident>>(_now is null ? [] : [_now]);
    }

    /// <summary>A monitor that never answers.</summary>
    private sealed class Silent : IDependencyIncidents
    {
        public string Name => "silent";

        public int Asked { get; private set; }

        public async Task<ImmutableArray<DependencyIncident>> ReadAsync(CancellationToken cancellationToken = default)
        {
            Asked++;
            var never = new TaskCompletionSource();
            await using var _ = cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
            await never.Task;
            return [];
        }
    }
}
