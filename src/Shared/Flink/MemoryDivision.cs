namespace Flink.Resources.Flink;

/// <summary>How Flink divides the memory of its processes. Null when the keys do not fit together; they say why.</summary>
internal static class MemoryDivision
{
    public const string JobManager = "jobmanager.memory.";
    public const string TaskManager = "taskmanager.memory.";

    private const long Mebibyte = 1L << 20;

    /// <summary>Flink takes any heap; a JVM starts with no less.</summary>
    private const long LeastHeap = 3 * Mebibyte;

    public static JobManagerMemory? OfJobManager(MemoryKeys keys)
    {
        var (metaspace, offHeap) = (Metaspace(keys), keys.Size("off-heap.size", 128 * Mebibyte));
        long flink;
        long overhead;
        if (keys.Size("heap.size") is { } heap)
        {
            // What is written of three sizes holds; the default of one gives way.
            offHeap = keys.Size("off-heap.size") ?? (keys.Size("flink.size") is { } beside ? beside - heap : offHeap);
            flink = keys.Sum(heap, offHeap);
            if (offHeap < 0 || (keys.Size("flink.size") is { } whole && whole != flink))
            {
                keys.Refuse("flink.size", "it is not what heap.size and off-heap.size make together; leave it out.");
            }
            overhead = OverheadBeside(keys, flink, metaspace);
        }
        else if (keys.Size("flink.size") is { } whole)
        {
            flink = whole;
            if (flink - offHeap < LeastHeap)
            {
                keys.Refuse("flink.size", $"at least {Text(keys.Sum(offHeap, LeastHeap))}: {Text(offHeap)} of it are off-heap.");
            }
            overhead = OverheadBeside(keys, flink, metaspace);
        }
        else
        {
            overhead = OverheadOf(keys, out var process);
            flink = process - metaspace - overhead;
            if (flink - offHeap < LeastHeap)
            {
                keys.TooSmall(
                    $"{Text(keys.Sum(metaspace, overhead, offHeap))} of it are not heap (metaspace {Text(metaspace)}, overhead {Text(overhead)}, off-heap {Text(offHeap)}), and Flink recommends 128m of heap.");
            }
        }
        return keys.Misfit is null ? new JobManagerMemory(flink - offHeap, offHeap, metaspace, overhead, keys.Sum(flink, metaspace, overhead)) : null;
    }

    public static TaskManagerProcessMemory? OfTaskManager(MemoryKeys keys, bool countsBuffers)
    {
        var metaspace = Metaspace(keys);
        var parts = new Parts(
            keys.Size("framework.heap.size", 128 * Mebibyte), keys.Size("framework.off-heap.size", 128 * Mebibyte), keys.Size("task.off-heap.size", 0));
        long overhead;
        if (keys.Has("task.heap.size") && keys.Has("managed.size"))
        {
            parts = Fixed(keys, parts, countsBuffers);
            overhead = OverheadBeside(keys, parts.Flink(keys), metaspace);
        }
        else if (keys.Size("flink.size") is { } flink)
        {
            parts = Split(keys, parts, flink, countsBuffers, Small(keys), Large(keys));
            overhead = OverheadBeside(keys, flink, metaspace);
        }
        else
        {
            overhead = OverheadOf(keys, out var process);
            var rest = process - metaspace - overhead;
            var beside = $"Flink takes {Text(metaspace)} for metaspace, {Text(overhead)} for overhead, ";
            parts = Split(keys, parts, rest, countsBuffers, words => keys.TooSmall(beside + words), words => keys.TooLarge(beside + words));
        }
        var total = keys.Sum(parts.Flink(keys), metaspace, overhead);
        return keys.Misfit is null
            ? new TaskManagerProcessMemory(parts.FrameworkHeap, parts.TaskHeap, parts.FrameworkOffHeap, parts.TaskOffHeap, parts.Network, parts.Managed, metaspace, overhead, total)
            : null;
    }

    /// <summary>Heap and managed memory are given: what network takes is beside them, and the process' size follows or leaves the overhead.</summary>
    private static Parts Fixed(MemoryKeys keys, Parts parts, bool countsBuffers)
    {
        parts = parts with { TaskHeap = keys.Size("task.heap.size", 0), Managed = keys.Size("managed.size", 0) };
        var rest = parts.Flink(keys);
        if (keys.Size("flink.size") is not { } flink)
        {
            return parts with { Network = Buffers(keys, countsBuffers) ?? Network(keys).Beside(rest) };
        }
        return parts with { Network = Left(keys, parts, flink, countsBuffers, Small(keys), Large(keys)) };
    }

    /// <summary>Flink's own memory is given or derived: shares come out of it, the heap of tasks, or else network, takes what is left.</summary>
    private static Parts Split(MemoryKeys keys, Parts parts, long flink, bool countsBuffers, Action<string> small, Action<string> large)
    {
        parts = parts with { Managed = keys.Size("managed.size") ?? new MemoryShare(0, long.MaxValue, keys.Fraction("managed.fraction", 0.4f)).Of(Math.Max(0, flink)) };
        if (keys.Size("task.heap.size") is { } heap)
        {
            parts = parts with { TaskHeap = heap };
            return parts with { Network = Left(keys, parts, flink, countsBuffers, small, large) };
        }
        parts = parts with { Network = Buffers(keys, countsBuffers) ?? Network(keys).Of(Math.Max(0, flink)) };
        var taken = parts.Flink(keys);
        if (taken > flink)
        {
            small($"{parts.Words}, and {Text(parts.Network)} for network.");
        }
        return parts with { TaskHeap = flink - taken };
    }

    private static long Left(MemoryKeys keys, Parts parts, long flink, bool countsBuffers, Action<string> small, Action<string> large)
    {
        var left = flink - parts.Flink(keys);
        var share = Buffers(keys, countsBuffers) is { } buffers ? new MemoryShare(buffers, buffers, 0) : Network(keys);
        if (left < share.Least)
        {
            small($"{parts.Words}, and at least {Text(share.Least)} for network.");
        }
        else if (left > share.Most)
        {
            large($"{parts.Words}, and at most {Text(share.Most)} for network.");
        }
        return left;
    }

    private static MemoryShare Network(MemoryKeys keys) => keys.Share("network", 64 * Mebibyte, long.MaxValue);

    /// <summary>Flink 1.x knows network memory as a number of buffers too, where nothing newer is written.</summary>
    private static long? Buffers(MemoryKeys keys, bool counts) =>
        !counts || keys.Has("network.min") || keys.Has("network.max") || keys.Has("network.fraction") ? null
        : keys.Number("taskmanager.network.numberOfBuffers") * Math.Clamp(keys.Size("segment-size", 32 << 10), 0, int.MaxValue);

    private static long Metaspace(MemoryKeys keys) => keys.Size("jvm-metaspace.size", 256 * Mebibyte);

    private static MemoryShare Overhead(MemoryKeys keys) => keys.Share("jvm-overhead", 192 * Mebibyte, 1024 * Mebibyte);

    private static long OverheadOf(MemoryKeys keys, out long process)
    {
        var given = keys.ProcessSize;
        if (given is null)
        {
            keys.Refuse(MemoryKeys.Process, "it is missing: the size of the process, of Flink's memory, or of all its parts is wanted.");
        }
        process = given ?? 0;
        return Overhead(keys).Of(process);
    }

    private static long OverheadBeside(MemoryKeys keys, long flink, long metaspace)
    {
        var (known, share) = (keys.Sum(flink, metaspace), Overhead(keys));
        if (keys.ProcessSize is not { } process)
        {
            return share.Beside(known);
        }
        var overhead = process - known;
        var words = $"the keys give {Text(flink)} to Flink and {Text(metaspace)} to metaspace; what is left is overhead,";
        if (overhead < share.Least)
        {
            keys.TooSmall($"{words} at least {Text(share.Least)}.");
        }
        else if (overhead > share.Most)
        {
            keys.TooLarge($"{words} at most {Text(share.Most)}.");
        }
        return overhead;
    }

    private static Action<string> Small(MemoryKeys keys) => words => keys.Refuse("flink.size", $"it is too small: Flink takes {words}");

    private static Action<string> Large(MemoryKeys keys) => words => keys.Refuse("flink.size", $"it is too large: Flink takes {words}");

    /// <summary>For people: whole mebibytes where there is one.</summary>
    private static string Text(long bytes) => new MemorySize(bytes >= Mebibyte ? bytes / Mebibyte * Mebibyte : bytes).ToString();

    /// <summary>What Flink's own memory consists of.</summary>
    private sealed record Parts(long FrameworkHeap, long FrameworkOffHeap, long TaskOffHeap, long TaskHeap = 0, long Network = 0, long Managed = 0)
    {
        public long Flink(MemoryKeys keys) => keys.Sum(FrameworkHeap, FrameworkOffHeap, TaskOffHeap, TaskHeap, Network, Managed);

        public string Words =>
            $"{Text(FrameworkHeap)} of heap and {Text(FrameworkOffHeap)} off-heap for itself{Of(TaskHeap, " of heap for tasks")}{Of(TaskOffHeap, " off-heap for tasks")}, {Text(Managed)} of managed memory";

        private static string Of(long size, string words) => size == 0 ? string.Empty : $", {Text(size)}{words}";
    }
}
