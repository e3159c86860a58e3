using System.Diagnostics.CodeAnalysis;
using Flink.Resources;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what campaigns are told of beside their moves.</summary>
public static class CampaignFlinkResourcesBuilderExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>Adds somebody who says when something that jobs share is in trouble. The same type twice is there once.</summary>
        /// <typeparam name="TIncidents">Who says so; created once, with what is registered.</typeparam>
        public IFlinkResourcesBuilder AddDependencyIncidents<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TIncidents>()
            where TIncidents : class, IDependencyIncidents
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IDependencyIncidents, TIncidents>());
            return builder;
        }

        /// <summary>
        /// Has jobs of campaigns judged again when their turn comes and their judgement is older than <see cref="CampaignOptions.EligibilityAge"/>. There
        /// is one: the last one that is added counts, and counts before the one that a fleet document brings.
        /// </summary>
        /// <typeparam name="TEligibility">Who judges; created once, with what is registered.</typeparam>
        public IFlinkResourcesBuilder AddCampaignEligibility<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TEligibility>()
            where TEligibility : class, ICampaignEligibility
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.Replace(ServiceDescriptor.Singleton<ICampaignEligibility, TEligibility>());
            return builder;
        }
    }
}
