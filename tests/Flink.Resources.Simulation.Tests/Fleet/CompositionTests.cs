using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Simulation;

public sealed class CompositionTests
{
    [Fact]
    public async Task AddSimulation_OfAFleet_RegistersItsBackendsAndItsClock()
    {
        var fleet = SimulatedFleet.Create(1, "yarn-east", "k8s-east");
        var services = new ServiceCollection();
        services.AddFlinkResources().AddSimulation(fleet);
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        var catalog = provider.GetRequiredService<IBackendCatalog>();

        Assert.Equal(["k8s-east", "yarn-east"], catalog.Backends.Select(static b => b.Info.Name), StringComparer.Ordinal);
        Assert.Same(fleet.TimeProvider, provider.GetRequiredService<TimeProvider>());
        Assert.Throws<ArgumentException>(() => services.AddFlinkResources().AddSimulation(fleet));
        await fleet.RunAsync(
            async ct => Assert.Equal(LookupStatus.Absent, (await catalog.GetRequired("k8s-east").FindAsync(new Fence(JobKey.Parse("a/b"), 1), ct)).Status),
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AddSimulation_ByName_LivesInRealTime()
    {
        var services = new ServiceCollection();
        services.AddFlinkResources().AddSimulation("sim", static o => o with { Nodes = 3 });
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        var backend = provider.GetRequiredService<IBackendCatalog>().GetRequired("sim");

        var snapshot = await backend.GetSnapshotAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);

        Assert.Equal(3, snapshot.Nodes.Items.Length);
        Assert.Equal(BackendKind.Kubernetes, backend.Info.Kind);
    }
}
