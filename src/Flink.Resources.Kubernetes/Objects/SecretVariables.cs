using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>
/// <c>kubernetes.env.secretKeyRef</c> for the JobManager, as Flink's client does it; the TaskManagers' pods are made by the JobManager, which
/// reads the key itself.
/// </summary>
internal static class SecretVariables
{
    private const string Key = "kubernetes.env.secretKeyRef";

    /// <summary>The variables in Flink's text for a list of maps: <c>env:NAME,secret:NAME,key:KEY;…</c>.</summary>
    public static IEnumerable<JsonNode> Of(ApplicationSpec spec)
    {
        foreach (var entry in spec.Configuration.GetValueOrDefault(Key, string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = entry.Split(',', StringSplitOptions.TrimEntries)
                .Select(static p => p.Split(':', 2, StringSplitOptions.TrimEntries))
                .Where(static p => p.Length == 2)
                .GroupBy(static p => p[0], StringComparer.Ordinal)
                .ToDictionary(static g => g.Key, static g => g.Last()[1], StringComparer.Ordinal);
            if (parts.TryGetValue("env", out var name) && parts.TryGetValue("secret", out var secret) && parts.TryGetValue("key", out var key))
            {
                yield return new JsonObject
                {
                    ["name"] = name,
                    ["valueFrom"] = new JsonObject { ["secretKeyRef"] = new JsonObject { ["name"] = secret, ["key"] = key } },
                };
            }
        }
    }
}
