using System.Diagnostics;
using Flink.Resources.Planning;

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
}
