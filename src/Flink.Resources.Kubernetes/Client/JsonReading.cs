using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Reads JSON that may lack anything.</summary>
internal static class JsonReading
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            node = node is JsonObject json ? json[key] : null;
        }
        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static int Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number && int.TryParse(value.ToJsonString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    public static bool IsTrue(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray array ? array.OfType<JsonObject>() : [];

    public static DateTimeOffset? Time(this JsonNode? node, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(node.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public static string? Label(this JsonNode? node, string key) => node.Text("metadata", "labels", key);

    public static string? Annotation(this JsonNode? node, string key) => node.Text("metadata", "annotations", key);

    public static string Name(this JsonNode? node) => node.Text("metadata", "name") ?? string.Empty;

    public static string Uid(this JsonNode? node) => node.Text("metadata", "uid") ?? string.Empty;

    /// <summary>A condition of an object's status.</summary>
    public static JsonObject? Condition(this JsonNode? node, string type) =>
        node.Items("status", "conditions").FirstOrDefault(c => c.Text("type") == type);
}
