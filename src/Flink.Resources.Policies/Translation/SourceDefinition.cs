using System.Collections.Immutable;
using System.Globalization;
using Flink.Resources.Flink;

namespace Flink.Resources.Translation;

/// <summary>
/// What starts a running job again where it runs, from what its cluster and its JobManager say: no translation, the keys stay as they are.
/// Left out is what a start makes anew (addresses, directories of the container, restore paths), what the place brings, and secrets.
/// </summary>
public static class SourceDefinition
{
    private static readonly ImmutableArray<string> Place =
    [
        "yarn.provided.lib.dirs", "yarn.provided.usrlib.dir", "yarn.flink-dist-jar", "yarn.ship-files", "yarn.staging-directory", "yarn.properties-file.location",
        "yarn.application.type", "kubernetes.container.image.ref", "kubernetes.container.image",
    ];

    /// <summary>Reads a job's own definition.</summary>
    /// <param name="source">The job as it runs.</param>
    /// <param name="suppliedKeys">Keys, secrets above all, that the profile of its backend brings at each start; a final <c>*</c> names all that begin so.</param>
    public static SourceDefinitionResult Read(SourceJob source, ImmutableSortedSet<string> suppliedKeys)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(suppliedKeys);
        var errors = ImmutableArray.CreateBuilder<SpecError>();
        if (!FlinkRelease.TryParse(source.FlinkVersion, out var release))
        {
            errors.Add(new SpecError("FlinkVersion", source.FlinkVersion, "a version such as 1.20 or 1.20.5"));
        }
        // Sizes are read as a translation reads them; nothing is asked of the target.
        var draft = new Draft(
            source, new TargetProfile { Backend = source.Backend, FlinkVersion = source.FlinkVersion, JavaMajor = 17 }, new SecretMask(default), release, release,
            KeyChoice.Choose(source.Configuration, release).Inputs);
        var environment = source.Configuration.Where(static c => c.Key.StartsWith(MasterVariable, StringComparison.Ordinal))
            .Select(static c => KeyValuePair.Create(c.Key[MasterVariable.Length..], c.Value)).Where(static c => !CommonRows.IsHostVariable(c.Key))
            .ToImmutableSortedDictionary(static c => c.Key, static c => c.Value, StringComparer.Ordinal);
        foreach (var (name, value) in environment.Where(c => source.Configuration.GetValueOrDefault(TaskManagerVariable + c.Key, c.Value) != c.Value))
        {
            errors.Add(new SpecError(TaskManagerVariable + name, FlinkSecrets.Mask(name, value), "JobManager and TaskManagers have different values; one environment serves both in a new start"));
        }
        var jar = source.Jar ?? (Files.List(draft.Get("pipeline.jars") ?? string.Empty) is [var first, ..] ? new ArtifactRef(first) : null);
        var spec = new ApplicationSpec
        {
            Job = source.Job,
            Kind = source.Kind,
            Queue = source.Queue ?? draft.Get("yarn.application.queue") ?? Miss(errors, "Queue", "the cluster names it", string.Empty),
            Priority = source.Priority is { Value: >= 0 } priority ? priority : null,
            Zone = draft.Get("yarn.application.node-label"),
            FlinkVersion = source.FlinkVersion,
            Jar = jar ?? Miss(errors, "Jar", "pipeline.jars is not set: give SourceJob.Jar", new ArtifactRef(string.Empty)),
            Files = source.Files,
            EntryClass = source.EntryClass ?? draft.Get("$internal.application.main"),
            Arguments = ArgumentsOf(source, draft, errors),
            Configuration = ConfigurationOf(source, suppliedKeys, errors),
            Environment = environment,
            Parallelism = Sizes.Parallelism(draft) ?? Miss(errors, "Parallelism", "a whole number", 1),
            JobManager = Container(source, draft, "JobManager", Sizes.JobManagerMemory(draft), "yarn.appmaster.vcores", "kubernetes.jobmanager.cpu.amount", "1", errors),
            TaskManager = TaskManager(source, draft, errors),
        };
        return errors.Count > 0
            ? new SourceDefinitionResult.Incomplete([.. errors.OrderBy(static e => e.Field, StringComparer.Ordinal)])
            : new SourceDefinitionResult.Complete(spec);
    }

    private const string MasterVariable = "containerized.master.env.";
    private const string TaskManagerVariable = "containerized.taskmanager.env.";

    private static ImmutableArray<string> ArgumentsOf(SourceJob source, Draft draft, ImmutableArray<SpecError>.Builder errors)
    {
        var arguments = source.Arguments ?? Files.List(draft.Get(SecretMask.ProgramArguments) ?? string.Empty);
        if (SecretMask.IsSecret("arguments", string.Join(' ', arguments)))
        {
            errors.Add(new SpecError("Arguments", "***", "no secret, since it would stand in the journal: let the program read it from a file, a variable or the configuration"));
        }
        return arguments;
    }

    private static ImmutableSortedDictionary<string, string> ConfigurationOf(SourceJob source, ImmutableSortedSet<string> supplied, ImmutableArray<SpecError>.Builder errors)
    {
        var kept = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in source.Configuration)
        {
            if (IsMadeByTheStart(source, key, value) || supplied.Any(k => k is [.. var start, '*'] ? key.StartsWith(start, StringComparison.Ordinal) : k == key))
            {
                continue;
            }
            if (value == SecretMask.Hidden || SecretMask.IsSecret(key, value))
            {
                errors.Add(new SpecError($"Configuration[{key}]", "***", "a secret: put it into the profile of the backend, and name the key as supplied"));
            }
            else if (key == "yarn.ship-archives")
            {
                errors.Add(new SpecError($"Configuration[{key}]", value, "archives are not unpacked by a new start: ship their files"));
            }
            else
            {
                kept[key] = value;
            }
        }
        return kept.ToImmutable();
    }

    private static bool IsMadeByTheStart(SourceJob source, string key, string value)
    {
        var name = FlinkKeyAliases.Canonical(key);
        return ApplicationSpecRules.IsOwned(name) || ApplicationSpecRules.IsOwned(key) || Place.Contains(name, StringComparer.Ordinal)
            || CommonRows.Runtime.Concat(CommonRows.Restoring).Concat(CommonRows.Program).Any(r => r.Matches(name))
            || key.StartsWith(MasterVariable, StringComparison.Ordinal)
            || (source.Backend == BackendKind.Kubernetes && KubernetesOwnedKeys.Contains(key))
            // Flink says so when the directories are those that the container was given.
            || (name == "io.tmp.dirs" && source.Configuration.GetValueOrDefault("internal.io.tmpdirs.use-local-default") == "true")
            || (name == "pipeline.classpaths" && value is "[]" or "");
    }

    private static TaskManagerResources TaskManager(SourceJob source, Draft draft, ImmutableArray<SpecError>.Builder errors)
    {
        var slots = Sizes.Slots(draft) ?? Miss(errors, "TaskManager.Slots", "a whole number", 1);
        var container = Container(
            source, draft, "TaskManager", Sizes.TaskManagerMemory(draft), "yarn.containers.vcores", "kubernetes.taskmanager.cpu.amount",
            draft.Get("taskmanager.cpu.cores") ?? slots.ToString(CultureInfo.InvariantCulture), errors);
        return new TaskManagerResources { CpuMillicores = container.CpuMillicores, Memory = container.Memory, Slots = slots };
    }

    private static ContainerResources Container(
        SourceJob source, Draft draft, string field, Sizes.Memory memory, string vcores, string cores, string otherwise, ImmutableArray<SpecError>.Builder errors)
    {
        var text = draft.Get(source.Backend == BackendKind.Yarn ? vcores : cores);
        var amount = decimal.TryParse(text is null or "-1" or "-1.0" ? otherwise : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000
            ? number
            : Miss(errors, $"{field}.CpuMillicores", "a number of cores above 0", 1m);
        return new ContainerResources
        {
            Memory = memory.Size ?? Miss(errors, $"{field}.Memory", memory.Reason, MemorySize.FromMebibytes(1024)),
            CpuMillicores = (int)Math.Ceiling(amount * 1000),
        };
    }

    private static T Miss<T>(ImmutableArray<SpecError>.Builder errors, string field, string expected, T otherwise)
    {
        errors.Add(new SpecError(field, null, expected));
        return otherwise;
    }
}

/// <summary>How the reading of a job's own definition ended.</summary>
public abstract record SourceDefinitionResult
{
    private SourceDefinitionResult()
    {
    }

    /// <summary>All of it is known.</summary>
    /// <param name="Spec">What starts the job again where it runs.</param>
    public sealed record Complete(ApplicationSpec Spec) : SourceDefinitionResult;

    /// <summary>Something is not known, or may not be written down.</summary>
    /// <param name="Errors">All of it, with what would be right; never a secret.</param>
    public sealed record Incomplete(ImmutableArray<SpecError> Errors) : SourceDefinitionResult;
}
