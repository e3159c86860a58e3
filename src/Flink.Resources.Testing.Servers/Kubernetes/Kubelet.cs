using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Flink;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>Schedules pods and runs their containers: JobManagers by the scripts of their jobs, TaskManagers as they are asked for. Not synchronised.</summary>
internal sealed class Kubelet(ObjectStore store, Deletion deletion, FakeJobs jobs, TimeProvider timeProvider)
{
    private static readonly TimeSpan _crashesAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _backsOff = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<string, PodRun> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<FlinkCluster> _clusters = new();

    /// <summary>Images that no registry has.</summary>
    public ConcurrentDictionary<string, bool> MissingImages { get; } = new(StringComparer.Ordinal);

    public ImmutableArray<FakeRun> Runs() => [.. _clusters.SelectMany(static c => c.Runs())];

    /// <summary>The Flink cluster of a JobManager's pod; null while its REST API does not listen.</summary>
    public FlinkCluster? Serving(JsonObject pod) =>
        !pod.IsDeleting && _runs.TryGetValue(pod.Uid, out var run) && run.HasReigned && run.Cluster?.IsUp() == true ? run.Cluster : null;

    public void Run()
    {
        var pods = store.List(ApiResource.Pods);
        foreach (var pod in pods)
        {
            if (pod.IsDeleting)
            {
                Stop(pod.Uid);
            }
            else if (pod.Text("status", "phase") is not ("Succeeded" or "Failed"))
            {
                Step(pod);
            }
        }
        foreach (var gone in _runs.Keys.Except(pods.Select(static p => p.Uid), StringComparer.Ordinal).ToList())
        {
            Stop(gone);
            _runs.Remove(gone);
        }
    }

    private void Stop(string uid)
    {
        if (_runs.TryGetValue(uid, out var run))
        {
            run.Cluster?.Kill();
        }
    }

    private void Step(JsonObject pod)
    {
        if (pod.Text("spec", "nodeName") is null && !Schedule(pod))
        {
            return;
        }
        pod = store.Find(ApiResource.Pods, pod.Namespace, pod.Name)!;
        if (!_runs.TryGetValue(pod.Uid, out var run))
        {
            _runs[pod.Uid] = run = new PodRun();
        }
        if (run.StartedAt is null && Obstacle(pod) is { } obstacle)
        {
            Show(pod, PodStatus.Waiting(pod, store.Now, obstacle.Reason, obstacle.Message));
            return;
        }
        if (pod.Text("metadata", "labels", "component") == "jobmanager")
        {
            StepJobManager(pod, run);
            return;
        }
        run.StartedAt ??= store.Now;
        Show(pod, PodStatus.Running(pod, run.StartedAt.Value));
    }

    private void StepJobManager(JsonObject pod, PodRun run)
    {
        run.StartedAt ??= store.Now;
        var start = Start(pod);
        if (jobs.Find(start.EntryClass) is not { } script)
        {
            Crash(pod, run, $"Caused by: org.apache.flink.client.program.ProgramInvocationException: The program's entry point class '{start.EntryClass}' was not found in the jar file.");
            return;
        }
        Show(pod, PodStatus.Running(pod, run.StartedAt.Value));
        if (run.Cluster is null)
        {
            run.Cluster = Launch(start, script);
        }
        if (run.Cluster.LeftAt() is not null)
        {
            Leave(pod);
        }
        else if (run.Cluster.IsUp())
        {
            Reign(pod, start);
            run.HasReigned = true;
        }
    }

    private FlinkCluster Launch(FlinkStart start, FakeJob script)
    {
        var cluster = new FlinkCluster(start, timeProvider, store.Now + script.UpAfter);
        // One whose job has ended finds the result in its store: it does not run the job again, and does not show it either.
        if (!_clusters.Any(c => c.Start.Application == start.Application && c.HasEnded()))
        {
            cluster.Run(script);
        }
        _clusters.Enqueue(cluster);
        return cluster;
    }

    /// <summary>Flink ends by deleting its own Deployment and HA metadata.</summary>
    private void Leave(JsonObject pod)
    {
        var app = pod.Text("metadata", "labels", "app") ?? string.Empty;
        if (store.Find(ApiResource.Deployments, pod.Namespace, app) is { IsDeleting: false } deployment)
        {
            deletion.Delete(ApiResource.Deployments, deployment, "Background", now: false);
        }
        if (store.Find(ApiResource.ConfigMaps, pod.Namespace, LeaderMap(app)) is { } map)
        {
            deletion.Delete(ApiResource.ConfigMaps, map, "Background", now: true);
        }
    }

    /// <summary>What a JobManager that is up makes: its leader map, which nobody owns, and a TaskManager.</summary>
    private void Reign(JsonObject pod, FlinkStart start)
    {
        var app = start.Application;
        if (store.Find(ApiResource.Deployments, pod.Namespace, app) is not { IsDeleting: false } deployment)
        {
            return;
        }
        if (start.Configuration.GetValueOrDefault("high-availability.type") == "kubernetes"
            && store.Find(ApiResource.ConfigMaps, pod.Namespace, LeaderMap(app)) is null)
        {
            store.Create(ApiResource.ConfigMaps, pod.Namespace, new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = LeaderMap(app),
                    ["labels"] = new JsonObject { ["app"] = app, ["configmap-type"] = "high-availability", ["type"] = "flink-native-kubernetes" },
                },
                ["data"] = new JsonObject { ["org.apache.flink.k8s.leader.dispatcher"] = "leader" },
            });
        }
        if (store.Find(ApiResource.Pods, pod.Namespace, TaskManager(app)) is null)
        {
            store.Create(ApiResource.Pods, pod.Namespace, TaskManagerPod(app, pod, deployment, start));
        }
    }

    private static JsonObject TaskManagerPod(string app, JsonObject jobManager, JsonObject deployment, FlinkStart start)
    {
        var memory = start.Configuration.GetValueOrDefault("taskmanager.memory.process.size") ?? "1g";
        var mebibytes = memory.EndsWith('g') ? $"{int.Parse(memory[..^1], CultureInfo.InvariantCulture) * 1024}Mi" : $"{memory.TrimEnd('m')}Mi";
        var resources = new JsonObject { ["cpu"] = start.Configuration.GetValueOrDefault("kubernetes.taskmanager.cpu.amount") ?? "1", ["memory"] = mebibytes };
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = TaskManager(app),
                ["labels"] = new JsonObject { ["app"] = app, ["type"] = "flink-native-kubernetes", ["component"] = "taskmanager" },
                ["ownerReferences"] = new JsonArray(Json.Owner(ApiResource.Deployments, deployment)),
            },
            ["spec"] = new JsonObject
            {
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["name"] = "flink-main-container",
                    ["image"] = jobManager.Items("spec", "containers").First().Text("image"),
                    ["resources"] = new JsonObject { ["requests"] = resources, ["limits"] = resources.DeepClone() },
                }),
                ["restartPolicy"] = "Never",
            },
            ["status"] = new JsonObject { ["phase"] = "Pending" },
        };
    }

    /// <summary>A container that fails is started again, with growing pauses.</summary>
    private void Crash(JsonObject pod, PodRun run, string words)
    {
        var cycle = _crashesAfter + _backsOff;
        var since = store.Now - run.StartedAt!.Value;
        var (restarts, within) = ((int)(since / cycle), new TimeSpan(since.Ticks % cycle.Ticks));
        Show(pod, within < _crashesAfter && restarts == 0
            ? PodStatus.Running(pod, run.StartedAt.Value)
            : PodStatus.Crashed(pod, run.StartedAt.Value, restarts, words));
    }

    private FlinkStart Start(JsonObject pod)
    {
        var map = pod.Items("spec", "volumes").Where(static v => v.Text("name") == "flink-config-volume")
            .Select(v => store.Find(ApiResource.ConfigMaps, pod.Namespace, v.Text("configMap", "name") ?? string.Empty)).FirstOrDefault();
        var yaml = map.Text("data", "config.yaml") ?? map.Text("data", "flink-conf.yaml") ?? string.Empty;
        return new FlinkStart(pod.Text("metadata", "labels", "app") ?? pod.Name, FlinkConfiguration.Read(yaml));
    }

    private (string Reason, string Message)? Obstacle(JsonObject pod)
    {
        if (pod.Items("spec", "containers").Select(static c => c.Text("image") ?? string.Empty).FirstOrDefault(MissingImages.ContainsKey) is { } image)
        {
            return ("ErrImagePull", $"failed to pull and unpack image \"docker.io/{image}\": failed to resolve reference \"docker.io/{image}\": docker.io/{image}: not found");
        }
        return pod.Items("spec", "volumes").Select(static v => v.Text("configMap", "name")).OfType<string>()
            .Any(m => store.Find(ApiResource.ConfigMaps, pod.Namespace, m) is null) ? ("ContainerCreating", string.Empty) : null;
    }

    private bool Schedule(JsonObject pod)
    {
        var nodes = store.List(ApiResource.Nodes).FindAll(static n => n.Text("spec", "unschedulable") != "true");
        var fitting = nodes.Find(n => Fits(n, pod, "cpu") && Fits(n, pod, "memory"));
        if (fitting is null)
        {
            var lacks = nodes.Exists(n => Fits(n, pod, "cpu")) ? "memory" : "cpu";
            Show(pod, PodStatus.Unschedulable(pod, store.Now, FormattableString.Invariant(
                $"0/{nodes.Count} nodes are available: {nodes.Count} Insufficient {lacks}. preemption: 0/{nodes.Count} nodes are available: {nodes.Count} No preemption victims found for incoming pod.")));
            return false;
        }
        store.Change(ApiResource.Pods, pod, copy =>
        {
            copy["spec"]!["nodeName"] = fitting.Name;
            copy["status"] = PodStatus.Waiting(pod, store.Now, "ContainerCreating", string.Empty);
        });
        store.Create(ApiResource.Events, pod.Namespace, Scheduled(pod, fitting));
        return true;
    }

    private bool Fits(JsonObject node, JsonObject pod, string what)
    {
        var taken = store.List(ApiResource.Pods).Where(p => p.Text("spec", "nodeName") == node.Name).Sum(p => Quotas.Sum(p, $"requests.{what}"));
        return taken + Quotas.Sum(pod, $"requests.{what}") <= Json.Quantity(node.Text("status", "allocatable", what));
    }

    private JsonObject Scheduled(JsonObject pod, JsonObject node) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = $"{pod.Name}.{Http.Identifiers.Hex(pod.Uid, 16)}" },
        ["involvedObject"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = pod.Namespace, ["name"] = pod.Name, ["uid"] = pod.Uid, ["apiVersion"] = "v1" },
        ["reason"] = "Scheduled",
        ["message"] = $"Successfully assigned {pod.Namespace}/{pod.Name} to {node.Name}",
        ["source"] = new JsonObject(),
        ["firstTimestamp"] = null,
        ["lastTimestamp"] = null,
        ["type"] = "Normal",
        ["eventTime"] = Json.Time(store.Now),
        ["action"] = "Binding",
        ["reportingComponent"] = "default-scheduler",
        ["reportingInstance"] = "default-scheduler",
    };

    private void Show(JsonObject pod, JsonObject status) => store.Change(ApiResource.Pods, pod, copy => copy["status"] = status);

    private static string LeaderMap(string app) => $"{app}-cluster-config-map";

    private static string TaskManager(string app) => $"{app}-taskmanager-1-1";

    private sealed class PodRun
    {
        public DateTimeOffset? StartedAt { get; set; }

        public FlinkCluster? Cluster { get; set; }

        /// <summary>A leader's map stands before its REST API answers.</summary>
        public bool HasReigned { get; set; }
    }
}
