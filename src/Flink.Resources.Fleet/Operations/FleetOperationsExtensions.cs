using Flink.Resources;
using Flink.Resources.Fleet;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the operations over a fleet document.</summary>
public static class FleetOperationsExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>Adds <see cref="IFleet"/> over a document. Its backends and its journal are registered by themselves.</summary>
        /// <param name="document">The document.</param>
        /// <exception cref="InvalidOperationException">Another document was added before.</exception>
        public IFlinkResourcesBuilder AddFleetOperations(FleetDocument document)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(document);
            if (builder.Services.Any(d => d.ServiceType == typeof(FleetDocument) && !ReferenceEquals(d.ImplementationInstance, document)))
            {
                throw new InvalidOperationException("Another fleet document was added before: a container has one.");
            }
            builder.Services.TryAddSingleton(document);
            builder.Services.TryAddSingleton<IFleet, FleetController>();
            builder.Services.TryAddSingleton<ICampaignEligibility, FleetEligibility>();
            return builder;
        }
    }
}
