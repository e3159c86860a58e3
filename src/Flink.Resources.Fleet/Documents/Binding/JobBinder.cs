using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>Jobs with their defaults; names that lead nowhere and places that do not suit are mistakes.</summary>
internal sealed class JobBinder(DocumentWalk walk, Fields defaults, DocumentNames names)
{
    public ImmutableSortedDictionary<JobKey, JobEntry> Bind(Fields written)
    {
        CheckDefaults();
        var jobs = ImmutableSortedDictionary.CreateBuilder<JobKey, JobEntry>(Maps.JobKeys);
        foreach (var (name, value) in written.Readable)
        {
            var job = JobKey.Parse(name);
            var (own, path) = ((Fields)value, DocumentWalk.Join("jobs", name, isUsersName: true));
            var fields = own.Over(defaults);
            foreach (var key in (ReadOnlySpan<string>)["runtime", "queue", "snapshots", "parallelism"])
            {
                if (!fields.Has(key))
                {
                    walk.Errors.Add(own.At, $"{path}.{key}", null, "it is missing: give it here or in 'defaults'");
                }
            }
            CheckNames(own, path);
            CheckStandby(own, path, job, written);
            if (walk.Errors.Count == 0)
            {
                jobs[job] = Entry(job, own, fields);
            }
            CheckPlace(fields, path);
        }
        return jobs.ToImmutable();
    }

    private void CheckDefaults() => CheckShared(defaults, "defaults");

    private void CheckNames(Fields own, string path)
    {
        if (own.Text("cluster") is { } cluster && !names.WrittenClusters.Has(cluster))
        {
            Unknown($"{path}.cluster", "cluster", cluster, names.Clusters.Keys);
        }
        CheckShared(own, path);
        foreach (var (name, id) in own.Class<Fields>("adopt")?.Readable ?? [])
        {
            var field = DocumentWalk.Join($"{path}.adopt", name, isUsersName: true);
            if (!names.WrittenClusters.Has(name))
            {
                Unknown(walk.Keys[field], field, "cluster", name, names.Clusters.Keys);
            }
            else if (names.Clusters.GetValueOrDefault(name) is { } place)
            {
                CheckApplication(field, place, (string)id);
            }
        }
        if (own.Has("sha256") && own.Class<Fields>("jar") is not null)
        {
            Error($"{path}.sha256", null, "'jar' has its own 'sha256' here; write one of them");
        }
    }

    private void CheckShared(Fields fields, string path)
    {
        if (fields.Text("runtime") is { } runtime && !names.WrittenRuntimes.Has(runtime))
        {
            Unknown($"{path}.runtime", "runtime", runtime, names.Runtimes.Keys);
        }
        if (fields.Text("queue") is { } queue && names.Queues.Count > 0 && !IsKnownQueue(queue))
        {
            Unknown($"{path}.queue", "queue", queue, names.Queues.Readable.Select(static q => q.Key));
        }
    }

    /// <summary>A queue is known when it, or one above it, stands in the document: namespaces hold for all below.</summary>
    private bool IsKnownQueue(string queue)
    {
        for (var path = queue; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('.'))])
        {
            if (names.Queues.Has(path))
            {
                return true;
            }
        }
        return false;
    }

    private void CheckApplication(string field, FleetCluster place, string id)
    {
        var isYarn = Scalars.IsYarnApplication(id);
        if (place is FleetCluster.Yarn && !isYarn)
        {
            Error(field, id, $"'{place.Name}' is a YARN cluster: write an application id such as application_1700000000000_0421");
        }
        else if (place is FleetCluster.Kubernetes && isYarn)
        {
            Error(field, id, $"'{place.Name}' is a Kubernetes cluster: write the cluster-id of the application, or namespace/cluster-id");
        }
    }

    private void CheckStandby(Fields own, string path, JobKey job, Fields written)
    {
        if (own.Value<JobKey>("standbyOf") is not { } other)
        {
            return;
        }
        if (other == job)
        {
            Error($"{path}.standbyOf", other.Value, "a job does not stand by for itself");
        }
        else if (!written.Has(other.Value))
        {
            Unknown($"{path}.standbyOf", "job", other.Value, written.Readable.Select(static j => j.Key));
        }
    }

    /// <summary>What the cluster, the runtime and the job must agree on. Only where each is right by itself.</summary>
    private void CheckPlace(Fields fields, string path)
    {
        if (fields.Text("cluster") is not { } name || names.Clusters.GetValueOrDefault(name) is not { } cluster)
        {
            return;
        }
        if (fields.Text("runtime") is { } runtimeName && names.Runtimes.GetValueOrDefault(runtimeName) is { } runtime)
        {
            if (cluster is FleetCluster.Yarn && runtime.Libraries.IsEmpty)
            {
                Error($"{path}.cluster", name, $"the runtime '{runtimeName}' has no 'libs', which a YARN cluster needs; give it some, or choose another runtime");
            }
            else if (cluster is FleetCluster.Kubernetes && runtime.Image is null)
            {
                Error($"{path}.cluster", name, $"the runtime '{runtimeName}' has no 'image', which a Kubernetes cluster needs; give it one, or choose another runtime");
            }
        }
        if (cluster is FleetCluster.Kubernetes kubernetes && fields.Text("zone") is { } zone && !kubernetes.Zones.ContainsKey(zone))
        {
            Unknown(Written($"{path}.zone", "defaults.zone"), $"zone of '{name}'", zone, kubernetes.Zones.Keys);
        }
        if (cluster is FleetCluster.Yarn yarn)
        {
            foreach (var variable in fields.Class<Fields>("secrets")?.Readable.Select(static s => s.Key).Except(yarn.Provides, StringComparer.Ordinal) ?? [])
            {
                Error(
                    Written($"{path}.secrets.{variable}", $"defaults.secrets.{variable}"), null,
                    $"YARN keeps no Secrets: let the NodeManagers of '{name}' set {variable} for containers, and name it in clusters.{name}.provides");
            }
        }
    }

    private static JobEntry Entry(JobKey job, Fields own, Fields fields)
    {
        var manager = fields.Class<Fields>("jobManager") ?? new Fields(fields.At);
        var worker = fields.Class<Fields>("taskManager") ?? new Fields(fields.At);
        return new JobEntry
        {
            Job = job,
            At = fields.At,
            Cluster = fields.Text("cluster")!,
            Queue = fields.Text("queue")!,
            Runtime = fields.Text("runtime")!,
            Kind = fields.Value<JobKind>("kind") ?? JobKind.Streaming,
            Priority = fields.Value<JobPriority>("priority"),
            Zone = fields.Text("zone"),
            Adopt = fields.Map("adopt"),
            Jar = Artifact(fields.Class<object>("jar")!, fields.Text("sha256")),
            Files = [.. fields.List<object>("files").Select(static f => Artifact(f, null))],
            EntryClass = fields.Text("class"),
            Arguments = fields.List<string>("args"),
            Parallelism = fields.Value<int>("parallelism")!.Value,
            JobManager = new ContainerResources
            {
                Memory = manager.Value<MemorySize>("memory") ?? ContainerDefaults.JobManagerMemory,
                CpuMillicores = manager.Value<int>("cpu") ?? 1000,
            },
            TaskManager = new TaskManagerResources
            {
                Memory = worker.Value<MemorySize>("memory") ?? ContainerDefaults.TaskManagerMemory,
                CpuMillicores = worker.Value<int>("cpu") ?? 1000,
                Slots = worker.Value<int>("slots") ?? 1,
            },
            Configuration = fields.Map("flink"),
            Environment = fields.Map("env"),
            Secrets = fields.Map("secrets", static (variable, value) => value is Fields secret
                ? new SecretRef(secret.Text("name")!, secret.Text("key") ?? variable)
                : new SecretRef((string)value, variable)),
            State = fields.Value<DesiredState>("state") ?? DesiredState.Running,
            Start = fields.Class<RestorePoint>("start"),
            SnapshotDirectory = fields.Text("snapshots")!.Replace("{job}", job.Value, StringComparison.Ordinal),
            Move = Move(fields.Class<Fields>("move") ?? new Fields(fields.At), fields.Map("sinks", static s => (SinkClass)s)),
            Facts = Facts(own, fields),
        };
    }

    private static ArtifactRef Artifact(object written, string? digest) =>
        written is Fields fields ? new ArtifactRef(fields.Text("uri")!, fields.Text("sha256")) : new ArtifactRef((string)written, digest);

    private static MoveEntry Move(Fields fields, ImmutableSortedDictionary<string, SinkClass> sinks)
    {
        var usual = new MoveOptions();
        return new MoveEntry
        {
            Baseline = fields.Value<TimeSpan>("baseline") ?? TimeSpan.FromHours(2),
            OnUnhealthy = fields.Value<Health.OnUnhealthy>("onUnhealthy") ?? Health.OnUnhealthy.Hold,
            MaximumCatchUp = fields.Value<TimeSpan>("maxCatchUp"),
            Options = new MoveOptions
            {
                Stop = fields.Value<StopMethod>("stop") ?? usual.Stop,
                Sinks = sinks,
                AcceptsDuplicates = fields.Flag("acceptsDuplicates"),
                Soak = fields.Value<TimeSpan>("soak") ?? usual.Soak,
                ValidationTimeout = fields.Value<TimeSpan>("validationTimeout") ?? usual.ValidationTimeout,
                PreparationTimeout = fields.Value<TimeSpan>("preparationTimeout") ?? usual.PreparationTimeout,
                StopTimeout = fields.Value<TimeSpan>("stopTimeout") ?? usual.StopTimeout,
                DeathTimeout = fields.Value<TimeSpan>("deathTimeout") ?? usual.DeathTimeout,
                SubmissionTimeout = fields.Value<TimeSpan>("submissionTimeout") ?? usual.SubmissionTimeout,
                RestoreTimeout = fields.Value<TimeSpan>("restoreTimeout") ?? usual.RestoreTimeout,
                PollInterval = fields.Value<TimeSpan>("pollInterval") ?? usual.PollInterval,
            },
        };
    }

    private static JobFacts Facts(Fields own, Fields fields) => new()
    {
        Owner = fields.Text("owner"),
        Freeze = fields.Text("freeze"),
        Reads = fields.List<string>("reads"),
        Writes = fields.List<string>("writes"),
        StandbyOf = fields.Value<JobKey>("standbyOf"),
        IsStateless = fields.Flag("stateless"),
        IsVolunteer = fields.Flag("volunteer"),
        IsSynthetic = fields.Flag("synthetic"),
        IsApproved = fields.Flag("approved"),
        Acknowledged = fields.List<string>("acknowledge"),
        Remedied = own.List<string>("acknowledge"),
        SourceRetention = fields.Value<TimeSpan>("sourceRetention"),
        LagObjective = fields.Value<TimeSpan>("lagObjective"),
    };

    private string Written(string own, string shared) => walk.Positions.ContainsKey(own) ? own : shared;

    private void Unknown(string field, string what, string written, IEnumerable<string> known) => Unknown(walk.Positions[field], field, what, written, known);

    private void Unknown(SourcePosition at, string field, string what, string written, IEnumerable<string> known)
    {
        var all = known.ToList();
        var hint = Similar.To(written, all) is { } name ? $"Did you mean '{name}'?"
            : all.Count == 0 ? "The document has none."
            : $"The document has {string.Join(", ", all.Take(10))}{(all.Count > 10 ? ", …" : string.Empty)}.";
        walk.Errors.Add(at, field, walk.Shown(field, written), $"there is no such {what}. {hint}");
    }

    private void Error(string field, string? value, string expected) => walk.Errors.Add(walk.Positions[field], field, value is null ? null : walk.Shown(field, value), expected);
}
