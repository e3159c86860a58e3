namespace Flink.Resources.Autoscaling;

/// <summary>Memory in use by the task managers.</summary>
/// <param name="HeapBytes">Heap, mean of the largest of any task manager; NaN counts as 0.</param>
/// <param name="MetaspaceBytes">Metaspace, likewise.</param>
/// <param name="ManagedBytes">Managed memory, likewise; 0 or less: not in use.</param>
public readonly record struct MemoryUsage(double HeapBytes, double MetaspaceBytes, double ManagedBytes);

/// <summary>New sizes of a task manager's memory.</summary>
public sealed record TunedMemory
{
    /// <summary>Size of the process, in bytes.</summary>
    public required long TotalProcessBytes { get; init; }

    /// <summary>JVM heap, in bytes; what Flink deduces from the others.</summary>
    public required long HeapBytes { get; init; }

    /// <summary>Managed memory over Flink memory, rounded up to three decimals.</summary>
    public required decimal ManagedFraction { get; init; }

    /// <summary>Network memory, in bytes, least and most.</summary>
    public required long NetworkBytes { get; init; }

    /// <summary>JVM metaspace, in bytes.</summary>
    public required long MetaspaceBytes { get; init; }

    /// <summary>JVM overhead over the process size, rounded up to three decimals.</summary>
    public required decimal JvmOverheadFraction { get; init; }

    /// <summary>Configuration keys to set.</summary>
    public IEnumerable<KeyValuePair<string, string>> Overrides()
    {
        yield return new("taskmanager.memory.process.size", Bytes(TotalProcessBytes));
        yield return new("taskmanager.memory.managed.fraction", Fraction(ManagedFraction));
        yield return new("taskmanager.memory.network.min", Bytes(NetworkBytes));
        yield return new("taskmanager.memory.network.max", Bytes(NetworkBytes));
        yield return new("taskmanager.memory.jvm-metaspace.size", Bytes(MetaspaceBytes));
        yield return new("taskmanager.memory.jvm-overhead.fraction", Fraction(JvmOverheadFraction));
        yield return new("taskmanager.memory.framework.heap.size", Bytes(0));
    }

    /// <summary>Configuration keys to remove: they would contradict the new sizes.</summary>
    public static IReadOnlyList<string> Removed { get; } =
        ["taskmanager.memory.flink.size", "taskmanager.memory.task.heap.size", "taskmanager.memory.managed.size"];

    private static string Bytes(long bytes) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes} b");

    private static string Fraction(decimal fraction) => fraction.ToString("0.0##", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Sizes the memory of task managers by what is used, along with a change of parallelism.</summary>
public static class MemoryTuning
{
    /// <summary>
    /// The new sizes. Taken out of the task manager's memory in a fixed order, each at most what is left; what is left
    /// in the end is given up. Whether they are applied or only reported is the setting
    /// <see cref="AutoscalerSettings.MemoryTuning"/>.
    /// </summary>
    /// <param name="settings">Overhead, managed memory and compensation.</param>
    /// <param name="specification">Sizes by specification.</param>
    /// <param name="usage">What is in use.</param>
    /// <param name="networkBytes">What the network needs after scaling, see <see cref="NetworkMemory"/>.</param>
    /// <param name="managersBefore">Task managers before.</param>
    /// <param name="managersAfter">Task managers after.</param>
    /// <returns>The new sizes; null when the specification's size is not known.</returns>
    public static TunedMemory? Tune(
        AutoscalerSettings settings, TaskManagerMemory specification, MemoryUsage usage,
        long networkBytes, long managersBefore, long managersAfter)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(specification);
        if (specification.TotalProcess <= 0)
        {
            return null;
        }
        var left = specification.TotalProcess;
        Take(specification.FrameworkOffHeap);
        Take(specification.TaskOffHeap);
        Take(specification.JvmOverhead);
        var network = Take(networkBytes);
        var metaspace = Take(WithOverhead(settings, usage.MetaspaceBytes));
        var heap = Take(WithOverhead(settings, usage.HeapBytes));
        var managed = usage.ManagedBytes > 0 ? Take(settings.MaximizeManagedMemory ? left : specification.Managed) : 0;
        var compensated = Compensate(settings, heap, left, managersBefore, managersAfter);
        left -= compensated - heap;
        var total = specification.TotalProcess - left;
        var flink = specification.TotalFlink
            + (compensated - specification.Heap) + (managed - specification.Managed) + (network - specification.Network);
        return total <= 0 ? null : new()
        {
            TotalProcessBytes = total,
            HeapBytes = compensated,
            ManagedFraction = Fraction(managed, flink),
            NetworkBytes = network,
            MetaspaceBytes = metaspace,
            JvmOverheadFraction = Fraction(specification.JvmOverhead, total),
        };

        long Take(long wanted)
        {
            var taken = Math.Min(left, wanted);
            left -= taken;
            return taken;
        }
    }

    /// <summary>
    /// Heap after compensation: fewer task managers each hold more, by the factor max(1, before / after).
    /// </summary>
    /// <param name="settings">Whether to compensate.</param>
    /// <param name="heapBytes">Heap before.</param>
    /// <param name="budgetBytes">What may be added.</param>
    /// <param name="managersBefore">Task managers before.</param>
    /// <param name="managersAfter">Task managers after.</param>
    public static long Compensate(
        AutoscalerSettings settings, long heapBytes, long budgetBytes, long managersBefore, long managersAfter)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.ScaleDownCompensation || managersBefore <= managersAfter)
        {
            return heapBytes;
        }
        var factor = managersBefore / (double)managersAfter;
        var wanted = MetricNumbers.ToInt64(factor * heapBytes);
        return heapBytes + Math.Min(budgetBytes, wanted - heapBytes);
    }

    private static long WithOverhead(AutoscalerSettings settings, double usage) =>
        MetricNumbers.ToInt64(MetricNumbers.ToInt64(usage) * (1 + settings.MemoryTuningOverhead));

    private static decimal Fraction(long part, long whole) =>
        whole <= 0 ? 0 : (decimal)Math.Ceiling(part / (double)whole * 1000) / 1000;
}
