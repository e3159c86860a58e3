using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>
/// Says when something that jobs share was in trouble: brokers, file systems, a network. While it is, a campaign starts nothing, scores
/// are Unknown, and moves that fail are not counted against it. Register own ones with <c>AddDependencyIncidents</c>; a campaign asks all
/// of them every <see cref="CampaignOptions.ControlPlaneInterval"/>, beside its loop. Must be safe for concurrent use.
/// </summary>
public interface IDependencyIncidents
{
    /// <summary>Its name, the same in every process: what it said before is known by it.</summary>
    string Name { get; }

    /// <summary>
    /// The incidents that last, with <see cref="DependencyIncident.To"/> null. Those that are over may be among them, with their true end; one
    /// that is no longer there ended when it was first missing. An exception says nothing: what was known stays, and it is asked again.
    /// </summary>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<ImmutableArray<DependencyIncident>> ReadAsync(CancellationToken cancellationToken = default);
}
