using System.Diagnostics.CodeAnalysis;
using Flink.Resources;
using Flink.Resources.Eligibility;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds rules of one's own to those that decide whether a job may be moved.</summary>
public static class EligibilityFlinkResourcesBuilderExtensions
{
    extension(IFlinkResourcesBuilder builder)
    {
        /// <summary>Adds a rule. The same rule twice is there once; another rule under an id that is taken fails when jobs are judged.</summary>
        /// <typeparam name="TRule">The rule; created once, with what is registered.</typeparam>
        public IFlinkResourcesBuilder AddEligibilityRule<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TRule>()
            where TRule : class, IEligibilityRule
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IEligibilityRule, TRule>());
            return builder;
        }
    }
}
