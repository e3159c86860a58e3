using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>What was seen of all declared clusters at one time.</summary>
/// <param name="Sights">What policies see.</param>
/// <param name="Reports">What the backends said of the applications, by cluster and id.</param>
/// <param name="Snapshots">The clusters' snapshots that could be read.</param>
internal sealed record ClusterSurvey(
    ImmutableArray<ClusterSight> Sights, ImmutableDictionary<(string Cluster, string Id), ApplicationReport> Reports, ImmutableDictionary<string, BackendSnapshot> Snapshots);

/// <summary>Looks at all declared clusters: what runs there, and what those applications are that nobody knows.</summary>
internal sealed class ClusterReader(IBackendCatalog backends)
{
    /// <summary>Looks once.</summary>
    /// <param name="clusters">The declared clusters.</param>
    /// <param name="known">The jobs of the journal: of those that have ended it is asked how.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    public async Task<ClusterSurvey> ReadAsync(IEnumerable<string> clusters, IReadOnlyCollection<KnownJob> known, CancellationToken cancellationToken)
    {
        var seen = await Task.WhenAll(clusters.Select(c => ClusterAsync(c, known, cancellationToken))).ConfigureAwait(false);
        return new ClusterSurvey(
            [.. seen.Select(static s => s.Sight)],
            seen.SelectMany(static s => s.Reports.Select(r => KeyValuePair.Create((s.Sight.Name, r.Application.Id), r))).DistinctBy(static p => p.Key).ToImmutableDictionary(),
            seen.Where(static s => s.Snapshot is not null).ToImmutableDictionary(static s => s.Sight.Name, static s => s.Snapshot!, StringComparer.Ordinal));
    }

    private async Task<Seen> ClusterAsync(string cluster, IReadOnlyCollection<KnownJob> known, CancellationToken cancellationToken)
    {
        if (!backends.TryGet(cluster, out var backend))
        {
            return Unknown(cluster, "no backend has that name");
        }
        try
        {
            var snapshot = await backend.GetSnapshotAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            if (snapshot.Applications.StaleBecause is { } stale)
            {
                return Unknown(cluster, stale);
            }
            var reports = snapshot.Applications.Items;
            var applications = await Task.WhenAll(reports.Select(r => ApplicationAsync(backend, r, cancellationToken))).ConfigureAwait(false);
            var listed = reports.Select(static r => r.Application.Id).ToHashSet(StringComparer.Ordinal);
            var sight = new ClusterSight(cluster, null, [.. applications]);
            foreach (var job in known.Where(k => k.Handle?.Backend == cluster && !listed.Contains(k.Handle.Id)))
            {
                var found = await backend.FindAsync(job.Handle!, cancellationToken).ConfigureAwait(false);
                sight = found.Match(
                    r => sight with { Applications = sight.Applications.Add(Ended(r)) },
                    _ => sight,
                    e => sight with { UnknownBecause = $"nobody says what became of {job.Handle!.Id}: {e.Seen}" });
            }
            return new Seen(sight, reports, snapshot);
        }
        catch (ResourceBackendException exception)
        {
            return Unknown(cluster, exception.Message);
        }
    }

    private static SeenApplication Ended(ApplicationReport report) => new()
    {
        Id = report.Application.Id,
        Name = report.Name,
        // Prepared and not started it is no copy.
        IsLive = report.State is not (ApplicationState.Finished or ApplicationState.Prepared),
        Succeeded = report is { State: ApplicationState.Finished, Result: ApplicationResult.Succeeded },
        Job = report.Fence?.Job,
        Queue = report.Queue,
    };

    /// <summary>An application with a fence says itself whose copy it is; of others Flink is asked what they run.</summary>
    private static async Task<SeenApplication> ApplicationAsync(IResourceBackend backend, ApplicationReport report, CancellationToken cancellationToken)
    {
        var seen = Ended(report);
        if (report.Fence is not null)
        {
            return seen;
        }
        try
        {
            var connected = await backend.ConnectAsync(report.Application, cancellationToken).ConfigureAwait(false);
            var cluster = connected.Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
            if (cluster is null)
            {
                return seen;
            }
            var configuration = await cluster.GetConfigurationAsync(cancellationToken).ConfigureAwait(false);
            return seen with
            {
                Jar = configuration.GetValueOrDefault("pipeline.jars"),
                EntryClass = configuration.GetValueOrDefault("$internal.application.main"),
                CheckpointDirectory = configuration.GetValueOrDefault("execution.checkpointing.dir") ?? configuration.GetValueOrDefault("state.checkpoints.dir"),
            };
        }
        catch (ResourceBackendException)
        {
            // Its name still tells; what could not be read is left out.
            return seen;
        }
    }

    private static Seen Unknown(string cluster, string because) => new(new ClusterSight(cluster, because, []), [], null);

    private sealed record Seen(ClusterSight Sight, ImmutableArray<ApplicationReport> Reports, BackendSnapshot? Snapshot);
}
