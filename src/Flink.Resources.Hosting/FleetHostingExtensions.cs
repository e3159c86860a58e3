using Flink.Resources;
using Flink.Resources.Fleet;
using Flink.Resources.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the resident controller of a fleet.</summary>
public static class FleetHostingExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>
        /// Adds a hosted service that runs <see cref="IFleet.RunAsync"/>. Calling it twice is harmless; several hosts over one journal share the work
        /// job by job.
        /// </summary>
        /// <param name="configure">Changes the defaults; null for none.</param>
        public IFlinkResourcesBuilder AddFleetController(Action<FleetControllerOptions>? configure = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.AddOptions<FleetControllerOptions>()
                .Validate(static o => o.RestartDelay > TimeSpan.Zero, "FleetController: RestartDelay must be above zero.").ValidateOnStart();
            if (configure is not null)
            {
                builder.Services.Configure(configure);
            }
            builder.Services.TryAddSingleton<ControllerPulse>();
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FleetControllerService>());
            return builder;
        }
    }
}

/// <summary>Adds the health check of a fleet.</summary>
public static class FleetHealthChecksExtensions
{
    extension(IHealthChecksBuilder builder)
    {
        /// <summary>Adds the check of the controller, the journal and the clusters.</summary>
        /// <param name="name">Its name.</param>
        public IHealthChecksBuilder AddFleet(string name = "fleet")
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.TryAddSingleton<ControllerPulse>();
            return builder.AddCheck<FleetHealthCheck>(name, HealthStatus.Unhealthy);
        }
    }
}
