using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flink.Resources;

/// <summary>How requests, effects and events stand in the journal.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters =
    [
        typeof(JobKeyConverter), typeof(FlinkJobIdConverter), typeof(TriggerIdConverter), typeof(BackendIdentityConverter),
        typeof(MemorySizeConverter), typeof(RestorePointConverter), typeof(OrdinalMapConverter),
        typeof(HealthBaselineConverter),
    ])]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(JobEffect))]
[JsonSerializable(typeof(JobEvent))]
internal sealed partial class MigrationJson : JsonSerializerContext;

internal sealed class RestorePointConverter : JsonConverter<RestorePoint>
{
    public override RestorePoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        return root.TryGetProperty("uri", out var uri)
            ? new RestorePoint.Snapshot(
                uri.GetString()!,
                Enum.Parse<ClaimMode>(root.GetProperty("claim").GetString()!),
                root.GetProperty("allowNonRestoredState").GetBoolean())
            : RestorePoint.None;
    }

    public override void Write(Utf8JsonWriter writer, RestorePoint value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value is RestorePoint.Snapshot snapshot)
        {
            writer.WriteString("uri", snapshot.Uri);
            writer.WriteString("claim", snapshot.Claim.ToString());
            writer.WriteBoolean("allowNonRestoredState", snapshot.AllowNonRestoredState);
        }
        writer.WriteEndObject();
    }
}

/// <summary>Maps are sorted ordinally everywhere; read back with the default comparer their order would depend on the culture.</summary>
internal sealed class OrdinalMapConverter : JsonConverter<ImmutableSortedDictionary<string, string>>
{
    public override ImmutableSortedDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("An object of texts is wanted.");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            map[key] = reader.GetString() ?? throw new JsonException($"{key} is null.");
        }
        return map.ToImmutable();
    }

    public override void Write(Utf8JsonWriter writer, ImmutableSortedDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value)
        {
            writer.WriteString(key, text);
        }
        writer.WriteEndObject();
    }
}
