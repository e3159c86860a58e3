using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Everything in a namespace that belongs to a cluster-id, but for its fence.</summary>
internal sealed record Leftovers(
    JsonObject? Deployment, List<JsonObject> Pods, List<JsonObject> Services, List<JsonObject> ConfigMaps, List<JsonObject> HaMaps)
{
    public bool IsEmpty => Deployment is null && Pods.Count + Services.Count + ConfigMaps.Count + HaMaps.Count == 0;

    public static async Task<Leftovers> FindAsync(KubernetesCalls calls, string scope, string clusterId, CancellationToken cancellationToken)
    {
        var selector = $"&labelSelector={Uri.EscapeDataString($"app={clusterId},type=flink-native-kubernetes")}";
        async Task<List<JsonObject>> ListAsync(string collection) =>
            (await calls.ListAsync(collection, selector, Slim, cancellationToken).ConfigureAwait(false)).Items;

        var deployment = calls.FindAsync(Paths.Deployments(scope), clusterId, cancellationToken);
        var pods = ListAsync(Paths.Pods(scope));
        var services = ListAsync(Paths.Services(scope));
        var maps = ListAsync(Paths.ConfigMaps(scope));
        await Task.WhenAll(deployment, pods, services, maps).ConfigureAwait(false);
        var configMaps = await maps.ConfigureAwait(false);
        return new Leftovers(
            await deployment.ConfigureAwait(false), await pods.ConfigureAwait(false), await services.ConfigureAwait(false),
            [.. configMaps.Where(static m => !IsHa(m))], [.. configMaps.Where(IsHa)]);
    }

    public override string ToString() => string.Join(", ", new[]
    {
        Deployment is null ? null : $"Deployment {Deployment.Name()}",
        Names("Pods", Pods), Names("Services", Services), Names("ConfigMaps", ConfigMaps), Names("HA ConfigMaps", HaMaps),
    }.OfType<string>());

    private static string? Names(string kind, List<JsonObject> objects) =>
        objects.Count == 0 ? null : $"{kind} {string.Join(", ", objects.Select(static o => o.Name()))}";

    // 1.20 labels them; 2.x only names them.
    private static bool IsHa(JsonObject map) =>
        map.Label("configmap-type") == "high-availability" || map.Name().EndsWith("-config-map", StringComparison.Ordinal);

    private static JsonObject Slim(JsonObject item)
    {
        item.Remove("data");
        (item["metadata"] as JsonObject)?.Remove("managedFields");
        return (JsonObject)item.DeepClone();
    }
}
