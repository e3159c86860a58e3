using System.Globalization;
using Flink.Resources.Kubernetes;

namespace Flink.Resources.Simulation;

/// <summary>A place like Kubernetes: a Deployment restarts the JobManager, and Flink's ConfigMaps may outlive everything.</summary>
internal sealed class KubernetesPlace(SimulatedFleet fleet, SimulatedBackendOptions options) : SimulatedPlace(fleet, options)
{
    private static readonly TimeSpan _eviction = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _podsMayTake = TimeSpan.FromSeconds(35);

    public override BackendInfo Info { get; } = new()
    {
        Name = options.Name,
        Kind = BackendKind.Kubernetes,
        Capabilities = BackendCapabilities.NativeHighAvailability,
    };

    protected override bool RestartsInPlace => true;

    public override ApplicationHandle NewHandle(Fence fence) => new()
    {
        Backend = Name, Identity = Identity, Id = KubernetesNames.ClusterId(fence), Namespace = "flink-jobs",
    };

    public override void CheckPlace(ApplicationSpec spec, List<SpecError> errors)
    {
        if (!Options.Queues.IsEmpty && !Options.Queues.ContainsKey(spec.Queue))
        {
            errors.Add(new SpecError("Queue", spec.Queue, $"one of {string.Join(", ", Options.Queues.Keys)}"));
        }
    }

    public override string? LeftUnder(Fence fence) =>
        FindFence(fence) is null && NewHandle(fence) is var handle && HighAvailability.ContainsKey(handle.Id) ? $"ConfigMap {handle.Id}-cluster-config-map" : null;

    public override void Kill(SimulatedApplication application, ApplicationResult result, string why)
    {
        if (application.Phase is Phase.Ended or Phase.Removing)
        {
            return;
        }
        application.Phase = Phase.Removing;
        application.Result = result;
        application.EndedAt = Clock.Now;
        application.Log($"Deployment deleted: {why}");
        foreach (var container in application.Containers.ToArray())
        {
            End(container);
        }
        if (!application.Seen.Any())
        {
            AllGone(application);
        }
    }

    public override bool HasRestarter(SimulatedApplication application) =>
        application.Phase is Phase.Submitted or Phase.Up && !application.IsResultStored;

    /// <summary>Takes the pods' objects away; their containers end when their kubelet hears of it.</summary>
    public void ForceDeletePods(SimulatedApplication application)
    {
        application.Log("pods deleted by force");
        var stands = application.Phase is Phase.Submitted or Phase.Up;
        if (stands && application.Run is { } run)
        {
            application.Zombies.Add(run);
            application.Run = null;
        }
        else if (application.Run is { IsOver: false } left)
        {
            application.Zombies.Add(left);
            application.Run = null;
        }
        foreach (var container in application.Containers.ToArray())
        {
            if (container.State == ContainerState.Waiting || container.IsDead)
            {
                Remove(container);
                continue;
            }
            Abandon(container);
            if (container.Node is { Reports: true })
            {
                Clock.Schedule(About(TimeSpan.FromSeconds(2)), () => Remove(container));
            }
        }
        // With high availability the new JobManager waits for the leader's lease, as long as the old process renews it.
        if (stands && (!application.HasHighAvailability || application.Zombies.TrueForAll(static z => z.JobManager is not { IsAlive: true, Node.Reports: false })))
        {
            Clock.Schedule(TimeSpan.FromSeconds(3), () => Replace(application));
        }
    }

    public override Lookup<ApplicationReport> Report(SimulatedApplication application)
    {
        var report = WithProcesses(application, new ApplicationReport
        {
            Application = application.Handle,
            Fence = application.Fence,
            Name = application.Spec.Job.Value,
            State = ApplicationState.Unknown,
            Queue = application.Queue,
            Priority = application.Priority,
            StartedAt = application.StartedAt is { } at ? Clock.At(at) : null,
        });
        return Lookup.Found(report, Seen($"{application.Handle.Namespace}/{application.Handle.Id} is {report.State} ({report.NativeState})."));
    }

    public override DeathProbe Probe(CopyRef copy, SimulatedApplication? application)
    {
        var (verdict, comesBack, seen) = Look(copy.Application.Id, application);
        return new DeathProbe(copy, verdict, Seen(seen)) { CanComeBack = comesBack };
    }

    protected override void Complete(SortedDictionary<string, string> configuration, ApplicationHandle handle)
    {
        configuration.TryAdd("high-availability.type", "kubernetes");
        configuration.TryAdd("job-result-store.delete-on-commit", "false");
        configuration["kubernetes.cluster-id"] = handle.Id;
    }

    protected override bool Admit(SimulatedApplication application) => true;

    protected override void JobManagerLost(SimulatedApplication application, SimulatedContainer container, string why)
    {
        application.Diagnostics = why;
        foreach (var other in application.Alive.Where(c => !c.IsZombie && c != container))
        {
            End(other);
        }
        var pause = TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, container.Restarts)));
        application.IsStuck = container.Restarts >= 2;
        Restart(container, pause);
    }

    protected override void Leave(SimulatedApplication application, FlinkRun run)
    {
        if (application.Phase == Phase.Up && application.Run == run)
        {
            Kill(application, run.State == FlinkJobState.Finished ? ApplicationResult.Succeeded : run.State == FlinkJobState.Canceled ? ApplicationResult.Canceled : ApplicationResult.Failed, "Flink ended its cluster");
        }
    }

    protected override void MainFailed(SimulatedApplication application, FlinkRun run, string cause)
    {
        run.End(FlinkJobState.Failed, cause);
        application.Run = null;
        application.Diagnostics = cause;
        application.IsStuck = true;
        application.Log(cause);
        if (run.JobManager is { State: ContainerState.Running } container)
        {
            JobManagerLost(application, container, cause);
            application.IsStuck = true;
        }
    }

    protected override void NodeLost(SimulatedNode node) => Clock.Schedule(_eviction, () =>
    {
        if (!node.IsLost)
        {
            return;
        }
        foreach (var container in Ordered(node))
        {
            var application = container.Application;
            if (application.Phase is Phase.Ended or Phase.Removing || container.IsZombie)
            {
                continue;
            }
            if (!container.IsJobManager)
            {
                // Flink still speaks with it, if it is alive at all.
                continue;
            }
            if (container.IsDead || !application.HasHighAvailability)
            {
                if (application.Run is { IsOver: false } run)
                {
                    application.Zombies.Add(run);
                }
                application.Run = null;
                Replace(application);
            }
        }
    });

    protected override TimeSpan Fetch(SimulatedContainer container, SimulatedNode node) =>
        node.Images.Add(container.Application.Spec.FlinkVersion) ? About(Options.ImagePull) : TimeSpan.FromMilliseconds(500);

    protected override string? Obstacle(SimulatedContainer container) =>
        Options.MissingImages.Contains(container.Application.Spec.FlinkVersion)
            ? $"ImagePullBackOff: the image of Flink {container.Application.Spec.FlinkVersion} can't be pulled: not found"
            : null;

    protected override bool IsLeft(SimulatedApplication application) => application.Phase != Phase.Ended || application.Seen.Any();

    protected override void AllGone(SimulatedApplication application)
    {
        if (application.Phase == Phase.Removing)
        {
            application.Phase = Phase.Ended;
            application.Log("all pods gone");
        }
    }

    protected override string ContainerPrefix(SimulatedApplication application, bool isJobManager) =>
        isJobManager ? $"{application.Handle.Id}-" : $"{application.Handle.Id}-taskmanager-";

    private void Replace(SimulatedApplication application)
    {
        if (application.Phase is Phase.Submitted or Phase.Up)
        {
            application.Phase = Phase.Submitted;
            application.Log("the Deployment makes another pod");
            Launch(application);
        }
    }

    private ApplicationReport WithProcesses(SimulatedApplication application, ApplicationReport report)
    {
        var held = application.Seen.ToList();
        report = report with
        {
            AllocatedMemory = new MemorySize(held.Where(static c => c.Node is not null).Sum(static c => c.Memory)),
            AllocatedCpuMillicores = held.Where(static c => c.Node is not null).Sum(static c => c.Cpu),
            Containers = held.Count,
        };
        if (application.SubmittedAt is null)
        {
            return application.KeptResult is { } removed
                ? report with { State = ApplicationState.Finished, Result = removed, NativeState = "Removed" }
                : report with { State = ApplicationState.Prepared, NativeState = "Prepared" };
        }
        if (application.KeptResult is { } kept)
        {
            return report with
            {
                State = ApplicationState.Finished,
                Result = kept,
                NativeState = application.Phase == Phase.Ended ? "Removed" : "Finished",
                FinishedAt = application.EndedAt is { } end ? Clock.At(end) : null,
            };
        }
        if (application.Phase is Phase.Removing or Phase.Ended)
        {
            return report with
            {
                State = ApplicationState.Finished,
                Result = application.Result,
                NativeState = "Deleted",
                FinishedAt = Clock.At(application.EndedAt!.Value),
                Diagnostics = "It was started, and its Deployment is gone without RemoveAsync: somebody deleted it.",
            };
        }
        if (application.Run is { State.IsTerminal: true } run)
        {
            return Ended(application, run, report);
        }
        var waiting = application.Containers.Find(static c => c is { IsZombie: false, State: ContainerState.Waiting });
        if (application.Run is { State: not FlinkJobState.Initializing } live)
        {
            return report with
            {
                State = ApplicationState.Running, NativeState = live.State.ToString().ToUpperInvariant(), RestAddress = SimulatedFleet.AddressOf(application), Diagnostics = waiting?.WaitsFor,
            };
        }
        return report with
        {
            State = ApplicationState.Starting,
            NativeState = waiting is null ? "ContainerCreating" : "Pending",
            Diagnostics = waiting?.WaitsFor ?? application.Diagnostics,
            IsStuck = waiting?.IsStuck ?? application.IsStuck,
        };
    }

    private ApplicationReport Ended(SimulatedApplication application, FlinkRun run, ApplicationReport report)
    {
        if (application.KeepsResult && !application.IsResultStored)
        {
            return report with
            {
                State = ApplicationState.Running,
                NativeState = run.State.ToString().ToUpperInvariant(),
                Diagnostics = "The job has ended and Flink is still storing its result: a JobManager that restarted now would run it again.",
            };
        }
        application.KeptResult = run.State switch
        {
            FlinkJobState.Finished => ApplicationResult.Succeeded,
            FlinkJobState.Canceled => ApplicationResult.Canceled,
            _ => ApplicationResult.Failed,
        };
        application.EndedAt ??= run.EndedAt;
        return report with
        {
            State = ApplicationState.Finished,
            Result = application.KeptResult.Value,
            NativeState = run.State.ToString().ToUpperInvariant(),
            FinishedAt = Clock.At(run.EndedAt!.Value),
            Diagnostics = run.State == FlinkJobState.Failed ? run.Exceptions[0].StackTrace : null,
        };
    }

    private (DeathVerdict Verdict, bool ComesBack, string Seen) Look(string id, SimulatedApplication? application)
    {
        if (application is null)
        {
            return (DeathVerdict.Dead, false, $"Nothing of {id} is there.");
        }
        if (application.Phase is Phase.Submitted or Phase.Up)
        {
            return (DeathVerdict.Alive, true, $"Deployment {id} stands and keeps a JobManager.");
        }
        if (application.Phase == Phase.Prepared)
        {
            return (DeathVerdict.Dead, false, $"{id} was prepared and never started; it has no Deployment and no pod.");
        }
        var left = application.Seen.ToList();
        if (left.Find(static c => c.Node is { IsLost: true }) is { } unseen)
        {
            return (DeathVerdict.Unknown, true, $"Pod {unseen.Id} is on node {unseen.Node!.Name}, which does not report: its containers may live on.");
        }
        if (left.Count > 0)
        {
            return (DeathVerdict.Dying, false, string.Create(CultureInfo.InvariantCulture, $"No Deployment restarts {id}, but {left.Count} pod(s) are left: {left[0].Id} …"));
        }
        if (Nodes.Find(n => n.IsLost && n.ChangedAt >= application.PreparedAt) is { } lost)
        {
            return (DeathVerdict.Unknown, true, $"Node {lost.Name} stopped to report after {id} began: a pod deleted by force may live on there.");
        }
        if (application.WasSeenToEnd)
        {
            return (DeathVerdict.Dead, false, $"No Deployment {id}, and each of its pods was ended by its kubelet's own word.");
        }
        // A kubelet that is silent has not reported since, whether or not its node is lost already.
        var since = Math.Max(application.GoneAt ?? Clock.Now, Nodes.Max(static n => n.ChangedAt));
        var silent = Nodes.Find(static n => !n.Reports);
        return silent is null && Clock.Now - since >= _podsMayTake.Ticks
            ? (DeathVerdict.Dead, false, $"No Deployment {id}, no pod of it, and all kubelets reported for {_podsMayTake.TotalSeconds:0} s since.")
            : (DeathVerdict.Unknown, true, $"No pod of {id} is left, but nobody saw their containers end{(silent is null ? "." : $": {silent.Name} does not report.")}");
    }
}
