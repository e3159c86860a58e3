using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// How the memory is stored. Version 1 had nothing of the additions, which are therefore optional: what version 1 wrote
/// is a document of version 2 without them.
/// </summary>
internal static class AutoscalerMemoryFormat
{
    private const int Oldest = 1;
    private const int Version = 2;

    public static byte[] Write(AutoscalerMemory memory) => JsonSerializer.SerializeToUtf8Bytes(
        new AutoscalerMemoryDocument(
            Version,
            Map(memory.History),
            [.. memory.Restarts],
            Map(memory.Overrides),
            Map(memory.Configuration),
            Map(memory.Delayed),
            Map(memory.Sent),
            Optional(memory.Measured),
            Optional(memory.Proposals),
            memory.Undo is { } undo ? new(undo.At, Map(undo.Before), Map(undo.After), Map(undo.Configuration), undo.Health) : null,
            Optional(memory.Blocked)),
        AutoscalerMemoryContext.Default.AutoscalerMemoryDocument);

    public static AutoscalerMemory Read(ReadOnlySpan<byte> json)
    {
        AutoscalerMemoryDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(json, AutoscalerMemoryContext.Default.AutoscalerMemoryDocument);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The autoscaler's memory is damaged: {exception.Message}", exception);
        }
        if (document?.Version is not (>= Oldest and <= Version))
        {
            throw new FormatException($"The autoscaler's memory has version {document?.Version}; this library reads versions {Oldest} to {Version}.");
        }
        return new()
        {
            History = Map(document.History),
            Restarts = [.. document.Restarts],
            Overrides = Map(document.Overrides),
            Configuration = Map(document.Configuration),
            Delayed = Map(document.Delayed),
            Sent = Map(document.Sent),
            Measured = Map(document.Measured ?? []),
            Proposals = Map(document.Proposals ?? []),
            Undo = document.Undo is { } undo ? new(undo.At, Map(undo.Before), Map(undo.After), Map(undo.Configuration), undo.Health) : null,
            Blocked = Map(document.Blocked ?? []),
        };
    }

    private static Dictionary<string, T> Map<T>(ImmutableSortedDictionary<string, T> values) => new(values, StringComparer.Ordinal);

    private static Dictionary<string, T>? Optional<T>(ImmutableSortedDictionary<string, T> values) => values.IsEmpty ? null : Map(values);

    private static ImmutableSortedDictionary<string, T> Map<T>(Dictionary<string, T> values) =>
        values.ToImmutableSortedDictionary(StringComparer.Ordinal);
}

internal sealed record AutoscalerMemoryDocument(
    int Version,
    Dictionary<string, ImmutableArray<ScalingRecord>> History,
    TrackedRestart[] Restarts,
    Dictionary<string, int> Overrides,
    Dictionary<string, string> Configuration,
    Dictionary<string, DelayedScaleDown> Delayed,
    Dictionary<string, SentEvent> Sent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Dictionary<string, ImmutableArray<RateObservation>>? Measured = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Dictionary<string, StepProposal>? Proposals = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScalingUndoDocument? Undo = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Dictionary<string, BlockedStep>? Blocked = null);

internal sealed record ScalingUndoDocument(
    DateTimeOffset At,
    Dictionary<string, int> Before,
    Dictionary<string, int> After,
    Dictionary<string, string> Configuration,
    double Health);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(AutoscalerMemoryDocument))]
internal sealed partial class AutoscalerMemoryContext : JsonSerializerContext;
