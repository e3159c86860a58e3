using System.Diagnostics;
using Flink.Resources.Health;

namespace Flink.Resources.Campaigns;

public sealed class LargeCampaignTests(ITestOutputHelper output)
{
    [Fact]
    public async Task T26_TenThousandJobs_LimitsAreKeptInBoundedMemory()
    {
        const int jobs = 10_000;
        var campaign = new SimulatedCampaign(jobs);
        campaign.MoveOptions = campaign.MoveOptions with { PollInterval = TimeSpan.FromSeconds(10), Soak = TimeSpan.FromMinutes(1) };
        var limits = SimulatedCampaign.Wide.Limits with { InFlight = 300, InFlightPerQueue = 200, InFlightPerTeam = 40, InFlightPerSource = 300, InFlightPerTarget = 250 };
        var options = SimulatedCampaign.Wide with
        {
            Limits = limits, PollInterval = TimeSpan.FromSeconds(15), SnapshotAge = TimeSpan.FromMinutes(2), ControlPlaneInterval = TimeSpan.FromMinutes(1),
        };
        Counting? counting = null;
        CampaignReport? report = null;
        var clock = Stopwatch.GetTimestamp();
        var took = TimeSpan.Zero;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(wrap: m => counting = new Counting(m, campaign));
                var id = await campaigns.CreateAsync(campaign.Request(options, perWave: 1000), ct);
                report = await campaigns.RunAsync(id, null, ct);
                took = Stopwatch.GetElapsedTime(clock);
            },
            TestContext.Current.CancellationToken);

        var memory = GC.GetTotalMemory(forceFullCollection: true) >> 20;
        output.WriteLine(FormattableString.Invariant($"{jobs} jobs in {report!.EndedAt - report.StartedAt}: {took.TotalSeconds:F1} s, {memory} MiB held, {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB at most; {string.Join(", ", counting!.Most)}"));
        Assert.Equal(CampaignState.Completed, report.State);
        Assert.All(report.Jobs, static j => Assert.Equal(CampaignJobState.Committed, j.State));
        Assert.True(counting.Most["all"] <= 250 && counting.Most["queue"] <= 200 && counting.Most["team"] <= 40 && counting.Most["target"] <= 250 && counting.Most["watched"] <= 1000, string.Join(", ", counting.Most));
        Assert.True(memory < 1024, $"{memory} MiB");
        var replay = Stopwatch.GetTimestamp();
        Assert.Equal(jobs, (await campaign.New("two").FindAsync(report.Id, TestContext.Current.CancellationToken))!.Jobs.Count(static j => j.Run is { IsFinal: true }));
        Assert.True(Stopwatch.GetElapsedTime(replay) < TimeSpan.FromSeconds(30), $"{Stopwatch.GetElapsedTime(replay)}");
    }

    /// <summary>With a baseline each job is scored before and after its move, and the patrol looks at a few of both: few at a time, however many there are.</summary>
    [Fact]
    public async Task T26_JobsScoredAndPatrolled_AllAreCommittedAndFewAreLookedAt()
    {
        const int jobs = 250;
        var campaign = new SimulatedCampaign(jobs)
        {
            MoveOptions = new MoveOptions { Soak = TimeSpan.FromMinutes(10), Baseline = TimeSpan.FromMinutes(10), PollInterval = TimeSpan.FromSeconds(10) },
        };
        var limits = SimulatedCampaign.Wide.Limits with { InFlight = 300, InFlightPerQueue = 200, InFlightPerTeam = 40, InFlightPerSource = 300, InFlightPerTarget = 250 };
        var options = SimulatedCampaign.Wide with
        {
            Limits = limits, PollInterval = TimeSpan.FromSeconds(15), SnapshotAge = TimeSpan.FromMinutes(2), ControlPlaneInterval = TimeSpan.FromMinutes(1),
        };
        var patrol = new Looks(campaign.Fleet.TimeProvider);
        CampaignReport? report = null;
        var clock = Stopwatch.GetTimestamp();

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(senses: new CampaignSenses
                {
                    Health = () => new HealthWatch([new FlinkHealthCollector(campaign.Catalog, campaign.Fleet.TimeProvider), patrol], [], campaign.Fleet.TimeProvider),
                });
                report = await campaigns.RunAsync(await campaigns.CreateAsync(campaign.Request(options, perWave: 60), ct), null, ct);
            },
            TestContext.Current.CancellationToken);

        output.WriteLine(FormattableString.Invariant($"{jobs} jobs in {report!.EndedAt - report.StartedAt}: {Stopwatch.GetElapsedTime(clock).TotalSeconds:F1} s; {patrol.Jobs[SimulatedCampaign.Kubernetes].Count} committed and {patrol.Jobs[SimulatedCampaign.Yarn].Count} unmoved were looked at {patrol.Times} times"));
        Assert.Equal(CampaignState.Completed, report.State);
        Assert.All(report.Jobs, static j => Assert.Equal((CampaignJobState.Committed, true), (j.State, j.Score > 8)));
        Assert.Empty(report.Notes.Where(static n => n.What.Contains("worse", StringComparison.Ordinal)));
        Assert.InRange(patrol.MostAtOnce, 2, 4);
        Assert.InRange(patrol.Jobs[SimulatedCampaign.Kubernetes].Count, 1, 120);
        Assert.Equal(20, patrol.Jobs[SimulatedCampaign.Yarn].Count);
        Assert.True(patrol.Times <= 60 * (report.EndedAt - report.StartedAt)!.Value.TotalMinutes, $"{patrol.Times} looks");
    }

    /// <summary>Counts the looks of the patrol, and adds nothing to them.</summary>
    private sealed class Looks(TimeProvider timeProvider) : IHealthCollector
    {
        private int _now;

        public string Name => "looks";

        public int Times { get; private set; }

        public int MostAtOnce { get; private set; }

        public Dictionary<string, HashSet<JobKey>> Jobs { get; } = new(StringComparer.Ordinal) { [SimulatedCampaign.Yarn] = [], [SimulatedCampaign.Kubernetes] = [] };

        public async Task<HealthReadings> CollectAsync(HealthTarget target, CancellationToken cancellationToken = default)
        {
            Times++;
            Jobs[target.Copy.Application.Backend].Add(target.Job);
            MostAtOnce = Math.Max(MostAtOnce, ++_now);
            await Task.Delay(TimeSpan.FromMilliseconds(100), timeProvider, cancellationToken);
            _now--;
            return HealthReadings.None;
        }
    }
}
