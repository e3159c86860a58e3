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

/// <summary>
/// Flink's memory model of a JobManager (JobManagerProcessUtils, ProcessMemoryUtils of Flink 1.20). Fractions are Java floats
/// widened to double: 0.1f is 0.10000000149011612.
/// </summary>
internal static class FlinkMemory
{
    private const string Prefix = "jobmanager.memory.";

    /// <summary>Divides the memory that a configuration asks for.</summary>
    /// <exception cref="FormatException">A size cannot be read, or the sizes do not fit together; the message names the key.</exception>
    public static JobManagerMemory ForJobManager(IReadOnlyDictionary<string, string> configuration)
    {
        var metaspace = Size(configuration, "jvm-metaspace.size") ?? 256L << 20;
        var offHeap = Size(configuration, "off-heap.size") ?? 128L << 20;
        var minimum = Size(configuration, "jvm-overhead.min") ?? 192L << 20;
        var maximum = Size(configuration, "jvm-overhead.max") ?? 1L << 30;
        var fraction = Fraction(configuration, "jvm-overhead.fraction");
        var process = Size(configuration, "process.size");
        var flink = Size(configuration, "heap.size") is { } heap ? heap + offHeap : Size(configuration, "flink.size");
        long overhead;
        if (flink is { } size)
        {
            overhead = process is { } whole
                ? whole - size - metaspace
                : Math.Clamp((long)((size + metaspace) * (fraction / (1 - fraction))), minimum, maximum);
        }
        else
        {
            var whole = process ?? throw new FormatException($"{Prefix}process.size is missing: the JobManager's memory is wanted.");
            overhead = Math.Clamp((long)(whole * fraction), minimum, maximum);
            flink = whole - metaspace - overhead;
        }
        var left = flink.Value - offHeap;
        return left > 0 && overhead >= 0
            ? new JobManagerMemory(left, offHeap, metaspace, overhead, flink.Value + metaspace + overhead)
            : throw new FormatException(
                $"{Prefix}process.size is too small: {new MemorySize(metaspace + offHeap + overhead)} of it are not heap; give more.");
    }

    private static long? Size(IReadOnlyDictionary<string, string> configuration, string key)
    {
        if (!configuration.TryGetValue(Prefix + key, out var text))
        {
            return null;
        }
        return MemorySize.TryParse(text, out var size)
            ? size.Bytes
            : throw new FormatException($"{Prefix}{key} is '{text}': write a memory size such as 1600m.");
    }

    private static double Fraction(IReadOnlyDictionary<string, string> configuration, string key)
    {
        if (!configuration.TryGetValue(Prefix + key, out var text))
        {
            return 0.1f;
        }
        return float.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var fraction) && fraction is >= 0 and < 1
            ? fraction
            : throw new FormatException($"{Prefix}{key} is '{text}': write a fraction from 0 to below 1.");
    }
}
