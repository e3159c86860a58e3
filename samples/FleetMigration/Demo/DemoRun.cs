using System.Collections.Immutable;
using Flink.Resources;
using Flink.Resources.Eligibility;
using Flink.Resources.Fleet;
using Flink.Resources.Planning;
using Microsoft.Extensions.DependencyInjection;

namespace FleetMigration.Demo;

/// <summary>The way of a fleet: started on the source, planned, moved, reported. Everything in virtual time.</summary>
internal static class DemoRun
{
    private static readonly CampaignOptions Options = new()
    {
        WaveEnd = WaveEnd.Soaking,
        Held = [new HeldRoom(DemoFleet.Source)],
        Limits = new StartLimits { InFlight = 40, InFlightPerQueue = 20, InFlightPerTeam = 20, InFlightPerSource = 40, InFlightPerTarget = 40 },
    };

    public static async Task<FleetReport> RunAsync(DemoFleet demo, IProgress<CampaignReport>? progress, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddFlinkResources().AddSimulation(demo.Fleet);
        services.AddSingleton<IJournal>(new MemoryJournal(demo.Fleet.TimeProvider));
        var provider = services.BuildServiceProvider();
        await using (provider.ConfigureAwait(false))
        {
            FleetReport? report = null;
            await demo.Fleet.RunAsync(
                async ct => report = await MoveAsync(
                    demo, provider.GetRequiredService<IBackendCatalog>(), provider.GetRequiredService<IEligibilityJudge>(), provider.GetRequiredService<ICampaigns>(), progress, ct).ConfigureAwait(true),
                cancellationToken).ConfigureAwait(false);
            return report!;
        }
    }

    private static async Task<FleetReport> MoveAsync(
        DemoFleet demo, IBackendCatalog backends, IEligibilityJudge judge, ICampaigns campaigns, IProgress<CampaignReport>? progress, CancellationToken cancellationToken)
    {
        var (source, target) = (backends.GetRequired(DemoFleet.Source), backends.GetRequired(DemoFleet.Target));
        var running = await Task.WhenAll(demo.Jobs.Select(j => StartAsync(source, j, cancellationToken))).ConfigureAwait(true);
        await demo.Fleet.RunAsync(TimeSpan.FromMinutes(20), cancellationToken).ConfigureAwait(true);

        var moves = demo.Jobs.Zip(running).ToImmutableDictionary(static p => p.First.Key, static p => p.First.ToMove(p.Second.Application));
        var facts = new PlanningFacts
        {
            Jobs = [.. demo.Jobs.Select(static j => j.ToPlan())],
            Eligibility = [.. await Task.WhenAll(demo.Jobs.Select(j => judge.JudgeAsync(new EligibilityRequest { Move = moves[j.Key] }, null, cancellationToken))).ConfigureAwait(true)],
            Capacity = new CapacityFacts
            {
                Now = demo.Fleet.TimeProvider.GetUtcNow(),
                Backends = [await source.GetSnapshotAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(true), await target.GetSnapshotAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(true)],
                Held = [new HeldRoom(DemoFleet.Source)],
            },
        };
        var plan = MigrationPlanner.Plan(facts, new PlanningOptions { MaximumShare = 0.5 });

        var campaign = await campaigns.CreateAsync(
            new CampaignRequest
            {
                Name = "yarn-east-to-k8s-east",
                Plan = plan,
                Moves = moves,
                Options = Options,
            },
            cancellationToken).ConfigureAwait(true);
        var accidents = demo.AccidentsAsync(cancellationToken);
        var report = await campaigns.RunAsync(campaign, new Watched(demo, progress), cancellationToken).ConfigureAwait(true);
        await accidents.ConfigureAwait(true);
        return FleetReport.From(report);
    }

    private static async Task<PreparedApplication> StartAsync(IResourceBackend backend, DemoJob job, CancellationToken cancellationToken)
    {
        var outcome = await backend.PrepareAsync(new Fence(job.Key, 1), job.Spec, cancellationToken).ConfigureAwait(true);
        var prepared = outcome is PrepareOutcome.Prepared { Application: var application }
            ? application
            : throw new InvalidOperationException($"{job.Key} can't be prepared: {outcome}");
        var started = await backend.StartAsync(prepared, RestorePoint.None, cancellationToken).ConfigureAwait(true);
        return started is StartOutcome.Accepted or StartOutcome.AlreadyStarted ? prepared : throw new InvalidOperationException($"{job.Key} does not start: {started}");
    }

    /// <summary>Accidents happen when their time has come; then people see the state.</summary>
    private sealed class Watched(DemoFleet demo, IProgress<CampaignReport>? people) : IProgress<CampaignReport>
    {
        public void Report(CampaignReport value)
        {
            demo.AccidentsOnTheWay(value);
            people?.Report(value);
        }
    }
}
