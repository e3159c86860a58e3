using System.Net;

namespace Flink.Resources.Yarn;

/// <summary>Ends an application and what it left, but for its fence and its result.</summary>
internal sealed class Removal(YarnPlace place, ApplicationReader reader)
{
    public async Task<RemoveOutcome> RunAsync(
        ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken)
    {
        if (metadata == HaMetadata.Unknown)
        {
            return new RemoveOutcome.Refused("Say whether the high-availability metadata is kept or purged.");
        }
        try
        {
            return await RemoveAsync(application, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return new RemoveOutcome.Indeterminate(place.Seen(exception.Message));
        }
    }

    private async Task<RemoveOutcome> RemoveAsync(ApplicationHandle application, CancellationToken cancellationToken)
    {
        var found = await reader.FindAsync(application, cancellationToken).ConfigureAwait(false);
        if (found.Status == LookupStatus.Unknown)
        {
            return new RemoveOutcome.Indeterminate(found.Evidence);
        }
        var record = await place.Fences.FindAsync(application.Id, cancellationToken).ConfigureAwait(false);
        var app = await place.ResourceManager.FindAsync(application.Id, cancellationToken).ConfigureAwait(false);
        if (app is { } live && ReportMapping.State(live.GetProperty("state").GetString()) != ApplicationState.Finished)
        {
            var isFinal = await KillAsync(application.Id, cancellationToken).ConfigureAwait(false);
            if (!isFinal)
            {
                return new RemoveOutcome.InProgress(place.Seen("The kill was accepted and is under way."));
            }
            if (record is not null)
            {
                // The first result that was seen stays: a stopped job's own end, not our kill.
                await place.Fences.KeepResultAsync(record.Fence, ApplicationResult.Killed, "Removed on request.", cancellationToken).ConfigureAwait(false);
            }
        }
        if (record is not null)
        {
            await place.Hdfs.DeleteAsync(place.Fences.StagingOf(application.Id), cancellationToken).ConfigureAwait(false);
        }
        return app is null
            ? new RemoveOutcome.AlreadyGone(place.Seen("The ResourceManager does not know it."))
            : new RemoveOutcome.Removed(place.Seen("The ResourceManager reports a final state."));
    }

    private async Task<bool> KillAsync(string id, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 40; i++)
        {
            var answer = await place.ResourceManager.KillAsync(id, cancellationToken).ConfigureAwait(false);
            if (answer.Status is not (HttpStatusCode.OK or HttpStatusCode.Accepted))
            {
                throw place.ResourceManager.Fault(answer, HttpMethod.Put, $"cluster/apps/{id}/state");
            }
            var app = await place.ResourceManager.FindAsync(id, cancellationToken).ConfigureAwait(false);
            if (app is null || ReportMapping.State(app.Value.GetProperty("state").GetString()) == ApplicationState.Finished)
            {
                return true;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(250), place.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        return false;
    }
}
