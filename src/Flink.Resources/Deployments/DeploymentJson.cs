using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flink.Resources;

/// <summary>How requests for starts and stops stand in the journal.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(JobKeyConverter), typeof(FlinkJobIdConverter), typeof(TriggerIdConverter), typeof(BackendIdentityConverter),
        typeof(MemorySizeConverter), typeof(RestorePointConverter), typeof(OrdinalMapConverter),
    ])]
[JsonSerializable(typeof(DeploymentRequest))]
[JsonSerializable(typeof(JobMark))]
internal sealed partial class DeploymentJson : JsonSerializerContext;
