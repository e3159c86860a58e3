using System.Net;
using System.Text.Json;
using Flink.Resources.Rest;
using Flink.Resources.Yarn.Submission;

namespace Flink.Resources.Yarn;

/// <summary>
/// Brings a prepared application's cluster up before its job. YARN holds no room for an application that does not run: there the room is
/// proved only by a cluster that is up.
/// </summary>
internal sealed class Standby(YarnPlace place) : IStandby
{
    public const string NativeState = "Standby";

    private static readonly FlinkRestOptions Glance = new()
    {
        AttemptTimeout = TimeSpan.FromSeconds(3), CallTimeout = TimeSpan.FromSeconds(3), ReadAttempts = 1,
    };

    public async Task<StandbyOutcome> BringUpAsync(PreparedApplication application, StandbyLevel level, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        try
        {
            return level switch
            {
                StandbyLevel.None or StandbyLevel.Room => new StandbyOutcome.Accepted(),
                StandbyLevel.Cluster => await ClusterAsync(application, cancellationToken).ConfigureAwait(false),
                _ => new StandbyOutcome.Refused($"{level} is not known here."),
            };
        }
        catch (ResourceBackendException exception)
        {
            return new StandbyOutcome.Indeterminate(place.Seen(exception.Message));
        }
    }

    public async Task<Lookup<StandbyReport>> FindAsync(PreparedApplication application, StandbyLevel level, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        if (level != StandbyLevel.Cluster)
        {
            return Lookup.Found(new StandbyReport(true, "YARN holds no room in advance."), place.Seen("YARN holds no room in advance."));
        }
        try
        {
            var app = await place.ResourceManager.FindAsync(application.Application.Id, cancellationToken).ConfigureAwait(false);
            if (app is not { } found)
            {
                return Lookup.Absent<StandbyReport>(place.Seen($"The ResourceManager does not know {application.Application.Id}."));
            }
            var report = ReportMapping.Report(found, application.Application);
            var words = report switch
            {
                { State: ApplicationState.Finished } => $"The cluster ended: {report.Diagnostics}",
                { RestAddress: null } => $"{report.NativeState}: {report.Diagnostics}",
                _ => await MissingAsync(application, report.RestAddress, cancellationToken).ConfigureAwait(false),
            };
            return Lookup.Found(new StandbyReport(words is null, words ?? "JobManager and TaskManagers are up; the jar is there.", report.State == ApplicationState.Finished), place.Seen(words ?? "up"));
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<StandbyReport>(place.Seen(exception.Message));
        }
    }

    private async Task<StandbyOutcome> ClusterAsync(PreparedApplication application, CancellationToken cancellationToken)
    {
        var fence = application.Fence;
        var record = await place.Fences.FindAsync(fence, cancellationToken).ConfigureAwait(false);
        if (record is null || record.ApplicationId != application.Application.Id || await place.Fences.FindResultAsync(fence, cancellationToken).ConfigureAwait(false) is not null)
        {
            return new StandbyOutcome.Refused($"{fence} is not prepared as {application.Application.Id}, or has ended: prepare it first.");
        }
        var isStandby = await place.Fences.IsStandbyAsync(fence, cancellationToken).ConfigureAwait(false);
        if (!isStandby && await place.Fences.FindSubmittedAsync(fence, cancellationToken).ConfigureAwait(false) is not null)
        {
            return new StandbyOutcome.Refused($"{fence} was started already.");
        }
        if (isStandby && await place.ResourceManager.FindAsync(record.ApplicationId, cancellationToken).ConfigureAwait(false) is not null)
        {
            return new StandbyOutcome.Accepted();
        }
        var bytes = await place.Hdfs.ReadAsync($"{application.Payload}/submission.json", cancellationToken).ConfigureAwait(false);
        if (bytes is null || await SessionStarting.FindRunAsync(place, application, cancellationToken).ConfigureAwait(false) is not { } run)
        {
            return new StandbyOutcome.Refused($"The staging directory {application.Payload} is gone: prepare the next epoch.");
        }
        var submission = ApplicationSubmission.Read(place, application.Payload, bytes);
        ApplicationSubmission.MakeSession(submission, run, fence);
        // From here on a start runs the job in this cluster, and never makes another one.
        await place.Fences.MarkStandbyAsync(fence, cancellationToken).ConfigureAwait(false);
        var manager = await place.ResourceManager.StartedAtAsync(cancellationToken).ConfigureAwait(false);
        await place.Fences.MarkSubmittedAsync(fence, manager, cancellationToken).ConfigureAwait(false);
        var answer = await place.ResourceManager.SubmitAsync(submission, cancellationToken).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.Accepted
            ? new StandbyOutcome.Accepted()
            : new StandbyOutcome.Indeterminate(place.Seen($"The ResourceManager answered {(int)answer.Status} {answer.Exception}: {answer.Message}"));
    }

    /// <summary>What the start would not find; null when all is there.</summary>
    private async Task<string?> MissingAsync(PreparedApplication application, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            var run = await SessionStarting.FindRunAsync(place, application, cancellationToken).ConfigureAwait(false);
            var overview = await FlinkRest.Connect(application.Application, address, place.Http, place.TimeProvider, Glance)
                .GetOverviewAsync(cancellationToken).ConfigureAwait(false);
            if (run is null || overview.SlotsTotal < run.NeededSlots)
            {
                return FormattableString.Invariant($"{overview.SlotsTotal} of {run?.NeededSlots} slots are there.");
            }
            var jar = SessionRun.JarId(application.Fence);
            var jars = await FlinkRest.ConnectSession(application.Application, address, place.Http, place.TimeProvider, Glance)
                .ListJarsAsync(cancellationToken).ConfigureAwait(false);
            return jars.Contains(jar, StringComparer.Ordinal) ? null : $"The JobManager does not list {jar}.";
        }
        catch (ResourceBackendException exception)
        {
            return $"The JobManager does not answer yet: {exception.Fault}.";
        }
    }
}
