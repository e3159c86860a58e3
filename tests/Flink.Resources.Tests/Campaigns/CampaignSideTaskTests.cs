using System.Collections.Immutable;
using Flink.Resources.Health;
using Flink.Resources.Planning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Flink.Resources.Campaigns;

/// <summary>What goes on beside a campaign's loop: it ends with the campaign, and its faults are told.</summary>
public sealed class CampaignSideTaskTests
{
    private const int NotEnded = 1113;
    private const int RoundFailed = 1112;

    /// <summary>Whoever takes a while to end is waited for, whoever does not end at all no longer than ten seconds.</summary>
    [Theory]
    [InlineData(3, 0.01, 3, 0)]
    [InlineData(3600, 10, 10, 1)]
    public async Task Run_AtItsEnd_WaitsForWhatGoesOnBesideIt(int lingers, double least, double most, int told)
    {
        var campaign = new SimulatedCampaign(2);
        var options = SimulatedCampaign.Wide with { PollInterval = TimeSpan.FromSeconds(1), ControlPlaneInterval = TimeSpan.FromSeconds(1) };
        var source = new Lingering(TimeSpan.FromSeconds(lingers), campaign.Fleet.TimeProvider);
        var logger = new FakeLogger();
        var (waited, wasAsked) = (TimeSpan.Zero, true);

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(senses: new CampaignSenses { Incidents = [source], Logger = logger });
                var report = await campaigns.RunAsync(await campaigns.CreateAsync(campaign.Request(options), ct), null, ct);
                (waited, wasAsked) = (campaign.Fleet.TimeProvider.GetUtcNow() - report.EndedAt!.Value, source.IsAsked);
            },
            TestContext.Current.CancellationToken);

        Assert.InRange(waited.TotalSeconds, least, most);
        Assert.Equal(told == 1, wasAsked);
        var records = logger.Collector.GetSnapshot().Where(static r => r.Level >= LogLevel.Warning).ToList();
        Assert.Equal(Enumerable.Repeat(NotEnded, told), records.Select(static r => r.Id.Id));
        Assert.All(records, static r => Assert.Contains("listener of c-", r.Message, StringComparison.Ordinal));
    }

    /// <summary>Once until a round goes well, and once again after that.</summary>
    [Fact]
    public async Task Patrol_WhateverARoundFailsWith_IsToldOnceAndItGoesRoundAgain()
    {
        var campaign = new SimulatedCampaign(4);
        var options = SimulatedCampaign.Wide with { Limits = SimulatedCampaign.Wide.Limits with { InFlight = 1, Soaking = 1 } };
        campaign.MoveOptions = campaign.MoveOptions with { Soak = TimeSpan.FromMinutes(30) };
        var (logger, item) = (new FakeLogger(), new Broken());
        var told = new List<int>();

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(senses: new CampaignSenses
                {
                    Health = () => new HealthWatch([new FlinkHealthCollector(campaign.Catalog, campaign.Fleet.TimeProvider)], [item], campaign.Fleet.TimeProvider),
                    Logger = logger,
                });
                var running = campaigns.RunAsync(await campaigns.CreateAsync(campaign.Request(options), ct), null, ct);
                foreach (var isBroken in new[] { true, false, true })
                {
                    item.IsBroken = isBroken;
                    await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(10), ct);
                    told.Add(logger.Collector.GetSnapshot().Count(static r => r.Id.Id == RoundFailed));
                }
                item.IsBroken = false;
                Assert.Equal(CampaignState.Completed, (await running).State);
            },
            TestContext.Current.CancellationToken);

        Assert.Equal([1, 1, 2], told);
        Assert.IsType<FormatException>(logger.Collector.GetSnapshot().First(static r => r.Id.Id == RoundFailed).Exception);
        Assert.InRange(item.Asked, 60, 1000);
    }

    /// <summary>Needs a while to end once it is asked to.</summary>
    private sealed class Lingering(TimeSpan lingers, TimeProvider timeProvider) : IDependencyIncidents
    {
        public string Name => "lingering";

        public bool IsAsked { get; private set; }

        public async Task<ImmutableArray<DependencyIncident>> ReadAsync(CancellationToken cancellationToken = default)
        {
            IsAsked = true;
            var asked = new TaskCompletionSource();
            await using (cancellationToken.Register(() => asked.TrySetResult()))
            {
                await asked.Task;
            }
            await Task.Delay(lingers, timeProvider, CancellationToken.None);
            IsAsked = false;
            return [];
        }
    }

    /// <summary>An item of somebody's own with a mistake in it.</summary>
    private sealed class Broken : IHealthItem
    {
        public HealthItem Definition { get; } = new() { Key = "own.broken", Title = "Mine", Bad = 0, Good = 1, Weight = 1, Window = TimeSpan.FromMinutes(1) };

        public bool IsBroken { get; set; }

        public int Asked { get; private set; }

        public HealthReading? Measure(HealthFacts facts)
        {
            Asked++;
            return IsBroken ? throw new FormatException("no number") : null;
        }
    }
}
