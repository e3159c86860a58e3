using System.Collections.Immutable;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>A kind of object.</summary>
internal sealed record ApiResource(string Group, string Plural, string Kind, bool IsNamespaced = true)
{
    public static readonly ApiResource Namespaces = new(string.Empty, "namespaces", "Namespace", IsNamespaced: false);
    public static readonly ApiResource Nodes = new(string.Empty, "nodes", "Node", IsNamespaced: false);
    public static readonly ApiResource Pods = new(string.Empty, "pods", "Pod");
    public static readonly ApiResource ConfigMaps = new(string.Empty, "configmaps", "ConfigMap");
    public static readonly ApiResource Services = new(string.Empty, "services", "Service");
    public static readonly ApiResource ServiceAccounts = new(string.Empty, "serviceaccounts", "ServiceAccount");
    public static readonly ApiResource Quotas = new(string.Empty, "resourcequotas", "ResourceQuota");
    public static readonly ApiResource Events = new(string.Empty, "events", "Event");
    public static readonly ApiResource Deployments = new("apps", "deployments", "Deployment");
    public static readonly ApiResource ReplicaSets = new("apps", "replicasets", "ReplicaSet");

    public static readonly ImmutableArray<ApiResource> All =
    [
        Namespaces, Nodes, Pods, ConfigMaps, Services, ServiceAccounts, Quotas, Events, Deployments, ReplicaSets,
        new(string.Empty, "secrets", "Secret"), new(string.Empty, "persistentvolumeclaims", "PersistentVolumeClaim"),
        new("networking.k8s.io", "ingresses", "Ingress"), new("scheduling.k8s.io", "priorityclasses", "PriorityClass", IsNamespaced: false),
    ];

    public string ApiVersion => Group.Length == 0 ? "v1" : $"{Group}/v1";

    /// <summary>The name in messages, <c>deployments.apps</c>.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public static ApiResource? Find(string group, string plural) => All.FirstOrDefault(r => r.Group == group && r.Plural == plural);
}

/// <summary>What a path of the API names.</summary>
internal sealed record ApiPath(ApiResource Resource, string? Namespace, string? Name, string? Subresource, string Rest)
{
    /// <summary>Null when the path is none of an API group that is served.</summary>
    public static ApiPath? Parse(string path)
    {
        var (group, parts) = path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["api", "v1", .. var rest] => (string.Empty, rest),
            ["apis", var name, "v1", .. var rest] => (name, rest),
            _ => (string.Empty, []),
        };
        return parts switch
        {
            ["namespaces", var scope, var plural, .. var rest] when plural is not ("status" or "finalize") => Of(group, plural, scope, rest),
            [var plural, .. var rest] => Of(group, plural, null, rest),
            _ => null,
        };
    }

    private static ApiPath? Of(string group, string plural, string? scope, string[] rest) => ApiResource.Find(group, plural) is { } resource
        ? new ApiPath(resource, scope, rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1), string.Join('/', rest.Skip(2)))
        : null;
}
