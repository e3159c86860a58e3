using System.Collections.Immutable;
using Flink.Resources.Simulation;

namespace Flink.Resources.Campaigns;

/// <summary>One click, and what remains of it.</summary>
public sealed class RollbackTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T20_TwoHundredJobsClickedTwice_EachGoesBackOnceTheImportantFirst()
    {
        var campaign = new SimulatedCampaign(200);
        Counting? counting = null;
        ImmutableArray<RollbackResult>[] results = [];
        ImmutableArray<RollbackPreview> preview = [];

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(perWave: 200), ct);
                Assert.Equal(CampaignState.Completed, (await campaigns.RunAsync(id, null, ct)).State);
                var scope = new RollbackScope.Campaign(id);
                var options = new RollbackOptions { InFlight = 12, PerQueue = 4 };
                var one = campaign.New("one", wrap: m => counting = new Counting(m, campaign));
                preview = await one.PreviewRollbackAsync(scope, ct);
                results = await Task.WhenAll(one.RollBackAsync(scope, "kim", "too slow", options, ct), campaign.New("two").RollBackAsync(scope, "lee", null, options, ct));
                results = [.. results, await campaign.New("three").RollBackAsync(scope, "kim", "again", options, ct)];
            },
            Cancellation);

        Assert.Equal(200, preview.Length);
        Assert.All(preview, static p => Assert.Equal((RollbackWay.MoveBack, (bool?)true, LiveCopy.Target), (p.Way, p.HasRoom, p.Live)));
        Assert.All(results[0], static r => Assert.Equal((RollbackEnd.Back, null), (r.End, r.Reason)));
        Assert.Equal(results[0], results[1]);
        Assert.All(results[2], static r => Assert.Equal((RollbackWay.Join, RollbackEnd.Back), (r.Way, r.End)));
        Assert.Equal(200, counting!.Written.Count);
        Assert.Equal(200, counting.Written.Distinct().Count());
        Assert.True(counting.Most["all"] <= 12 && counting.Most["queue"] <= 4, string.Join(", ", counting.Most));
        var priorities = campaign.Jobs.ToDictionary(static j => j.Job, static j => j.Priority.Value);
        Assert.Equal(5, priorities[counting.Written[0]]);
        // Queues have their own limit, so a less important job of another queue may pass; never before a more important one of its own.
        var queues = campaign.Jobs.ToDictionary(static j => j.Job, static j => j.Source.Queue);
        Assert.All(counting.Written.GroupBy(j => queues[j], StringComparer.Ordinal), q => Assert.Equal(q.Select(j => priorities[j]).OrderDescending(), q.Select(j => priorities[j])));
        Assert.Null(campaign.Verdict(static _ => SimulatedCampaign.Yarn));
    }

    [Fact]
    public async Task RollBack_WaveUnderWay_TurnsRoundAndCallsOff()
    {
        var campaign = new SimulatedCampaign(12) { MoveOptions = new MoveOptions { Soak = TimeSpan.FromHours(1), Baseline = TimeSpan.Zero, PollInterval = TimeSpan.FromSeconds(1) } };
        ImmutableArray<RollbackPreview> preview = [];
        ImmutableArray<RollbackResult> results = [];
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(perWave: 6), ct);
                var running = campaigns.RunAsync(id, null, ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(10), ct);
                preview = await campaigns.PreviewRollbackAsync(new RollbackScope.Wave(id, 1), ct);
                // The campaign carries the runs: the click asks them, and waits.
                results = await campaigns.RollBackAsync(new RollbackScope.Wave(id, 1), "kim", "not today", null, ct);
                report = await running;
            },
            Cancellation);

        Assert.All(preview, static p => Assert.Equal((RollbackWay.TurnRound, Rollback.RollbackChoice.CarryForward), (p.Way, p.Choice)));
        Assert.All(results, static r => Assert.Equal((RollbackWay.TurnRound, RollbackEnd.Back), (r.Way, r.End)));
        Assert.All(report!.Waves[0].Jobs, static j => Assert.Equal(CampaignJobState.RolledBack, j.State));
        Assert.All(report.Waves[1].Jobs, static j => Assert.Equal(CampaignJobState.Committed, j.State));
        Assert.Empty(report.Holds);
        var first = report.Waves[0].Jobs.Select(static j => j.Job).ToHashSet();
        Assert.Null(campaign.Verdict(j => first.Contains(j) ? SimulatedCampaign.Yarn : SimulatedCampaign.Kubernetes));
    }

    [Fact]
    public async Task RollBack_QueueJobAndUnhealthy_TakeThoseOnly()
    {
        var campaign = new SimulatedCampaign(8);
        ImmutableArray<RollbackResult> queue = [];
        ImmutableArray<RollbackResult> job = [];
        ImmutableArray<RollbackResult> unhealthy = [];

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(), ct);
                await campaigns.RunAsync(id, null, ct);
                queue = await campaigns.RollBackAsync(new RollbackScope.Queue(id, "root.q1"), "kim", null, null, ct);
                job = await campaigns.RollBackAsync(new RollbackScope.Job(SimulatedCampaign.Key(2)), "kim", null, null, ct);
                unhealthy = await campaigns.RollBackAsync(new RollbackScope.Unhealthy(id), "kim", null, null, ct);
                await Assert.ThrowsAsync<KeyNotFoundException>(() => campaigns.RollBackAsync(new RollbackScope.Wave(id, 9), "kim", null, null, ct));
                await Assert.ThrowsAsync<KeyNotFoundException>(() => campaigns.PreviewRollbackAsync(new RollbackScope.Job(JobKey.Parse("no/such")), ct));
                var report = (await campaigns.FindAsync(id, ct))!;
                Assert.Equal(3, report.Jobs.Count(static j => j.State == CampaignJobState.RolledBack));
            },
            Cancellation);

        Assert.Equal([SimulatedCampaign.Key(1), SimulatedCampaign.Key(5)], queue.Select(static r => r.Job).Order(Comparer<JobKey>.Create(static (a, b) => string.CompareOrdinal(a.Name, b.Name))));
        Assert.Equal(SimulatedCampaign.Key(2), Assert.Single(job).Job);
        Assert.Empty(unhealthy);
        HashSet<JobKey> back = [SimulatedCampaign.Key(1), SimulatedCampaign.Key(2), SimulatedCampaign.Key(5)];
        Assert.Null(campaign.Verdict(j => back.Contains(j) ? SimulatedCampaign.Yarn : SimulatedCampaign.Kubernetes));
    }

    [Fact]
    public async Task RollBack_ItsProcessDies_TheNextClickJoinsWhatIsLeft()
    {
        var campaign = new SimulatedCampaign(30);
        ImmutableArray<RollbackResult> results = [];

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New();
                var id = await campaigns.CreateAsync(campaign.Request(), ct);
                await campaigns.RunAsync(id, null, ct);
                using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
                var first = campaigns.RollBackAsync(new RollbackScope.Campaign(id), "kim", null, new RollbackOptions { InFlight = 5 }, end.Token);
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(3), ct);
                await end.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
                await campaign.Fleet.RunAsync(TimeSpan.FromSeconds(20), ct);
                results = await campaign.New("two").RollBackAsync(new RollbackScope.Campaign(id), "kim", null, null, ct);
            },
            Cancellation);

        Assert.Equal(30, results.Length);
        Assert.All(results, static r => Assert.Equal(RollbackEnd.Back, r.End));
        Assert.Null(campaign.Verdict(static _ => SimulatedCampaign.Yarn));
        foreach (var job in campaign.Jobs)
        {
            Assert.Equal(2, (await campaign.Journal.ListAsync(new RunQuery(job.Job), Cancellation)).Length);
        }
    }

    [Fact]
    public async Task T39_RolledBackThenAppliedTwice_NothingMovesUntilRetry()
    {
        var campaign = new SimulatedCampaign(3);
        var reports = new List<CampaignReport>();

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New();
                reports.Add(await campaigns.RunAsync(await campaigns.CreateAsync(campaign.Request(), ct), null, ct));
                await campaigns.RollBackAsync(new RollbackScope.Campaign(reports[0].Id), "kim", "too slow", null, ct);
                var sources = campaign.Jobs.ToDictionary(static j => j.Job, j => campaign.Fleet.LiveCopies(j.Job)[0].Copy.Application);
                var calls = 0L;
                for (var i = 0; i < 2; i++)
                {
                    var request = campaign.Request();
                    reports.Add(await campaigns.RunAsync(await campaigns.CreateAsync(request with { Moves = request.Moves.ToImmutableDictionary(static m => m.Key, m => m.Value with { Source = new CopyRef(sources[m.Key]) }) }, ct), null, ct));
                    calls = campaign.Fleet.Calls;
                }
                var refused = (await campaigns.FindRefusedAsync(SimulatedCampaign.Key(0), ct))!;
                Assert.Equal((campaign.Jobs[0].Target, 1), (refused.Placement, refused.Times));
                Assert.Null(refused.Objection(campaign.Jobs[0].Source, null));
                Assert.Null(refused.Objection(campaign.Jobs[0].Target, "a newer revision"));

                Assert.Null(await campaigns.RetryAsync(SimulatedCampaign.Key(0), "kim", "it was the network", ct));
                Assert.NotNull(await campaigns.RetryAsync(SimulatedCampaign.Key(0), "kim", null, ct));
                var again = campaign.Request();
                reports.Add(await campaigns.RunAsync(await campaigns.CreateAsync(again with { Moves = again.Moves.ToImmutableDictionary(static m => m.Key, m => m.Value with { Source = new CopyRef(sources[m.Key]) }) }, ct), null, ct));
                GC.KeepAlive(calls);
            },
            Cancellation);

        Assert.All(reports.Skip(1).Take(2).SelectMany(static r => r.Jobs), static j =>
        {
            Assert.Equal((CampaignJobState.NotMoved, null), (j.State, j.RunId));
            Assert.Contains("came back from k8s-east", j.Reason, StringComparison.Ordinal);
            Assert.Contains("retry", j.Reason, StringComparison.Ordinal);
        });
        Assert.Equal([SimulatedCampaign.Key(0)], reports[3].Jobs.Where(static j => j.State == CampaignJobState.Committed).Select(static j => j.Job));
    }
}
