using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Translation;

/// <summary>The table from YARN to Kubernetes.</summary>
internal static class YarnToKubernetes
{
    private const string StartCommand = "%java% %jvmmem% %jvmopts% %logging% %class% %args% %redirects%";

    public static ImmutableArray<MappingRow> Rows { get; } =
    [
        Translation.Rows.Row(
            "execution.target", "`kubernetes-application`, `kubernetes-session`",
            "`yarn-per-job`: main() moves into the cluster, unless a house build has per-job mode; `yarn-session`: all jobs of the session move as one group, or are split first",
            Target, KeyOutcome.Mapped, KeyOutcome.SemanticChange, KeyOutcome.NeedsInput, KeyOutcome.Blocking),
        Translation.Rows.Dropped("yarn.application.id", "a handle of the running application; the journal keeps it"),
        Translation.Rows.Row(
            "yarn.application.name", "`Job` and an annotation with the original",
            "the cluster-id comes from the job key with the epoch in it: lower case, at most 45 characters, with a hash when it was changed",
            static (draft, input) => Texts(draft, input, "yarn-application-name", "the job key names the cluster, with the epoch in it; the original is kept as an annotation"),
            KeyOutcome.Mapped),
        Translation.Rows.Row(
            "yarn.application.queue", "`Queue`", "through the queue map; a queue that it does not name is refused", static (draft, input) =>
            {
                var queue = draft.Source.Queue ?? input.Value;
                if (Queues.Translate(draft.Target, queue) is { } there)
                {
                    draft.Typed(input, KeyOutcome.Mapped, "Queue", there, "by the queue map");
                }
                else
                {
                    draft.Block(input, "the queue map does not name this queue");
                }
            },
            KeyOutcome.Mapped, KeyOutcome.Blocking),
        Translation.Rows.Row(
            "yarn.application.priority", "`Priority`, a PriorityClass by the map", "larger is higher on both; -1 is the default class",
            Priority, KeyOutcome.Mapped, KeyOutcome.SemanticChange, KeyOutcome.Blocking),
        Translation.Rows.Row(
            "yarn.application.node-label", "`Zone`", "through the label map", static (draft, input) =>
            {
                if (draft.Target.Zones.TryGetValue(input.Value, out var zone))
                {
                    draft.Typed(input, KeyOutcome.Mapped, "Zone", zone.Zone, "by the label map");
                }
                else
                {
                    draft.Block(input, "the label map does not name this node label");
                }
            },
            KeyOutcome.Mapped, KeyOutcome.Blocking),
        Translation.Rows.Row(
            "yarn.taskmanager.node-label", "`Zone`, or `kubernetes.taskmanager.node-selector` when the JobManager is elsewhere", "overrides the former for TaskManagers",
            TaskManagerLabel, KeyOutcome.Mapped, KeyOutcome.NeedsInput, KeyOutcome.Blocking),
        Translation.Rows.Row(
            "yarn.application.type", "labels of JobManager and TaskManagers", "as an annotation when it is no label value",
            static (draft, input) => Texts(draft, input, "yarn-application-type", "kept for those who search by it", true), KeyOutcome.Mapped),
        Translation.Rows.Row(
            "yarn.tags", "labels `yarn-tag-n`", "annotations when one is no label value; the fence's own tag is the backend's",
            Tags, KeyOutcome.Mapped, KeyOutcome.DroppedSafe),
        Translation.Rows.Changed("yarn.application-attempts", "none", "Kubernetes restarts the JobManager without counting; high availability is on, and restarts are a matter of health"),
        Translation.Rows.Changed("yarn.application-attempt-failures-validity-interval", "none", "becomes the window of the health rule about restarts"),
        Translation.Rows.Row(
            "yarn.application-master.port", "none", "pods have fixed ports and addresses of their own; a range was made for a firewall",
            static (draft, input) =>
            {
                if (input.Value.Trim() == "0")
                {
                    draft.Drop(input, "any port: pods have addresses of their own");
                }
                else
                {
                    draft.Ask(input, "the range was made for a firewall; write a network policy, then decide in TargetProfile.Decisions");
                }
            },
            KeyOutcome.DroppedSafe, KeyOutcome.NeedsInput),
        Translation.Rows.Row(
            "yarn.appmaster.vcores", "`JobManager.CpuMillicores`", "times the vcore ratio; never below what was used 95 % of the time",
            static (draft, input) => CommonRows.Cpu(draft, input, "JobManager.CpuMillicores", Sizes.JobManagerCpu(draft)), KeyOutcome.Mapped, KeyOutcome.Blocking),
        Translation.Rows.Row(
            "yarn.containers.vcores", "`TaskManager.CpuMillicores`", "likewise; -1 is one vcore per slot",
            static (draft, input) => CommonRows.Cpu(draft, input, "TaskManager.CpuMillicores", Sizes.TaskManagerCpu(draft)), KeyOutcome.Mapped, KeyOutcome.Blocking),
        Libraries.Row("yarn.flink-dist-jar"),
        Libraries.Row("yarn.provided.lib.dirs"),
        Libraries.Row("yarn.provided.usrlib.dir"),
        Libraries.Shipped("yarn.ship-files", "`Files`, the image, or what somebody chose for each"),
        Libraries.Shipped("yarn.ship-archives", "`Files`, the image, or what somebody chose for each"),
        Translation.Rows.Dropped("yarn.staging-directory", "of YARN's submission"),
        Translation.Rows.Dropped("yarn.file-replication", "of YARN's submission"),
        Translation.Rows.Dropped("yarn.properties-file.location", "of YARN's client"),
        Translation.Rows.Changed("yarn.classpath.include-user-jar", "the job's jar in `usrlib`", "the user's classes come through the child-first class loader; their order can change"),
        Translation.Rows.Row(
            "yarn.container-start-command-template", "`env.java.opts.*`, pod template", "only what differs from Flink's own is to be decided",
            static (draft, input) =>
            {
                if (input.Value.Trim() == StartCommand)
                {
                    draft.Drop(input, "Flink's own command");
                }
                else
                {
                    draft.Find(TranslationRule.ShippedFiles, FindingSeverity.Fix, input.Original, "put what the command adds into env.java.opts.* or the image");
                    draft.Ask(input, "the command differs from Flink's own; put what it adds into env.java.opts.* or the image, then decide in TargetProfile.Decisions");
                }
            },
            KeyOutcome.DroppedSafe, KeyOutcome.NeedsInput),
        Translation.Rows.Dropped("yarn.heartbeat.interval", "of the ResourceManager's protocol"),
        Translation.Rows.Dropped("yarn.heartbeat.container-request-interval", "of the ResourceManager's protocol"),
        Translation.Rows.Dropped("yarn.heartbeat-delay", "of the ResourceManager's protocol"),
        Translation.Rows.Dropped("yarn.container-request-interval", "of the ResourceManager's protocol"),
        Translation.Rows.Row(
            "yarn.maximum-failed-containers", "`resourcemanager.start-worker.max-failure-rate`", "a count became a rate per minute; none when it was not limited",
            static (draft, input) =>
            {
                if (draft.Get("resourcemanager.start-worker.max-failure-rate") is not null || Sizes.Whole(input.Value) is not { } most)
                {
                    draft.Drop(input, "not limited, or the rate is given");
                }
                else
                {
                    draft.Map(input, "a count became a rate per minute", ("resourcemanager.start-worker.max-failure-rate", most.ToString("0.0", CultureInfo.InvariantCulture)));
                }
            },
            KeyOutcome.Mapped, KeyOutcome.DroppedSafe),
        Translation.Rows.Row(
            "yarn.security.kerberos.*", "keytab as a Secret; `security.kerberos.login.keytab`", "the path in the container is the place's",
            static (draft, input) => draft.Map(input, "the keytab comes from a Secret; its path is security.kerberos.login.keytab"), KeyOutcome.Mapped),
        Translation.Rows.Changed("yarn.view.acls", "none", "who may see the job is a matter of the namespace's roles"),
        Translation.Rows.Changed("yarn.modify.acls", "none", "who may change the job is a matter of the namespace's roles"),
        Translation.Rows.Dropped("yarn.rolled-logs.*", "of YARN's log aggregation"),
        Translation.Rows.Row(
            "external-resource.*.yarn.config-key", "`external-resource.*.kubernetes.config-key`", "through the map of resource names", static (draft, input) =>
            {
                if (draft.Target.ResourceNames.TryGetValue(input.Value, out var name))
                {
                    draft.Map(input, "by the map of resource names", (input.Key.Replace(".yarn.config-key", ".kubernetes.config-key", StringComparison.Ordinal), name));
                }
                else
                {
                    draft.Block(input, "the map of resource names does not name this resource");
                }
            },
            KeyOutcome.Mapped, KeyOutcome.Blocking),
        Translation.Rows.Row(
            "high-availability.type", "backend", "the Kubernetes backend keeps HA metadata itself; until the profile says so it is asked",
            HighAvailability, KeyOutcome.Mapped, KeyOutcome.SemanticChange, KeyOutcome.NeedsInput),
        Translation.Rows.Row(
            "high-availability.storageDir", "backend", "the target's directory is never the source's",
            static (draft, input) => draft.Typed(input, KeyOutcome.Mapped, "backend", "backend", "the backend has a directory of its own for the metadata"), KeyOutcome.Mapped),
        Translation.Rows.Dropped("high-availability.*", "of the source's high availability"),
        Translation.Rows.Row(
            "io.tmp.dirs", "same key", "YARN set it from its local directories", static (draft, input) => LocalDirectory(draft, input), KeyOutcome.Mapped, KeyOutcome.SemanticChange),
        Translation.Rows.Row(
            "state.backend.rocksdb.localdir", "same key", "YARN set it from its local directories; the target needs a fast disk and ephemeral storage",
            static (draft, input) => LocalDirectory(draft, input), KeyOutcome.Mapped, KeyOutcome.SemanticChange),
        Translation.Rows.Dropped("env.log.dir", "pods log to the image's directory, or to `kubernetes.flink.log.dir`"),
        Translation.Rows.Row(
            "kubernetes.*", "same key", "had no effect on YARN and has one now; what the backend owns is dropped", static (draft, input) =>
            {
                if (draft.IsOwned(input.Key))
                {
                    draft.Drop(input, "had no effect on YARN; the backend sets it on Kubernetes");
                }
                else
                {
                    draft.Change(input, "had no effect on YARN and has one now", (input.Key, input.Value));
                }
            },
            KeyOutcome.SemanticChange, KeyOutcome.DroppedSafe),
        Translation.Rows.Changed("yarn.*", "none", "means nothing on Kubernetes, and this version knows no counterpart"),
    ];

    public static void HighAvailability(Draft draft, InputKey input)
    {
        if (draft.Target.HighAvailability is not { } there)
        {
            draft.Ask(input, "ZooKeeper may stay, or the place keeps the metadata: say which in TargetProfile.HighAvailability");
            return;
        }
        var isSame = input.Value.Trim().Equals(there, StringComparison.OrdinalIgnoreCase);
        var wasOff = input.Value.Trim().Equals("none", StringComparison.OrdinalIgnoreCase);
        if (draft.ToKubernetes)
        {
            draft.Typed(
                input, wasOff ? KeyOutcome.SemanticChange : KeyOutcome.Mapped, "backend", there,
                wasOff ? "it is on there: a restarted JobManager goes on from its newest checkpoint" : "the backend keeps the metadata");
        }
        else if (there.Equals("none", StringComparison.OrdinalIgnoreCase) && !wasOff)
        {
            draft.Change(input, "it is off there: when the JobManager dies the application ends", (input.Key, "none"));
        }
        else
        {
            draft.Map(input, isSame ? "the same" : "as the place has it", (input.Key, there));
        }
    }

    private static void Target(Draft draft, InputKey input)
    {
        switch (input.Value.Trim())
        {
            case "yarn-application" or "embedded" or "kubernetes-application":
                draft.Typed(input, KeyOutcome.Mapped, "backend", "kubernetes-application", "the backend sets it");
                break;
            case "yarn-per-job" when draft.Target.HasPerJobMode:
                draft.Typed(input, KeyOutcome.Mapped, "backend", "kubernetes-per-job", "the house build there has per-job mode");
                break;
            case "yarn-per-job":
                draft.Typed(
                    input, KeyOutcome.SemanticChange, "backend", "kubernetes-application",
                    "main() moves into the cluster: client files and variables are not there, one execute() only, no results for the client");
                break;
            case "yarn-session" when draft.Target.HasSessions:
                draft.Typed(input, KeyOutcome.Mapped, "backend", "kubernetes-session", "all jobs of the session move as one group");
                break;
            case "yarn-session":
                draft.Ask(input, "the session's jobs share one cluster; split them into applications first, or give a place with sessions");
                break;
            default:
                draft.Block(input, "yarn-application, yarn-session or yarn-per-job is wanted of a job on YARN");
                break;
        }
    }

    private static void Priority(Draft draft, InputKey input)
    {
        if (!int.TryParse(input.Value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var given))
        {
            draft.Block(input, "a whole number is wanted");
            return;
        }
        var priority = draft.Source.Priority?.Value ?? given;
        if (priority < 0)
        {
            draft.Typed(input, KeyOutcome.Mapped, "Priority", "default", "the default class");
        }
        else if (draft.Target.PriorityClasses.LastOrDefault(p => p.Key <= priority).Value is { } name)
        {
            draft.Typed(input, KeyOutcome.Mapped, "Priority", $"{priority.ToString(CultureInfo.InvariantCulture)} ({name})", "larger is higher on both");
        }
        else
        {
            draft.Typed(
                input, KeyOutcome.SemanticChange, "Priority", priority.ToString(CultureInfo.InvariantCulture), "no PriorityClass is named for it: pods get the cluster's default");
        }
    }

    private static void TaskManagerLabel(Draft draft, InputKey input)
    {
        if (!draft.Target.Zones.TryGetValue(input.Value, out var zone))
        {
            draft.Block(input, "the label map does not name this node label");
        }
        else if (draft.Get("yarn.application.node-label") is { } whole && whole == input.Value)
        {
            draft.Typed(input, KeyOutcome.Mapped, "Zone", zone.Zone, "the same zone as the JobManager's");
        }
        else if (zone.NodeSelector is { } selector)
        {
            draft.Map(input, "TaskManagers alone go there", ("kubernetes.taskmanager.node-selector", selector));
        }
        else
        {
            draft.Ask(input, "TaskManagers alone go there; give the zone's NodeSelector in TargetProfile.Zones");
        }
    }

    private static void Tags(Draft draft, InputKey input)
    {
        var tags = input.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(static t => !t.StartsWith("flink-resources", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (tags.Count == 0)
        {
            draft.Drop(input, "the fence's own tags; the backend sets its labels");
            return;
        }
        var pairs = string.Join(',', tags.Select(static (t, i) => Pair(FormattableString.Invariant($"yarn-tag-{i}"), t)));
        var kind = tags.TrueForAll(Labels.IsValue) ? "labels" : "annotations";
        draft.Map(input, kind == "labels" ? "each is a label value" : "not all are label values", ($"kubernetes.jobmanager.{kind}", pairs), ($"kubernetes.taskmanager.{kind}", pairs));
    }

    private static void Texts(Draft draft, InputKey input, string name, string reason, bool preferLabel = false)
    {
        var kind = preferLabel && Labels.IsValue(input.Value) ? "labels" : "annotations";
        var pair = Pair(name, input.Value);
        draft.Map(input, reason, ($"kubernetes.jobmanager.{kind}", pair), ($"kubernetes.taskmanager.{kind}", pair));
    }

    private static string Pair(string name, string value) => Labels.Pair(name, value);

    private static void LocalDirectory(Draft draft, InputKey input)
    {
        if (draft.Target.LocalDirectory is { } directory)
        {
            draft.Map(input, "the local directory of pods", (input.Key, directory));
        }
        else
        {
            draft.Change(input, "the source's local disks are not there; pods use their own file system");
        }
    }
}
