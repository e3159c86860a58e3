using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using NSubstitute;

namespace Flink.Resources;

public sealed class CompositionTests
{
    private readonly ServiceCollection _services = new();

    [Fact]
    public void AddBackend_TwoNames_BothAreInTheCatalogAndKeyed()
    {
        _services.AddFlinkResources().AddBackend("yarn-east", Create).AddBackend("k8s-east", Create);
        _services.AddFlinkResources();
        using var provider = Build();

        var catalog = provider.GetRequiredService<IBackendCatalog>();

        Assert.Equal(["k8s-east", "yarn-east"], catalog.Backends.Select(static b => b.Info.Name), StringComparer.Ordinal);
        Assert.Same(catalog.GetRequired("yarn-east"), provider.GetRequiredKeyedService<IResourceBackend>("yarn-east"));
    }

    [Fact]
    public void GetRequired_UnknownName_ListsTheKnownOnes()
    {
        _services.AddFlinkResources().AddBackend("yarn-east", Create);
        using var provider = Build();

        var exception = Assert.Throws<KeyNotFoundException>(
            () => provider.GetRequiredService<IBackendCatalog>().GetRequired("yarn-west"));

        Assert.Contains("yarn-east", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddBackend_SameNameTwice_ThrowsAtRegistration()
    {
        var builder = _services.AddFlinkResources().AddBackend("yarn-east", Create);

        var exception = Assert.Throws<ArgumentException>(() => builder.AddBackend("yarn-east", Create));

        Assert.Contains("yarn-east", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Yarn")]
    [InlineData("-yarn")]
    [InlineData("yarn-")]
    [InlineData("yarn.east")]
    [InlineData("ÿarn")]
    public void AddBackend_NoDnsLabel_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => _services.AddFlinkResources().AddBackend(name, Create));

    [Fact]
    public async Task Start_NoBackend_FailsAndSaysWhatToCall()
    {
        _services.AddFlinkResources();
        await using var provider = Build();

        var atStart = Assert.Single(provider.GetServices<IHostedService>());

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => atStart.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("AddYarn", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_ThroughTheCatalog_IsMeasuredByBackendCallAndOutcome()
    {
        _services.AddFlinkResources().AddBackend("yarn-east", Create);
        await using var provider = Build();
        using var durations = new MetricCollector<double>(
            provider.GetRequiredService<IMeterFactory>(), FlinkResourcesTelemetry.MeterName, "flink.resources.backend.call.duration");

        await provider.GetRequiredService<IBackendCatalog>().GetRequired("yarn-east")
            .FindAsync(new Fence(JobKey.Parse("team/job"), 1), TestContext.Current.CancellationToken);

        var measured = Assert.Single(durations.GetMeasurementSnapshot());
        Assert.True(measured.Value >= 0);
        Assert.Equal("yarn-east", measured.Tags["flink.resources.backend"]);
        Assert.Equal("find", measured.Tags["flink.resources.call"]);
        Assert.Equal("Unknown", measured.Tags["flink.resources.outcome"]);
    }

    private static IResourceBackend Create(IServiceProvider services, string name)
    {
        var backend = Substitute.For<IResourceBackend>();
        backend.Info.Returns(new BackendInfo { Name = name, Kind = BackendKind.Simulated, Capabilities = BackendCapabilities.None });
        backend.FindAsync(Arg.Any<Fence>(), Arg.Any<CancellationToken>()).Returns(
            Lookup.Unknown<ApplicationReport>(new Evidence(name, DateTimeOffset.UnixEpoch, "nobody was asked")));
        return backend;
    }

    private ServiceProvider Build() =>
        _services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
