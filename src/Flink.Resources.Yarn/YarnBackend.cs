using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Flink.Resources.Rest;
using Flink.Resources.Yarn.Submission;
using Microsoft.Extensions.Logging;

namespace Flink.Resources.Yarn;

/// <summary>A YARN cluster as a backend: ResourceManager REST and WebHDFS, nothing else.</summary>
internal sealed class YarnBackend(YarnPlace place, ILogger<YarnBackend> logger) : IResourceBackend, IApplicationMoves
{
    private static readonly FlinkRestOptions Glance = new()
    {
        AttemptTimeout = TimeSpan.FromSeconds(2), CallTimeout = TimeSpan.FromSeconds(2), ReadAttempts = 1,
    };

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly YarnPreparation _preparation = new(place);
    private readonly YarnFences _fences = new(place);
    private readonly YarnSnapshotStorage _storage = new(place);
    private readonly YarnDefinitionKeeper _keeper = new(place);
    private BackendSnapshot? _snapshot;
    private long _version;

    public BackendInfo Info { get; } = new()
    {
        Name = place.Name,
        Kind = BackendKind.Yarn,
        Capabilities = BackendCapabilities.QueueMoves | BackendCapabilities.PriorityChanges | BackendCapabilities.Zones,
    };

    public static YarnBackend Create(string name, YarnOptions options, TimeProvider timeProvider, ILogger<YarnBackend> logger) =>
        new(new YarnPlace(name, options, timeProvider), logger);

    public bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
        where T : class
    {
        feature = this as IApplicationMoves as T ?? _fences as T ?? _storage as T ?? _keeper as T;
        return feature is not null;
    }

    public async Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        try
        {
            return await _preparation.PrepareAsync(fence, spec, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            logger.PrepareIndeterminate(exception, place.Name, fence.ToString());
            return new PrepareOutcome.Indeterminate(place.Seen(exception.Message));
        }
    }

    public async Task<StartOutcome> StartAsync(
        PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(restore);
        try
        {
            return await StartCoreAsync(application, restore, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            logger.StartIndeterminate(exception, place.Name, application.Application.Id);
            return new StartOutcome.Indeterminate(place.Seen(exception.Message));
        }
    }

    public async Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken = default)
    {
        try
        {
            var record = await place.Fences.FindAsync(fence, cancellationToken).ConfigureAwait(false);
            if (record is null)
            {
                return Lookup.Absent<ApplicationReport>(place.Seen($"HDFS has no fence {fence}."));
            }
            var identity = await place.IdentityAsync(cancellationToken).ConfigureAwait(false);
            return await FindFencedAsync(record, Handle(record.ApplicationId, identity), cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<ApplicationReport>(place.Seen(exception.Message));
        }
    }

    public async Task<Lookup<ApplicationReport>> FindAsync(ApplicationHandle application, CancellationToken cancellationToken = default)
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

    public async Task<DeathProbe> ProbeDeathAsync(CopyRef copy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(copy);
        var found = await FindAsync(copy.Application, cancellationToken).ConfigureAwait(false);
        var verdict = found.Match(
            static report => report switch
            {
                { State: ApplicationState.Finished, NativeState: "RUNNING" or null, Containers: > 0 } => DeathVerdict.Alive,
                { State: ApplicationState.Finished, Containers: > 0 } => DeathVerdict.Dying,
                { State: ApplicationState.Finished or ApplicationState.Prepared } => DeathVerdict.Dead,
                { State: ApplicationState.Unknown } => DeathVerdict.Unknown,
                _ => DeathVerdict.Alive,
            },
            static _ => DeathVerdict.Dead,
            static _ => DeathVerdict.Unknown);
        var seen = found.Match(
            static report => $"{report.NativeState ?? report.State.ToString()}, {report.Containers} containers.",
            static evidence => evidence.Seen,
            static evidence => evidence.Seen);
        return new DeathProbe(copy, verdict, place.Seen(seen))
        {
            // A final state ends the attempts: containers that are left end, and nothing starts others.
            CanComeBack = verdict is not (DeathVerdict.Dead or DeathVerdict.Dying),
        };
    }

    public async Task<RemoveOutcome> RemoveAsync(
        ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        if (metadata == HaMetadata.Unknown)
        {
            return new RemoveOutcome.Refused("Say whether the high-availability metadata is kept or purged.");
        }
        try
        {
            return await RemoveCoreAsync(application, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return new RemoveOutcome.Indeterminate(place.Seen(exception.Message));
        }
    }

    public async Task ForgetAsync(Fence fence, CancellationToken cancellationToken = default)
    {
        var record = await place.Fences.FindAsync(fence, cancellationToken).ConfigureAwait(false);
        if (record is null)
        {
            return;
        }
        var identity = await place.IdentityAsync(cancellationToken).ConfigureAwait(false);
        var probe = await ProbeDeathAsync(new CopyRef(Handle(record.ApplicationId, identity)), cancellationToken).ConfigureAwait(false);
        if (probe.Verdict != DeathVerdict.Dead)
        {
            throw new InvalidOperationException($"{fence} is not known to be dead ({probe.Verdict}: {probe.Evidence.Seen}): remove it first.");
        }
        await place.Fences.ForgetAsync(record, cancellationToken).ConfigureAwait(false);
    }

    public async Task<Lookup<IFlinkCluster>> ConnectAsync(ApplicationHandle application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        try
        {
            var app = await place.ResourceManager.FindAsync(application.Id, cancellationToken).ConfigureAwait(false);
            var report = app is { } found ? ReportMapping.Report(found, application) : null;
            if (report is null or { State: ApplicationState.Finished })
            {
                return Lookup.Absent<IFlinkCluster>(place.Seen("The application has ended, or is not there."));
            }
            return report.RestAddress is { } address
                ? Lookup.Found(FlinkRest.Connect(application, address, place.Http, place.TimeProvider), place.Seen($"Its JobManager is at {address}."))
                : Lookup.Unknown<IFlinkCluster>(place.Seen("The JobManager has not registered yet."));
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<IFlinkCluster>(place.Seen(exception.Message));
        }
    }

    public async Task<BackendSnapshot> GetSnapshotAsync(TimeSpan maxAge, CancellationToken cancellationToken = default)
    {
        var last = Volatile.Read(ref _snapshot);
        if (last is not null && maxAge > TimeSpan.Zero
            && Age(last.Nodes.AsOf) <= maxAge && Age(last.Queues.AsOf) <= maxAge && Age(last.Applications.AsOf) <= maxAge)
        {
            return last;
        }
        var nodes = await SectionAsync(
            async () => ImmutableArray.CreateRange((await place.ResourceManager.NodesAsync(cancellationToken).ConfigureAwait(false)).Select(SnapshotMapping.Node)),
            last?.Nodes).ConfigureAwait(false);
        var cluster = new ResourceAmount(
            new MemorySize(nodes.Items.Where(static n => n.IsSchedulable).Sum(static n => n.Memory.Bytes)),
            nodes.Items.Where(static n => n.IsSchedulable).Sum(static n => n.CpuMillicores));
        var queues = await SectionAsync(
            async () => SnapshotMapping.Queues(await place.ResourceManager.SchedulerAsync(cancellationToken).ConfigureAwait(false), cluster),
            last?.Queues).ConfigureAwait(false);
        var applications = await SectionAsync(() => ApplicationsAsync(cancellationToken), last?.Applications).ConfigureAwait(false);
        var snapshot = new BackendSnapshot(place.Name, Interlocked.Increment(ref _version), nodes, queues, applications);
        Volatile.Write(ref _snapshot, snapshot);
        return snapshot;
    }

    public async IAsyncEnumerable<BackendSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var timer = new PeriodicTimer(place.Options.PollInterval, place.TimeProvider);
        do
        {
            yield return await GetSnapshotAsync(place.Options.PollInterval, cancellationToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    public async Task MoveToQueueAsync(ApplicationHandle application, string queue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        var answer = await place.ResourceManager.MoveAsync(application.Id, queue, cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw place.ResourceManager.Fault(answer, HttpMethod.Put, $"cluster/apps/{application.Id}/queue");
        }
    }

    public async Task SetPriorityAsync(ApplicationHandle application, JobPriority priority, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        var answer = await place.ResourceManager.PrioritizeAsync(application.Id, priority.Value, cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw place.ResourceManager.Fault(answer, HttpMethod.Put, $"cluster/apps/{application.Id}/priority");
        }
    }

    private async Task<StartOutcome> StartCoreAsync(PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken)
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
        var found = await FindFencedAsync(record, application.Application, cancellationToken).ConfigureAwait(false);
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
        var submission = Submission(application.Payload, bytes);
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

    private JsonObject Submission(string payload, byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) as JsonObject ?? throw place.Hdfs.Malformed(payload, "its submission.json is no object");
        }
        catch (System.Text.Json.JsonException)
        {
            throw place.Hdfs.Malformed(payload, "its submission.json is no JSON");
        }
    }

    private async Task<Lookup<ApplicationReport>> FindFencedAsync(
        FenceRecord record, ApplicationHandle handle, CancellationToken cancellationToken)
    {
        var result = await place.Fences.FindResultAsync(record.Fence, cancellationToken).ConfigureAwait(false);
        var app = await place.ResourceManager.FindAsync(record.ApplicationId, cancellationToken).ConfigureAwait(false);
        if (app is { } found)
        {
            var report = ReportMapping.Report(found, handle) with { Fence = record.Fence };
            report = await WithResultAsync(report, record, result, cancellationToken).ConfigureAwait(false);
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

    private async Task<RemoveOutcome> RemoveCoreAsync(ApplicationHandle application, CancellationToken cancellationToken)
    {
        var found = await FindAsync(application, cancellationToken).ConfigureAwait(false);
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

    private async Task<ImmutableArray<ApplicationReport>> ApplicationsAsync(CancellationToken cancellationToken)
    {
        var identity = await place.IdentityAsync(cancellationToken).ConfigureAwait(false);
        var apps = await place.ResourceManager.ListAsync(
            "states=NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING&applicationTypes=Apache%20Flink", cancellationToken).ConfigureAwait(false);
        return [.. apps.Select(a => ReportMapping.Report(a, Handle(a.GetProperty("id").GetString()!, identity)))];
    }

    private async Task<SnapshotSection<T>> SectionAsync<T>(Func<Task<ImmutableArray<T>>> read, SnapshotSection<T>? last)
    {
        try
        {
            return new SnapshotSection<T>(await read().ConfigureAwait(false), place.TimeProvider.GetUtcNow(), null);
        }
        catch (ResourceBackendException exception)
        {
            return new SnapshotSection<T>(last?.Items ?? [], last?.AsOf, exception.Message);
        }
    }

    private TimeSpan Age(DateTimeOffset? at) => at is { } time ? place.TimeProvider.GetUtcNow() - time : TimeSpan.MaxValue;

    private ApplicationHandle Handle(string id, BackendIdentity identity) => new() { Backend = place.Name, Identity = identity, Id = id };

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
