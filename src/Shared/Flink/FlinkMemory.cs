namespace Flink.Resources.Flink;

/// <summary>The memory of a JobManager's process in bytes, as Flink itself would divide it.</summary>
internal sealed record JobManagerMemory(long Heap, long OffHeap, long Metaspace, long Overhead, long Process)
{
    /// <summary>The JVM's flags.</summary>
    public string JvmFlags(bool limitDirectMemory) => FormattableString.Invariant(
        $"-Xmx{Heap} -Xms{Heap}{(limitDirectMemory ? FormattableString.Invariant($" -XX:MaxDirectMemorySize={OffHeap}") : string.Empty)} -XX:MaxMetaspaceSize={Metaspace}");

    /// <summary>The dynamic properties that keep Flink's own reckoning equal to the flags.</summary>
    public string DynamicProperties => FormattableString.Invariant(
        $"-D jobmanager.memory.heap.size={Heap}b -D jobmanager.memory.off-heap.size={OffHeap}b -D jobmanager.memory.jvm-metaspace.size={Metaspace}b -D jobmanager.memory.jvm-overhead.min={Overhead}b -D jobmanager.memory.jvm-overhead.max={Overhead}b");
}

/// <summary>The memory of a TaskManager's process in bytes, as Flink itself would divide it. Off-heap is the framework's and the tasks' together.</summary>
internal sealed record TaskManagerProcessMemory(
    long FrameworkHeap, long TaskHeap, long FrameworkOffHeap, long TaskOffHeap, long Network, long Managed, long Metaspace, long Overhead, long Process)
{
    /// <summary>All but JVM metaspace and overhead.</summary>
    public long Flink => Process - Metaspace - Overhead;
}

/// <summary>
/// Flink's memory model (JobManagerProcessUtils, TaskExecutorProcessUtils and ProcessMemoryUtils of Flink 1.20 and 2.x, which differ in
/// <c>taskmanager.network.numberOfBuffers</c> only).
/// </summary>
internal static class FlinkMemory
{
    private const long Mebibyte = 1L << 20;
    private const long Largest = 1L << 20;

    /// <summary>Divides the memory of a JobManager that a configuration asks for.</summary>
    /// <exception cref="FormatException">A size cannot be read, or the sizes do not fit together; the message names the key.</exception>
    public static JobManagerMemory ForJobManager(IReadOnlyDictionary<string, string> configuration)
    {
        var keys = new MemoryKeys(configuration, MemoryDivision.JobManager);
        return MemoryDivision.OfJobManager(keys) ?? throw keys.Misfit!.ToException();
    }

    /// <summary>Divides the memory of a TaskManager that a configuration asks for.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="countsBuffers">Whether <c>taskmanager.network.numberOfBuffers</c> means something: Flink 1.x.</param>
    /// <exception cref="FormatException">A size cannot be read, or the sizes do not fit together; the message names the key.</exception>
    public static TaskManagerProcessMemory ForTaskManager(IReadOnlyDictionary<string, string> configuration, bool countsBuffers)
    {
        var keys = new MemoryKeys(configuration, MemoryDivision.TaskManager);
        return MemoryDivision.OfTaskManager(keys, countsBuffers) ?? throw keys.Misfit!.ToException();
    }

    /// <summary>What Flink would refuse of a JobManager's memory, or a JVM could not start with; null for nothing.</summary>
    public static SpecError? CheckJobManager(IReadOnlyDictionary<string, string> configuration) =>
        Check(configuration, MemoryDivision.JobManager, "JobManager.Memory", static k => MemoryDivision.OfJobManager(k));

    /// <summary>What Flink would refuse of a TaskManager's memory; null for nothing.</summary>
    public static SpecError? CheckTaskManager(IReadOnlyDictionary<string, string> configuration, bool countsBuffers) =>
        Check(configuration, MemoryDivision.TaskManager, "TaskManager.Memory", k => MemoryDivision.OfTaskManager(k, countsBuffers));

    private static SpecError? Check(IReadOnlyDictionary<string, string> configuration, string prefix, string field, Action<MemoryKeys> divide)
    {
        var misfit = Misfit();
        if (misfit is null)
        {
            return null;
        }
        var process = configuration.GetValueOrDefault($"{prefix}{MemoryKeys.Process}");
        if (misfit.Kind == MemoryMisfitKind.Key)
        {
            return new SpecError($"Configuration[{misfit.Key}]", configuration.GetValueOrDefault(misfit.Key), misfit.Words);
        }
        // What is too small stays so below, and what is too large above.
        var least = First(m => Misfit(m * Mebibyte)?.Kind != MemoryMisfitKind.TooSmall);
        var most = First(m => Misfit(m * Mebibyte)?.Kind == MemoryMisfitKind.TooLarge) - 1;
        return least > most || least > Largest || Misfit(least * Mebibyte) is not null
            ? new SpecError(field, process, $"other keys of {prefix}*: no size does. {misfit.Words}")
            : new SpecError(field, process, $"{(misfit.Kind == MemoryMisfitKind.TooSmall ? $"at least {MemorySize.FromMebibytes(least)}" : $"at most {MemorySize.FromMebibytes(most)}")}: {misfit.Words}");

        MemoryMisfit? Misfit(long? size = null)
        {
            var keys = new MemoryKeys(configuration, prefix, size);
            divide(keys);
            return keys.Misfit;
        }
    }

    /// <summary>The first number from 1 for which it holds; one more than the largest when there is none.</summary>
    private static long First(Func<long, bool> holds)
    {
        var (low, high) = (1L, Largest + 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = holds(middle) ? (low, middle) : (middle + 1, high);
        }
        return low;
    }
}
