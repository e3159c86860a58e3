using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Flink;

namespace Flink.Resources.Kubernetes;

/// <summary>A checked specification together with the place it goes to.</summary>
internal sealed class ApplicationInput
{
    private readonly SortedDictionary<string, string> _configuration;

    public ApplicationInput(Fence fence, ApplicationSpec spec, KubernetesOptions options, KubernetesFlinkProfile profile)
    {
        Fence = fence;
        Spec = spec;
        Options = options;
        Profile = profile;
        ClusterId = KubernetesNames.ClusterId(fence);
        Namespace = Placing.NamespaceOf(spec.Queue, options);
        var zone = spec.Zone is null ? null : profile.Zones[spec.Zone];
        NodeSelector = new(StringComparer.Ordinal);
        Overlay(NodeSelector, profile.NodeSelector, zone?.NodeSelector ?? new Dictionary<string, string>(StringComparer.Ordinal));
        Tolerations = [.. profile.Tolerations, .. zone?.Tolerations ?? []];
        PriorityClass = Placing.PriorityClassOf(spec, options);
        Environment = new(StringComparer.Ordinal);
        Overlay(Environment, FlinkDefaults.Environment, profile.Environment, spec.Environment);
        var given = Given();
        StartsDirectly = profile.DirectStart && DirectStart.IsPossible(given);
        HasTemplate = FlinkObjects.TaskManagerTemplate(this) is not null;
        _configuration = Configure(given);
        // As Flink's own scripts have it: what a user sets in the environment wins over what the configuration says.
        JobManagerEnvironment = new(StringComparer.Ordinal);
        Overlay(JobManagerEnvironment, StartsDirectly ? DirectStart.JobManager(_configuration) : [], Environment);
    }

    public Fence Fence { get; }

    public ApplicationSpec Spec { get; }

    public KubernetesOptions Options { get; }

    public KubernetesFlinkProfile Profile { get; }

    public string ClusterId { get; }

    public string Namespace { get; }

    public SortedDictionary<string, string> NodeSelector { get; }

    public IReadOnlyList<string> Tolerations { get; }

    public string? PriorityClass { get; }

    public SortedDictionary<string, string> Environment { get; }

    public SortedDictionary<string, string> JobManagerEnvironment { get; }

    public bool HasTemplate { get; }

    /// <summary>Whether one JVM is started per container, without those of Flink's scripts.</summary>
    public bool StartsDirectly { get; }

    /// <summary>The JobManager's own arguments.</summary>
    public string JobManagerArguments => StartsDirectly ? FlinkMemory.ForJobManager(_configuration).DynamicProperties : string.Empty;

    public ApplicationManifest ToManifest()
    {
        var lists = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["pipeline.jars"] = [Spec.Jar.Uri] };
        if (!Spec.Arguments.IsEmpty)
        {
            lists["$internal.application.program-args"] = Spec.Arguments;
        }
        if (!Spec.Files.IsEmpty)
        {
            lists["user.artifacts.artifact-list"] = [.. Spec.Files.Select(static f => f.Uri)];
        }
        return new ApplicationManifest
        {
            Namespace = Namespace,
            ClusterId = ClusterId,
            Configuration = _configuration,
            Lists = lists,
            Deployment = FlinkObjects.Deployment(this),
            Service = FlinkObjects.Service(ClusterId, Namespace),
            TaskManagerTemplate = FlinkObjects.TaskManagerTemplate(this),
            StartsDirectly = StartsDirectly,
        };
    }

    public JsonObject JobManagerResources()
    {
        var memory = $"{Spec.JobManager.Memory.Mebibytes}Mi";
        var factor = double.TryParse(_configuration["kubernetes.jobmanager.cpu.limit-factor"], CultureInfo.InvariantCulture, out var given) && given >= 1 ? given : 1;
        return new JsonObject
        {
            ["requests"] = new JsonObject { ["cpu"] = $"{Spec.JobManager.CpuMillicores}m", ["memory"] = memory },
            ["limits"] = new JsonObject { ["cpu"] = $"{(long)Math.Ceiling(Spec.JobManager.CpuMillicores * factor)}m", ["memory"] = memory },
        };
    }

    /// <summary>What the profile and the specification say.</summary>
    private SortedDictionary<string, string> Given()
    {
        var given = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Overlay(given, Profile.Configuration, Spec.Configuration.Where(static p => !p.Key.StartsWith("yarn.", StringComparison.Ordinal)));
        return given;
    }

    private SortedDictionary<string, string> Configure(SortedDictionary<string, string> given)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var common = ApplicationSpecRules.CommonConfiguration(
            Spec with { Configuration = given.ToImmutableSortedDictionary(StringComparer.Ordinal) }, RestorePoint.None);
        Overlay(result, FlinkDefaults.Overridable(Options), common, FlinkDefaults.Owned(ClusterId, Namespace, Options, Profile));
        result["kubernetes.jobmanager.cpu.amount"] = Cores(Spec.JobManager);
        result["kubernetes.taskmanager.cpu.amount"] = Cores(Spec.TaskManager);
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Overlay(environment, StartsDirectly ? DirectStart.TaskManager(result) : [], Environment);
        foreach (var (name, value) in environment)
        {
            result["containerized.taskmanager.env." + name] = value;
        }
        if (Spec.EntryClass is not null)
        {
            result["$internal.application.main"] = Spec.EntryClass;
        }
        if (HasTemplate)
        {
            result["kubernetes.pod-template-file.taskmanager"] = $"{FlinkObjects.TemplateDirectory}/{FlinkObjects.TemplateFile}";
        }
        return result;
    }

    private static string Cores(ContainerResources resources) =>
        (resources.CpuMillicores / 1000m).ToString("0.0##", CultureInfo.InvariantCulture);

    private static void Overlay(SortedDictionary<string, string> target, params ReadOnlySpan<IEnumerable<KeyValuePair<string, string>>> sources)
    {
        foreach (var source in sources)
        {
            foreach (var (key, value) in source)
            {
                target[key] = value;
            }
        }
    }
}

/// <summary>What options say about a queue, a version, a priority.</summary>
internal static class Placing
{
    public static string NamespaceOf(string queue, KubernetesOptions options) => OfQueue(queue, options.Queues) ?? options.Namespace;

    public static KubernetesFlinkProfile? ProfileOf(string version, KubernetesOptions options) =>
        options.Profiles.TryGetValue(version, out var exact) ? exact
        : options.Profiles.TryGetValue(string.Join('.', version.Split('.').Take(2)), out var minor) ? minor
        : null;

    public static string? PriorityClassOf(ApplicationSpec spec, KubernetesOptions options) => spec.Priority is { } priority
        ? options.PriorityClasses.Where(p => p.Key <= priority.Value).OrderByDescending(static p => p.Key).Select(static p => p.Value).FirstOrDefault()
        : OfQueue(spec.Queue, options.QueuePriorityClasses);

    private static string? OfQueue(string queue, IDictionary<string, string> values)
    {
        for (var path = queue; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('.'))])
        {
            if (values.TryGetValue(path, out var found))
            {
                return found;
            }
        }
        return null;
    }
}
