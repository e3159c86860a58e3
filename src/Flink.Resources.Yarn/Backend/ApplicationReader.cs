using Flink.Resources.Rest;

namespace Flink.Resources.Yarn;

/// <summary>Reads what became of an application: its fence, the ResourceManager, and Flink's own word.</summary>
internal sealed class ApplicationReader(YarnPlace place)
{
    private static readonly FlinkRestOptions Glance = new()
    {
        AttemptTimeout = TimeSpan.FromSeconds(2), CallTimeout = TimeSpan.FromSeconds(2), ReadAttempts = 1,
    };

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public async Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken)
    {
        try
        {
            var record = await place.Fences.FindAsync(fence, cancellationToken).ConfigureAwait(false);
            if (record is null)
            {
                return Lookup.Absent<ApplicationReport>(place.Seen($"HDFS has no fence {fence}."));
            }
            var identity = await place.IdentityAsync(cancellationToken).ConfigureAwait(false);
            return await FindFencedAsync(record, place.Handle(record.ApplicationId, identity), cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<ApplicationReport>(place.Seen(exception.Message));
        }
    }

    public async Task<Lookup<ApplicationReport>> FindAsync(ApplicationHandle application, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(application);
        try
        {
            var identity = await place.IdentityAsync(cancellationToken).ConfigureAwait(false);
            if (identity != application.Identity)
            {
                return Lookup.Unknown<ApplicationReport>(place.Seen($"This place is {identity}, the handle is of {application.Identity}."));
            }
            if (await place.Fences.FindAsync(application.Id, cancellationToken).ConfigureAwait(false) is { } record)
            {
                return await FindFencedAsync(record, application, cancellationToken).ConfigureAwait(false);
            }
            var app = await place.ResourceManager.FindAsync(application.Id, cancellationToken).ConfigureAwait(false);
            return app is { } found
                ? Lookup.Found(ReportMapping.Report(found, application), place.Seen("The ResourceManager knows it."))
                : await WhenForgottenAsync(application.Id, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<ApplicationReport>(place.Seen(exception.Message));
        }
    }

    /// <summary>An application whose fence stands.</summary>
    public async Task<Lookup<ApplicationReport>> FindFencedAsync(
        FenceRecord record, ApplicationHandle handle, CancellationToken cancellationToken)
    {
        var result = await place.Fences.FindResultAsync(record.Fence, cancellationToken).ConfigureAwait(false);
        var app = await place.ResourceManager.FindAsync(record.ApplicationId, cancellationToken).ConfigureAwait(false);
        if (app is { } found)
        {
            var report = ReportMapping.Report(found, handle) with { Fence = record.Fence };
            report = await WithResultAsync(report, record, result, cancellationToken).ConfigureAwait(false);
            if (report.State != ApplicationState.Finished && await IsWithoutJobAsync(record.Fence, cancellationToken).ConfigureAwait(false))
            {
                report = report with { State = ApplicationState.Prepared, NativeState = Standby.NativeState, Diagnostics = "Its cluster is up and has no job." };
            }
            return Lookup.Found(report, place.Seen($"The ResourceManager says {report.NativeState}."));
        }
        if (result is not null)
        {
            return Lookup.Found(Ended(record, handle, result), place.Seen("The ResourceManager has forgotten it; its fence holds the result."));
        }
        var submitted = await place.Fences.FindSubmittedAsync(record.Fence, cancellationToken).ConfigureAwait(false);
        if (submitted is null || await StoreSurvivedAsync(submitted, cancellationToken).ConfigureAwait(false))
        {
            return Lookup.Found(Prepared(record, handle), place.Seen("Its fence is taken; the ResourceManager does not know it."));
        }
        return Lookup.Unknown<ApplicationReport>(place.Seen(
            "It was submitted, and a ResourceManager that started later does not know it: it may have lost its state store while the application runs."));
    }

    private async Task<bool> IsWithoutJobAsync(Fence fence, CancellationToken cancellationToken) =>
        await place.Fences.IsStandbyAsync(fence, cancellationToken).ConfigureAwait(false)
        && !await place.Fences.IsRunAsync(fence, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Whether "not known" can be believed: the ResourceManager is the very one that was asked to submit (it tells when it started), or
    /// it still knows an application that began before, so that its state store survived. Clocks may differ by <see cref="ClockSkew"/>.
    /// </summary>
    private async Task<bool> StoreSurvivedAsync(SubmittedRecord submitted, CancellationToken cancellationToken)
    {
        if (await place.ResourceManager.StartedAtAsync(cancellationToken).ConfigureAwait(false) == submitted.ManagerStartedAt)
        {
            return true;
        }
        var before = (submitted.At - ClockSkew).ToUnixTimeMilliseconds();
        var older = await place.ResourceManager.ListAsync(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"startedTimeEnd={before}&limit=1"), cancellationToken).ConfigureAwait(false);
        return !older.IsEmpty;
    }

    /// <summary>An application whose only job has ended is finished, although its JobManager stays readable.</summary>
    private async Task<ApplicationReport> WithResultAsync(
        ApplicationReport report, FenceRecord record, ResultRecord? result, CancellationToken cancellationToken)
    {
        if (result is not null)
        {
            return report with { State = ApplicationState.Finished, Result = result.Result, Diagnostics = result.Diagnostics ?? report.Diagnostics };
        }
        if (report.State == ApplicationState.Finished)
        {
            await place.Fences.KeepResultAsync(record.Fence, report.Result, report.Diagnostics, cancellationToken).ConfigureAwait(false);
            return report;
        }
        if (report.RestAddress is not { } address)
        {
            return report;
        }
        try
        {
            var cluster = FlinkRest.Connect(report.Application, address, place.Http, place.TimeProvider, Glance);
            var jobs = await cluster.GetJobsAsync(cancellationToken).ConfigureAwait(false);
            if (jobs.IsEmpty || !jobs.All(static j => j.State.IsTerminal))
            {
                return report;
            }
            var ended = jobs.Any(static j => j.State == FlinkJobState.Failed) ? ApplicationResult.Failed
                : jobs.Any(static j => j.State == FlinkJobState.Canceled) ? ApplicationResult.Canceled
                : ApplicationResult.Succeeded;
            var cause = ended == ApplicationResult.Failed
                ? (await cluster.FindExceptionsAsync(jobs[0].Id, 1, cancellationToken).ConfigureAwait(false))
                    .Match<string?>(static e => e.IsEmpty ? null : Http.BackendHttp.Shorten(e[0].StackTrace), static _ => null, static _ => null)
                : null;
            await place.Fences.KeepResultAsync(record.Fence, ended, cause, cancellationToken).ConfigureAwait(false);
            return report with { State = ApplicationState.Finished, Result = ended, Diagnostics = cause ?? report.Diagnostics };
        }
        catch (ResourceBackendException)
        {
            // The JobManager is up or leaving; the ResourceManager's word stands.
            return report;
        }
    }

    private async Task<Lookup<ApplicationReport>> WhenForgottenAsync(string id, CancellationToken cancellationToken)
    {
        var started = await place.ResourceManager.StartedAtAsync(cancellationToken).ConfigureAwait(false);
        var isOfThisRun = id.Split('_') is [_, var stamp, _]
            && long.TryParse(stamp, System.Globalization.CultureInfo.InvariantCulture, out var ms)
            && ms >= started.ToUnixTimeMilliseconds();
        return isOfThisRun
            ? Lookup.Absent<ApplicationReport>(place.Seen("The ResourceManager that gave the id out does not know the application."))
            : Lookup.Unknown<ApplicationReport>(place.Seen("The ResourceManager started after that id was given out, and may have lost its state store."));
    }

    private static ApplicationReport Prepared(FenceRecord record, ApplicationHandle handle) => new()
    {
        Application = handle, Fence = record.Fence, Name = record.Job, State = ApplicationState.Prepared,
    };

    private static ApplicationReport Ended(FenceRecord record, ApplicationHandle handle, ResultRecord result) => new()
    {
        Application = handle,
        Fence = record.Fence,
        Name = record.Job,
        State = ApplicationState.Finished,
        Result = result.Result,
        Diagnostics = result.Diagnostics,
        FinishedAt = result.At,
    };
}
