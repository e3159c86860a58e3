using System.Collections.Immutable;
using System.Globalization;
using Flink.Resources.Flink;
using Flink.Resources.Kubernetes;

namespace Flink.Resources.Fleet;

internal sealed class ClusterBinder(DocumentWalk walk, Fields defaults, IEnumerable<FleetRuntime> runtimes)
{
    private readonly string? _snapshots = defaults.Text("snapshots");
    private readonly List<FleetRuntime> _runtimes = [.. runtimes];

    public ImmutableSortedDictionary<string, FleetCluster> Bind(Fields written)
    {
        if (written.Count == 0 && walk.Positions.TryGetValue("clusters", out var at))
        {
            walk.Errors.Add(at, "clusters", null, "name at least one cluster");
        }
        var clusters = Maps.Empty<FleetCluster>().ToBuilder();
        foreach (var (name, value) in written.Readable)
        {
            var (fields, path) = ((Fields)value, DocumentWalk.Join("clusters", name, isUsersName: true));
            FleetCluster? cluster = fields.Value<BackendKind>("kind") switch
            {
                BackendKind.Yarn => Yarn(fields, name, path),
                BackendKind.Kubernetes => Kubernetes(fields, name, path),
                BackendKind.Unknown => Simulated(fields, name),
                _ => null,
            };
            if (cluster is not null)
            {
                clusters[name] = cluster;
            }
        }
        return clusters.ToImmutable();
    }

    private static FleetCluster.Simulated Simulated(Fields fields, string name) => new()
    {
        Name = name,
        At = fields.At,
        Like = fields.Value<BackendKind>("like") ?? (name.StartsWith("yarn", StringComparison.Ordinal) ? BackendKind.Yarn : BackendKind.Kubernetes),
        Nodes = fields.Value<int>("nodes") ?? 10,
        NodeMemory = fields.Value<MemorySize>("nodeMemory") ?? MemorySize.FromMebibytes(256 << 10),
        NodeCpuMillicores = fields.Value<int>("nodeCpu") ?? 64_000,
    };

    private FleetCluster.Yarn? Yarn(Fields fields, string name, string path)
    {
        CheckCalls(fields, path);
        var fileSystem = FileSystem(fields);
        Require(fields, path, "fileSystem", fileSystem, "write hdfs://ns1 or hdfs://nn1:8020; neither 'libs' nor 'defaults.snapshots' name one");
        RequireRuntime(fields, path, static r => !r.Libraries.IsEmpty, "no runtime has 'libs', the HDFS directories of Flink, so nothing can run here");
        return new FleetCluster.Yarn
        {
            Name = name,
            At = fields.At,
            ResourceManagers = fields.List<Uri>("resourceManagers"),
            WebHdfs = fields.List<Uri>("webhdfs"),
            FileSystem = fileSystem,
            User = fields.Text("user") ?? "flink",
            StagingRoot = fields.Text("stagingRoot") ?? "/flink-resources",
            Provides = fields.List<string>("provides"),
            Controller = fields.Text("controller"),
            Environment = fields.Map("env"),
            Configuration = fields.Map("flink"),
            Calls = Calls(fields),
        };
    }

    private FleetCluster.Kubernetes? Kubernetes(Fields fields, string name, string path)
    {
        CheckCalls(fields, path);
        var highAvailability = fields.Text("highAvailability") ?? HighAvailability();
        Require(fields, path, "highAvailability", highAvailability, "write the URI of durable storage, such as hdfs://ns1/flink/ha; 'defaults.snapshots' does not name one");
        RequireRuntime(fields, path, static r => r.Image is not null, "no runtime has an 'image', so nothing can run here");
        foreach (var key in fields.Map("flink").Keys.Where(KubernetesOwnedKeys.Contains))
        {
            var field = DocumentWalk.Join($"{path}.flink", key, isUsersName: true);
            walk.Errors.Add(walk.Keys[field], field, null, "the Kubernetes backend sets it, so that fences and high availability hold; leave it out");
        }
        return new FleetCluster.Kubernetes
        {
            Name = name,
            At = fields.At,
            FileSystem = FileSystem(fields),
            KubeConfig = fields.Text("kubeconfig"),
            Context = fields.Text("context"),
            Namespace = fields.Text("namespace") ?? "default",
            ServiceAccount = fields.Text("serviceAccount") ?? "default",
            HighAvailabilityDirectory = highAvailability ?? string.Empty,
            CpuLimitFactor = fields.Value<double>("cpuLimitFactor") ?? 1,
            RestAccess = fields.Value<FlinkRestAccess>("restAccess") ?? FlinkRestAccess.ApiServerProxy,
            PriorityClasses = PriorityClasses(fields, path),
            ImagePullPolicy = (fields.Value<PullPolicy>("pullPolicy") ?? PullPolicy.IfNotPresent).ToString(),
            ImagePullSecrets = fields.List<string>("pullSecrets"),
            Nodes = Zone(fields),
            Zones = fields.Map("zones", static z => Zone((Fields)z)),
            RemoveTimeout = fields.Value<TimeSpan>("removeTimeout"),
            FlinkTimeout = fields.Value<TimeSpan>("flinkTimeout"),
            Controller = fields.Text("controller"),
            Environment = fields.Map("env"),
            Configuration = fields.Map("flink"),
            Calls = Calls(fields),
        };
    }

    private static FleetZone Zone(Fields fields) => new() { NodeSelector = fields.Map("nodeSelector"), Tolerations = fields.List<string>("tolerations") };

    private static CallSettings Calls(Fields fields) => new()
    {
        AttemptTimeout = fields.Value<TimeSpan>("attemptTimeout"),
        CallTimeout = fields.Value<TimeSpan>("callTimeout"),
        CircuitFailures = fields.Value<int>("circuitFailures"),
        CircuitBreak = fields.Value<TimeSpan>("circuitBreak"),
        PollInterval = fields.Value<TimeSpan>("pollInterval"),
    };

    private void CheckCalls(Fields fields, string path)
    {
        var attempt = fields.Value<TimeSpan>("attemptTimeout") ?? TimeSpan.FromSeconds(10);
        var call = fields.Value<TimeSpan>("callTimeout") ?? TimeSpan.FromSeconds(30);
        if (call < attempt)
        {
            Error(
                fields.Has("callTimeout") ? $"{path}.callTimeout" : $"{path}.attemptTimeout",
                $"callTimeout ({Durations.Text(call)}) must not be shorter than attemptTimeout ({Durations.Text(attempt)})");
        }
    }

    private ImmutableSortedDictionary<int, string> PriorityClasses(Fields fields, string path)
    {
        var classes = ImmutableSortedDictionary.CreateBuilder<int, string>();
        foreach (var (key, value) in fields.Class<Fields>("priorityClasses")?.Readable ?? [])
        {
            var priority = ((JobPriority)Scalars.Priority.Parse(key)!).Value;
            if (!classes.TryAdd(priority, (string)value))
            {
                Error($"{path}.priorityClasses.{key}", string.Create(CultureInfo.InvariantCulture, $"priority {priority} stands here twice; P0 is 9, P9 is 0"));
            }
        }
        return classes.ToImmutable();
    }

    private string? FileSystem(Fields fields) => fields.Text("fileSystem")
        ?? _runtimes.SelectMany(static r => r.Libraries).Append(_snapshots).Select(Authority).FirstOrDefault(static a => a is not null);

    private static string? Authority(string? uri) =>
        uri is not null && uri.StartsWith("hdfs://", StringComparison.Ordinal)
        && Uri.TryCreate(uri.Replace("{job}", "job", StringComparison.Ordinal), UriKind.Absolute, out var parsed) && parsed.Authority.Length > 0
            ? $"hdfs://{parsed.Authority}"
            : null;

    /// <summary>A folder that no job has: the name of a team does not begin with a dot.</summary>
    private string? HighAvailability() =>
        _snapshots?.IndexOf("{job}", StringComparison.Ordinal) is int at and > 0 && _snapshots[at - 1] == '/' ? $"{_snapshots[..at]}.ha" : null;

    private void Require(Fields fields, string path, string key, string? value, string expected)
    {
        // What it would come from may be wrong itself; that is named already.
        if (value is null && !fields.Has(key) && !(defaults.Has("snapshots") && _snapshots is null))
        {
            walk.Errors.Add(fields.At, $"{path}.{key}", null, $"it is missing: {expected}");
        }
    }

    private void RequireRuntime(Fields fields, string path, Func<FleetRuntime, bool> suits, string expected)
    {
        if (walk.Errors.Count == 0 && !_runtimes.Exists(r => suits(r)))
        {
            walk.Errors.Add(fields.At, path, null, expected);
        }
    }

    private void Error(string field, string expected) => walk.Errors.Add(walk.Positions[field], field, null, expected);
}
