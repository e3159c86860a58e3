using System.Diagnostics.CodeAnalysis;
using System.Net;
using Flink.Resources.Rest;
using Microsoft.Extensions.Logging;

namespace Flink.Resources.Yarn;

/// <summary>A YARN cluster as a backend: ResourceManager REST and WebHDFS, nothing else.</summary>
internal sealed class YarnBackend : IResourceBackend, IApplicationMoves
{
    private readonly YarnPlace _place;
    private readonly ILogger _logger;
    private readonly YarnPreparation _preparation;
    private readonly ApplicationReader _reader;
    private readonly Starting _starting;
    private readonly Removal _removal;
    private readonly Death _death;
    private readonly Snapshots _snapshots;
    private readonly YarnFences _fences;
    private readonly YarnSnapshotStorage _storage;
    private readonly YarnDefinitionKeeper _keeper;
    private readonly Standby _standby;
    private readonly YarnDirectoryProbe _probe;

    public YarnBackend(YarnPlace place, ILogger<YarnBackend> logger)
    {
        _place = place;
        _logger = logger;
        _preparation = new YarnPreparation(place);
        _reader = new ApplicationReader(place);
        _starting = new Starting(place, _reader, logger);
        _removal = new Removal(place, _reader);
        _death = new Death(place, _reader);
        _snapshots = new Snapshots(place);
        _fences = new YarnFences(place);
        _storage = new YarnSnapshotStorage(place);
        _keeper = new YarnDefinitionKeeper(place);
        _standby = new Standby(place);
        _probe = new YarnDirectoryProbe(place, _preparation);
        Info = new BackendInfo
        {
            Name = place.Name,
            Kind = BackendKind.Yarn,
            Capabilities = BackendCapabilities.QueueMoves | BackendCapabilities.PriorityChanges | BackendCapabilities.Zones,
        };
    }

    public BackendInfo Info { get; }

    public static YarnBackend Create(string name, YarnOptions options, TimeProvider timeProvider, ILogger<YarnBackend> logger) =>
        new(new YarnPlace(name, options, timeProvider), logger);

    public bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
        where T : class
    {
        feature = this as IApplicationMoves as T ?? _fences as T ?? _storage as T ?? _keeper as T ?? _standby as T ?? _probe as T;
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
            _logger.PrepareIndeterminate(exception, _place.Name, fence.ToString());
            return new PrepareOutcome.Indeterminate(_place.Seen(exception.Message));
        }
    }

    public Task<StartOutcome> StartAsync(
        PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(restore);
        return _starting.RunAsync(application, restore, cancellationToken);
    }

    public Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken = default) =>
        _reader.FindAsync(fence, cancellationToken);

    public Task<Lookup<ApplicationReport>> FindAsync(ApplicationHandle application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return _reader.FindAsync(application, cancellationToken);
    }

    public Task<DeathProbe> ProbeDeathAsync(CopyRef copy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(copy);
        return _death.ProbeAsync(copy, cancellationToken);
    }

    public Task<RemoveOutcome> RemoveAsync(
        ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return _removal.RunAsync(application, metadata, cancellationToken);
    }

    public async Task ForgetAsync(Fence fence, CancellationToken cancellationToken = default)
    {
        var record = await _place.Fences.FindAsync(fence, cancellationToken).ConfigureAwait(false);
        if (record is null)
        {
            return;
        }
        var identity = await _place.IdentityAsync(cancellationToken).ConfigureAwait(false);
        var probe = await ProbeDeathAsync(new CopyRef(_place.Handle(record.ApplicationId, identity)), cancellationToken).ConfigureAwait(false);
        if (probe.Verdict != DeathVerdict.Dead)
        {
            throw new InvalidOperationException($"{fence} is not known to be dead ({probe.Verdict}: {probe.Evidence.Seen}): remove it first.");
        }
        await _place.Fences.ForgetAsync(record, cancellationToken).ConfigureAwait(false);
    }

    public async Task<Lookup<IFlinkCluster>> ConnectAsync(ApplicationHandle application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        try
        {
            var app = await _place.ResourceManager.FindAsync(application.Id, cancellationToken).ConfigureAwait(false);
            var report = app is { } found ? ReportMapping.Report(found, application) : null;
            if (report is null or { State: ApplicationState.Finished })
            {
                return Lookup.Absent<IFlinkCluster>(_place.Seen("The application has ended, or is not there."));
            }
            return report.RestAddress is { } address
                ? Lookup.Found(FlinkRest.Connect(application, address, _place.Http, _place.TimeProvider), _place.Seen($"Its JobManager is at {address}."))
                : Lookup.Unknown<IFlinkCluster>(_place.Seen("The JobManager has not registered yet."));
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<IFlinkCluster>(_place.Seen(exception.Message));
        }
    }

    public Task<BackendSnapshot> GetSnapshotAsync(TimeSpan maxAge, CancellationToken cancellationToken = default) =>
        _snapshots.GetAsync(maxAge, cancellationToken);

    public IAsyncEnumerable<BackendSnapshot> WatchAsync(CancellationToken cancellationToken = default) =>
        _snapshots.WatchAsync(cancellationToken);

    public async Task MoveToQueueAsync(ApplicationHandle application, string queue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        var answer = await _place.ResourceManager.MoveAsync(application.Id, queue, cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw _place.ResourceManager.Fault(answer, HttpMethod.Put, $"cluster/apps/{application.Id}/queue");
        }
    }

    public async Task SetPriorityAsync(ApplicationHandle application, JobPriority priority, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        var answer = await _place.ResourceManager.PrioritizeAsync(application.Id, priority.Value, cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
        {
            throw _place.ResourceManager.Fault(answer, HttpMethod.Put, $"cluster/apps/{application.Id}/priority");
        }
    }
}
