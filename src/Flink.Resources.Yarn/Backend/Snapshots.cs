using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Flink.Resources.Yarn;

/// <summary>Nodes, queues and applications in three bulk calls; a section that could not be read keeps its last content and says why.</summary>
internal sealed class Snapshots(YarnPlace place)
{
    private BackendSnapshot? _last;
    private long _version;

    public async Task<BackendSnapshot> GetAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var last = Volatile.Read(ref _last);
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
        Volatile.Write(ref _last, snapshot);
        return snapshot;
    }

    public async IAsyncEnumerable<BackendSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(place.Options.PollInterval, place.TimeProvider);
        do
        {
            yield return await GetAsync(place.Options.PollInterval, cancellationToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<ImmutableArray<ApplicationReport>> ApplicationsAsync(CancellationToken cancellationToken)
    {
        var identity = await place.IdentityAsync(cancellationToken).ConfigureAwait(false);
        var apps = await place.ResourceManager.ListAsync(
            "states=NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING&applicationTypes=Apache%20Flink", cancellationToken).ConfigureAwait(false);
        return [.. apps.Select(a => ReportMapping.Report(a, place.Handle(a.GetProperty("id").GetString()!, identity)))];
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
}
