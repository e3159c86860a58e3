using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Everything that Start creates, but for what the restore point and the Deployment's uid add. It is the payload of a prepared application.</summary>
internal sealed record ApplicationManifest
{
    public required string Namespace { get; init; }

    public required string ClusterId { get; init; }

    /// <summary>Flink configuration without restore keys.</summary>
    public required SortedDictionary<string, string> Configuration { get; init; }

    /// <summary>Configuration that is a list of values.</summary>
    public required SortedDictionary<string, IReadOnlyList<string>> Lists { get; init; }

    public required JsonObject Deployment { get; init; }

    public required JsonObject Service { get; init; }

    /// <summary>What TaskManager pods have beyond Flink's options; null when nothing.</summary>
    public JsonObject? TaskManagerTemplate { get; init; }

    /// <summary>Whether the start script stands beside the template.</summary>
    public bool StartsDirectly { get; init; }

    public string ToPayload() => new JsonObject
    {
        ["version"] = 1,
        ["namespace"] = Namespace,
        ["clusterId"] = ClusterId,
        ["configuration"] = new JsonObject(Configuration.Select(static p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
        ["lists"] = new JsonObject(Lists.Select(
            static p => KeyValuePair.Create(p.Key, (JsonNode?)new JsonArray([.. p.Value.Select(static v => (JsonNode?)v)])))),
        ["deployment"] = Deployment.DeepClone(),
        ["service"] = Service.DeepClone(),
        ["taskManagerTemplate"] = TaskManagerTemplate?.DeepClone(),
        ["startsDirectly"] = StartsDirectly,
    }.ToJsonString();

    /// <summary>Reads a payload.</summary>
    /// <exception cref="FormatException">It is none of this backend's.</exception>
    public static ApplicationManifest FromPayload(string payload)
    {
        JsonObject? json;
        try
        {
            json = JsonNode.Parse(payload) as JsonObject;
        }
        catch (System.Text.Json.JsonException exception)
        {
            throw new FormatException("The payload is not one that this backend prepared.", exception);
        }
        if (json is null || json.Number("version") != 1 || json["deployment"] is not JsonObject deployment || json["service"] is not JsonObject service)
        {
            throw new FormatException("The payload is not one that this version of the Kubernetes backend prepared.");
        }
        return new ApplicationManifest
        {
            Namespace = json.Text("namespace")!,
            ClusterId = json.Text("clusterId")!,
            Configuration = new(
                ((JsonObject)json["configuration"]!).ToDictionary(static p => p.Key, static p => (string)p.Value!, StringComparer.Ordinal),
                StringComparer.Ordinal),
            Lists = new(
                ((JsonObject)json["lists"]!).ToDictionary(
                    static p => p.Key, static p => (IReadOnlyList<string>)[.. ((JsonArray)p.Value!).Select(static v => (string)v!)], StringComparer.Ordinal),
                StringComparer.Ordinal),
            Deployment = (JsonObject)deployment.DeepClone(),
            Service = (JsonObject)service.DeepClone(),
            TaskManagerTemplate = json["taskManagerTemplate"]?.DeepClone() as JsonObject,
            StartsDirectly = json.IsTrue("startsDirectly"),
        };
    }
}
