using System.Collections.Immutable;
using System.Globalization;
using Flink.Resources.Flink;

namespace Flink.Resources.Translation;

/// <summary>What no key says: queue, sizes, artifacts, environment, and what the target brings. Then the specification.</summary>
internal static class Completion
{
    /// <summary>The specification; null when something that it needs is missing (the draft's blockers say what).</summary>
    public static ApplicationSpec? Complete(Draft draft)
    {
        var queue = QueueOf(draft);
        var priority = PriorityOf(draft);
        var jar = JarOf(draft);
        var files = FilesOf(draft);
        EnvironmentFields.Fill(draft);
        AddForKubernetes(draft);
        var jobManager = Container(draft, "JobManager", Sizes.JobManagerMemory(draft), Sizes.JobManagerCpu(draft), "jobmanager", "yarn.appmaster.vcores", "kubernetes.jobmanager.cpu.amount");
        var taskManager = Container(draft, "TaskManager", Sizes.TaskManagerMemory(draft), Sizes.TaskManagerCpu(draft), "taskmanager", "yarn.containers.vcores", "kubernetes.taskmanager.cpu.amount");
        var slots = Sizes.Slots(draft);
        var parallelism = Sizes.Parallelism(draft);
        if (draft.Get("parallelism.default") is null)
        {
            draft.AddField("Parallelism", Text(parallelism ?? 1), draft.Source.Parallelism is null ? "Flink's default" : "what the job runs with");
        }
        var arguments = ArgumentsOf(draft);
        if (queue is null || jar is null || jobManager is null || taskManager is null || slots is null || parallelism is null)
        {
            return null;
        }
        return new ApplicationSpec
        {
            Job = draft.Source.Job,
            Kind = draft.Source.Kind,
            Queue = queue,
            Priority = priority,
            Zone = ZoneOf(draft),
            FlinkVersion = draft.Target.FlinkVersion,
            Jar = jar,
            Files = files,
            EntryClass = draft.Source.EntryClass ?? draft.Get("$internal.application.main"),
            Arguments = arguments,
            Configuration = draft.Configuration.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Parallelism = parallelism.Value,
            JobManager = jobManager,
            TaskManager = new TaskManagerResources { CpuMillicores = taskManager.CpuMillicores, Memory = taskManager.Memory, Slots = slots.Value },
            Environment = draft.Environment.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    private static string? QueueOf(Draft draft)
    {
        var given = draft.ToKubernetes ? draft.Get("yarn.application.queue") : null;
        if ((draft.Source.Queue ?? given) is not { Length: > 0 } queue)
        {
            draft.Field("Queue", KeyOutcome.NeedsInput, null, null, "not in the configuration; read it from the cluster (SourceJob.Queue)");
            return null;
        }
        var there = Queues.Translate(draft.Target, queue);
        draft.Field(
            "Queue", there is null ? KeyOutcome.Blocking : KeyOutcome.Mapped, queue, there, there is null ? "the queue map does not name this queue" : "by the queue map");
        return there;
    }

    private static JobPriority? PriorityOf(Draft draft)
    {
        var priority = draft.Source.Priority
            ?? (draft.ToKubernetes && int.TryParse(draft.Get("yarn.application.priority"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var given) ? new JobPriority(given) : null);
        if (priority is not { Value: >= 0 } set)
        {
            return null;
        }
        draft.Field("Priority", KeyOutcome.Kept, Text(set.Value), Text(set.Value), "larger is higher on both");
        return set;
    }

    private static string? ZoneOf(Draft draft)
    {
        var jobManager = draft.Get(draft.ToKubernetes ? "yarn.application.node-label" : "kubernetes.jobmanager.node-selector");
        return jobManager is not null && draft.Target.Zones.TryGetValue(jobManager, out var zone) ? zone.Zone : null;
    }

    private static ArtifactRef? JarOf(Draft draft)
    {
        var jar = draft.Source.Jar ?? (Files.List(draft.Get("pipeline.jars") ?? string.Empty) is [var first, ..] ? new ArtifactRef(first) : null);
        if (jar is null)
        {
            draft.Field("Jar", KeyOutcome.NeedsInput, null, null, "not known; per-job clusters do not name it: give SourceJob.Jar");
            return null;
        }
        var place = Files.Resolve(draft, jar);
        draft.Field("Jar", place.Outcome, jar.Uri, place.There?.Uri, place.Reason);
        return place.There;
    }

    private static ImmutableArray<ArtifactRef> FilesOf(Draft draft)
    {
        var files = ImmutableArray.CreateBuilder<ArtifactRef>();
        foreach (var (file, index) in Files.Shipped(draft).Select(static (f, i) => (f, i)))
        {
            var place = Files.Resolve(draft, file);
            draft.Field($"Files[{Text(index)}]", place.Outcome, file.Uri, place.There?.Uri, place.Reason);
            // What the image or the library directories hold is there already.
            if (place.There is { } there && !place.IsInContent && !(draft.ToKubernetes && there.Uri.StartsWith("local:", StringComparison.Ordinal)))
            {
                files.Add(there);
            }
        }
        return files.DrainToImmutable();
    }

    private static ImmutableArray<string> ArgumentsOf(Draft draft)
    {
        var arguments = draft.Source.Arguments ?? Files.List(draft.Get("$internal.application.program-args") ?? string.Empty);
        if (arguments.IsDefaultOrEmpty)
        {
            return [];
        }
        var digest = draft.Mask.Digest(string.Join('\0', arguments));
        draft.Field("Arguments", KeyOutcome.Kept, digest, digest, FormattableString.Invariant($"{arguments.Length} arguments, the same in the same order"));
        return arguments;
    }

    private static ContainerResources? Container(Draft draft, string field, Sizes.Memory memory, Sizes.Cpu cpu, string process, string vcores, string cores)
    {
        if (draft.Get($"{process}.memory.process.size") is null && draft.Get($"{process}.heap.size") is null)
        {
            if (memory.Size is { } size)
            {
                draft.AddField($"{field}.Memory", size.ToString(), memory.Reason);
            }
            else
            {
                draft.Field($"{field}.Memory", KeyOutcome.NeedsInput, null, null, memory.Reason);
            }
        }
        if (draft.Get(draft.ToKubernetes ? vcores : cores) is null && (process != "taskmanager" || draft.Get("taskmanager.cpu.cores") is null))
        {
            if (cpu.Millicores is { } millicores)
            {
                draft.AddField($"{field}.CpuMillicores", Text(millicores), $"Flink's default; {cpu.Reason}");
            }
            else
            {
                draft.Field($"{field}.CpuMillicores", KeyOutcome.NeedsInput, null, null, cpu.Reason);
            }
        }
        return memory.Size is { } known && cpu.Millicores is { } number ? new ContainerResources { Memory = known, CpuMillicores = number } : null;
    }

    private static void AddForKubernetes(Draft draft)
    {
        if (!draft.ToKubernetes)
        {
            return;
        }
        AddOnce(draft, "kubernetes.hadoop.conf.config-map.name", draft.Target.HadoopConfigMap, "YARN's nodes supplied Hadoop's client files silently");
        AddOnce(draft, "kubernetes.flink.log.dir", draft.Target.LogDirectory, "so that logs outlive pods");
        AddOnce(draft, "io.tmp.dirs", draft.Target.LocalDirectory, "YARN set it from its local directories silently");
        if (ConfigurationFindings.UsesRocksDb(draft))
        {
            AddOnce(draft, "state.backend.rocksdb.localdir", draft.Target.LocalDirectory, "YARN set it from its local directories silently");
        }
    }

    private static void AddOnce(Draft draft, string key, string? value, string reason)
    {
        if (value is not null && !draft.Configuration.ContainsKey(key))
        {
            draft.Add(key, value, reason);
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
