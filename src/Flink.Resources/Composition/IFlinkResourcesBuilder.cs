using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources;

/// <summary>Collects backends; packages extend it with <c>AddYarn</c>, <c>AddKubernetes</c>, <c>AddSimulation</c>.</summary>
public interface IFlinkResourcesBuilder
{
    /// <summary>The services that everything is registered in.</summary>
    IServiceCollection Services { get; }
}

internal sealed class FlinkResourcesBuilder(IServiceCollection services) : IFlinkResourcesBuilder
{
    public IServiceCollection Services { get; } = services;
}
