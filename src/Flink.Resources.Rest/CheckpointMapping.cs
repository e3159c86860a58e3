using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>Checkpoints from the wire.</summary>
internal static class CheckpointMapping
{
    public static CheckpointStatistics Statistics(CheckpointsWire wire) => new()
    {
        Completed = wire.Counts.Completed,
        Failed = wire.Counts.Failed,
        InProgress = wire.Counts.InProgress,
        Restored = wire.Counts.Restored,
        LatestCompleted = Entry(wire.Latest?.Completed),
        LatestSavepoint = Entry(wire.Latest?.Savepoint),
        LatestFailed = Entry(wire.Latest?.Failed),
        LatestRestored = wire.Latest?.Restored is { } restored
            ? new RestoredCheckpoint(
                restored.Id,
                JobMapping.Time(restored.RestoreTimestamp) ?? DateTimeOffset.UnixEpoch,
                restored.IsSavepoint,
                Addressable(restored.ExternalPath))
            : null,
        History = [.. (wire.History ?? []).Select(static c => Entry(c)!)],
    };

    public static CheckpointSettings Settings(CheckpointConfigWire wire) => new()
    {
        Mode = wire.Mode,
        // Flink writes Long.MAX_VALUE for "only by hand".
        Interval = wire.Interval is > 0 and < long.MaxValue / 2 ? Milliseconds(wire.Interval) : null,
        Timeout = wire.Timeout > 0 ? Milliseconds(wire.Timeout) : null,
        IsExternalized = wire.Externalization?.Enabled ?? false,
        IsDeletedOnCancellation = wire.Externalization?.DeleteOnCancellation ?? false,
        StateBackend = wire.StateBackend,
        Storage = wire.CheckpointStorage,
        IsUnaligned = wire.UnalignedCheckpoints,
    };

    private static CheckpointEntry? Entry(CheckpointWire? wire) => wire is null ? null : new()
    {
        Id = wire.Id,
        Status = wire.Status ?? string.Empty,
        IsSavepoint = wire.IsSavepoint,
        TriggeredAt = JobMapping.Time(wire.TriggerTimestamp),
        Duration = wire.EndToEndDuration > 0 ? Milliseconds(wire.EndToEndDuration) : null,
        CheckpointedBytes = wire.CheckpointedSize,
        StateBytes = wire.StateSize,
        Path = Addressable(wire.ExternalPath),
        FailureMessage = wire.FailureMessage,
    };

    private static TimeSpan Milliseconds(long value) =>
        TimeSpan.FromMilliseconds(Math.Min(value, (long)TimeSpan.MaxValue.TotalMilliseconds / 2));

    private static string? Addressable(string? path) =>
        path is null or "<checkpoint-not-externally-addressable>" ? null : path;
}
