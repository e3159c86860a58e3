using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources;

/// <summary>All registered backends.</summary>
public interface IBackendCatalog
{
    /// <summary>All backends, by name.</summary>
    ImmutableArray<IResourceBackend> Backends { get; }

    /// <summary>Finds a backend by its name.</summary>
    bool TryGet(string name, [NotNullWhen(true)] out IResourceBackend? backend);

    /// <summary>Finds a backend by its name.</summary>
    /// <exception cref="KeyNotFoundException">No backend has that name; the message lists those that are registered.</exception>
    IResourceBackend GetRequired(string name);
}

/// <summary>What core remembers of a registered backend.</summary>
internal sealed record BackendRegistration(string Name);

internal sealed class BackendCatalog : IBackendCatalog
{
    private readonly FrozenDictionary<string, IResourceBackend> _backends;

    public BackendCatalog(IServiceProvider services, IEnumerable<BackendRegistration> registrations)
    {
        _backends = registrations.ToFrozenDictionary(
            static r => r.Name, r => services.GetRequiredKeyedService<IResourceBackend>(r.Name), StringComparer.Ordinal);
        Backends = [.. _backends.OrderBy(static p => p.Key, StringComparer.Ordinal).Select(static p => p.Value)];
    }

    public ImmutableArray<IResourceBackend> Backends { get; }

    public bool TryGet(string name, [NotNullWhen(true)] out IResourceBackend? backend) => _backends.TryGetValue(name, out backend);

    public IResourceBackend GetRequired(string name) => TryGet(name, out var backend)
        ? backend
        : throw new KeyNotFoundException(
            $"No backend is called '{name}'. Registered are: {string.Join(", ", Backends.Select(static b => b.Info.Name))}.");
}
