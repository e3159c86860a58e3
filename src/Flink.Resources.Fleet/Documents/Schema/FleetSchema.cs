using Flink.Resources.Flink;
using Flink.Resources.Health;
using Flink.Resources.Kubernetes;
using static Flink.Resources.Fleet.Scalars;

namespace Flink.Resources.Fleet;

/// <summary>Every key of a fleet document: the reader, docs/fleet.md and docs/fleet.schema.json come from here.</summary>
internal static class FleetSchema
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(30);

    private static ScalarType Time { get; } = Duration(TimeSpan.Zero, _longest);

    private static ScalarType PositiveTime { get; } = Duration(TimeSpan.FromMilliseconds(1), _longest);

    private static ScalarType Patience { get; } = Duration(TimeSpan.FromSeconds(1), _longest);

    private static MapType FlinkKeys { get; } = new("Flink key", "a key without white space, ':' or '#'", IsFlinkKey, Raw, OwnedKeys.Instead);

    private static MapType Variables { get; } = new("variable", "letters, digits and _, not starting with a digit", IsVariable, Raw);

    /// <summary>What jobs give stands in the journal.</summary>
    private static MapType JobFlinkKeys { get; } = new("Flink key", "a key without white space, ':' or '#'", IsFlinkKey, Raw, static k => OwnedKeys.Instead(k) ?? OwnedKeys.Secret(k));

    private static MapType JobVariables { get; } = new("variable", "letters, digits and _, not starting with a digit", IsVariable, Raw, OwnedKeys.Secret);

    private static MapType NodeLabels { get; } = new("label", "the label of a node", static k => k.Length is > 0 and <= 317, Raw);

    private static SectionType Zone { get; } = new(
        "Zone",
        new("nodeSelector", NodeLabels, "Labels that nodes must have."),
        new("tolerations", new ListType(Toleration), "Taints that pods tolerate."));

    private static SectionKey[] Everywhere { get; } =
    [
        new("controller", Text, "Who takes fences: a controller keeps its name over a restart, two controllers have two.", "user, machine and process"),
        new("env", Variables, "Environment variables of all containers there; they win over the runtime's."),
        new("flink", FlinkKeys, "Flink configuration of all jobs there; it wins over the runtime's."),
        new("attemptTimeout", Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)), "How long one attempt of a call may take.", "10s"),
        new("callTimeout", Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)), "How long a call may take with its repetitions; at least `attemptTimeout`.", "30s"),
        new("circuitFailures", Whole(2, 1000), "After so many failed attempts the server is left alone for a moment.", "8"),
        new("circuitBreak", Duration(TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1)), "For how long.", "1s"),
    ];

    private static SectionType Yarn { get; } = new(
        "YARN cluster",
        [
            new("kind", new ChoiceType<BackendKind>(("yarn", BackendKind.Yarn)), "What it is.", IsRequired: true),
            new("resourceManagers", new ListType(Address, atLeastOne: true), "The web addresses of all ResourceManagers; the active one is found.", IsRequired: true),
            new("webhdfs", new ListType(Address, atLeastOne: true), "The web addresses of all NameNodes; the active one is found.", IsRequired: true),
            new("fileSystem", FileSystem, "The file system as Flink names it; what `hdfs:///` means there.", "the one that `snapshots` or `libs` name"),
            new("user", Text, "The user that applications run as.", "`flink`"),
            new("stagingRoot", HdfsPath, "The HDFS path that belongs to us: fences, staging directories, uploaded files.", "`/flink-resources`"),
            new("provides", new ListType(Variable), "Environment variables that containers have there anyway, so that jobs find their `secrets` in them."),
            new("pollInterval", Duration(TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1)), "How often the cluster is polled while somebody watches.", "5s"),
            .. Everywhere,
        ]);

    private static SectionType KubernetesCluster { get; } = new(
        "Kubernetes cluster",
        [
            new("kind", new ChoiceType<BackendKind>(("kubernetes", BackendKind.Kubernetes)), "What it is.", IsRequired: true),
            new("kubeconfig", Text, "The kubeconfig file.", "`KUBECONFIG`, `~/.kube/config`, or the pod's own account"),
            new("context", Text, "The context of the kubeconfig file.", "its current one"),
            new("namespace", Label, "The namespace of fences, and of jobs whose queue names none.", "`default`"),
            new("serviceAccount", Subdomain, "The service account of pods; it must exist in each namespace.", "`default`"),
            new("fileSystem", FileSystem, "What `hdfs:///` means there.", "the one that `snapshots` or `libs` name"),
            new("highAvailability", Scalars.Directory, "Where HA metadata goes. Without it a JobManager whose container restarts would run its job again.", "`.ha` beside `{job}` in `defaults.snapshots`"),
            new("cpuLimitFactor", Number(1, 100), "How many times the asked CPU a container may use.", "1"),
            new("restAccess", new ChoiceType<FlinkRestAccess>(("proxy", FlinkRestAccess.ApiServerProxy), ("direct", FlinkRestAccess.Direct)), "How Flink's REST API is reached: through the API server, or directly from inside of the cluster.", "`proxy`"),
            new("priorityClasses", new MapType("priority", "P0 to P9 or a whole number", static k => Priority.Parse(k) is not null, Subdomain), "The PriorityClass of each priority; a job takes the class of the largest priority not above its own."),
            new("pullPolicy", new ChoiceType<PullPolicy>(("IfNotPresent", PullPolicy.IfNotPresent), ("Always", PullPolicy.Always), ("Never", PullPolicy.Never)), "When images are pulled.", "`IfNotPresent`"),
            new("pullSecrets", new ListType(Subdomain), "Secrets for pulling images."),
            new("nodeSelector", NodeLabels, "Labels that nodes must have."),
            new("tolerations", new ListType(Toleration), "Taints that pods tolerate."),
            new("zones", new MapType("zone", "a name", static k => k.Length is > 0 and <= 63, Zone), "Parts of the cluster that jobs may name."),
            new("removeTimeout", PositiveTime, "How long a removal waits for pods to be gone.", "30s"),
            new("flinkTimeout", PositiveTime, "How long Flink may take to say whether its job has ended.", "2s"),
            .. Everywhere,
        ]);

    private static SectionType Simulated { get; } = new(
        "Simulated cluster",
        new("kind", new ChoiceType<BackendKind>(("simulated", BackendKind.Unknown)), "A model in this process, for trying things out. All simulated clusters share their storage and forget everything at the end.", IsRequired: true),
        new("like", new ChoiceType<BackendKind>(("yarn", BackendKind.Yarn), ("kubernetes", BackendKind.Kubernetes)), "What it is like.", "`yarn` when its name begins so, otherwise `kubernetes`"),
        new("nodes", Whole(1, 100_000), "How many nodes it has.", "10"),
        new("nodeMemory", Size, "The memory of each node.", "256g"),
        new("nodeCpu", Cpu, "The cores of each node.", "64"));

    private static SectionType Runtime { get; } = new(
        "Runtime",
        new("version", Scalars.Version, "Flink's version. No two runtimes have the same.", IsRequired: true),
        new("image", Image, "The image for Kubernetes, by digest: a tag can change under a job."),
        new("allowTags", Scalars.Boolean, "Takes an image by its tag. For trials.", "false"),
        new("imageFiles", new ListType(Text), "Native libraries and programs that the image has: paths of files or folders, or names. A job whose configuration names others does not move (E13)."),
        new("libs", new ListType(Library, atLeastOne: true), "The HDFS directories of Flink's `lib` and `plugins` for YARN, readable by all."),
        new("env", Variables, "Environment variables of all containers."),
        new("flink", FlinkKeys, "Flink configuration of all jobs."),
        new("directStart", Scalars.Boolean, "Starts Flink with one JVM; false for an image whose scripts do more than Flink's. Kubernetes only.", "true"));

    private static SectionType QueueOnCluster { get; } = new(
        "Queue on a cluster",
        new("namespace", Label, "Its namespace. Kubernetes only.", "the cluster's"),
        new("priorityClass", Subdomain, "The PriorityClass of its jobs that have no priority. Kubernetes only."),
        new("queue", Queue, "The path that it has there. YARN only.", "the same"));

    private static SectionType Secret { get; } = new(
        "Secret",
        new("name", Subdomain, "The Secret.", IsRequired: true),
        new("key", Text, "The key in it.", "the variable's name"));

    private static SectionType File { get; } = new(
        "File",
        new("uri", Artifact, "Where it is.", IsRequired: true),
        new("sha256", Digest, "The SHA-256 of its bytes; it is checked."));

    private static SectionType JarFile { get; } = new(
        "Jar",
        new("uri", Jar, "Where it is.", IsRequired: true),
        new("sha256", Digest, "The SHA-256 of its bytes; it is checked."));

    private static SectionType Move { get; } = new(
        "Move",
        new("stop", new ChoiceType<StopMethod>(("auto", StopMethod.Auto), ("savepoint", StopMethod.Savepoint), ("lastCheckpoint", StopMethod.LastCheckpoint)), "How the source is stopped: with a savepoint, from the newest checkpoint, or the latter only where a savepoint takes over a minute and every sink allows it.", "`auto`"),
        new("soak", Time, "How long the job is watched after it has caught up, before the move is final.", "30m"),
        new("baseline", Time, "For how long before the stop it is measured what the job is like.", "2h"),
        new("onUnhealthy", new ChoiceType<OnUnhealthy>(("hold", OnUnhealthy.Hold), ("rollback", OnUnhealthy.RollBack)), "What happens when it is unhealthy there: a person is asked, or it goes back by itself.", "`hold`"),
        new("acceptsDuplicates", Scalars.Boolean, "Records may be processed again into append sinks.", "false"),
        new("maxCatchUp", PositiveTime, "The longest that it may take to work off what came in meanwhile.", "no limit"),
        new("validationTimeout", Patience, "The longest that the checks before the move may take.", "10m"),
        new("preparationTimeout", Patience, "The longest that the preparation of the target may take.", "15m"),
        new("stopTimeout", Patience, "The longest that the stop may take, retries included.", "30m"),
        new("deathTimeout", Patience, "The longest that the proof of the source's death may take.", "5m"),
        new("submissionTimeout", Patience, "The longest that the target's acceptance may take.", "5m"),
        new("restoreTimeout", Patience, "The longest until all tasks run and the first checkpoint is complete.", "10m"),
        new("pollInterval", Duration(TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(5)), "How often the world is looked at while something is awaited.", "500ms"));

    private static SectionType JobManager { get; } = new(
        "JobManager",
        new("memory", Size, "The whole process' memory; what is too small, or too large, for Flink by its keys in `flink` is refused.", ContainerDefaults.JobManagerMemory.ToString()),
        new("cpu", Cpu, "Cores. YARN counts whole ones and rounds up.", "1"));

    private static SectionType TaskManager { get; } = new(
        "TaskManager",
        new("memory", Size, "The whole process' memory; what is too small, or too large, for Flink by its keys in `flink` is refused.", ContainerDefaults.TaskManagerMemory.ToString()),
        new("cpu", Cpu, "Cores. YARN counts whole ones and rounds up.", "1"),
        new("slots", Whole(1, 10_000), "Task slots of each.", "1"));

    private static SectionKey[] Shared { get; } =
    [
        new("runtime", Text, "The name of its runtime; required here or in `defaults`."),
        new("queue", Queue, "The dotted path of its queue, one of `queues` or below one; required here or in `defaults`."),
        new("kind", new ChoiceType<JobKind>(("streaming", JobKind.Streaming), ("nearRealTime", JobKind.NearRealTime), ("batch", JobKind.Batch)), "How it lives: without end, in rounds of minutes, or until it is done.", "`streaming`"),
        new("priority", Priority, "How important it is: P0 (most) to P9, or a number where larger is more.", "the queue's"),
        new("zone", Text, "The part of the cluster to run in: a YARN node label, a zone of a Kubernetes cluster.", "any"),
        new("snapshots", Scalars.Directory, "Where its checkpoints and savepoints go; `{job}` is the job's name. Every cluster must reach it. Required here or in `defaults`."),
        new("parallelism", Whole(1, 32_768), "Its parallelism; required here or in `defaults`."),
        new("jobManager", JobManager, "Its JobManager."),
        new("taskManager", TaskManager, "Each TaskManager."),
        new("flink", JobFlinkKeys, "Flink configuration. Keys that other keys of the document own are refused."),
        new("env", JobVariables, "Environment variables; they win over the cluster's and the runtime's."),
        new("secrets", new MapType("variable", "letters, digits and _, not starting with a digit", IsVariable, new EitherType(Subdomain, Secret)), "Environment variables whose values the cluster keeps: the name of a Kubernetes Secret that has a key of the variable's name."),
        new("sinks", new MapType("sink", "a name", static k => k.Length is > 0 and <= 200, new ChoiceType<SinkClass>(("idempotent", SinkClass.Idempotent), ("append", SinkClass.Append), ("transactional", SinkClass.Transactional), ("externalEffects", SinkClass.ExternalEffects), ("tableCommits", SinkClass.TableCommits))), "What it writes to, and what happens there to a record that comes again. How a job may be stopped and go back depends on it."),
        new("move", Move, "How it is moved."),
        new("owner", Text, "Who owns it."),
        new("acknowledge", new ListType(Finding), "Warnings of the checks before a move that its owner knows and accepts, such as `E07`; it moves all the same. At a job, not in `defaults`, also what was to be fixed and is."),
        new("sourceRetention", PositiveTime, "How long its sources keep records."),
        new("lagObjective", PositiveTime, "The lag that its owner promises at most."),
    ];

    private static SectionType Defaults { get; } = new("Defaults", Shared);

    private static SectionType JobSection { get; } = new(
        "Job",
        [
            new("cluster", Text, "Where it runs: change it to move the job.", IsRequired: true),
            new("jar", new EitherType(Jar, JarFile), "Its jar.", IsRequired: true),
            new("sha256", Digest, "The SHA-256 of the jar; it is checked."),
            new("files", new ListType(new EitherType(Artifact, File)), "Further files that it needs beside its jar."),
            new("class", Class, "Its entry class.", "the one that the jar's manifest names"),
            new("args", new ListType(Raw), "The arguments of `main()`."),
            new("state", new ChoiceType<DesiredState>(("running", DesiredState.Running), ("stopped", DesiredState.Stopped)), "Whether it shall run.", "`running`"),
            new("start", Start, "What it starts from when the journal does not know the job: nothing, or a snapshot.", "only what the journal says"),
            new("adopt", new MapType("cluster", "the name of a cluster of the document", static k => k.Length > 0, Application), "The applications that run it already, started by somebody else."),
            .. Shared,
            new("reads", new ListType(Text), "Topics and tables that it reads; jobs that are joined by one are not moved together."),
            new("writes", new ListType(Text), "Topics and tables that it writes."),
            new("standbyOf", Job, "The job for which it stands by; the two are not moved together."),
            new("stateless", Scalars.Boolean, "It keeps no state.", "false"),
            new("volunteer", Scalars.Boolean, "It goes first.", "false"),
            new("synthetic", Scalars.Boolean, "It was made for trying the way out: nobody misses it.", "false"),
            new("approved", Scalars.Boolean, "A person approved its move.", "false"),
            new("freeze", Text, "Why it must not be moved; while it stands here, it is not."),
        ]);

    private static SectionType Limits { get; } = new(
        "Limits",
        new("inFlight", Whole(1, 100_000), "Jobs between their stop and the end of catching up; starts and stops at a time.", "10"),
        new("perQueue", Whole(1, 100_000), "Jobs on the move per queue.", "3"),
        new("perTeam", Whole(1, 100_000), "The same per team.", "2"),
        new("perSource", Whole(1, 100_000), "The same per source cluster.", "5"),
        new("perTarget", Whole(1, 100_000), "The same per target cluster.", "5"),
        new("soaking", Whole(1, 100_000), "Jobs that are watched before their move is final.", "50"),
        new("important", Whole(1, 100_000), "Jobs of P0 and P1 between their stop and the end of catching up.", "1"),
        new("podsPerSecond", Number(0.1, 10_000), "Pods created per second on one cluster.", "20"),
        new("savepointsPerSecond", Size, "Savepoints written per second to one storage system.", "2g"),
        new("perWave", Whole(1, 100_000), "Jobs in one wave.", "50"),
        new("waveShare", Number(0.001, 1), "The most of one team, or of one queue's capacity, in one wave.", "0.2"),
        new("headroom", Number(0, 10), "What is left free on the target beyond what jobs need.", "0.2"),
        new("catchUpShare", Number(0.001, 1), "What share of a broker's spare reading jobs may take while they catch up.", "0.2"));

    private static SectionType Window { get; } = new(
        "Window",
        new("cron", Cron, "When it begins, again and again. Either this with `for`, or `from` with `to`."),
        new("for", Duration(TimeSpan.FromMinutes(1), TimeSpan.FromDays(366)), "How long it lasts."),
        new("zone", Scalars.TimeZone, "The time zone of `cron`.", "`UTC`"),
        new("from", Instant, "When it begins, once."),
        new("to", Instant, "When it ends."),
        new("reason", Text, "Why it is there."));

    private static SectionType Abort { get; } = new(
        "Abort",
        new("waveFailureShare", Number(0.001, 1), "The share of a wave's finished jobs that may go back or stay parked.", "0.1"),
        new("waveFailures", Whole(1, 100_000), "But not before so many did.", "2"),
        new("campaignFailureShare", Number(0.001, 1), "The same share over the last 50 jobs.", "0.05"),
        new("sameCause", Whole(1, 100_000), "After so many failures of the same cause.", "3"),
        new("meanScore", Number(0, 10), "Below this mean score of the jobs that are watched.", "7.5"),
        new("meanScoreFor", PositiveTime, "When it stays there for so long.", "15m"),
        new("degrading", Whole(1, 100_000), "After so many finished jobs that got worse within a day.", "3"),
        new("rearmAfter", Time, "How long all signals must be good before starts that were held for a cluster in trouble go on by themselves; 0s: a person says so.", "10m"));

    private static SectionType Campaign { get; } = new(
        "Campaign",
        new("limits", Limits, "How much at once; the tightest limit wins."),
        new("windows", new ListType(Window), "When moves may start.", "always"),
        new("blackouts", new ListType(Window), "When none may start, whatever the windows say. A move at or past its stop goes on to its end."),
        new("approval", Approval, "Jobs of this tier and above are moved only when they are `approved`.", "`P0`"),
        new("acknowledge", new ListType(Finding), "Warnings of the checks before a move that are accepted for all jobs."),
        new("abort", Abort, "When it stops by itself."));

    /// <summary>The whole document.</summary>
    public static SectionType Root { get; } = new(
        "Document",
        new("journal", Scalars.Journal, "Where moves are journalled: `sqlite:FILE` (relative to the document), `postgres:CONNECTION`, or `memory` when all clusters are simulated.", IsRequired: true),
        new("clusters", new MapType("cluster", "a lower-case DNS label of at most 63 characters, such as k8s-east", IsLabel, new KindType(("yarn", Yarn), ("kubernetes", KubernetesCluster), ("simulated", Simulated))), "The clusters by name.", IsRequired: true),
        new("runtimes", new MapType("runtime", "a name of 1 to 100 characters", static k => k.Length is > 0 and <= 100, Runtime), "Flink's versions by name.", IsRequired: true),
        new("queues", new MapType("queue", "a dotted path such as root.realtime.ads", IsQueue, new MapType("cluster", "the name of a cluster of the document", static k => k.Length > 0, QueueOnCluster)), "The queues by dotted path, and what they are on each cluster; a job's queue is one of them, or below one.", "every queue is taken as it is called"),
        new("defaults", Defaults, "What holds for all jobs that do not say otherwise; maps are merged key by key."),
        new("jobs", new MapType("job", "team/name, each part 1-100 of A-Z a-z 0-9 . _ - and not starting with a dot", static k => JobKey.TryParse(k, out _), JobSection), "The jobs by name.", "none"),
        new("campaign", Campaign, "How jobs are moved together."));
}

/// <summary>When images are pulled; its names are Kubernetes'.</summary>
internal enum PullPolicy
{
    IfNotPresent = 0,
    Always,
    Never,
}
