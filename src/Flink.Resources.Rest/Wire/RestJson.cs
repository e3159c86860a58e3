using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flink.Resources.Rest.Wire;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorsWire))]
[JsonSerializable(typeof(AcceptedWire))]
[JsonSerializable(typeof(OverviewWire))]
[JsonSerializable(typeof(JobsWire))]
[JsonSerializable(typeof(JarsWire))]
[JsonSerializable(typeof(JobWire))]
[JsonSerializable(typeof(CheckpointsWire))]
[JsonSerializable(typeof(CheckpointConfigWire))]
[JsonSerializable(typeof(ExceptionsWire))]
[JsonSerializable(typeof(OperationWire))]
[JsonSerializable(typeof(SavepointBody))]
[JsonSerializable(typeof(StopBody))]
[JsonSerializable(typeof(CheckpointBody))]
[JsonSerializable(typeof(List<MetricWire>))]
[JsonSerializable(typeof(List<ConfigEntryWire>))]
[JsonSerializable(typeof(TaskManagersWire))]
[JsonSerializable(typeof(EnvironmentWire))]
[JsonSerializable(typeof(ClusterConfigWire))]
[JsonSerializable(typeof(Dictionary<string, RequirementWire>))]
internal sealed partial class RestJson : JsonSerializerContext;

internal sealed record ErrorsWire(List<string>? Errors);

internal sealed record AcceptedWire(string? RequestId);

// What is required here tells Flink's answer from another server's: "{}" is not "no jobs".
internal sealed record OverviewWire(
    [property: JsonRequired] int Taskmanagers,
    [property: JsonRequired] int SlotsTotal,
    [property: JsonRequired] int SlotsAvailable,
    [property: JsonRequired] string FlinkVersion);

internal sealed record JobsWire([property: JsonRequired] List<JobSummaryWire> Jobs);

internal sealed record JarsWire([property: JsonRequired] List<JarWire> Files);

internal sealed record JarWire([property: JsonRequired] string Id);

internal sealed record JobSummaryWire(
    [property: JsonRequired] string Jid, string? Name, [property: JsonRequired] string State, long StartTime, long EndTime, Dictionary<string, int>? Tasks);

internal sealed record JobWire(
    [property: JsonRequired] string Jid,
    string? Name,
    [property: JsonRequired] string State,
    string? JobType,
    [property: JsonPropertyName("maxParallelism")] int? MaxParallelism,
    List<VertexWire>? Vertices,
    PlanWire? Plan);

internal sealed record VertexWire(
    string? Id,
    string? Name,
    int Parallelism,
    [property: JsonPropertyName("maxParallelism")] int MaxParallelism,
    Dictionary<string, int>? Tasks,
    VertexMetricsWire? Metrics);

internal sealed record VertexMetricsWire(long ReadRecords, bool ReadRecordsComplete, long WriteRecords, bool WriteRecordsComplete);

internal sealed record PlanWire(List<PlanNodeWire>? Nodes);

internal sealed record PlanNodeWire(string? Id, List<PlanInputWire>? Inputs);

internal sealed record PlanInputWire(string? Id);

internal sealed record CheckpointsWire(
    [property: JsonRequired] CheckpointCountsWire Counts, CheckpointLatestWire? Latest, List<CheckpointWire>? History);

internal sealed record CheckpointCountsWire(
    int Restored, long Completed, long Failed, [property: JsonPropertyName("in_progress")] int InProgress);

internal sealed record CheckpointLatestWire(
    CheckpointWire? Completed, CheckpointWire? Savepoint, CheckpointWire? Failed, RestoredWire? Restored);

internal sealed record CheckpointWire(
    long Id,
    string? Status,
    [property: JsonPropertyName("is_savepoint")] bool IsSavepoint,
    [property: JsonPropertyName("trigger_timestamp")] long TriggerTimestamp,
    [property: JsonPropertyName("end_to_end_duration")] long EndToEndDuration,
    [property: JsonPropertyName("checkpointed_size")] long CheckpointedSize,
    [property: JsonPropertyName("state_size")] long StateSize,
    [property: JsonPropertyName("external_path")] string? ExternalPath,
    [property: JsonPropertyName("failure_message")] string? FailureMessage);

internal sealed record RestoredWire(
    long Id,
    [property: JsonPropertyName("restore_timestamp")] long RestoreTimestamp,
    [property: JsonPropertyName("is_savepoint")] bool IsSavepoint,
    [property: JsonPropertyName("external_path")] string? ExternalPath);

internal sealed record CheckpointConfigWire(
    [property: JsonRequired] string Mode,
    long Interval,
    long Timeout,
    ExternalizationWire? Externalization,
    [property: JsonPropertyName("state_backend")] string? StateBackend,
    [property: JsonPropertyName("checkpoint_storage")] string? CheckpointStorage,
    [property: JsonPropertyName("unaligned_checkpoints")] bool UnalignedCheckpoints);

internal sealed record ExternalizationWire(bool Enabled, [property: JsonPropertyName("delete_on_cancellation")] bool DeleteOnCancellation);

internal sealed record ExceptionsWire([property: JsonPropertyName("exceptionHistory"), JsonRequired] ExceptionHistoryWire ExceptionHistory);

internal sealed record ExceptionHistoryWire(List<ExceptionWire>? Entries);

internal sealed record ExceptionWire(
    [property: JsonPropertyName("exceptionName")] string? ExceptionName,
    string? Stacktrace,
    long Timestamp,
    [property: JsonPropertyName("taskName")] string? TaskName,
    [property: JsonPropertyName("taskManagerId")] string? TaskManagerId);

internal sealed record OperationWire([property: JsonRequired] OperationStatusWire Status, OperationResultWire? Operation);

internal sealed record OperationStatusWire([property: JsonRequired] string Id);

internal sealed record OperationResultWire(string? Location, FailureCauseWire? FailureCause);

internal sealed record FailureCauseWire(string? Class, string? StackTrace, string? SerializedThrowable);

internal sealed record SavepointBody(
    string TargetDirectory,
    bool CancelJob,
    [property: JsonPropertyName("formatType")] string? FormatType,
    [property: JsonPropertyName("triggerId")] string TriggerId);

internal sealed record StopBody(
    [property: JsonPropertyName("targetDirectory")] string TargetDirectory,
    bool Drain,
    [property: JsonPropertyName("formatType")] string? FormatType,
    [property: JsonPropertyName("triggerId")] string TriggerId);

internal sealed record CheckpointBody([property: JsonPropertyName("triggerId")] string TriggerId);

internal sealed record MetricWire(
    string? Id, JsonElement? Value, JsonElement? Min, JsonElement? Max, JsonElement? Avg, JsonElement? Sum);

internal sealed record ConfigEntryWire([property: JsonRequired] string Key, string? Value);

internal sealed record TaskManagersWire([property: JsonRequired] List<TaskManagerWire> Taskmanagers);

internal sealed record TaskManagerWire(
    [property: JsonRequired] string Id,
    [property: JsonPropertyName("slotsNumber")] int SlotsNumber,
    [property: JsonPropertyName("freeSlots")] int FreeSlots,
    [property: JsonPropertyName("timeSinceLastHeartbeat")] long TimeSinceLastHeartbeat,
    [property: JsonPropertyName("memoryConfiguration")] TaskManagerMemoryWire? MemoryConfiguration);

internal sealed record TaskManagerMemoryWire(
    [property: JsonPropertyName("totalProcessMemory")] long? TotalProcessMemory,
    [property: JsonPropertyName("managedMemory")] long? ManagedMemory);

internal sealed record EnvironmentWire([property: JsonRequired] JvmWire Jvm);

internal sealed record JvmWire(string? Version, List<string>? Options);

internal sealed record ClusterConfigWire(string? TimezoneName, long? TimezoneOffset);

internal sealed record RequirementWire([property: JsonRequired] BoundsWire Parallelism);

internal sealed record BoundsWire(
    [property: JsonPropertyName("lowerBound")] int LowerBound, [property: JsonPropertyName("upperBound")] int UpperBound);
