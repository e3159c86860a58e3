namespace Flink.Resources.Simulation;

/// <summary>The test that docs/testing.md shows.</summary>
public sealed class DocsTests
{
#pragma warning disable xUnit1051 // The test that is shown is short.
    #region docs
    [Fact]
    public async Task MyScheduler_StartAnswerLost_RunsOneCopyExactly()
    {
        var fleet = SimulatedFleet.Create(seed: 7, "yarn-east", "k8s-east");
        fleet.Next("k8s-east", SimulatedCall.Start, SimulatedFault.LostAnswer);
        var scheduler = new MyScheduler(fleet.Backend("k8s-east"), fleet.TimeProvider);

        await fleet.RunAsync(ct => scheduler.StartAsync(Ledger, ct));
        await fleet.RunAsync(TimeSpan.FromHours(1));

        Assert.Single(fleet.LiveCopies(Ledger.Job));
        Assert.True(fleet.Account(Ledger.Job).IsExact);
    }
    #endregion

    private static ApplicationSpec Ledger => Specs.Streaming(JobKey.Parse("payments/ledger"));

    [Fact]
    public void Docs_ShowTheseVeryLines()
    {
        var folder = Repository.Root;
        var source = File.ReadAllText(Path.Combine(folder, "tests", "Flink.Resources.Simulation.Tests", "Fleet", "DocsTests.cs"));
        var region = source.Split("#region docs\n")[1].Split("    #endregion")[0];
        var shown = string.Join('\n', region.TrimEnd().Split('\n').Select(static l => l.Length > 4 ? l[4..] : l));

        Assert.Contains(shown, File.ReadAllText(Path.Combine(folder, "docs", "testing.md")), StringComparison.Ordinal);
    }

    private sealed class MyScheduler(IResourceBackend backend, TimeProvider timeProvider)
    {
        public async Task StartAsync(ApplicationSpec spec, CancellationToken cancellationToken)
        {
            var prepared = await backend.PreparedAsync(new Fence(spec.Job, 1), spec, cancellationToken);
            while (await backend.StartAsync(prepared, RestorePoint.None, cancellationToken) is StartOutcome.Indeterminate)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), timeProvider, cancellationToken);
            }
        }
    }
}
