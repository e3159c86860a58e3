using System.Globalization;
using Flink.Resources.Flink;

namespace Flink.Resources.Translation;

/// <summary>How large containers become: never smaller than what the job has lived on.</summary>
internal static class Sizes
{
    private const long Mebibyte = 1L << 20;
    private const int MostVcores = 100_000;

    /// <summary>Memory with the reason for it; null when it can't be told.</summary>
    public sealed record Memory(MemorySize? Size, string Reason, bool IsRaised = false);

    public sealed record Cpu(int? Millicores, string Reason);

    public static Memory JobManagerMemory(Draft draft) => MemoryOf(draft, "jobmanager", draft.Source.JobManager, JobManagerTotal(draft));

    public static Memory TaskManagerMemory(Draft draft) => MemoryOf(draft, "taskmanager", draft.Source.TaskManager, TaskManagerTotal(draft));

    /// <summary>Slots of a TaskManager; null when the value is no number.</summary>
    public static int? Slots(Draft draft) => draft.Get("taskmanager.numberOfTaskSlots") is { } text ? Whole(text) : 1;

    /// <summary>The parallelism the job runs with; null when the value is no number.</summary>
    public static int? Parallelism(Draft draft) => draft.Source.Parallelism ?? (draft.Get("parallelism.default") is { } text ? Whole(text) : 1);

    public static Cpu JobManagerCpu(Draft draft) => CpuOf(
        draft, draft.ToKubernetes ? draft.Get("yarn.appmaster.vcores") ?? "1" : draft.Get("kubernetes.jobmanager.cpu.amount") ?? "1.0", draft.Source.JobManager);

    public static Cpu TaskManagerCpu(Draft draft)
    {
        var own = draft.ToKubernetes ? draft.Get("yarn.containers.vcores") : draft.Get("kubernetes.taskmanager.cpu.amount");
        var isSlots = own is null || (Number(own) is { } given && given <= 0);
        var slots = Slots(draft);
        return CpuOf(
            draft, draft.Get("taskmanager.cpu.cores") ?? (isSlots ? slots?.ToString(CultureInfo.InvariantCulture) : own) ?? "?", draft.Source.TaskManager);
    }

    public static int? Whole(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 ? number : null;

    private static decimal? Number(string text) =>
        decimal.TryParse(text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Cpu CpuOf(Draft draft, string text, ObservedContainer? observed)
    {
        if (Number(text) is not { } amount || amount <= 0 || amount > MostVcores)
        {
            return new Cpu(null, FormattableString.Invariant($"a number of cores above 0 and at most {MostVcores} is wanted"));
        }
        var ratio = draft.Target.CoresPerVcore;
        var p95 = (observed?.CpuP95Millicores ?? 0) / 1000m;
        if (draft.ToKubernetes)
        {
            var cores = amount * ratio;
            var millicores = (int)Math.Min(int.MaxValue, Math.Ceiling(Math.Max(cores, p95) * 1000));
            return new Cpu(millicores, p95 > cores
                ? "raised to what the job has used 95 % of the time: YARN may not have enforced CPU"
                : FormattableString.Invariant($"{ratio} cores are worth one vcore"));
        }
        var vcores = Math.Ceiling(Math.Max(amount, p95) / ratio);
        return new Cpu((int)Math.Min(int.MaxValue, vcores * 1000), FormattableString.Invariant($"{ratio} cores are worth one vcore; YARN gives whole vcores"));
    }

    private static Memory MemoryOf(Draft draft, string process, ObservedContainer? observed, (MemorySize? Size, string? Problem) asked)
    {
        if (asked.Problem is { } problem)
        {
            return new Memory(null, problem);
        }
        if (asked.Size is not { } size)
        {
            return observed is { Memory: var seen }
                ? new Memory(seen, "the size of the container it has")
                : new Memory(null, $"give {process}.memory.process.size, or the size of the container that was observed");
        }
        if (observed is not { Memory: var container } || container <= size)
        {
            return new Memory(size, "as it was asked for");
        }
        // With Flink's own share fixed, the rest would become overhead and leave its bounds.
        return IsDivided(draft, process)
            ? new Memory(size, "as it was asked for; its parts are fixed, so what YARN rounded up is not added")
            : new Memory(container, "raised to the container it has had: the request was rounded up there", true);
    }

    private static bool IsDivided(Draft draft, string process) =>
        draft.Get($"{process}.memory.flink.size") is not null
        || draft.Get($"{process}.memory.heap.size") is not null
        || draft.Get($"{process}.memory.task.heap.size") is not null;

    private static (MemorySize? Size, string? Problem) JobManagerTotal(Draft draft)
    {
        if ((draft.Get("jobmanager.memory.process.size") ?? draft.Get("jobmanager.heap.size")) is { } text)
        {
            return Parse("jobmanager.memory.process.size", text);
        }
        if (!IsDivided(draft, "jobmanager"))
        {
            return (null, null);
        }
        try
        {
            return (new MemorySize(FlinkMemory.ForJobManager(Written(draft)).Process), null);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
        {
            return (null, "a readable division of the JobManager's memory is wanted: see jobmanager.memory.*");
        }
    }

    private static (MemorySize? Size, string? Problem) TaskManagerTotal(Draft draft)
    {
        if ((draft.Get("taskmanager.memory.process.size") ?? draft.Get("taskmanager.heap.size")) is { } text)
        {
            return Parse("taskmanager.memory.process.size", text);
        }
        var isFixed = draft.Get("taskmanager.memory.task.heap.size") is not null && draft.Get("taskmanager.memory.managed.size") is not null;
        if (draft.Get("taskmanager.memory.flink.size") is null && !isFixed)
        {
            return (null, null);
        }
        try
        {
            var isFirst = draft.From.Major < 2;
            var total = FlinkMemory.ForTaskManager(Written(draft), isFirst).Process;
            // The container is asked for in whole mebibytes.
            return (new MemorySize(checked((total + Mebibyte - 1) / Mebibyte * Mebibyte)), null);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return (null, "a readable division of the TaskManager's memory is wanted: see taskmanager.memory.*");
        }
    }

    private static Dictionary<string, string> Written(Draft draft) => draft.Inputs.ToDictionary(static i => i.Key, static i => i.Value, StringComparer.Ordinal);

    private static (MemorySize? Size, string? Problem) Parse(string key, string text) =>
        MemorySize.TryParse(text, out var size) ? (size, null) : (null, $"{key} is to be a memory size such as 1728m");
}
