using Flink.Resources;
using Flink.Resources.Simulation;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds simulated clusters.</summary>
public static class SimulationFlinkResourcesBuilderExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>
        /// Adds all backends of a fleet, and makes its clock the clock of everything: time passes when <see cref="SimulatedFleet.RunAsync(Func{CancellationToken, Task}, CancellationToken)"/>
        /// or <see cref="SimulatedFleet.StartClock"/> lets it.
        /// </summary>
        /// <exception cref="ArgumentException">A name is taken.</exception>
        public IFlinkResourcesBuilder AddSimulation(SimulatedFleet fleet)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(fleet);
            builder.Services.Replace(ServiceDescriptor.Singleton(fleet.TimeProvider));
            foreach (var name in fleet.Names)
            {
                builder.AddBackend(name, (_, backend) => fleet.Backend(backend));
            }
            return builder;
        }

        /// <summary>Adds one simulated cluster whose time passes as the real one does, for trying things out.</summary>
        /// <param name="name">The backend's name; one that begins with <c>yarn</c> is YARN-like, all others are like Kubernetes.</param>
        /// <param name="configure">Changes its size and times; null for the defaults.</param>
        /// <exception cref="ArgumentException">The name is none, or is taken.</exception>
        public IFlinkResourcesBuilder AddSimulation(string name, Func<SimulatedBackendOptions, SimulatedBackendOptions>? configure = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            var options = new SimulatedBackendOptions
            {
                Name = name, Kind = name.StartsWith("yarn", StringComparison.Ordinal) ? BackendKind.Yarn : BackendKind.Kubernetes,
            };
            options = (configure?.Invoke(options) ?? options) with { Name = name };
            builder.Services.AddKeyedSingleton(name, (services, _) => new SteadyFleet(options, services.GetRequiredService<TimeProvider>()));
            return builder.AddBackend(name, static (services, backend) => services.GetRequiredKeyedService<SteadyFleet>(backend).Fleet.Backend(backend));
        }
    }

    /// <summary>A fleet whose time passes with the real one until the container ends.</summary>
    private sealed class SteadyFleet : IDisposable
    {
        private readonly IDisposable _clock;

        public SteadyFleet(SimulatedBackendOptions options, TimeProvider timeProvider)
        {
            Fleet = new SimulatedFleet(new SimulatedFleetOptions { Backends = [options], StartsAt = timeProvider.GetUtcNow() });
            _clock = Fleet.StartClock(speed: 1);
        }

        public SimulatedFleet Fleet { get; }

        public void Dispose() => _clock.Dispose();
    }
}
