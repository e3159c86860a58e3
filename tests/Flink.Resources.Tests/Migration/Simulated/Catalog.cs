using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Flink.Resources.Simulation;

namespace Flink.Resources.Migration;

/// <summary>The backends of a simulated fleet.</summary>
internal sealed class Catalog(SimulatedFleet fleet) : IBackendCatalog
{
    public ImmutableArray<IResourceBackend> Backends { get; } = [.. fleet.Names.Select(n => fleet.Backend(n))];

    public bool TryGet(string name, [NotNullWhen(true)] out IResourceBackend? backend) => (backend = Backends.FirstOrDefault(b => b.Info.Name == name)) is not null;

    public IResourceBackend GetRequired(string name) => TryGet(name, out var backend) ? backend : throw new KeyNotFoundException(name);
}
