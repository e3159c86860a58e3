using System.Collections.Immutable;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>Jobs, vertices, exceptions and TaskManagers from the wire.</summary>
internal static class JobMapping
{
    public static FlinkJobState State(string? word) => word switch
    {
        "INITIALIZING" => FlinkJobState.Initializing,
        "CREATED" => FlinkJobState.Created,
        "RUNNING" => FlinkJobState.Running,
        "FAILING" => FlinkJobState.Failing,
        "FAILED" => FlinkJobState.Failed,
        "CANCELLING" => FlinkJobState.Cancelling,
        "CANCELED" => FlinkJobState.Canceled,
        "FINISHED" => FlinkJobState.Finished,
        "RESTARTING" => FlinkJobState.Restarting,
        "SUSPENDED" => FlinkJobState.Suspended,
        "RECONCILING" => FlinkJobState.Reconciling,
        _ => FlinkJobState.Unknown,
    };

    public static DateTimeOffset? Time(long milliseconds) =>
        milliseconds is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    public static FlinkClusterOverview Overview(OverviewWire wire) =>
        new(wire.FlinkVersion, wire.Taskmanagers, wire.SlotsTotal, wire.SlotsAvailable);

    public static ImmutableArray<FlinkJobSummary> Summaries(JobsWire wire) => [.. wire.Jobs.Select(Summary)];

    public static FlinkJobSummary Summary(JobSummaryWire wire) => new()
    {
        Id = new FlinkJobId(wire.Jid),
        Name = wire.Name ?? string.Empty,
        State = State(wire.State),
        StartedAt = Time(wire.StartTime),
        EndedAt = Time(wire.EndTime),
        TasksTotal = Tasks(wire, "total"),
        TasksRunning = Tasks(wire, "running"),
        TasksFinished = Tasks(wire, "finished"),
    };

    public static FlinkJobDetails Details(JobWire wire)
    {
        var inputs = (wire.Plan?.Nodes ?? []).Where(static n => n.Id is not null).ToDictionary(
            static n => n.Id!,
            static n => (n.Inputs ?? []).Where(static i => i.Id is not null).Select(static i => i.Id!).ToImmutableArray(),
            StringComparer.Ordinal);
        return new FlinkJobDetails
        {
            Id = new FlinkJobId(wire.Jid),
            Name = wire.Name ?? string.Empty,
            State = State(wire.State),
            JobType = wire.JobType,
            MaximumParallelism = wire.MaxParallelism is > 0 ? wire.MaxParallelism : null,
            Vertices = [.. (wire.Vertices ?? []).Where(static v => v.Id is not null).Select(v => Vertex(v, inputs))],
        };
    }

    public static ImmutableArray<FlinkExceptionEntry> Exceptions(ExceptionsWire wire) =>
    [
        .. (wire.ExceptionHistory.Entries ?? []).Select(static e => new FlinkExceptionEntry(
            e.ExceptionName ?? string.Empty, e.Stacktrace ?? string.Empty, Time(e.Timestamp), e.TaskName, e.TaskManagerId)),
    ];

    public static ImmutableArray<TaskManagerReport> TaskManagers(TaskManagersWire wire) => [.. wire.Taskmanagers.Select(TaskManager)];

    public static ImmutableSortedDictionary<string, ParallelismBounds> Requirements(Dictionary<string, RequirementWire> wire) =>
        wire.ToImmutableSortedDictionary(
            static p => p.Key,
            static p => new ParallelismBounds(p.Value.Parallelism.LowerBound, p.Value.Parallelism.UpperBound),
            StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, string> Configuration(List<ConfigEntryWire> wire)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in wire)
        {
            values[entry.Key] = entry.Value ?? string.Empty;
        }
        return values.ToImmutable();
    }

    public static TaskManagerReport TaskManager(TaskManagerWire wire) => new()
    {
        Id = wire.Id,
        Slots = wire.SlotsNumber,
        FreeSlots = wire.FreeSlots,
        LastHeartbeatAt = Time(wire.TimeSinceLastHeartbeat),
        ProcessMemory = wire.MemoryConfiguration?.TotalProcessMemory is { } total ? new MemorySize(total) : null,
        ManagedMemory = wire.MemoryConfiguration?.ManagedMemory is { } managed ? new MemorySize(managed) : null,
    };

    private static FlinkVertex Vertex(VertexWire wire, Dictionary<string, ImmutableArray<string>> inputs) => new()
    {
        Id = wire.Id!,
        Name = wire.Name ?? string.Empty,
        Parallelism = wire.Parallelism,
        MaximumParallelism = wire.MaxParallelism,
        Tasks = (wire.Tasks ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal),
        // A number that Flink marks as incomplete is missing, not small.
        RecordsRead = wire.Metrics is { ReadRecordsComplete: true } read ? read.ReadRecords : null,
        RecordsWritten = wire.Metrics is { WriteRecordsComplete: true } written ? written.WriteRecords : null,
        Inputs = inputs.GetValueOrDefault(wire.Id!, []),
    };

    private static int Tasks(JobSummaryWire wire, string state) => wire.Tasks?.GetValueOrDefault(state) ?? 0;
}
