using System.Net;
using Flink.Resources.Yarn.Submission;
using Microsoft.Extensions.Logging;

namespace Flink.Resources.Yarn;

/// <summary>Submits a prepared application, always under the same id; what is not certain is said so.</summary>
internal sealed class Starting(YarnPlace place, ApplicationReader reader, ILogger logger)
{
    public async Task<StartOutcome> RunAsync(
        PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken)
    {
        try
        {
            return await StartAsync(application, restore, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            logger.StartIndeterminate(exception, place.Name, application.Application.Id);
            return new StartOutcome.Indeterminate(place.Seen(exception.Message));
        }
    }

    private async Task<StartOutcome> StartAsync(PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken)
    {
        if (restore is RestorePoint.Snapshot { Uri: var uri } && !uri.All(static c => char.IsAsciiLetterOrDigit(c) || ":/._-+=,@%~".Contains(c, StringComparison.Ordinal)))
        {
            return new StartOutcome.Refused($"The snapshot path '{uri}' has characters that a shell would read: only letters, digits and :/._-+=,@%~ can travel.");
        }
        var record = await place.Fences.FindAsync(application.Fence, cancellationToken).ConfigureAwait(false);
        if (record is null || record.ApplicationId != application.Application.Id)
        {
            return new StartOutcome.Refused($"{application.Fence} is not prepared as {application.Application.Id}: prepare it first.");
        }
        if (await place.Fences.IsStandbyAsync(application.Fence, cancellationToken).ConfigureAwait(false))
        {
            return await new SessionStarting(place, reader).RunAsync(record, application, restore, cancellationToken).ConfigureAwait(false);
        }
        var found = await reader.FindFencedAsync(record, application.Application, cancellationToken).ConfigureAwait(false);
        if (found.Status == LookupStatus.Unknown)
        {
            return new StartOutcome.Indeterminate(found.Evidence);
        }
        if (found.Match<ApplicationReport?>(static r => r, static _ => null, static _ => null) is { State: not ApplicationState.Prepared } report)
        {
            return new StartOutcome.AlreadyStarted(report);
        }
        var bytes = await place.Hdfs.ReadAsync($"{application.Payload}/submission.json", cancellationToken).ConfigureAwait(false);
        if (bytes is null)
        {
            return new StartOutcome.Refused($"The staging directory {application.Payload} is gone: prepare the next epoch.");
        }
        var submission = ApplicationSubmission.Read(place, application.Payload, bytes);
        ApplicationSubmission.SetRestore(submission, restore);
        var manager = await place.ResourceManager.StartedAtAsync(cancellationToken).ConfigureAwait(false);
        var isFirst = await place.Fences.MarkSubmittedAsync(application.Fence, manager, cancellationToken).ConfigureAwait(false);
        var answer = await place.ResourceManager.SubmitAsync(submission, cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.Accepted)
        {
            logger.Started(place.Name, application.Application.Id, application.Fence.ToString());
            return new StartOutcome.Accepted(application.Application);
        }
        var cause = $"The ResourceManager answered {(int)answer.Status} {answer.Exception}: {answer.Message}";
        if (!isFirst)
        {
            // A submission of before may still arrive, whatever became of this one.
            return new StartOutcome.Indeterminate(place.Seen(cause));
        }
        await place.Fences.UnmarkSubmittedAsync(application.Fence, cancellationToken).ConfigureAwait(false);
        return new StartOutcome.Refused(cause);
    }
}
