using System.Text.Json.Nodes;

namespace Flink.Resources.Yarn.Submission;

/// <summary>A file that YARN puts into containers under a key.</summary>
internal sealed record YarnResource(string Key, string Uri, long Size, long ModificationTime, string Visibility)
{
    /// <summary>
    /// Flink's descriptor (YarnLocalResourceDescriptor): JSON in single quotes, because the NodeManager puts it into a double-quoted
    /// shell string.
    /// </summary>
    public string Descriptor => FormattableString.Invariant(
        $"{{'resourceKey':'{Key}','path':'{Uri}','size':{Size},'modificationTime':{ModificationTime},'visibility':'{Visibility}','resourceType':'FILE'}}");

    public JsonNode ToEntry() => new JsonObject
    {
        ["key"] = Key,
        ["value"] = new JsonObject
        {
            ["resource"] = Uri,
            ["type"] = "FILE",
            ["visibility"] = Visibility,
            ["size"] = Size,
            ["timestamp"] = ModificationTime,
        },
    };
}
