using System.Diagnostics.CodeAnalysis;
using Flink.Resources.Rest;

namespace Flink.Resources.Kubernetes;

/// <summary>Native Flink applications on a Kubernetes cluster, through its API server only.</summary>
internal sealed class KubernetesBackend : IResourceBackend, IDisposable
{
    private readonly Site _site;
    private readonly ApplicationReader _reader;
    private readonly Snapshots _snapshots;
    private readonly Fences _fences;
    private readonly Standby _standby;
    private readonly KubernetesDirectoryProbe _probe;

    public KubernetesBackend(Site site)
    {
        _site = site;
        _reader = new ApplicationReader(site, new FlinkWord(site));
        _snapshots = new Snapshots(site);
        _fences = new Fences(site);
        _standby = new Standby(site);
        _probe = new KubernetesDirectoryProbe(site);
        Info = new BackendInfo
        {
            Name = site.Name,
            Kind = BackendKind.Kubernetes,
            Capabilities = BackendCapabilities.Zones | BackendCapabilities.NativeHighAvailability,
        };
    }

    public BackendInfo Info { get; }

    public bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
        where T : class
    {
        feature = _fences as T ?? _standby as T ?? _probe as T;
        return feature is not null;
    }

    public void Dispose() => _snapshots.Dispose();

    public Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new Preparation(_site).RunAsync(fence, spec, cancellationToken);
    }

    public Task<StartOutcome> StartAsync(
        PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(restore);
        return new Starting(_site, _reader).RunAsync(application, restore, cancellationToken);
    }

    public Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken = default) =>
        AnswerAsync(() => _reader.FindAsync(fence, cancellationToken));

    public Task<Lookup<ApplicationReport>> FindAsync(ApplicationHandle application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return AnswerAsync(() => _reader.FindAsync(application, cancellationToken));
    }

    public Task<DeathProbe> ProbeDeathAsync(CopyRef copy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(copy);
        return new Death(_site).ProbeAsync(copy, cancellationToken);
    }

    public Task<RemoveOutcome> RemoveAsync(
        ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return new Removal(_site, _reader).RunAsync(application, metadata, cancellationToken);
    }

    public async Task ForgetAsync(Fence fence, CancellationToken cancellationToken = default)
    {
        var clusterId = KubernetesNames.ClusterId(fence);
        var record = await _site.Fences.FindAsync(clusterId, cancellationToken).ConfigureAwait(false);
        if (record is null)
        {
            return;
        }
        var identity = await _site.IdentityAsync(cancellationToken).ConfigureAwait(false);
        var copy = new CopyRef(_site.Handle(record.Namespace, clusterId, identity));
        var probe = await new Death(_site).ProbeAsync(copy, cancellationToken).ConfigureAwait(false);
        if (probe.Verdict != DeathVerdict.Dead)
        {
            throw new InvalidOperationException($"{fence} is not known to be dead ({probe.Verdict}): {probe.Evidence.Seen}");
        }
        await _site.Fences.GiveUpAsync(record, cancellationToken).ConfigureAwait(false);
        _site.Endings.Forget(copy.Application);
    }

    public Task<Lookup<IFlinkCluster>> ConnectAsync(ApplicationHandle application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return AnswerAsync(async () =>
        {
            await _site.RequireAsync(application, cancellationToken).ConfigureAwait(false);
            var deployment = await _site.Calls.FindAsync(
                Paths.Deployments(application.Namespace!), application.Id, cancellationToken).ConfigureAwait(false);
            if (deployment is null || deployment.At("metadata", "deletionTimestamp") is not null)
            {
                return Lookup.Absent<IFlinkCluster>(_site.Saw($"Namespace {application.Namespace} has no Deployment {application.Id} that stays."));
            }
            var address = _site.RestAddress(application);
            return Lookup.Found(
                FlinkRest.Connect(application, address, _site.Calls.Api.Http, _site.TimeProvider),
                _site.Saw($"Deployment {application.Id} stands; its REST API is at {address}."));
        });
    }

    public Task<BackendSnapshot> GetSnapshotAsync(TimeSpan maxAge, CancellationToken cancellationToken = default) =>
        _snapshots.GetAsync(maxAge, cancellationToken);

    public IAsyncEnumerable<BackendSnapshot> WatchAsync(CancellationToken cancellationToken = default) =>
        _snapshots.WatchAsync(cancellationToken);

    /// <summary>A fault is no answer about existence: it is Unknown, never Absent.</summary>
    private async Task<Lookup<T>> AnswerAsync<T>(Func<Task<Lookup<T>>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<T>(_site.Saw(exception.Message));
        }
    }
}
