namespace Flink.Resources.Kubernetes;

/// <summary>Collections of the API, relative to the server's address. Names in them are checked before.</summary>
internal static class Paths
{
    public const string Namespaces = "api/v1/namespaces";
    public const string Nodes = "api/v1/nodes";
    public const string NodeLeases = "apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    public const string AllPods = "api/v1/pods";
    public const string AllQuotas = "api/v1/resourcequotas";
    public const string AllDeployments = "apis/apps/v1/deployments";

    public static string ConfigMaps(string scope) => $"{Namespaces}/{scope}/configmaps";

    public static string Services(string scope) => $"{Namespaces}/{scope}/services";

    public static string Pods(string scope) => $"{Namespaces}/{scope}/pods";

    public static string ServiceAccounts(string scope) => $"{Namespaces}/{scope}/serviceaccounts";

    public static string Deployments(string scope) => $"apis/apps/v1/namespaces/{scope}/deployments";

    public static string ReplicaSets(string scope) => $"apis/apps/v1/namespaces/{scope}/replicasets";
}
