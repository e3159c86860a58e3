namespace Flink.Resources.Autoscaling;

/// <summary>The memory pools of a task manager by its specification, in bytes.</summary>
public sealed record TaskManagerMemory
{
    private const long Mebibyte = 1L << 20;

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

    /// <summary>
    /// The pools Flink derives from <c>taskmanager.memory.process.size</c> when nothing else is set. Its default
    /// fractions are 32-bit floats, which shows in the last bytes.
    /// </summary>
    /// <param name="processBytes">The process size.</param>
    /// <exception cref="ArgumentOutOfRangeException">Too small for Flink's fixed pools.</exception>
    public static TaskManagerMemory FromProcessSize(long processBytes)
    {
        var metaspace = 256 * Mebibyte;
        var overhead = Math.Clamp(Share(processBytes, 0.1f), 192 * Mebibyte, 1024 * Mebibyte);
        var flink = processBytes - metaspace - overhead;
        var managed = Share(flink, 0.4f);
        var network = Math.Max(Share(flink, 0.1f), 64 * Mebibyte);
        var heap = flink - managed - network - 128 * Mebibyte;
        ArgumentOutOfRangeException.ThrowIfLessThan(heap, 128 * Mebibyte, nameof(processBytes));
        return new()
        {
            TotalProcess = processBytes,
            TotalFlink = flink,
            Heap = heap,
            Managed = managed,
            Network = network,
            FrameworkOffHeap = 128 * Mebibyte,
            TaskOffHeap = 0,
            Metaspace = metaspace,
            JvmOverhead = overhead,
        };
    }

    private static long Share(long bytes, float fraction) => (long)(bytes * MetricNumbers.ShortestDecimal(fraction));
}
