using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flink.Resources.Fleet;

/// <summary>Writes what commands found or did as JSON, the same each time.</summary>
public static class FleetJson
{
    /// <summary>Writes a result, indented.</summary>
    /// <param name="result">The result.</param>
    /// <exception cref="ArgumentException">It is of a kind that this version does not know.</exception>
    public static string Write(FleetResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result switch
        {
            FleetPlan plan => JsonSerializer.Serialize(plan, FleetJsonContext.Default.FleetPlan),
            FleetChange change => JsonSerializer.Serialize(change, FleetJsonContext.Default.FleetChange),
            FleetStatus status => JsonSerializer.Serialize(status, FleetJsonContext.Default.FleetStatus),
            JobExplanation explanation => JsonSerializer.Serialize(explanation, FleetJsonContext.Default.JobExplanation),
            JobEvidence evidence => JsonSerializer.Serialize(evidence, FleetJsonContext.Default.JobEvidence),
            FleetDiscovery discovery => JsonSerializer.Serialize(discovery, FleetJsonContext.Default.FleetDiscovery),
            FleetDiagnosis diagnosis => JsonSerializer.Serialize(diagnosis, FleetJsonContext.Default.FleetDiagnosis),
            FleetRollback rollback => JsonSerializer.Serialize(rollback, FleetJsonContext.Default.FleetRollback),
            FleetFailure failure => JsonSerializer.Serialize(failure, FleetJsonContext.Default.FleetFailure),
            FleetEnd end => JsonSerializer.Serialize(end, FleetJsonContext.Default.FleetEnd),
            _ => throw new ArgumentException($"Nobody writes {result.GetType().Name}.", nameof(result)),
        };
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(JobKeyTextConverter), typeof(RestorePointTextConverter)])]
[JsonSerializable(typeof(FleetPlan))]
[JsonSerializable(typeof(FleetChange))]
[JsonSerializable(typeof(FleetStatus))]
[JsonSerializable(typeof(JobExplanation))]
[JsonSerializable(typeof(JobEvidence))]
[JsonSerializable(typeof(FleetDiscovery))]
[JsonSerializable(typeof(FleetDiagnosis))]
[JsonSerializable(typeof(FleetRollback))]
[JsonSerializable(typeof(FleetFailure))]
[JsonSerializable(typeof(FleetEnd))]
internal sealed partial class FleetJsonContext : JsonSerializerContext;

internal sealed class JobKeyTextConverter : JsonConverter<JobKey>
{
    public override JobKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JobKey.TryParse(reader.GetString(), out var key) ? key : throw new JsonException("team/name is wanted.");

    public override void Write(Utf8JsonWriter writer, JobKey value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary><c>fresh</c>, or where the snapshot is: as the document writes it.</summary>
internal sealed class RestorePointTextConverter : JsonConverter<RestorePoint>
{
    public override RestorePoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text and not "fresh" ? new RestorePoint.Snapshot(text) : RestorePoint.None;

    public override void Write(Utf8JsonWriter writer, RestorePoint value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value is RestorePoint.Snapshot snapshot ? snapshot.Uri : "fresh");
}
