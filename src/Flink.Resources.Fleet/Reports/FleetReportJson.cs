using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flink.Resources.Fleet;

/// <summary>The report for programs: one JSON object with every job. Times are ISO 8601 in UTC, durations <c>d.hh:mm:ss.fffffff</c>.</summary>
public static class FleetReportJson
{
    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">Where it goes; it stays open.</param>
    public static void Write(FleetReport report, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(JsonSerializer.Serialize(report, FleetReportJsonContext.Default.FleetReport));
        writer.Write('\n');
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="JsonException">It is no report.</exception>
    public static FleetReport Read(string json) =>
        JsonSerializer.Deserialize(json, FleetReportJsonContext.Default.FleetReport) ?? throw new JsonException("The text is no report: it is null.");
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FleetReport))]
internal sealed partial class FleetReportJsonContext : JsonSerializerContext;
