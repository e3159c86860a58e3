namespace Flink.Resources.Simulation;

public sealed class MoveTests
{
    private readonly JobKey _job = JobKey.Parse("payments/ledger");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("yarn-east", "k8s-east")]
    [InlineData("k8s-east", "yarn-east")]
    public async Task Move_StoppedWithSavepointAndRestoredElsewhere_IsExactWithOneCopy(string from, string to)
    {
        var fleet = SimulatedFleet.Create(7, "yarn-east", "k8s-east");

        await fleet.RunAsync(ct => fleet.MovedAsync(_job, from, to, ct), Cancellation);

        var account = fleet.Account(_job);
        Assert.True(account.IsExact, account.ToString());
        Assert.True(account.Committed > account.Produced - 50_000, account.ToString());
        Assert.Equal(0, account.StartsFromNothing);
        Assert.Equal(to, Assert.Single(fleet.LiveCopies(_job)).Copy.Application.Backend);
    }

    [Fact]
    public async Task Run_SameSeed_SameEventsByteForByte()
    {
        var first = await DigestAsync(11);
        var again = await DigestAsync(11);
        var other = await DigestAsync(12);

        Assert.Equal(first, again);
        Assert.NotEqual(first.Digest, other.Digest, StringComparer.Ordinal);
    }

    private static async Task<(string Digest, string Text)> DigestAsync(long seed)
    {
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Seed = seed,
            FaultProbability = 0.2,
            Faults = [SimulatedFault.Unavailable, SimulatedFault.StaleList, SimulatedFault.Throttled],
            Backends = [new() { Name = "yarn-east", Kind = BackendKind.Yarn }, new() { Name = "k8s-east", Kind = BackendKind.Kubernetes }],
        });
        await fleet.RunAsync(
            async ct =>
            {
                var jobs = Enumerable.Range(0, 20).Select(i => StartAsync(fleet, i, ct)).ToList();
                await Task.WhenAll(jobs);
                fleet.LoseNode("yarn-east", "yarn-east-node-3", containersLiveOn: false);
                fleet.LoseNode("k8s-east", "k8s-east-node-2", containersLiveOn: false);
                await fleet.RunAsync(TimeSpan.FromHours(1), ct);
            },
            Cancellation);
        return (fleet.Digest, string.Join('\n', fleet.Events));
    }

    private static async Task StartAsync(SimulatedFleet fleet, int number, CancellationToken ct)
    {
        var backend = fleet.Backend(number % 2 == 0 ? "yarn-east" : "k8s-east");
        var job = JobKey.Parse($"team/job-{number}");
        PreparedApplication? prepared = null;
        while (prepared is null)
        {
            prepared = (await backend.PrepareAsync(new Fence(job, 1), Specs.Streaming(job), ct) as PrepareOutcome.Prepared)?.Application;
        }
        while (await backend.StartAsync(prepared, RestorePoint.None, ct) is StartOutcome.Indeterminate)
        {
            await fleet.RunAsync(TimeSpan.FromSeconds(1), ct);
        }
    }
}
