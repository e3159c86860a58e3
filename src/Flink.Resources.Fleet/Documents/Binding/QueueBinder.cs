using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

internal static class QueueBinder
{
    public static ImmutableSortedDictionary<string, QueueEntry> Bind(
        DocumentWalk walk, Fields written, Fields writtenClusters, ImmutableSortedDictionary<string, FleetCluster> clusters)
    {
        var queues = Maps.Empty<QueueEntry>().ToBuilder();
        foreach (var (queue, value) in written.Readable)
        {
            var places = Maps.Empty<QueueOnCluster>().ToBuilder();
            foreach (var (cluster, place) in ((Fields)value).Readable)
            {
                var path = DocumentWalk.Join(DocumentWalk.Join("queues", queue, isUsersName: true), cluster, isUsersName: true);
                if (!writtenClusters.Has(cluster))
                {
                    walk.Errors.Add(walk.Keys[path], path, null, $"there is no cluster '{cluster}' in the document.{Similar.Hint(cluster, clusters.Keys)}");
                    continue;
                }
                places[cluster] = Place(walk, (Fields)place, path, clusters.GetValueOrDefault(cluster));
            }
            queues[queue] = new QueueEntry { Path = queue, At = ((Fields)value).At, Clusters = places.ToImmutable() };
        }
        return queues.ToImmutable();
    }

    private static QueueOnCluster Place(DocumentWalk walk, Fields fields, string path, FleetCluster? cluster)
    {
        foreach (var key in Foreign(cluster).Where(fields.Has))
        {
            walk.Errors.Add(
                walk.Keys[$"{path}.{key}"], $"{path}.{key}", null,
                key == "queue" ? "only YARN has other paths for queues; leave it out" : "only Kubernetes has it; leave it out");
        }
        return new QueueOnCluster(fields.Text("namespace"), fields.Text("priorityClass"), fields.Text("queue"));
    }

    private static string[] Foreign(FleetCluster? cluster) => cluster switch
    {
        FleetCluster.Yarn => ["namespace", "priorityClass"],
        FleetCluster.Kubernetes => ["queue"],
        _ => [],
    };
}
