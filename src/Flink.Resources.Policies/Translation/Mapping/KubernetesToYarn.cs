using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>The table from Kubernetes to YARN.</summary>
internal static class KubernetesToYarn
{
    public static ImmutableArray<MappingRow> Rows { get; } =
    [
        Translation.Rows.Row(
            "execution.target", "`yarn-application`, `yarn-session`", "all jobs of a session move as one group, or are split first",
            Target, KeyOutcome.Mapped, KeyOutcome.NeedsInput, KeyOutcome.Blocking),
        Translation.Rows.Dropped("kubernetes.cluster-id", "a handle of the running application; the job key is the application's name"),
        Translation.Rows.Dropped("kubernetes.namespace", "the queue map says where the job goes; YARN has no namespaces"),
        Translation.Rows.Row(
            "kubernetes.jobmanager.cpu.amount", "`JobManager.CpuMillicores`", "by the vcore ratio, whole vcores, never below what was used",
            static (draft, input) => CommonRows.Cpu(draft, input, "JobManager.CpuMillicores", Sizes.JobManagerCpu(draft)), KeyOutcome.Mapped, KeyOutcome.Blocking),
        Translation.Rows.Row(
            "kubernetes.taskmanager.cpu.amount", "`TaskManager.CpuMillicores`", "likewise; -1 is one vcore per slot",
            static (draft, input) => CommonRows.Cpu(draft, input, "TaskManager.CpuMillicores", Sizes.TaskManagerCpu(draft)), KeyOutcome.Mapped, KeyOutcome.Blocking),
        Translation.Rows.Row("kubernetes.*.limit-factor", "none", "YARN's containers have one size: 1 is dropped, more changes what a burst may take", LimitFactor, KeyOutcome.DroppedSafe, KeyOutcome.SemanticChange),
        Translation.Rows.Row(
            "kubernetes.jobmanager.node-selector", "`Zone`", "through the label map, by the selector's text", static (draft, input) => Zone(draft, input),
            KeyOutcome.Mapped, KeyOutcome.Blocking),
        Translation.Rows.Row(
            "kubernetes.taskmanager.node-selector", "`Zone`, or `yarn.taskmanager.node-label` when the JobManager is elsewhere", "through the label map",
            TaskManagerSelector, KeyOutcome.Mapped, KeyOutcome.Blocking),
        Translation.Rows.Dropped("kubernetes.jobmanager.tolerations", "taints are Kubernetes' own; YARN's partitions go by node label"),
        Translation.Rows.Dropped("kubernetes.taskmanager.tolerations", "taints are Kubernetes' own; YARN's partitions go by node label"),
        Translation.Rows.Row("kubernetes.jobmanager.labels", "`yarn.tags`", "what came from YARN goes back; others become tags `key=value` in lower case", Tags, KeyOutcome.Mapped, KeyOutcome.DroppedSafe),
        Translation.Rows.Row("kubernetes.taskmanager.labels", "`yarn.tags`", "those that the JobManager has too are there already", Tags, KeyOutcome.Mapped, KeyOutcome.DroppedSafe),
        Translation.Rows.Row("kubernetes.jobmanager.annotations", "`yarn.tags`", "what came from YARN goes back; others mean nothing there", Tags, KeyOutcome.Mapped, KeyOutcome.DroppedSafe),
        Translation.Rows.Row("kubernetes.taskmanager.annotations", "`yarn.tags`", "what came from YARN goes back; others mean nothing there", Tags, KeyOutcome.Mapped, KeyOutcome.DroppedSafe),
        Libraries.Row("kubernetes.container.image.ref"),
        Translation.Rows.Dropped("kubernetes.container.image.pull-policy", "YARN pulls no images"),
        Translation.Rows.Dropped("kubernetes.container.image.pull-secrets", "YARN pulls no images"),
        Translation.Rows.Asked("kubernetes.pod-template-file.*", "node labels, environment, shipped files", "a pod template can hold anything; say what of it the job needs, then decide in TargetProfile.Decisions"),
        Translation.Rows.Asked("kubernetes.secrets", "files or options of the place", "YARN mounts no Secrets; put them where the job finds them, then decide in TargetProfile.Decisions"),
        Translation.Rows.Asked("kubernetes.env.secretKeyRef", "environment of the place", "YARN reads no Secrets; give the variables to the place, then decide in TargetProfile.Decisions"),
        Translation.Rows.Dropped("kubernetes.service-account", "the user that YARN runs the job as takes its place"),
        Translation.Rows.Dropped("kubernetes.jobmanager.service-account", "the user that YARN runs the job as takes its place"),
        Translation.Rows.Dropped("kubernetes.taskmanager.service-account", "the user that YARN runs the job as takes its place"),
        Translation.Rows.Row(
            "kubernetes.jobmanager.replicas", "`yarn.application-attempts`", "one needs nothing; standby JobManagers become second attempts", static (draft, input) =>
            {
                if (input.Value.Trim() == "1")
                {
                    draft.Drop(input, "one JobManager on both");
                }
                else
                {
                    draft.Change(input, "YARN has no standby JobManager; a second attempt takes longer");
                }
            },
            KeyOutcome.DroppedSafe, KeyOutcome.SemanticChange),
        Translation.Rows.Row(
            "kubernetes.hostnetwork.enabled", "none", "YARN's containers always use the host's network", static (draft, input) =>
            {
                if (input.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase))
                {
                    draft.Drop(input, "YARN's containers use the host's network too");
                }
                else
                {
                    draft.Change(input, "YARN's containers use the host's network; ports are shared with others");
                }
            },
            KeyOutcome.DroppedSafe, KeyOutcome.SemanticChange),
        Translation.Rows.Dropped("kubernetes.hadoop.conf.config-map.name", "YARN's nodes have Hadoop's files"),
        Translation.Rows.Dropped("kubernetes.flink.log.dir", "YARN has log directories of its own"),
        Libraries.Shipped("user.artifacts.artifact-list", "`Files`, or what somebody chose for each"),
        Translation.Rows.Dropped("user.artifacts.*", "YARN localises files itself"),
        Translation.Rows.Row(
            "external-resource.*.kubernetes.config-key", "`external-resource.*.yarn.config-key`", "through the map of resource names", static (draft, input) =>
            {
                if (draft.Target.ResourceNames.TryGetValue(input.Value, out var name))
                {
                    draft.Map(input, "by the map of resource names", (input.Key.Replace(".kubernetes.config-key", ".yarn.config-key", StringComparison.Ordinal), name));
                }
                else
                {
                    draft.Block(input, "the map of resource names does not name this resource");
                }
            },
            KeyOutcome.Mapped, KeyOutcome.Blocking),
        Translation.Rows.Row(
            "high-availability.type", "same key", "`zookeeper` or `none`, as the profile says; until it does it is asked",
            YarnToKubernetes.HighAvailability, KeyOutcome.Mapped, KeyOutcome.SemanticChange, KeyOutcome.NeedsInput),
        Translation.Rows.Row(
            "high-availability.storageDir", "same key with a folder of its own", "only with ZooKeeper; the target's directory is never the source's",
            StorageDirectory, KeyOutcome.Mapped, KeyOutcome.DroppedSafe),
        Translation.Rows.Dropped("high-availability.*", "of the source's high availability"),
        Translation.Rows.Dropped("io.tmp.dirs", "YARN sets it from its local directories"),
        Translation.Rows.Dropped("state.backend.rocksdb.localdir", "YARN sets it from its local directories"),
        Translation.Rows.Dropped("env.log.dir", "YARN has log directories of its own"),
        Translation.Rows.Dropped("kubernetes.rest-service.*", "the ResourceManager's proxy takes its place"),
        Translation.Rows.Dropped("kubernetes.internal-service.*", "YARN's containers use the host's addresses"),
        Translation.Rows.Dropped("kubernetes.config.file", "of the client"),
        Translation.Rows.Dropped("kubernetes.context", "of the client"),
        Translation.Rows.Dropped("kubernetes.client.*", "of the client"),
        Translation.Rows.Dropped("kubernetes.artifacts.*", "of the client"),
        Translation.Rows.Dropped("kubernetes.entry.path", "of the image"),
        Translation.Rows.Dropped("kubernetes.flink.conf.dir", "of the image"),
        Translation.Rows.Dropped("kubernetes.internal.*", "of Kubernetes' own integration"),
        Translation.Rows.Dropped("kubernetes.transactional-operation.*", "of Kubernetes' own integration"),
        Translation.Rows.Dropped("kubernetes.jobmanager.owner.reference", "of Kubernetes' own integration"),
        Translation.Rows.Row(
            "yarn.*", "same key", "had no effect on Kubernetes and has one now; what a typed member owns is dropped", static (draft, input) =>
            {
                if (draft.IsOwned(input.Key))
                {
                    draft.Drop(input, "had no effect on Kubernetes; a field of the specification sets it on YARN");
                }
                else
                {
                    draft.Change(input, "had no effect on Kubernetes and has one now", (input.Key, input.Value));
                }
            },
            KeyOutcome.SemanticChange, KeyOutcome.DroppedSafe),
        Translation.Rows.Changed("kubernetes.*", "none", "means nothing on YARN, and this version knows no counterpart"),
    ];

    private static void Target(Draft draft, InputKey input)
    {
        switch (input.Value.Trim())
        {
            case "kubernetes-application" or "embedded" or "yarn-application":
                draft.Typed(input, KeyOutcome.Mapped, "backend", "yarn-application", "the backend sets it");
                break;
            case "kubernetes-session" when draft.Target.HasSessions:
                draft.Typed(input, KeyOutcome.Mapped, "backend", "yarn-session", "all jobs of the session move as one group");
                break;
            case "kubernetes-session":
                draft.Ask(input, "the session's jobs share one cluster; split them into applications first, or give a place with sessions");
                break;
            default:
                draft.Block(input, "kubernetes-application or kubernetes-session is wanted of a job on Kubernetes");
                break;
        }
    }

    private static void LimitFactor(Draft draft, InputKey input)
    {
        if (double.TryParse(input.Value, System.Globalization.CultureInfo.InvariantCulture, out var factor) && factor.Equals(1))
        {
            draft.Drop(input, "limit and request are one");
        }
        else
        {
            draft.Change(input, "YARN's containers have one size: no room above the request");
        }
    }

    private static void Zone(Draft draft, InputKey input)
    {
        if (draft.Target.Zones.TryGetValue(input.Value, out var zone))
        {
            draft.Typed(input, KeyOutcome.Mapped, "Zone", zone.Zone, "by the label map");
        }
        else
        {
            draft.Block(input, "the label map does not name this node selector");
        }
    }

    private static void TaskManagerSelector(Draft draft, InputKey input)
    {
        if (draft.Get("kubernetes.jobmanager.node-selector") == input.Value || !draft.Target.Zones.TryGetValue(input.Value, out var zone))
        {
            Zone(draft, input);
        }
        else
        {
            draft.Map(input, "TaskManagers alone go there", ("yarn.taskmanager.node-label", zone.Zone));
        }
    }

    private static void Tags(Draft draft, InputKey input)
    {
        var isLabels = input.Key.EndsWith(".labels", StringComparison.Ordinal);
        var pairs = Labels.Read(input.Value);
        var twin = input.Key.Contains("taskmanager", StringComparison.Ordinal)
            ? draft.Get(input.Key.Replace("taskmanager", "jobmanager", StringComparison.Ordinal)) : null;
        var known = Labels.Read(twin ?? string.Empty);
        var tags = pairs.Where(p => !known.Contains(p)).Select(p => TagOf(p, isLabels)).OfType<string>()
            .Where(static t => t.Length <= 100 && t.All(static c => c is > ' ' and < (char)127 and not ',')).Distinct(StringComparer.Ordinal).Take(8).ToList();
        if (tags.Count == 0)
        {
            draft.Drop(input, "nothing in it means anything to YARN that is not there already");
        }
        else
        {
            draft.Map(input, tags.Count == pairs.Length ? "as tags" : "as tags, as far as YARN takes them", ("yarn.tags", string.Join(',', tags)));
        }
    }

    private static string? TagOf(KeyValuePair<string, string> pair, bool isLabel)
    {
        if (pair.Key.StartsWith("yarn-tag-", StringComparison.Ordinal))
        {
            return pair.Value;
        }
        var isPlace = pair.Key is "queue" or "applicationId" or "app" or "component" or "type" or "yarn-application-name" or "yarn-application-type"
            || pair.Key.StartsWith("kueue.x-k8s.io/", StringComparison.Ordinal);
        return isLabel && !isPlace ? $"{pair.Key}={pair.Value}".ToLowerInvariant() : null;
    }

    private static void StorageDirectory(Draft draft, InputKey input)
    {
        if (draft.Target.HighAvailability?.Equals("zookeeper", StringComparison.OrdinalIgnoreCase) != true)
        {
            draft.Drop(input, "no metadata is kept there without ZooKeeper");
        }
        else
        {
            draft.Map(
                input, "a directory of the target's own",
                (input.Key, draft.Target.HighAvailabilityDirectory ?? $"{input.Value.TrimEnd('/')}/yarn"));
        }
    }
}
