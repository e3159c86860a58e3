using System.Diagnostics;

namespace Flink.Resources.Simulation;

public sealed class FleetSizeTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Run_TwentyThousandJobsForAnHour_TakesSecondsAndBoundedMemory()
    {
        const int jobs = 20_000;
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Seed = 3,
            Backends =
            [
                new() { Name = "yarn-east", Kind = BackendKind.Yarn, Nodes = 500 },
                new() { Name = "k8s-east", Kind = BackendKind.Kubernetes, Nodes = 500 },
            ],
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.GetTimestamp();

        await fleet.RunAsync(
            async ct =>
            {
                await Task.WhenAll(Enumerable.Range(0, jobs).Select(i => StartAsync(i, ct)));
                await fleet.RunAsync(TimeSpan.FromHours(1), ct);
            },
            TestContext.Current.CancellationToken);
        var running = Enumerable.Range(0, jobs).Count(i => fleet.Account(Job(i)) is { IsExact: true, Committed: > 3_000_000 });

        var took = Stopwatch.GetElapsedTime(clock);
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) >> 20;
        output.WriteLine(FormattableString.Invariant($"{jobs} jobs, one hour: {took.TotalSeconds:F1} s, {memory} MiB, {fleet.Calls} calls, {running} exact"));
        Assert.Equal(jobs, running);
        Assert.True(memory < 500, $"{memory} MiB");
        Assert.True(took < TimeSpan.FromSeconds(60), $"{took}");

        async Task StartAsync(int i, CancellationToken ct) =>
            await fleet.StartedAsync(i % 2 == 0 ? "yarn-east" : "k8s-east", new Fence(Job(i), 1), Specs.Streaming(Job(i)), ct);
    }

    private static JobKey Job(int i) => JobKey.Parse($"team{i % 100}/job{i}");
}
