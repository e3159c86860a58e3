using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Simulation;

/// <content>What happens to clusters and jobs that nobody asked for, and what people do by hand.</content>
public sealed partial class SimulatedFleet
{
    /// <summary>Starts an application without this library, as the stock client does: it has no fence.</summary>
    /// <returns>The application, under way.</returns>
    public ApplicationHandle StartByHand(string backend, ApplicationSpec spec, RestorePoint? restore = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var place = PlaceOf(backend);
        lock (Clock.Gate)
        {
            var fence = new Fence(spec.Job, ++_foreign);
            var handle = place.NewHandle(fence);
            if (place.FindApplication(handle.Id) is not null)
            {
                handle = handle with { Id = string.Create(CultureInfo.InvariantCulture, $"{handle.Id}-by-hand") };
            }
            var application = new SimulatedApplication(place, handle, null, "somebody", spec) { Queue = spec.Queue, Priority = spec.Priority };
            place.Add(application);
            place.Submit(application, restore ?? RestorePoint.None);
            return handle;
        }
    }

    /// <summary>Kills an application without this library.</summary>
    public void KillByHand(ApplicationHandle application) => On(application, static (p, a) => p.Kill(a, ApplicationResult.Killed, "killed by hand"));

    /// <summary>Ends the JobManager's process; what restarts it does.</summary>
    public void KillJobManager(ApplicationHandle application) => On(
        application,
        static (p, a) =>
        {
            if (a.Containers.Find(static c => c is { IsJobManager: true, IsZombie: false, State: ContainerState.Starting or ContainerState.Running }) is { } container)
            {
                p.Crash(container, "the JobManager's process was killed");
            }
        });

    /// <summary>Ends the process of one TaskManager; the job restarts from its last checkpoint.</summary>
    public void KillTaskManager(ApplicationHandle application) => On(
        application,
        static (p, a) =>
        {
            if (a.Run?.TaskManagers.Find(static c => c.State == ContainerState.Running) is { } container)
            {
                p.Crash(container, "the TaskManager's process was killed");
            }
        });

    /// <summary>A task fails; the job restarts from its last checkpoint.</summary>
    public void FailTask(ApplicationHandle application, string exception = "RuntimeException: planted") => On(
        application,
        (_, a) =>
        {
            if (a.Run is { AllTasksRun: true } run)
            {
                a.OnTaskFailed(run, exception);
            }
        });

    /// <summary>Deletes the pods of an application by force. Where the kubelet does not report, their containers live on.</summary>
    /// <exception cref="ArgumentException">The application is none of a Kubernetes-like backend.</exception>
    public void ForceDeletePods(ApplicationHandle application) => On(
        application,
        (p, a) => (p as KubernetesPlace ?? throw new ArgumentException($"{p.Name} has no pods.", nameof(application))).ForceDeletePods(a));

    /// <summary>The nodes on which an application's processes are, its JobManager's first.</summary>
    public ImmutableArray<string> NodesOf(ApplicationHandle application)
    {
        ArgumentNullException.ThrowIfNull(application);
        lock (Clock.Gate)
        {
            return
            [
                .. (PlaceOf(application.Backend).FindApplication(application.Id)?.Containers ?? [])
                    .Where(static c => c.IsAlive).OrderByDescending(static c => c.IsJobManager).Select(static c => c.Node!.Name).Distinct(StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>A node no longer reports.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="containersLiveOn">Only its agent died, or the network to it: processes run on. Otherwise the machine stopped.</param>
    public void LoseNode(string backend, string node, bool containersLiveOn) => On(backend, node, (p, n) => p.LoseNode(n, containersLiveOn));

    /// <summary>A node reports again; what the cluster gave up meanwhile ends there.</summary>
    public void ReturnNode(string backend, string node) => On(backend, node, static (p, n) => p.ReturnNode(n));

    /// <summary>Nobody answers for a time: the API server, or the ResourceManager. What runs, runs on.</summary>
    public void GoAway(string backend, TimeSpan time)
    {
        var place = PlaceOf(backend);
        lock (Clock.Gate)
        {
            place.AwayUntil = Math.Max(place.AwayUntil, Clock.Now + time.Ticks);
            Log(place.Name, place.Name, "goes away");
        }
    }

    /// <summary>Restarts a ResourceManager. For a while its lists show nothing.</summary>
    /// <param name="backend">A YARN-like backend.</param>
    /// <param name="keepsStore">Whether it remembers its applications; otherwise they run on and it does not know them.</param>
    /// <exception cref="ArgumentException">The backend is not YARN-like.</exception>
    public void RestartResourceManager(string backend, bool keepsStore)
    {
        var place = PlaceOf(backend) as YarnPlace ?? throw new ArgumentException($"{backend} has no ResourceManager.", nameof(backend));
        lock (Clock.Gate)
        {
            place.RestartManager(keepsStore, TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>
    /// Leaves high-availability metadata of an application behind under the name that a fence will use: whoever starts there finds that job
    /// and goes on with it, whatever it was told to restore. On Kubernetes a start that is not prepared yet is refused because of it.
    /// </summary>
    public void LeaveMetadata(ApplicationHandle from, string backend, Fence fence) => On(
        from,
        (_, a) =>
        {
            var place = PlaceOf(backend);
            if (a.Run is { } run)
            {
                place.HighAvailability[place.NewHandle(fence).Id] = run;
                Log(place.Name, fence.ToString(), $"metadata of {a.Handle.Id} left behind");
            }
        });

    /// <summary>Makes what is below a directory unreadable from a backend, or readable again.</summary>
    public void SetReadable(string directory, string backend, bool isReadable)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var place = PlaceOf(backend);
        lock (Clock.Gate)
        {
            if (isReadable)
            {
                Storage.Show(directory, place.Name);
            }
            else
            {
                Storage.Hide(directory, place.Name);
            }
        }
    }

    /// <summary>Makes probes of what is below a directory fail from a backend, as for a user without rights there; null makes them succeed again.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="backend">The backend from which it is tried.</param>
    /// <param name="step">The step that fails. Running jobs are not affected.</param>
    public void FailDirectoryProbe(string directory, string backend, DirectoryProbeStep? step)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var place = PlaceOf(backend);
        lock (Clock.Gate)
        {
            Storage.FailProbe(directory, place.Name, step);
        }
    }

    /// <summary>Deletes a savepoint from storage; false when there is none.</summary>
    public bool DeleteSavepoint(string uri)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(uri);
        lock (Clock.Gate)
        {
            return Storage.Delete(uri);
        }
    }

    /// <summary>Says which entry classes a jar has. A jar of which nothing is said has every class.</summary>
    public void AddJar(string uri, params ReadOnlySpan<string> entryClasses)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(uri);
        lock (Clock.Gate)
        {
            _jars[uri] = [.. entryClasses];
            _deleted.Remove(uri);
        }
    }

    /// <summary>Deletes a file, a jar for example: what needs it can't be prepared on YARN any more.</summary>
    public void DeleteFile(string uri)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(uri);
        lock (Clock.Gate)
        {
            _deleted.Add(uri);
        }
    }

    private void On(ApplicationHandle application, Action<SimulatedPlace, SimulatedApplication> action)
    {
        ArgumentNullException.ThrowIfNull(application);
        var place = PlaceOf(application.Backend);
        lock (Clock.Gate)
        {
            action(place, place.FindApplication(application.Id) ?? throw new KeyNotFoundException($"{place.Name} has no application {application.Id}."));
        }
    }

    private void On(string backend, string node, Action<SimulatedPlace, SimulatedNode> action)
    {
        var place = PlaceOf(backend);
        lock (Clock.Gate)
        {
            action(place, place.Nodes.Find(n => n.Name == node) ?? throw new KeyNotFoundException($"{backend} has no node {node}."));
        }
    }
}
