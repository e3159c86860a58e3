using System.Collections.Immutable;

namespace Flink.Resources.Kubernetes;

/// <summary>All fences of a job, as the ConfigMaps of the fence namespace say.</summary>
internal sealed class Fences(Site site) : IFenceRegistry
{
    public async Task<Lookup<ImmutableArray<FenceReport>>> FindFencesAsync(JobKey job, CancellationToken cancellationToken = default)
    {
        try
        {
            var identity = await site.IdentityAsync(cancellationToken).ConfigureAwait(false);
            var records = await site.Fences.ListAsync(job, cancellationToken).ConfigureAwait(false);
            return records.Count == 0
                ? Lookup.Absent<ImmutableArray<FenceReport>>(site.Saw($"No ConfigMap is a fence of {job}."))
                : Lookup.Found<ImmutableArray<FenceReport>>(
                    [.. records.OrderBy(static r => r.Fence.Epoch).Select(r => new FenceReport(r.Fence, r.Holder, site.Handle(r.Namespace, r.ClusterId, identity), r.CreatedAt))],
                    site.Saw($"{records.Count} fence(s) of {job}."));
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<ImmutableArray<FenceReport>>(site.Saw(exception.Message));
        }
    }
}
