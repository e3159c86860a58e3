using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flink.Resources;

/// <summary>A value that is one text in JSON; a text that is none fails as JSON, with its own words.</summary>
internal abstract class TextConverter<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return parse(reader.GetString() ?? throw new JsonException($"null is no {typeof(T).Name}."));
        }
        catch (FormatException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(format(value));
    }
}

internal sealed class JobKeyConverter() : TextConverter<JobKey>(JobKey.Parse, static k => k.Value);

internal sealed class FlinkJobIdConverter() : TextConverter<FlinkJobId>(static t => new FlinkJobId(t), static i => i.Value);

internal sealed class TriggerIdConverter() : TextConverter<TriggerId>(static t => new TriggerId(t), static i => i.Value);

internal sealed class BackendIdentityConverter() : TextConverter<BackendIdentity>(static t => new BackendIdentity(t), static i => i.Value);

internal sealed class MemorySizeConverter() : TextConverter<MemorySize>(MemorySize.Parse, static m => m.ToString());
