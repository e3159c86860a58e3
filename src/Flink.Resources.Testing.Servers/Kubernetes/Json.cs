using System.Globalization;
using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>Reads and changes the JSON of objects.</summary>
internal static class Json
{
    extension(JsonNode? node)
    {
        public JsonNode? At(params ReadOnlySpan<string> path)
        {
            foreach (var key in path)
            {
                node = node is JsonObject json ? json[key] : null;
            }
            return node;
        }

        public string? Text(params ReadOnlySpan<string> path) => node.At(path)?.ToString();

        public int Number(params ReadOnlySpan<string> path) =>
            int.TryParse(node.Text(path), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;

        public IEnumerable<JsonObject> Items(params ReadOnlySpan<string> path) =>
            node.At(path) is JsonArray array ? array.OfType<JsonObject>() : [];

        public string Name => node.Text("metadata", "name") ?? string.Empty;

        public string Namespace => node.Text("metadata", "namespace") ?? string.Empty;

        public string Uid => node.Text("metadata", "uid") ?? string.Empty;

        public bool IsDeleting => node.At("metadata", "deletionTimestamp") is not null;

        public bool IsOwnedBy(string uid) => node.Items("metadata", "ownerReferences").Any(o => o.Text("uid") == uid);

        /// <summary>Whether all labels are there with their values.</summary>
        public bool Has(JsonNode? labels)
        {
            var own = node.At("metadata", "labels");
            return labels is JsonObject wanted && wanted.Count > 0 && wanted.All(p => own.Text(p.Key) == p.Value?.ToString());
        }
    }

    /// <summary>RFC 7386.</summary>
    public static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null)
            {
                target.Remove(key);
            }
            else if (value is JsonObject inner && target[key] is JsonObject own)
            {
                Merge(own, inner);
            }
            else
            {
                target[key] = value.DeepClone();
            }
        }
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public static JsonObject Owner(ApiResource resource, JsonObject owner) => new()
    {
        ["apiVersion"] = resource.ApiVersion, ["kind"] = resource.Kind, ["name"] = owner.Name, ["uid"] = owner.Uid,
        ["controller"] = true, ["blockOwnerDeletion"] = true,
    };

    /// <summary>A quantity in thousandths: <c>100m</c> is 100, <c>1Gi</c> is 1024³ · 1000.</summary>
    public static decimal Quantity(string? text)
    {
        (string Suffix, decimal Factor)[] factors =
        [
            ("Ki", 1024m), ("Mi", 1048576m), ("Gi", 1073741824m), ("Ti", 1099511627776m), ("m", 0.001m), ("k", 1000m), ("M", 1000000m), ("G", 1000000000m),
        ];
        var (suffix, factor) = Array.Find(factors, f => text?.EndsWith(f.Suffix, StringComparison.Ordinal) == true) is { Suffix: not null } found ? found : (string.Empty, 1m);
        return decimal.TryParse(text?[..^suffix.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number * factor * 1000 : 0;
    }
}
