using Microsoft.Extensions.DependencyInjection;
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

    private static IResourceBackend Create(IServiceProvider services, string name)
    {
        var backend = Substitute.For<IResourceBackend>();
        backend.Info.Returns(new BackendInfo { Name = name, Kind = BackendKind.Simulated, Capabilities = BackendCapabilities.None });
        return backend;
    }

    private ServiceProvider Build() =>
        _services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
