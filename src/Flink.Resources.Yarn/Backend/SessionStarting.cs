using System.Text.Json;
using Flink.Resources.Rest;
using Flink.Resources.Yarn.Submission;

namespace Flink.Resources.Yarn;

/// <summary>Submits the job into a cluster that is up before it, once: its id is the fence's.</summary>
internal sealed class SessionStarting(YarnPlace place, ApplicationReader reader)
{
    public async Task<StartOutcome> RunAsync(
        FenceRecord record, PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken)
    {
        var handle = application.Application;
        var found = await reader.FindFencedAsync(record, handle, cancellationToken).ConfigureAwait(false);
        if (found.Match<ApplicationReport?>(static r => r, static _ => null, static _ => null) is not { } report)
        {
            return new StartOutcome.Indeterminate(found.Evidence);
        }
        if (report.State == ApplicationState.Finished)
        {
            return new StartOutcome.AlreadyStarted(report);
        }
        if (report.RestAddress is not { } address)
        {
            return new StartOutcome.Indeterminate(place.Seen($"{handle.Id} stands by and its JobManager has no address yet: {report.NativeState}."));
        }
        if (await FindRunAsync(place, application, cancellationToken).ConfigureAwait(false) is not { } run)
        {
            return new StartOutcome.Refused($"The staging directory {application.Payload} is gone: prepare the next epoch.");
        }
        var job = SessionRun.JobOf(application.Fence);
        var cluster = FlinkRest.Connect(handle, address, place.Http, place.TimeProvider);
        var isFirst = await place.Fences.MarkRunAsync(application.Fence, cancellationToken).ConfigureAwait(false);
        if (!isFirst && (await cluster.FindJobAsync(job, cancellationToken).ConfigureAwait(false)).Status == LookupStatus.Found)
        {
            return new StartOutcome.Accepted(handle);
        }
        var outcome = await FlinkRest.ConnectSession(handle, address, place.Http, place.TimeProvider)
            .RunJarAsync(SessionRun.JarId(application.Fence), run.Request(application.Fence, restore), cancellationToken).ConfigureAwait(false);
        if (outcome is TriggerOutcome.Accepted)
        {
            return new StartOutcome.Accepted(handle);
        }
        // Flink takes an id once, so asking again is safe; whether it took it, it says itself.
        var now = await cluster.FindJobAsync(job, cancellationToken).ConfigureAwait(false);
        return (outcome, now.Status) switch
        {
            (_, LookupStatus.Found) => new StartOutcome.Accepted(handle),
            (TriggerOutcome.Refused refused, LookupStatus.Absent) when isFirst => new StartOutcome.Refused($"Flink refused the job: {refused.Cause}"),
            (TriggerOutcome.Refused refused, _) => new StartOutcome.Indeterminate(place.Seen($"Flink refused the job: {refused.Cause}")),
            (TriggerOutcome.Indeterminate unknown, _) => new StartOutcome.Indeterminate(unknown.Evidence),
            _ => new StartOutcome.Indeterminate(place.Seen(outcome.ToString())),
        };
    }

    /// <summary>What was staged to run the job; null when it is gone.</summary>
    /// <exception cref="ResourceBackendException">It could not be read, or is not what was written.</exception>
    public static async Task<SessionRun?> FindRunAsync(YarnPlace place, PreparedApplication application, CancellationToken cancellationToken)
    {
        var path = $"{application.Payload}/{SessionRun.File}";
        var bytes = await place.Hdfs.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            return bytes is null ? null : JsonSerializer.Deserialize(bytes, SessionJson.Default.SessionRun);
        }
        catch (JsonException)
        {
            throw place.Hdfs.Malformed(path, "it is not what this library writes");
        }
    }
}
