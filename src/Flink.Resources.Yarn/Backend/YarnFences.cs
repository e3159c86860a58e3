using System.Collections.Immutable;

namespace Flink.Resources.Yarn;

/// <summary>All fences of a job, as its folder in HDFS says.</summary>
internal sealed class YarnFences(YarnPlace place) : IFenceRegistry
{
    public async Task<Lookup<ImmutableArray<FenceReport>>> FindFencesAsync(JobKey job, CancellationToken cancellationToken = default)
    {
        try
        {
            var identity = await place.IdentityAsync(cancellationToken).ConfigureAwait(false);
            var records = await place.Fences.ListAsync(job, cancellationToken).ConfigureAwait(false);
            return records.IsEmpty
                ? Lookup.Absent<ImmutableArray<FenceReport>>(place.Seen($"No file is a fence of {job}."))
                : Lookup.Found<ImmutableArray<FenceReport>>(
                    [.. records.Select(r => new FenceReport(
                        r.Fence, r.Holder, new ApplicationHandle { Backend = place.Name, Identity = identity, Id = r.ApplicationId }, r.At))],
                    place.Seen($"{records.Length} fence(s) of {job}."));
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<ImmutableArray<FenceReport>>(place.Seen(exception.Message));
        }
    }
}
