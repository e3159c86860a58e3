using System.Runtime.CompilerServices;

namespace Flink.Resources.Kubernetes;

/// <summary>Nodes, queues and applications, made of what shared informers know; the same snapshot serves all who ask at one time.</summary>
internal sealed class Snapshots(Site site, InformerTiming? timing = null) : IDisposable
{
    /// <summary>The shortest time between two snapshots of a watch.</summary>
    public static readonly TimeSpan Coalesced = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan _identityMayBe = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private BackendSnapshot? _last;
    private long _lastStamp = -1;
    private (BackendIdentity? Identity, string? Why) _lastIdentity;
    private (BackendIdentity Identity, long Asked)? _asked;

    /// <summary>What the snapshots are made of.</summary>
    public ClusterInformers Informers { get; } = new(site, timing);

    public async Task<BackendSnapshot> GetAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        await Informers.UpToDateAsync(maxAge, cancellationToken).ConfigureAwait(false);
        return (await BuildAsync(maxAge, cancellationToken).ConfigureAwait(false)).Snapshot;
    }

    public async IAsyncEnumerable<BackendSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Informers.FirstAsync(cancellationToken).ConfigureAwait(false);
        var told = 0L;
        while (true)
        {
            var began = site.TimeProvider.GetTimestamp();
            var (snapshot, stamp) = await BuildAsync(_identityMayBe, cancellationToken).ConfigureAwait(false);
            if (snapshot.Version > told)
            {
                told = snapshot.Version;
                yield return snapshot;
            }
            await Informers.Changes.WaitAsync(stamp, cancellationToken).ConfigureAwait(false);
            var rest = Coalesced - site.TimeProvider.GetElapsedTime(began);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, site.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => Informers.Dispose();

    /// <summary>The snapshot of now, and the stamp to wait for changes from.</summary>
    private async Task<(BackendSnapshot Snapshot, long Stamp)> BuildAsync(TimeSpan identityMaxAge, CancellationToken cancellationToken)
    {
        var identity = await IdentityAsync(identityMaxAge, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            // Before the views: a change in between makes one snapshot too many, not one too few.
            var stamp = Informers.Changes.Stamp;
            if (_last is null || stamp != _lastStamp || identity != _lastIdentity)
            {
                _last = new SnapshotBuilder(site, Informers.View()).Build((_last?.Version ?? 0) + 1, identity.Identity, identity.Why);
                _lastStamp = stamp;
                _lastIdentity = identity;
            }
            return (_last, stamp);
        }
    }

    /// <summary>As the namespaces say; without the right to list them it is asked for.</summary>
    private async Task<(BackendIdentity? Identity, string? Why)> IdentityAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        if (Informers.View().Identity is { } seen)
        {
            return (seen, null);
        }
        lock (_gate)
        {
            if (_asked is { } known && site.TimeProvider.GetElapsedTime(known.Asked) < maxAge)
            {
                return (known.Identity, null);
            }
        }
        try
        {
            var asked = site.TimeProvider.GetTimestamp();
            var identity = await site.IdentityAsync(cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _asked = (identity, asked);
            }
            return (identity, null);
        }
        catch (ResourceBackendException exception)
        {
            return (null, exception.Message);
        }
    }
}
