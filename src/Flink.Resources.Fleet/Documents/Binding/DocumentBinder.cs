using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>Fields to records, and what no field can know alone: names that lead nowhere, values that contradict each other.</summary>
internal sealed class DocumentBinder(DocumentWalk walk, Fields root, string? path)
{
    private static readonly Fields _none = new(new SourcePosition(1, 1));

    private readonly Fields _clusters = root.Class<Fields>("clusters") ?? _none;
    private readonly Fields _runtimes = root.Class<Fields>("runtimes") ?? _none;
    private readonly Fields _queues = root.Class<Fields>("queues") ?? _none;
    private readonly Fields _defaults = root.Class<Fields>("defaults") ?? _none;

    public FleetDocument? Bind()
    {
        var runtimes = RuntimeBinder.Bind(walk, _runtimes);
        var clusters = new ClusterBinder(walk, _defaults, runtimes.Values).Bind(_clusters);
        var queues = QueueBinder.Bind(walk, _queues, _clusters, clusters);
        var campaign = CampaignBinder.Bind(walk, root.Class<Fields>("campaign") ?? _none);
        DefaultsCheck.Check(walk, _defaults);
        var journal = Journal(clusters);
        var names = new DocumentNames(_clusters, clusters, _runtimes, runtimes, _queues);
        var jobs = new JobBinder(walk, _defaults, names).Bind(root.Class<Fields>("jobs") ?? _none);
        if (walk.Errors.Count > 0 || journal is null)
        {
            return null;
        }
        var document = new FleetDocument
        {
            Path = path,
            Journal = journal,
            Clusters = clusters,
            Runtimes = runtimes,
            Queues = queues,
            Jobs = jobs,
            Campaign = campaign,
            Positions = walk.Positions.ToImmutableDictionary(StringComparer.Ordinal),
        };
        SpecificationCheck.Check(walk, document);
        return document;
    }

    private FleetJournal? Journal(ImmutableSortedDictionary<string, FleetCluster> clusters)
    {
        var journal = root.Class<FleetJournal>("journal");
        if (journal is FleetJournal.Memory && clusters.Values.FirstOrDefault(static c => c is not FleetCluster.Simulated) is { } real)
        {
            walk.Errors.Add(
                walk.Positions["journal"], "journal", "memory",
                $"'{real.Name}' is a real cluster, whose moves must survive this process: write sqlite:FILE or postgres:CONNECTION");
        }
        return journal is FleetJournal.Sqlite sqlite && path is not null && Path.GetDirectoryName(path) is { Length: > 0 } folder
            ? new FleetJournal.Sqlite(Path.Combine(folder, sqlite.File))
            : journal;
    }
}

/// <summary>What jobs can refer to. A name that stands there with a mistake of its own is known all the same.</summary>
internal sealed record DocumentNames(
    Fields WrittenClusters, ImmutableSortedDictionary<string, FleetCluster> Clusters,
    Fields WrittenRuntimes, ImmutableSortedDictionary<string, FleetRuntime> Runtimes,
    Fields Queues);

/// <summary>What defaults may not say, since it would hold for all jobs.</summary>
internal static class DefaultsCheck
{
    public static void Check(DocumentWalk walk, Fields defaults)
    {
        if (defaults.Text("snapshots") is { } snapshots && !snapshots.Contains("{job}", StringComparison.Ordinal))
        {
            walk.Errors.Add(walk.Positions["defaults.snapshots"], "defaults.snapshots", null, "put {job} into it, so that each job has a folder of its own");
        }
    }
}
