namespace Flink.Resources.Kubernetes;

/// <summary>Ends an application and what it left, but for its fence and, as asked, its HA maps.</summary>
internal sealed class Removal(Site site, ApplicationReader reader)
{
    public async Task<RemoveOutcome> RunAsync(ApplicationHandle handle, HaMetadata metadata, CancellationToken cancellationToken)
    {
        if (metadata is not (HaMetadata.Keep or HaMetadata.Purge))
        {
            return new RemoveOutcome.Refused("Say what becomes of the high-availability metadata: Keep or Purge.");
        }
        try
        {
            await site.RequireAsync(handle, cancellationToken).ConfigureAwait(false);
            return await RemoveAsync(handle, metadata, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception) when (exception.Fault is BackendFault.Forbidden or BackendFault.Unauthenticated or BackendFault.NotSupported)
        {
            return new RemoveOutcome.Refused(exception.Message);
        }
        catch (ResourceBackendException exception)
        {
            return new RemoveOutcome.Indeterminate(site.Saw(exception.Message));
        }
    }

    private async Task<RemoveOutcome> RemoveAsync(ApplicationHandle handle, HaMetadata metadata, CancellationToken cancellationToken)
    {
        // First the record: from here on no start of this fence creates anything, and the result is kept.
        if (!await RecordAsync(handle, cancellationToken).ConfigureAwait(false))
        {
            return new RemoveOutcome.Indeterminate(site.Saw($"The fence of {handle} was changed by a start or another removal at the same time."));
        }
        var watch = await site.Endings.WatchAsync(handle, cancellationToken).ConfigureAwait(false);
        await using var closing = watch.ConfigureAwait(false);
        var start = site.TimeProvider.GetTimestamp();
        var (found, isSwept) = (false, false);
        while (true)
        {
            var left = await Leftovers.FindAsync(site.Calls, handle.Namespace!, handle.Id, cancellationToken).ConfigureAwait(false);
            var remains = left with { HaMaps = metadata == HaMetadata.Purge ? left.HaMaps : [] };
            if (remains.IsEmpty)
            {
                await LastWordsAsync(watch.Story, cancellationToken).ConfigureAwait(false);
                return found
                    ? new RemoveOutcome.Removed(site.Saw($"Deployment, pods, Services and ConfigMaps of {handle.Id} are gone{(left.HaMaps.Count > 0 ? "; its HA maps stay" : string.Empty)}."))
                    : new RemoveOutcome.AlreadyGone(site.Saw($"Namespace {handle.Namespace} has nothing of {handle.Id}."));
            }
            await DeleteAsync(handle, remains, cancellationToken).ConfigureAwait(false);
            found = true;
            if (remains is { Deployment: null, Pods.Count: 0 } && !isSwept)
            {
                // Services and ConfigMaps are gone with the answer: what waits for this removal is a job without a copy.
                isSwept = true;
                continue;
            }
            if (site.TimeProvider.GetElapsedTime(start) > site.Options.RemoveTimeout)
            {
                return new RemoveOutcome.InProgress(site.Saw($"Left of {handle.Id}: {remains}."));
            }
            await Task.Delay(TimeSpan.FromMilliseconds(150), site.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The list may show that pods are gone before the watch has brought their last state.</summary>
    private async Task LastWordsAsync(PodEndings.Story story, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 10 && !story.IsProven; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), site.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> RecordAsync(ApplicationHandle handle, CancellationToken cancellationToken)
    {
        var record = await site.Fences.FindAsync(handle.Id, cancellationToken).ConfigureAwait(false);
        if (record is null || record.Namespace != handle.Namespace || record.State == FenceState.Removed)
        {
            return true;
        }
        var result = record.Result;
        var endedAt = record.EndedAt;
        if (record.State is FenceState.Submitted or FenceState.Started)
        {
            var report = await reader.ReportAsync(handle, record, cancellationToken).ConfigureAwait(false);
            // The report may have been recorded just now.
            record = await site.Fences.FindAsync(handle.Id, cancellationToken).ConfigureAwait(false) ?? record;
            result = report.State == ApplicationState.Finished ? report.Result : ApplicationResult.Killed;
            endedAt = report.FinishedAt;
        }
        result = record.State == FenceState.Prepared ? ApplicationResult.Killed : result;
        return await site.Fences.MarkAsync(
            record, FenceState.Removed, result, endedAt ?? site.TimeProvider.GetUtcNow(), cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(ApplicationHandle handle, Leftovers left, CancellationToken cancellationToken)
    {
        var scope = handle.Namespace!;
        if (left.Deployment is { } deployment)
        {
            if (deployment.At("metadata", "deletionTimestamp") is null)
            {
                await site.Calls.DeleteAsync(Paths.Deployments(scope), handle.Id, deployment.Uid(), "Foreground", cancellationToken).ConfigureAwait(false);
            }
            return;
        }
        // HA maps go last: a JobManager that still shuts down would write them again.
        var maps = left.Pods.Count == 0 ? left.ConfigMaps.Concat(left.HaMaps) : left.ConfigMaps;
        foreach (var (collection, item) in left.Pods.Select(p => (Paths.Pods(scope), p))
            .Concat(left.Services.Select(s => (Paths.Services(scope), s))).Concat(maps.Select(m => (Paths.ConfigMaps(scope), m))))
        {
            if (item.At("metadata", "deletionTimestamp") is null)
            {
                await site.Calls.DeleteAsync(collection, item.Name(), item.Uid(), "Background", cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
