using System.Collections.Immutable;
using Flink.Resources.Flink;

namespace Flink.Resources.Kubernetes;

/// <summary>What this backend asks of a specification beyond the common rules. All errors at once.</summary>
internal static class SpecCheck
{
    public static List<SpecError> Check(Fence fence, ApplicationSpec spec, KubernetesOptions options)
    {
        var profile = Placing.ProfileOf(spec.FlinkVersion, options);
        var errors = ApplicationSpecRules.Check(spec, profile?.Configuration);
        void Add(string field, string? value, string expected)
        {
            if (!errors.Exists(e => string.Equals(e.Field, field, StringComparison.Ordinal)))
            {
                errors.Add(new SpecError(field, value, expected));
            }
        }

        if (fence.Job != spec.Job)
        {
            Add("Fence.Job", fence.Job.Value, $"the specification's job, '{spec.Job}'.");
        }
        if (fence.Epoch < 1)
        {
            Add("Fence.Epoch", fence.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture), "1 for the first start, then 2, 3 …");
        }
        foreach (var (key, value) in spec.Configuration)
        {
            if (FlinkDefaults.IsOwned(key))
            {
                Add($"Configuration[{key}]", value, "left out: the Kubernetes backend sets it, so that fences, addresses and high availability hold.");
            }
        }
        CheckJar(spec, Add);
        CheckUnsupported(spec, Add);
        if (profile is not null)
        {
            if (spec.Zone is not null && !profile.Zones.ContainsKey(spec.Zone))
            {
                Add("Zone", spec.Zone, $"a zone of the profile's Zones: {(profile.Zones.Count == 0 ? "there are none" : string.Join(", ", profile.Zones.Keys))}.");
            }
        }
        else
        {
            Add("FlinkVersion", spec.FlinkVersion, $"a version with a profile in KubernetesOptions.Profiles: {string.Join(", ", options.Profiles.Keys)}.");
        }
        return errors;
    }

    public static ImmutableArray<string> Notes(ApplicationSpec spec)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var key in spec.Configuration.Keys.Where(static k => k.StartsWith("yarn.", StringComparison.Ordinal)))
        {
            notes.Add($"Configuration[{key}] means nothing on Kubernetes and is ignored.");
        }
        notes.Add("execution.shutdown-on-application-finish is false: the JobManager stays after its job's end until RemoveAsync.");
        notes.Add("High availability is on (kubernetes): a restarted JobManager resumes from its newest checkpoint, or finds its result and does not run again.");
        return notes.ToImmutable();
    }

    private static void CheckJar(ApplicationSpec spec, Action<string, string?, string> add)
    {
        foreach (var (field, artifact) in spec.Files.Select(static (f, i) => ($"Files[{i}].Uri", f)).Prepend(("Jar.Uri", spec.Jar)))
        {
            if (!Uri.TryCreate(artifact.Uri, UriKind.Absolute, out var uri) || uri.Scheme is "file")
            {
                add(field, artifact.Uri, "local:///… (in the image), https://…, hdfs://… or s3://…: pods can't read the caller's disk.");
            }
        }
    }

    private static void CheckUnsupported(ApplicationSpec spec, Action<string, string?, string> add)
    {
        if (spec.Jar.Uri.EndsWith(".py", StringComparison.OrdinalIgnoreCase)
            || (spec.EntryClass?.Contains("PythonDriver", StringComparison.Ordinal) ?? false)
            || spec.Configuration.Keys.Any(static k => k.StartsWith("python.", StringComparison.Ordinal)))
        {
            add("Jar.Uri", spec.Jar.Uri, "a jar: Python jobs are not supported yet.");
        }
        if (spec.Jar.Uri.EndsWith(".sql", StringComparison.OrdinalIgnoreCase)
            || spec.Configuration.Keys.Any(static k => k.StartsWith("sql-gateway.", StringComparison.Ordinal)))
        {
            add("Jar.Uri", spec.Jar.Uri, "a jar: SQL scripts and the SQL gateway are not supported yet.");
        }
    }
}
