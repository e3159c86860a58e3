using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Translation;

/// <summary>Rows that hold in both directions.</summary>
internal static class CommonRows
{
    private const string Restore = "set by the mover when it starts the job, never by a translation";

    /// <summary>Variables that the source's own hosts give their containers.</summary>
    private static readonly ImmutableArray<string> HostVariables =
    [
        "CLASSPATH", "HADOOP_CLASSPATH", "HADOOP_COMMON_HOME", "HADOOP_CONF_DIR", "HADOOP_HDFS_HOME", "HADOOP_HOME", "HADOOP_YARN_HOME", "JAVA_HOME",
        "LOCAL_DIRS", "LOG_DIRS", "NM_HOST", "NM_HTTP_PORT", "NM_PORT", "PATH", "YARN_CONF_DIR", "CONTAINER_ID", "HADOOP_TOKEN_FILE_LOCATION",
        "FLINK_CONF_DIR", "FLINK_HOME", "FLINK_LIB_DIR", "FLINK_PLUGINS_DIR", "_POD_IP_ADDRESS", "_POD_NODE_ID", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT",
    ];

    public static ImmutableArray<MappingRow> Sizes { get; } =
    [
        Rows.Row(
            "jobmanager.memory.process.size", "`JobManager.Memory`", "raised to the observed container when rounding made that larger",
            static (draft, input) => Memory(draft, input, "JobManager.Memory", Translation.Sizes.JobManagerMemory(draft)),
            KeyOutcome.Kept, KeyOutcome.Mapped, KeyOutcome.Blocking),
        Rows.Row(
            "taskmanager.memory.process.size", "`TaskManager.Memory`",
            "raised likewise; Kubernetes kills at the exact limit, so native memory outside of Flink's accounts is a finding",
            static (draft, input) => Memory(draft, input, "TaskManager.Memory", Translation.Sizes.TaskManagerMemory(draft)),
            KeyOutcome.Kept, KeyOutcome.Mapped, KeyOutcome.Blocking),
        Rows.Row(
            "jobmanager.heap.size", "`JobManager.Memory`", "the old name of the container's whole size",
            static (draft, input) => Memory(draft, input, "JobManager.Memory", Translation.Sizes.JobManagerMemory(draft)), KeyOutcome.Mapped, KeyOutcome.Blocking),
        Rows.Row(
            "taskmanager.heap.size", "`TaskManager.Memory`", "the old name of the container's whole size",
            static (draft, input) => Memory(draft, input, "TaskManager.Memory", Translation.Sizes.TaskManagerMemory(draft)), KeyOutcome.Mapped, KeyOutcome.Blocking),
        Rows.Row(
            "taskmanager.numberOfTaskSlots", "`TaskManager.Slots`", "frozen during the move",
            static (draft, input) => Number(draft, input, "TaskManager.Slots", Translation.Sizes.Slots(draft)), KeyOutcome.Kept, KeyOutcome.Blocking),
        Rows.Row(
            "parallelism.default", "`Parallelism`", "frozen during the move: the parallelism that the job runs with",
            static (draft, input) => Number(draft, input, "Parallelism", Translation.Sizes.Parallelism(draft)), KeyOutcome.Kept, KeyOutcome.Mapped, KeyOutcome.Blocking),
        Rows.Kept("pipeline.max-parallelism", "frozen: key groups must not change"),
        Rows.Row(
            "taskmanager.cpu.cores", "`TaskManager.CpuMillicores`", "by the vcore ratio, never below what was used",
            static (draft, input) => Cpu(draft, input, "TaskManager.CpuMillicores", Translation.Sizes.TaskManagerCpu(draft)), KeyOutcome.Mapped, KeyOutcome.Blocking),
    ];

    public static ImmutableArray<MappingRow> Restoring { get; } =
    [
        Rows.Dropped("execution.state-recovery.path", Restore),
        Rows.Dropped("execution.state-recovery.claim-mode", Restore),
        Rows.Dropped("execution.state-recovery.ignore-unclaimed-state", Restore),
        Rows.Row(
            "high-availability.cluster-id", "none", "a fixed id shared by both sides would make the target adopt the source's job: two live copies",
            static (draft, input) => draft.Change(input, "a fixed id shared by both sides would make the target adopt the source's job; the backend gives a fresh one"),
            KeyOutcome.SemanticChange),
        Rows.Dropped("$internal.pipeline.job-id", "Flink derives it from the application: a fixed one would find old results and checkpoints"),
    ];

    public static ImmutableArray<MappingRow> Program { get; } =
    [
        Rows.Row(
            "$internal.application.main", "`EntryClass`", "", static (draft, input) => draft.Typed(
                input, KeyOutcome.Mapped, "EntryClass", draft.Source.EntryClass ?? input.Value, "the same class"), KeyOutcome.Mapped),
        Rows.Row(
            "$internal.application.program-args", "`Arguments`", "never shown: arguments may hold secrets", static (draft, input) => draft.Typed(
                input, KeyOutcome.Mapped, "Arguments", input.Value, "the same arguments"), KeyOutcome.Mapped),
        Rows.Row(
            "pipeline.jars", "`Jar`", "the job's jar; see the row about artifacts", static (draft, input) => draft.Typed(
                input, KeyOutcome.Mapped, "Jar", draft.Source.Jar?.Uri ?? input.Value, "see the field Jar"), KeyOutcome.Mapped),
    ];

    public static ImmutableArray<MappingRow> Environments { get; } =
    [
        Rows.Row(
            "containerized.master.env.*", "`Environment`",
            "variables of the source's hosts are dropped; one that differs between JobManager and TaskManagers is to be decided",
            static (draft, input) => Variable(draft, input, "containerized.master.env.", "containerized.taskmanager.env."),
            KeyOutcome.Mapped, KeyOutcome.DroppedSafe, KeyOutcome.NeedsInput, KeyOutcome.Blocking),
        Rows.Row(
            "containerized.taskmanager.env.*", "`Environment`, or the same key when TaskManagers alone have it", "as above",
            static (draft, input) => Variable(draft, input, "containerized.taskmanager.env.", "containerized.master.env."),
            KeyOutcome.Mapped, KeyOutcome.Kept, KeyOutcome.DroppedSafe, KeyOutcome.NeedsInput, KeyOutcome.Blocking),
        Rows.Dropped("env.java.home", "a path of the source's hosts; the target's Java is compared by its major version"),
        Rows.Dropped("env.hadoop.conf.dir", "a path of the source's hosts; the target has its own Hadoop files"),
        Rows.Dropped("env.yarn.conf.dir", "a path of the source's hosts; the target has its own Hadoop files"),
        Rows.Dropped("env.hbase.conf.dir", "a path of the source's hosts; put HBase's files where the job finds them"),
        Rows.Dropped("env.pid.dir", "of Flink's own start scripts"),
        Rows.Dropped("env.ssh.opts", "of Flink's own start scripts"),
        Rows.Row(
            "env.java.opts.*", "same key", "kept; paths of hosts in it are a finding",
            static (draft, input) =>
            {
                if (input.Value.Contains("=/", StringComparison.Ordinal) || input.Value.Contains(":/", StringComparison.Ordinal))
                {
                    draft.Find(TranslationRule.HostPath, FindingSeverity.Fix, input.Original, "a JVM option names a path; see that it exists there");
                }
                draft.Keep(input, "the JVM takes the same options");
            },
            KeyOutcome.Kept, KeyOutcome.Mapped),
    ];

    public static ImmutableArray<MappingRow> Runtime { get; } =
    [
        Rows.Dropped("$internal.*", "bookkeeping of the client that started the job"),
        Rows.Dropped("internal.*", "bookkeeping of Flink itself"),
        Rows.Dropped("execution.attached", "the backend sets it"),
        Rows.Dropped("execution.shutdown-on-attached-exit", "of the client that started the job"),
        Rows.Dropped("jobmanager.rpc.address", "the running JobManager's own address"),
        Rows.Dropped("jobmanager.bind-host", "the backend sets it"),
        Rows.Dropped("taskmanager.host", "the running container's own address"),
        Rows.Dropped("taskmanager.bind-host", "the backend sets it"),
        Rows.Dropped("rest.address", "the running JobManager's own address"),
        Rows.Dropped("rest.bind-address", "the running JobManager's own address"),
        Rows.Dropped("web.tmpdir", "a directory of the running container"),
        Rows.Dropped("web.port", "the old name of the REST port"),
        Rows.Dropped("jobmanager.rpc.port", "the backend chooses ports"),
        Rows.Dropped("taskmanager.rpc.port", "the backend chooses ports"),
        Rows.Dropped("blob.server.port", "the backend chooses ports"),
        Rows.Dropped("rest.port", "the backend chooses ports: on YARN a fixed one collides on a host, on Kubernetes it is pinned"),
        Rows.Dropped("rest.bind-port", "the backend chooses ports"),
        Rows.Dropped("job-result-store.*", "the backend keeps results"),
        Rows.Row(
            "execution.shutdown-on-application-finish", "backend", "",
            static (draft, input) => draft.Typed(input, KeyOutcome.Mapped, "backend", "false", "the backend keeps the JobManager until its end was seen"), KeyOutcome.Mapped),
        Rows.Row(
            "execution.submit-failed-job-on-application-error", "backend", "",
            static (draft, input) => draft.Typed(input, KeyOutcome.Mapped, "backend", "backend", "the backend decides it"), KeyOutcome.Mapped),
    ];

    public static ImmutableArray<MappingRow> Kept { get; } =
    [
        Rows.Dropped("flink.yarn.*", "means nothing outside of YARN"),
        Rows.Kept("flink.hadoop.*", "goes into Hadoop's configuration on both"),
        Rows.HostFile("security.kerberos.krb5-conf.path", "the file comes from the place"),
        Rows.HostFile("security.kerberos.login.keytab", "the keytab comes from a Secret or the place"),
        Rows.Kept("security.kerberos.access.hadoopFileSystems", "tokens of the same file systems"),
        Rows.Row(
            "execution.checkpointing.dir", "same key", "both sides may share it; a local path can't be moved", static (draft, input) => Storage(draft, input),
            KeyOutcome.Kept, KeyOutcome.Mapped, KeyOutcome.Blocking),
        Rows.Row(
            "execution.checkpointing.savepoint-dir", "same key", "both sides may share it; a local path can't be moved", static (draft, input) => Storage(draft, input),
            KeyOutcome.Kept, KeyOutcome.Mapped, KeyOutcome.Blocking),
        Rows.Row(
            "state.backend.type", "same key", "what the target's version can't restore is refused; names that Flink 2 no longer knows get their new one",
            StateBackend, KeyOutcome.Kept, KeyOutcome.Mapped, KeyOutcome.Blocking),
        Rows.Row(
            "metrics.scope.*", "same key", "`<host>` is a node on YARN and a pod on Kubernetes",
            static (draft, input) =>
            {
                if (input.Value.Contains("<host>", StringComparison.Ordinal))
                {
                    draft.Change(input, "<host> names a node on YARN and a pod on Kubernetes; names and labels of metrics change", (input.Key, input.Value));
                }
                else
                {
                    draft.Keep(input);
                }
            },
            KeyOutcome.Kept, KeyOutcome.SemanticChange),
        Rows.Kept("metrics.reporter.*", "the same reporters; one that the place brings itself is in `SuppliedKeys`"),
        Rows.Kept("metrics.reporters", "the same reporters"),
        Rows.Row(
            "python.*", "none", "Python jobs are not supported", static (draft, input) => draft.Block(input, "Python jobs are not supported"), KeyOutcome.Blocking),
        Rows.Row(
            "sql-gateway.*", "none", "the SQL gateway is not supported", static (draft, input) => draft.Block(input, "the SQL gateway is not supported"), KeyOutcome.Blocking),
    ];

    public static bool IsHostVariable(string name) => HostVariables.Contains(name, StringComparer.Ordinal);

    public static void Cpu(Draft draft, InputKey input, string field, Sizes.Cpu cpu)
    {
        if (cpu.Millicores is { } millicores)
        {
            draft.Typed(input, KeyOutcome.Mapped, field, millicores.ToString(CultureInfo.InvariantCulture), cpu.Reason);
        }
        else
        {
            draft.Block(input, cpu.Reason);
        }
    }

    private static void Memory(Draft draft, InputKey input, string field, Sizes.Memory memory)
    {
        if (memory.Size is not { } size)
        {
            draft.Block(input, memory.Reason);
            return;
        }
        var isSame = MemorySize.TryParse(input.Value, out var old) && old == size;
        draft.Typed(input, isSame && !memory.IsRaised ? KeyOutcome.Kept : KeyOutcome.Mapped, field, size.ToString(), memory.Reason);
    }

    private static void Number(Draft draft, InputKey input, string field, int? number)
    {
        if (number is { } value && Translation.Sizes.Whole(input.Value) is { } given)
        {
            draft.Typed(
                input, value == given ? KeyOutcome.Kept : KeyOutcome.Mapped, field, value.ToString(CultureInfo.InvariantCulture),
                value == given ? "the same" : "what the job runs with");
        }
        else
        {
            draft.Block(input, "a whole number of at least 1 is wanted");
        }
    }

    private static void Storage(Draft draft, InputKey input)
    {
        if (Paths.IsHostPath(input.Value))
        {
            draft.Block(input, "a path of a host; snapshots must lie where both sides read them (hdfs://…, s3://…)");
        }
        else if (Paths.IsUnreachable(draft, input.Value))
        {
            draft.Block(input, "the target does not reach it; choose storage that both sides reach before the move");
        }
        else
        {
            draft.Keep(input, "both sides read and write it");
        }
    }

    private static void StateBackend(Draft draft, InputKey input)
    {
        var name = input.Value.Trim();
        if (name.Equals("forst", StringComparison.OrdinalIgnoreCase) && draft.To.IsBefore(new FlinkRelease(2, 0)))
        {
            draft.Find(TranslationRule.StateBackend, FindingSeverity.Block, input.Original, "ForSt needs Flink 2.0 or later on the target");
            draft.Block(input, "ForSt needs Flink 2.0 or later on the target");
        }
        else if (name.ToUpperInvariant() is "FILESYSTEM" or "JOBMANAGER" && draft.To.Major >= 2)
        {
            draft.Map(input, "Flink 2 calls it hashmap", (input.Key, "hashmap"));
        }
        else
        {
            draft.Keep(input, "the same backend reads the state");
        }
    }

    private static void Variable(Draft draft, InputKey input, string prefix, string other)
    {
        var name = input.Key[prefix.Length..];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            draft.Block(input, "a variable's name has letters, digits and _ and does not start with a digit");
        }
        else if (IsHostVariable(name))
        {
            draft.Drop(input, "belongs to the source's hosts");
        }
        else if (EnvironmentFields.IsTyped(name))
        {
            draft.Typed(input, KeyOutcome.Mapped, $"Environment[{name}]", EnvironmentFields.Value(draft, name) ?? input.Value, "set explicitly; see the field");
        }
        else if (!draft.ToKubernetes && input.Value.AsSpan().IndexOfAny("\"`$") >= 0)
        {
            draft.Block(input, "YARN puts it into a shell string: no \", ` or $");
        }
        else if (draft.Get(other + name) is { } there && there != input.Value)
        {
            draft.Ask(input, "JobManager and TaskManagers have different values; one environment serves both there. Decide in TargetProfile.Decisions");
        }
        else if (prefix == "containerized.taskmanager.env." && draft.Get(other + name) is null)
        {
            CheckPath(draft, input);
            draft.Keep(input, "Flink gives it to TaskManagers on both");
        }
        else
        {
            CheckPath(draft, input);
            draft.Environment[name] = input.Value;
            draft.Typed(input, KeyOutcome.Mapped, $"Environment[{name}]", input.Value, "all containers get it");
        }
    }

    private static void CheckPath(Draft draft, InputKey input)
    {
        if (Paths.IsHostPath(input.Value))
        {
            draft.Find(TranslationRule.HostPath, FindingSeverity.Fix, input.Original, "names a path; see that it exists there");
        }
    }
}
