using Flink.Resources.Flink;

namespace Flink.Resources.Autoscaling;

/// <summary>The memory pools of a task manager by its specification, in bytes.</summary>
public sealed record TaskManagerMemory
{
    /// <summary>The whole process; 0 or less: not known.</summary>
    public required long TotalProcess { get; init; }

    /// <summary>All but JVM metaspace and overhead.</summary>
    public required long TotalFlink { get; init; }

    /// <summary>JVM heap, framework and tasks together.</summary>
    public required long Heap { get; init; }

    /// <summary>Managed memory.</summary>
    public required long Managed { get; init; }

    /// <summary>Network memory.</summary>
    public required long Network { get; init; }

    /// <summary>Off-heap memory of the framework.</summary>
    public required long FrameworkOffHeap { get; init; }

    /// <summary>Off-heap memory of tasks.</summary>
    public required long TaskOffHeap { get; init; }

    /// <summary>JVM metaspace.</summary>
    public required long Metaspace { get; init; }

    /// <summary>What the JVM takes besides.</summary>
    public required long JvmOverhead { get; init; }

    /// <summary>The pools Flink derives from <c>taskmanager.memory.process.size</c> when nothing else is set.</summary>
    /// <param name="processBytes">The process size.</param>
    /// <exception cref="ArgumentOutOfRangeException">Too small for Flink's fixed pools.</exception>
    public static TaskManagerMemory FromProcessSize(long processBytes)
    {
        TaskManagerProcessMemory divided;
        try
        {
            var keys = new Dictionary<string, string>(StringComparer.Ordinal) { ["taskmanager.memory.process.size"] = new MemorySize(processBytes).ToString() };
            divided = FlinkMemory.ForTaskManager(keys, countsBuffers: false);
        }
        catch (FormatException exception)
        {
            throw new ArgumentOutOfRangeException(nameof(processBytes), processBytes, exception.Message);
        }
        return new()
        {
            TotalProcess = divided.Process,
            TotalFlink = divided.Flink,
            Heap = divided.FrameworkHeap + divided.TaskHeap,
            Managed = divided.Managed,
            Network = divided.Network,
            FrameworkOffHeap = divided.FrameworkOffHeap,
            TaskOffHeap = divided.TaskOffHeap,
            Metaspace = divided.Metaspace,
            JvmOverhead = divided.Overhead,
        };
    }
}
