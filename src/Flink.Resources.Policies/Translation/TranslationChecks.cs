using System.Collections.Immutable;
using System.Globalization;
using Flink.Resources.Flink;

namespace Flink.Resources.Translation;

/// <summary>What must hold of a specification before it is prepared on a target. Pure; all errors at once; values of secrets never shown.</summary>
public static class TranslationChecks
{
    /// <summary>Checks a specification against the place it goes to.</summary>
    /// <param name="spec">The specification, translated or written by hand.</param>
    /// <param name="target">The place.</param>
    /// <param name="clusterId">The cluster id that it would get; null leaves its uniqueness out.</param>
    public static ImmutableArray<SpecError> Check(ApplicationSpec spec, TargetProfile target, string? clusterId = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(target);
        var errors = ApplicationSpecRules.Check(spec)
            .ConvertAll(static e => e.Value is { } value && SecretMask.IsSecret(e.Field, value) ? e with { Value = SecretMask.Hidden } : e);
        foreach (var (key, value) in spec.Configuration)
        {
            CheckKey(errors, key, value, target);
        }
        CheckDuplicates(errors, spec);
        CheckSize(errors, "JobManager", spec.JobManager, target);
        CheckSize(errors, "TaskManager", spec.TaskManager, target);
        foreach (var (field, artifact) in spec.Files.Select(static (f, i) => ($"Files[{i.ToString(CultureInfo.InvariantCulture)}]", f)).Prepend(("Jar", spec.Jar)))
        {
            CheckArtifact(errors, field, artifact, target);
        }
        foreach (var (name, value) in spec.Environment.Where(e => Paths.IsUnreachable(target, e.Value)))
        {
            errors.Add(new SpecError($"Environment[{name}]", Shown(name, value), "a path that the target reaches"));
        }
        if (clusterId is not null && target.TakenClusterIds.Contains(clusterId))
        {
            errors.Add(new SpecError("ClusterId", clusterId, "an id that is not taken there: the next epoch has one"));
        }
        return [.. errors.OrderBy(static e => e.Field, StringComparer.Ordinal).ThenBy(static e => e.Expected, StringComparer.Ordinal).DistinctBy(static e => (e.Field, e.Expected))];
    }

    private static void CheckKey(List<SpecError> errors, string key, string value, TargetProfile target)
    {
        void Add(string expected) => errors.Add(new SpecError($"Configuration[{key}]", Shown(key, value), expected));

        var isKubernetes = target.Backend == BackendKind.Kubernetes;
        if (isKubernetes && KubernetesOwnedKeys.Contains(key))
        {
            Add("left out: the Kubernetes backend sets it");
        }
        if (isKubernetes
            ? key.StartsWith("yarn.", StringComparison.Ordinal) || key.StartsWith("flink.yarn.", StringComparison.Ordinal)
            : key.StartsWith("kubernetes.", StringComparison.Ordinal))
        {
            Add($"left out: it means nothing on {(isKubernetes ? "Kubernetes" : "YARN")}");
        }
        if (!isKubernetes && key == "high-availability.type" && value.Equals("kubernetes", StringComparison.OrdinalIgnoreCase))
        {
            Add("zookeeper or none");
        }
        if (Paths.IsUnreachable(target, value))
        {
            Add("a path that the target reaches");
        }
        if (!FlinkRelease.TryParse(target.FlinkVersion, out var release))
        {
            return;
        }
        if (!FlinkKeyAliases.IsKnown(key, release))
        {
            Add($"{FlinkKeyAliases.NameIn(key, release)}, its name in Flink {release}");
        }
        if (release.HasLegacyFileOnly && (value.Trim().Length == 0 || value != value.Trim() || value.AsSpan().IndexOfAny("#\r\n") >= 0))
        {
            Add($"a value that the file of Flink {release} can carry: not empty, one line, no # in it, no blanks around it");
        }
    }

    private static void CheckDuplicates(List<SpecError> errors, ApplicationSpec spec)
    {
        foreach (var option in spec.Configuration.Keys.GroupBy(FlinkKeyAliases.Canonical, StringComparer.Ordinal).Where(static g => g.Count() > 1))
        {
            errors.Add(new SpecError($"Configuration[{option.Key}]", string.Join(", ", option.Order(StringComparer.Ordinal)), "one name of the option"));
        }
    }

    private static void CheckSize(List<SpecError> errors, string field, ContainerResources size, TargetProfile target)
    {
        if (target.MaximumMemory is { } memory && size.Memory > memory)
        {
            errors.Add(new SpecError($"{field}.Memory", size.Memory.ToString(), $"at most {memory}, the largest container there"));
        }
        if (target.MaximumCpuMillicores is { } cpu && size.CpuMillicores > cpu)
        {
            errors.Add(new SpecError(
                $"{field}.CpuMillicores", size.CpuMillicores.ToString(CultureInfo.InvariantCulture),
                FormattableString.Invariant($"at most {cpu}, the largest container there")));
        }
    }

    private static void CheckArtifact(List<SpecError> errors, string field, ArtifactRef artifact, TargetProfile target)
    {
        var isLocal = artifact.Uri.StartsWith("local:", StringComparison.Ordinal);
        if (target.Backend == BackendKind.Kubernetes ? Paths.IsHostPath(artifact.Uri) : isLocal)
        {
            errors.Add(new SpecError(field, Shown(field, artifact.Uri), isLocal ? "a file that YARN can localise" : "a file that pods can read"));
        }
        if (Paths.IsUnreachable(target, artifact.Uri))
        {
            errors.Add(new SpecError(field, Shown(field, artifact.Uri), "a path that the target reaches"));
        }
    }

    private static string Shown(string key, string value) => SecretMask.IsSecret(key, value) ? SecretMask.Hidden : value;
}
