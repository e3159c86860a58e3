using System.Globalization;
using Flink.Resources.Flink;

namespace Flink.Resources.Simulation;

/// <summary>A cluster: nodes, queues, applications and their processes. All of it under the clock's gate.</summary>
internal abstract partial class SimulatedPlace
{
    private static readonly TimeSpan _mainTakes = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _taskManagersIdle = TimeSpan.FromSeconds(30);
    private readonly SortedDictionary<JobKey, SortedList<long, SimulatedApplication>> _fences = new(
        Comparer<JobKey>.Create(static (a, b) => string.CompareOrdinal(a.Value, b.Value)));

    private readonly Dictionary<string, SimulatedApplication> _applications = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<SimulatedApplication>> _ofJob = new(StringComparer.Ordinal);
    private long _containers;

    protected SimulatedPlace(SimulatedFleet fleet, SimulatedBackendOptions options)
    {
        (Fleet, Options) = (fleet, options);
        Identity = new BackendIdentity($"{options.Name}-{fleet.Seed.ToString(CultureInfo.InvariantCulture)}");
        Nodes = [.. Enumerable.Range(0, options.Nodes).Select(i => new SimulatedNode(
            string.Create(CultureInfo.InvariantCulture, $"{options.Name}-node-{i}"), options.NodeMemory, options.NodeCpuMillicores))];
    }

    public SimulatedFleet Fleet { get; }

    public SimulatedBackendOptions Options { get; }

    public BackendIdentity Identity { get; }

    public VirtualClock Clock => Fleet.Clock;

    public string Name => Options.Name;

    public List<SimulatedNode> Nodes { get; }

    public IEnumerable<SimulatedApplication> Applications => _applications.Values;

    /// <summary>Until when nobody answers.</summary>
    public long AwayUntil { get; set; }

    /// <summary>Until when lists show nothing of what is there.</summary>
    public long StaleUntil { get; set; }

    /// <summary>Which run of the manager this is.</summary>
    public int ManagerRun { get; protected set; } = 1;

    /// <summary>High-availability metadata by application; it may outlive it.</summary>
    public Dictionary<string, FlinkRun> HighAvailability { get; } = new(StringComparer.Ordinal);

    public bool IsAway => Clock.Now < AwayUntil;

    public abstract BackendInfo Info { get; }

    public IEnumerable<SimulatedApplication> FencesOf(JobKey job) => _fences.TryGetValue(job, out var fences) ? fences.Values : [];

    public SimulatedApplication? FindFence(Fence fence) => _fences.TryGetValue(fence.Job, out var fences) ? fences.GetValueOrDefault(fence.Epoch) : null;

    public SimulatedApplication? FindApplication(string id) => _applications.GetValueOrDefault(id);

    /// <summary>Takes a fence, or says who holds it.</summary>
    public (SimulatedApplication? Application, string? Holder, string? Why) Take(Fence fence, string holder, ApplicationSpec spec)
    {
        if (_fences.TryGetValue(fence.Job, out var fences))
        {
            if (fences.Count > 0 && fences.Keys[^1] > fence.Epoch)
            {
                return (null, fences.Values[^1].Holder, FormattableString.Invariant($"epoch {fences.Keys[^1]} is later than {fence.Epoch}"));
            }
            if (fences.TryGetValue(fence.Epoch, out var taken))
            {
                return taken.Holder == holder ? (taken, null, null) : (null, taken.Holder, "it holds this fence");
            }
        }
        else
        {
            fences = _fences[fence.Job] = [];
        }
        var application = new SimulatedApplication(this, NewHandle(fence), fence, holder, spec) { Queue = spec.Queue, Priority = spec.Priority };
        fences.Add(fence.Epoch, application);
        Add(application);
        application.Log($"fence {fence} taken by {holder}");
        return (application, null, null);
    }

    public void Add(SimulatedApplication application)
    {
        _applications.Add(application.Handle.Id, application);
        if (!_ofJob.TryGetValue(application.Ledger.Job, out var applications))
        {
            applications = _ofJob[application.Ledger.Job] = [];
        }
        applications.Add(application);
    }

    public IReadOnlyList<SimulatedApplication> ApplicationsOf(string job) => _ofJob.TryGetValue(job, out var applications) ? applications : [];

    public void Forget(SimulatedApplication application)
    {
        if (application.Fence is { } fence && _fences.TryGetValue(fence.Job, out var fences))
        {
            fences.Remove(fence.Epoch);
            if (fences.Count == 0)
            {
                _fences.Remove(fence.Job);
            }
        }
        if (application.Containers.TrueForAll(static c => !c.IsAlive))
        {
            _applications.Remove(application.Handle.Id);
            _ofJob[application.Ledger.Job].Remove(application);
        }
        application.Log("fence forgotten");
    }

    public abstract ApplicationHandle NewHandle(Fence fence);

    public abstract void CheckPlace(ApplicationSpec spec, List<SpecError> errors);

    /// <summary>What an earlier start left under the name that a fence stands for; null when nothing did.</summary>
    public virtual string? LeftUnder(Fence fence) => null;

    public SortedDictionary<string, string> ConfigurationOf(ApplicationSpec spec, RestorePoint restore, ApplicationHandle handle)
    {
        var values = ApplicationSpecRules.CommonConfiguration(spec, restore);
        if (Options.CheckpointInterval > TimeSpan.Zero)
        {
            values.TryAdd("execution.checkpointing.interval", string.Create(CultureInfo.InvariantCulture, $"{Options.CheckpointInterval.TotalMilliseconds:0} ms"));
        }
        values.TryAdd("execution.checkpointing.dir", Options.CheckpointDirectory);
        values.TryAdd("state.backend.type", "rocksdb");
        Complete(values, handle);
        return values;
    }

    /// <summary>Hands it to the cluster.</summary>
    public void Submit(SimulatedApplication application, RestorePoint restore)
    {
        application.Restore = restore;
        application.Configuration = ConfigurationOf(application.Spec, restore, application.Handle);
        application.SubmittedAt = Clock.Now;
        application.StartedAt = Clock.Now;
        application.SubmittedTo = ManagerRun;
        application.Phase = Phase.Submitted;
        application.Log(restore is RestorePoint.Snapshot snapshot ? $"started from {snapshot.Uri}" : "started from nothing");
        if (Admit(application))
        {
            Launch(application);
        }
    }

    /// <summary>Ends it and takes its files; asked again until nothing is left.</summary>
    public RemoveOutcome Remove(SimulatedApplication application, HaMetadata metadata)
    {
        if (application.Phase == Phase.Prepared)
        {
            application.KeptResult ??= ApplicationResult.Killed;
            application.IsStagingGone = true;
            return new RemoveOutcome.AlreadyGone(Seen($"{application.Handle.Id} was never started."));
        }
        var wasGone = application.Phase == Phase.Ended && !application.Seen.Any() && application.IsStagingGone;
        application.KeptResult ??= application.Phase == Phase.Ended ? application.Result : ApplicationResult.Killed;
        Kill(application, ApplicationResult.Killed, "removed on request");
        application.IsStagingGone = true;
        if (IsLeft(application))
        {
            return new RemoveOutcome.InProgress(Seen($"{application.Handle.Id} is ending."));
        }
        if (metadata == HaMetadata.Purge)
        {
            HighAvailability.Remove(application.Handle.Id);
        }
        return wasGone
            ? new RemoveOutcome.AlreadyGone(Seen($"There is nothing of {application.Handle.Id} left."))
            : new RemoveOutcome.Removed(Seen($"Nothing of {application.Handle.Id} is left."));
    }

    public bool Move(SimulatedApplication application, string queue)
    {
        if (!Options.Queues.IsEmpty && !Options.Queues.ContainsKey(queue))
        {
            throw new ResourceBackendException(BackendFault.Invalid, Name, $"There is no queue {queue}.");
        }
        Requeue(application, queue);
        application.Log($"moved to {queue}");
        return true;
    }

    /// <summary>Whether the cluster still has something of it.</summary>
    protected abstract bool IsLeft(SimulatedApplication application);

    /// <summary>Begins to end all its processes; what restarts them goes first.</summary>
    public abstract void Kill(SimulatedApplication application, ApplicationResult result, string why);

    /// <summary>Whether something would start it again.</summary>
    public abstract bool HasRestarter(SimulatedApplication application);

    public abstract Lookup<ApplicationReport> Report(SimulatedApplication application);

    public abstract DeathProbe Probe(CopyRef copy, SimulatedApplication? application);

    public Evidence Seen(string what) => new(Identity.Value, Clock.GetUtcNow(), what);

    protected abstract void Complete(SortedDictionary<string, string> configuration, ApplicationHandle handle);

    /// <summary>A JobManager's process ended without being told to.</summary>
    protected abstract void JobManagerLost(SimulatedApplication application, SimulatedContainer container, string why);

    /// <summary>Whether the cluster takes it; otherwise it has said why.</summary>
    protected abstract bool Admit(SimulatedApplication application);

    protected TimeSpan About(TimeSpan time) => time * (0.8 + (0.4 * Fleet.NextRandom()));

    protected void Launch(SimulatedApplication application)
    {
        application.Attempts++;
        Request(application, isJobManager: true, application.Spec.JobManager, c => JobManagerUp(application, c));
    }

    /// <summary>The JobManager answers; its main method runs and builds the job.</summary>
    protected void JobManagerUp(SimulatedApplication application, SimulatedContainer container)
    {
        if (application.Phase is Phase.Removing or Phase.Ended)
        {
            return;
        }
        application.Phase = Phase.Up;
        application.Log("JobManager up");
        if (application.IsResultStored)
        {
            application.Diagnostics = "The JobManager was restarted and runs no job: the job had ended before.";
            application.IsStuck = true;
            application.Run = null;
            return;
        }
        var previous = application.HasHighAvailability ? HighAvailability.GetValueOrDefault(application.Handle.Id) : null;
        var run = new FlinkRun(application, JobIdOf(application), Clock, application.Ledger, Fleet.Storage) { JobManager = container };
        application.Run = run;
        Clock.Schedule(About(_mainTakes), () => Main(application, run, previous));
    }

    public void JobEnded(SimulatedApplication application, FlinkRun run, FlinkJobState state, string? cause)
    {
        run.End(state, cause);
        application.Log($"job {state}{(cause is null ? string.Empty : ": " + cause)}");
        Clock.Schedule(TimeSpan.FromMilliseconds(200), () =>
        {
            if (run.JobManager is { State: ContainerState.Running })
            {
                application.IsResultStored |= application.KeepsResult;
                if (application.IsResultStored || state == FlinkJobState.Finished)
                {
                    HighAvailability.Remove(application.Handle.Id);
                }
            }
        });
        Clock.Schedule(_taskManagersIdle, () =>
        {
            foreach (var idle in run.TaskManagers.ToArray())
            {
                End(idle);
            }
        });
        if (!application.KeepsJobManager)
        {
            Clock.Schedule(About(TimeSpan.FromSeconds(5)), () => Leave(application, run));
        }
    }

    /// <summary>A task failed; the job restarts by itself from its last checkpoint.</summary>
    public void TaskFailed(SimulatedApplication application, FlinkRun run, string cause)
    {
        if (run.IsOver || run.State.IsTerminal)
        {
            return;
        }
        if (run.State != FlinkJobState.Restarting)
        {
            run.Fail(cause);
        }
        application.Log($"task failed: {cause}");
        Clock.Schedule(run.Behaviour.RestartDelay, () => Allocate(application, run));
    }

    /// <summary>The job's parallelism changes: it restarts from its last checkpoint with other slots.</summary>
    public void Rescale(SimulatedApplication application, FlinkRun run, int parallelism)
    {
        run.Settle();
        run.Parallelism = parallelism;
        foreach (var surplus in run.TaskManagers.Skip(run.TaskManagersWanted).ToArray())
        {
            run.TaskManagers.Remove(surplus);
            End(surplus);
        }
        application.Log(FormattableString.Invariant($"rescaled to {parallelism}"));
        run.Fail("RescaleException: the job is rescaled");
        Clock.Schedule(TimeSpan.FromMilliseconds(500), () => Allocate(application, run));
    }

    /// <summary>Flink ends its cluster by itself.</summary>
    protected abstract void Leave(SimulatedApplication application, FlinkRun run);

    private void Main(SimulatedApplication application, FlinkRun run, FlinkRun? previous)
    {
        if (run.IsOver || run.JobManager is not { State: ContainerState.Running })
        {
            return;
        }
        if (!Fleet.HasEntryClass(application.Spec))
        {
            MainFailed(application, run, $"ClassNotFoundException: {application.Spec.EntryClass} is not in {application.Spec.Jar.Uri}");
            return;
        }
        SimulatedSnapshot? snapshot = null;
        var recovered = previous?.RetainedCheckpoint;
        if (recovered is null && application.Restore is RestorePoint.Snapshot restore && !application.Behaviour.IgnoresRestorePath)
        {
            snapshot = Fleet.Storage.Find(restore.Uri, Name);
            if (snapshot is null)
            {
                MainFailed(application, run, $"FileNotFoundException: Cannot find checkpoint or savepoint file/directory '{restore.Uri}' on file system.");
                return;
            }
        }
        application.Ledger.Describe(application.Behaviour, application.Spec.Kind == JobKind.Batch, Clock.Now);
        run.SetOrigin(recovered ?? snapshot, recovered is not null);
        if (application.HasHighAvailability)
        {
            HighAvailability[application.Handle.Id] = run;
        }
        run.Schedule();
        application.Log(run.Restored is { } from ? $"job {run.Id} restores {from.Uri}" : $"job {run.Id} begins");
        Allocate(application, run);
    }

    /// <summary>The main method threw: there is no job.</summary>
    protected abstract void MainFailed(SimulatedApplication application, FlinkRun run, string cause);

    private void Allocate(SimulatedApplication application, FlinkRun run)
    {
        if (run.IsOver || run.State.IsTerminal)
        {
            return;
        }
        run.TaskManagers.RemoveAll(static c => !c.IsAlive && c.State != ContainerState.Waiting);
        while (run.TaskManagers.Count < run.TaskManagersWanted)
        {
            run.TaskManagers.Add(Request(application, isJobManager: false, application.Spec.TaskManager, _ => TaskManagersUp(application, run)));
        }
        TaskManagersUp(application, run);
    }

    private void TaskManagersUp(SimulatedApplication application, FlinkRun run)
    {
        if (run.IsOver || run.State is not (FlinkJobState.Created or FlinkJobState.Restarting)
            || run.TaskManagers.Count(static c => c.State == ContainerState.Running) < run.TaskManagersWanted)
        {
            return;
        }
        run.Deploy();
        var restarts = run.Restarts;
        var read = run.Restored is null ? TimeSpan.FromMilliseconds(500) : run.FullDuration;
        Clock.Schedule(About(read), () => Resume(application, run, restarts));
    }

    private void Resume(SimulatedApplication application, FlinkRun run, int restarts)
    {
        if (run.IsOver || run.State != FlinkJobState.Running || run.Restarts != restarts
            || run.TaskManagers.Exists(static c => c.State != ContainerState.Running))
        {
            return;
        }
        run.Resume();
        application.Log("all tasks run");
        var behaviour = run.Behaviour;
        if (application.Spec.Kind == JobKind.Batch)
        {
            var left = TimeSpan.FromSeconds((behaviour.BatchRecords - run.Offset) / Math.Max(1, run.Capacity)) + TimeSpan.FromMilliseconds(1);
            Clock.Schedule(left, () => After(run, restarts, () => JobEnded(application, run, FlinkJobState.Finished, null)));
        }
        if (behaviour.FailsAfter is { } fails)
        {
            Clock.Schedule(fails, () => After(run, restarts, () => JobEnded(application, run, FlinkJobState.Failed, "JobException: Recovery is suppressed: a task failed too often")));
        }
        if (behaviour.RestartsEvery is { } every)
        {
            Clock.Schedule(every, () => After(run, restarts, () => TaskFailed(application, run, "RuntimeException: a record could not be processed")));
        }
    }

    private static void After(FlinkRun run, int restarts, Action action)
    {
        if (run is { IsOver: false, AllTasksRun: true } && run.Restarts == restarts)
        {
            action();
        }
    }

    private FlinkJobId JobIdOf(SimulatedApplication application)
    {
        var salt = application.HasHighAvailability ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"/{application.Attempts}");
        return new FlinkJobId(Kubernetes.KubernetesNames.Digest($"{Identity.Value}/{application.Handle.Id}{salt}")[..32]);
    }

    private string NewContainerId(SimulatedApplication application, bool isJobManager) => string.Create(
        CultureInfo.InvariantCulture, $"{ContainerPrefix(application, isJobManager)}{++_containers:D6}");

    protected abstract string ContainerPrefix(SimulatedApplication application, bool isJobManager);
}
