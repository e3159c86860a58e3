using System.Collections.Concurrent;
using Flink.Resources.Migration;
using Flink.Resources.Simulation;

namespace Flink.Resources.Campaigns;

/// <summary>The process of a campaign dies at any of its records or at any time, again and again; the end is the one of a campaign that nobody disturbed.</summary>
public sealed class KilledCampaignTests
{
    private static readonly TimeSpan _leaseEnds = TimeSpan.FromSeconds(16);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_KilledAtRandomPoints_EndsWhereItWouldHave()
    {
        var failures = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            Enumerable.Range(1, 120), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = Cancellation }, async (seed, _) =>
            {
                if (failures.Count < 3 && await PlayAsync(seed) is { } wrong)
                {
                    failures.Enqueue($"seed {seed}: {wrong}");
                }
            });

        Assert.True(failures.IsEmpty, string.Join('\n', failures));
    }

    private static async Task<string?> PlayAsync(int seed)
    {
        // The generator of the schedule is told its seed: the same seed is the same schedule.
#pragma warning disable CA5394 // no secret hangs on it
        var random = new Random(seed);
        // One job has no image on the target. That ends in one way, however long nobody carries it meanwhile.
        var failing = SimulatedCampaign.Key(random.Next(8));
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Seed = seed,
            Backends = [SimulatedCampaign.Backends()[0], SimulatedCampaign.Backends()[1] with { MissingImages = ["1.19"] }],
        });
        var campaign = new SimulatedCampaign(8, fleet, change: j => j.Job == failing ? j with { FlinkVersion = "1.19" } : j);
        var lives = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (Record: random.Next(1, 250), After: random.Next(2) == 0, Time: random.Next(3) == 0 ? random.Next(1, 400) : (int?)null)).ToList();
#pragma warning restore CA5394
        CampaignReport? report = null;
        try
        {
            await campaign.Fleet.RunAsync(
                async ct =>
                {
                    await campaign.StartAsync(ct);
                    for (var life = 0; report is null && life < 50; life++)
                    {
                        report = await LiveAsync(campaign, life, life < lives.Count ? lives[life] : null, ct);
                    }
                    await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
                },
                Cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.ToString();
        }
        if (report is not { State: CampaignState.Completed })
        {
            return $"It ended as {report?.State}.";
        }
        var wrong = report.Jobs.FirstOrDefault(j => j.State != (j.Job == failing ? CampaignJobState.RolledBack : CampaignJobState.Committed));
        if (wrong is not null)
        {
            return $"{wrong.Job} is {wrong.State}: {wrong.Reason}";
        }
        foreach (var job in campaign.Jobs)
        {
            if ((await campaign.Journal.ListAsync(new RunQuery(job.Job), Cancellation)).Length != 1)
            {
                return $"{job.Job} has more than one run.";
            }
            var copies = campaign.Fleet.LiveCopies(job.Job);
            if (copies.Length != 1 || copies[0].Copy.Application.Backend != (job.Job == failing ? SimulatedCampaign.Yarn : SimulatedCampaign.Kubernetes))
            {
                return $"{job.Job}: {string.Join(" | ", copies.Select(static c => c.Why))}";
            }
        }
        return null;
    }

    /// <summary>One process from its start to its death, or to the end of the campaign.</summary>
    private static async Task<CampaignReport?> LiveAsync(SimulatedCampaign campaign, int life, (int Record, bool After, int? Time)? death, CancellationToken ct)
    {
        IJournal journal = death is { Time: null } at ? new DyingJournal(campaign.Journal, at.Record, at.After) : campaign.Journal;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (death?.Time is { } seconds)
        {
            _ = EndAfterAsync(campaign, end, TimeSpan.FromSeconds(seconds));
        }
        try
        {
            var campaigns = campaign.New($"process {life}", journal);
            var id = (await campaigns.FindUnfinishedAsync(end.Token)).FirstOrDefault() ?? await campaigns.CreateAsync(campaign.Request(perWave: 4), end.Token);
            return await campaigns.RunAsync(id, null, end.Token);
        }
        catch (Exception exception) when (exception is ProcessDiedException or OperationCanceledException or InvalidOperationException)
        {
            ct.ThrowIfCancellationRequested();
            await campaign.Fleet.RunAsync(_leaseEnds, ct);
            return null;
        }
    }

    private static async Task EndAfterAsync(SimulatedCampaign campaign, CancellationTokenSource end, TimeSpan lives)
    {
        await Task.Delay(lives, campaign.Fleet.TimeProvider);
        try
        {
            await end.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It was over before.
        }
    }
}
