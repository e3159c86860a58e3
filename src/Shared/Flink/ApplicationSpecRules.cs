using System.Globalization;

namespace Flink.Resources.Flink;

/// <summary>What every backend checks of a specification, and the Flink keys that typed members own.</summary>
internal static class ApplicationSpecRules
{
    private const string Restore = "give it to Start as RestorePoint; it is not part of the specification";

    /// <summary>Keys that a typed member or the library owns, with what to do instead.</summary>
    private static readonly SortedDictionary<string, string> Owned = new(StringComparer.Ordinal)
    {
        ["parallelism.default"] = "set Parallelism",
        ["taskmanager.numberOfTaskSlots"] = "set TaskManager.Slots",
        ["jobmanager.memory.process.size"] = "set JobManager.Memory",
        ["taskmanager.memory.process.size"] = "set TaskManager.Memory",
        ["taskmanager.cpu.cores"] = "set TaskManager.CpuMillicores",
        ["yarn.appmaster.vcores"] = "set JobManager.CpuMillicores",
        ["yarn.containers.vcores"] = "set TaskManager.CpuMillicores",
        ["kubernetes.jobmanager.cpu"] = "set JobManager.CpuMillicores",
        ["kubernetes.jobmanager.cpu.amount"] = "set JobManager.CpuMillicores",
        ["kubernetes.taskmanager.cpu"] = "set TaskManager.CpuMillicores",
        ["kubernetes.taskmanager.cpu.amount"] = "set TaskManager.CpuMillicores",
        ["yarn.application.queue"] = "set Queue",
        ["yarn.application.priority"] = "set Priority",
        ["yarn.application.node-label"] = "set Zone",
        ["yarn.application.name"] = "the job key names it",
        ["yarn.application.id"] = "Prepare chooses it",
        ["kubernetes.cluster-id"] = "Prepare chooses it",
        ["kubernetes.namespace"] = "the queue map of the backend chooses it",
        ["high-availability.cluster-id"] = "it is fixed to the application: a shared one would adopt another's job",
        ["high-availability"] = "write high-availability.type",
        ["execution.target"] = "the backend sets it",
        ["pipeline.jars"] = "set Jar",
        ["$internal.application.main"] = "set EntryClass",
        ["$internal.application.program-args"] = "set Arguments",
        ["$internal.pipeline.job-id"] = "Flink derives it from the application",
        ["execution.state-recovery.path"] = Restore,
        ["execution.state-recovery.claim-mode"] = Restore,
        ["execution.state-recovery.ignore-unclaimed-state"] = Restore,
        ["execution.savepoint.path"] = Restore,
        ["execution.savepoint-restore-mode"] = Restore,
        ["execution.savepoint.ignore-unclaimed-state"] = Restore,
    };

    /// <summary>Whether a typed member or the library owns a key.</summary>
    public static bool IsOwned(string key) => Owned.ContainsKey(key);

    /// <summary>Every mistake that needs no cluster to be seen.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="place">Flink configuration that the place adds where the specification says nothing; null for none.</param>
    public static List<SpecError> Check(ApplicationSpec spec, IEnumerable<KeyValuePair<string, string>>? place = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var errors = new List<SpecError>();
        Require(errors, spec.Job != default, "Job", null, "name the job, team/name");
        Require(errors, spec.Kind != JobKind.Unknown, "Kind", "Unknown", "say Streaming, NearRealTime or Batch");
        Require(errors, IsQueue(spec.Queue), "Queue", spec.Queue, "write a dotted path such as root.realtime.ads");
        Require(errors, IsVersion(spec.FlinkVersion), "FlinkVersion", spec.FlinkVersion, "write a Flink version such as 1.20 or 1.20.5");
        Require(errors, spec.Parallelism >= 1, "Parallelism", Text(spec.Parallelism), "at least 1");
        CheckContainer(errors, "JobManager", spec.JobManager);
        CheckContainer(errors, "TaskManager", spec.TaskManager);
        CheckMemory(errors, spec, place ?? []);
        Require(errors, spec.TaskManager.Slots >= 1, "TaskManager.Slots", Text(spec.TaskManager.Slots), "at least 1");
        CheckArtifact(errors, "Jar", spec.Jar);
        Require(
            errors, spec.Jar.Uri.EndsWith(".jar", StringComparison.OrdinalIgnoreCase), "Jar", spec.Jar.Uri,
            "the user's program is a .jar; Python jobs and SQL scripts are not supported");
        for (var i = 0; i < spec.Files.Length; i++)
        {
            CheckArtifact(errors, $"Files[{Text(i)}]", spec.Files[i]);
        }
        CheckEntryClass(errors, spec.EntryClass);
        foreach (var (key, value) in spec.Configuration)
        {
            CheckKey(errors, key, value);
        }
        foreach (var name in spec.Environment.Keys)
        {
            Require(
                errors, name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'),
                $"Environment[{name}]", name, "a variable's name has letters, digits and _ and does not start with a digit");
        }
        return errors;
    }

    /// <summary>Flink's configuration as far as it is the same everywhere: the user's keys, and those that typed members own.</summary>
    public static SortedDictionary<string, string> CommonConfiguration(ApplicationSpec spec, RestorePoint restore)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            // Defaults: the user's own value wins.
            ["execution.checkpointing.externalized-checkpoint-retention"] = "RETAIN_ON_CANCELLATION",
            ["execution.shutdown-on-application-finish"] = "false",
            ["env.java.default-opts.all"] = FlinkJavaOptions.For(spec.Environment),
        };
        if (spec.Kind != JobKind.Batch && !spec.Configuration.Keys.Any(static k => k.StartsWith("slotmanager.", StringComparison.Ordinal)))
        {
            // One TaskManager is needed in any case. Flink would ask for it only after the job's main method ran and its snapshot's metadata was read.
            values["slotmanager.number-of-slots.min"] = Text(spec.TaskManager.Slots);
        }
        foreach (var (key, value) in spec.Configuration)
        {
            values[key] = value;
        }
        values["execution.attached"] = "false";
        values["execution.runtime-mode"] = values.GetValueOrDefault(
            "execution.runtime-mode", spec.Kind == JobKind.Batch ? "AUTOMATIC" : "STREAMING");
        values["parallelism.default"] = Text(spec.Parallelism);
        values["taskmanager.numberOfTaskSlots"] = Text(spec.TaskManager.Slots);
        values["jobmanager.memory.process.size"] = spec.JobManager.Memory.ToString();
        values["taskmanager.memory.process.size"] = spec.TaskManager.Memory.ToString();
        values["internal.cluster.execution-mode"] = "NORMAL";
        values["pipeline.name"] = values.GetValueOrDefault("pipeline.name", spec.Job.Value);
        if (spec.EntryClass is { } entryClass)
        {
            values["$internal.application.main"] = entryClass;
        }
        if (restore is RestorePoint.Snapshot snapshot)
        {
            values["execution.state-recovery.path"] = snapshot.Uri;
            values["execution.state-recovery.claim-mode"] = snapshot.Claim == ClaimMode.Claim ? "CLAIM" : "NO_CLAIM";
            values["execution.state-recovery.ignore-unclaimed-state"] = snapshot.AllowNonRestoredState ? "true" : "false";
        }
        return values;
    }

    private static void CheckContainer(List<SpecError> errors, string field, ContainerResources resources)
    {
        Require(errors, resources.CpuMillicores >= 1, $"{field}.CpuMillicores", Text(resources.CpuMillicores), "at least 1, thousandths of a core");
    }

    /// <summary>What Flink would refuse when it divides the memory of its processes, and why.</summary>
    private static void CheckMemory(List<SpecError> errors, ApplicationSpec spec, IEnumerable<KeyValuePair<string, string>> place)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in place.Concat(spec.Configuration).Where(static p => p.Key.StartsWith("jobmanager.memory.", StringComparison.Ordinal) || p.Key.StartsWith("taskmanager.", StringComparison.Ordinal)))
        {
            values[key] = value;
        }
        values["jobmanager.memory.process.size"] = spec.JobManager.Memory.ToString();
        values["taskmanager.memory.process.size"] = spec.TaskManager.Memory.ToString();
        var found = new[] { FlinkMemory.CheckJobManager(values), FlinkMemory.CheckTaskManager(values, countsBuffers: spec.FlinkVersion.StartsWith("1.", StringComparison.Ordinal)) };
        errors.AddRange(found.OfType<SpecError>());
    }

    private static void CheckArtifact(List<SpecError> errors, string field, ArtifactRef artifact)
    {
        var isAbsolute = artifact.Uri.StartsWith('/') || Uri.TryCreate(artifact.Uri, UriKind.Absolute, out _);
        Require(
            errors, isAbsolute && !artifact.Uri.Contains(';', StringComparison.Ordinal), field, artifact.Uri,
            "write hdfs://…, s3://…, https://…, local:///… or an absolute path, without ';'");
        Require(
            errors, artifact.Sha256 is null || (artifact.Sha256.Length == 64 && artifact.Sha256.All(char.IsAsciiHexDigitLower)),
            $"{field}.Sha256", artifact.Sha256, "64 lower-case hexadecimal digits");
    }

    private static void CheckEntryClass(List<SpecError> errors, string? entryClass)
    {
        if (entryClass is null)
        {
            return;
        }
        Require(
            errors, !entryClass.StartsWith("org.apache.flink.client.python.", StringComparison.Ordinal), "EntryClass", entryClass,
            "Python jobs are not supported yet");
        Require(
            errors, !entryClass.StartsWith("org.apache.flink.table.gateway.", StringComparison.Ordinal), "EntryClass", entryClass,
            "the SQL gateway is not supported yet");
        Require(
            errors, entryClass.Length > 0 && entryClass.All(static c => char.IsLetterOrDigit(c) || c is '.' or '_' or '$'),
            "EntryClass", entryClass, "a fully qualified Java class name");
    }

    private static void CheckKey(List<SpecError> errors, string key, string value)
    {
        var field = $"Configuration[{key}]";
        if (Owned.TryGetValue(key, out var instead))
        {
            errors.Add(new SpecError(field, FlinkSecrets.Mask(key, value), instead));
        }
        else if (value.Contains("yarn-per-job", StringComparison.Ordinal))
        {
            errors.Add(new SpecError(field, value, "per-job mode is not supported; jobs run in application mode"));
        }
        else if (key.StartsWith("python.", StringComparison.Ordinal))
        {
            errors.Add(new SpecError(field, value, "Python jobs are not supported yet"));
        }
        else
        {
            Require(
                errors, key.Length > 0 && !key.Any(static c => char.IsWhiteSpace(c) || c is ':' or '#'), field,
                FlinkSecrets.Mask(key, value), "a key has no white space, ':' or '#'");
        }
    }

    private static void Require(List<SpecError> errors, bool isRight, string field, string? value, string expected)
    {
        if (!isRight)
        {
            errors.Add(new SpecError(field, value, expected));
        }
    }

    private static bool IsQueue(string queue) =>
        queue.Length > 0 && queue.Split('.').All(static p => p.Length > 0 && p.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'));

    private static bool IsVersion(string version) =>
        version.Split('.') is { Length: 2 or 3 } parts && parts.All(static p => p.Length is > 0 and < 4 && p.All(char.IsAsciiDigit));

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
