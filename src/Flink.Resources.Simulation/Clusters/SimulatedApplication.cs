using System.Collections.Immutable;

namespace Flink.Resources.Simulation;

/// <summary>Where an application is in its life, as the cluster sees it.</summary>
internal enum Phase
{
    Prepared,
    Submitted,
    Up,
    Removing,
    Ended,
}

/// <summary>An application: its fence, its processes, its Flink job, and what outlives them.</summary>
internal sealed class SimulatedApplication
{
    private readonly SimulatedPlace _place;

    public SimulatedApplication(SimulatedPlace place, ApplicationHandle handle, Fence? fence, string holder, ApplicationSpec spec)
    {
        (_place, Handle, Fence, Holder, Spec) = (place, handle, fence, holder, spec);
        PreparedAt = place.Clock.Now;
        Configuration = place.ConfigurationOf(spec, RestorePoint.None, handle);
        Ledger = place.Fleet.LedgerOf(fence?.Job.Value ?? spec.Job.Value);
    }

    public ApplicationHandle Handle { get; }

    public Fence? Fence { get; }

    public string Holder { get; }

    public ApplicationSpec Spec { get; }

    public string Queue { get; set; } = string.Empty;

    public JobPriority? Priority { get; set; }

    public JobLedger Ledger { get; }

    public SortedDictionary<string, string> Configuration { get; set; }

    public RestorePoint Restore { get; set; } = RestorePoint.None;

    public long PreparedAt { get; }

    /// <summary>When it was handed to the cluster, and which run of the manager was asked.</summary>
    public long? SubmittedAt { get; set; }

    public int SubmittedTo { get; set; }

    public bool IsKnown { get; set; } = true;

    public Phase Phase { get; set; } = Phase.Prepared;

    public ApplicationResult Result { get; set; }

    /// <summary>The result that the fence keeps; the first one seen stays.</summary>
    public ApplicationResult? KeptResult { get; set; }

    public string? Diagnostics { get; set; }

    public bool IsStuck { get; set; }

    /// <summary>The files that it was started with are gone from where the cluster keeps them.</summary>
    public bool IsStagingGone { get; set; }

    public long? StartedAt { get; set; }

    public long? EndedAt { get; set; }

    public int Attempts { get; set; }

    public FlinkRun? Run { get; set; }

    public List<SimulatedContainer> Containers { get; } = [];

    /// <summary>Runs whose processes the cluster has lost sight of.</summary>
    public List<FlinkRun> Zombies { get; } = [];

    /// <summary>Flink has stored the job's result where a new JobManager finds it.</summary>
    public bool IsResultStored { get; set; }

    /// <summary>When the cluster's last trace of its processes went.</summary>
    public long? GoneAt { get; set; }

    /// <summary>Whether each of its processes was seen to end.</summary>
    public bool WasSeenToEnd { get; set; } = true;

    public SimulatedJob Behaviour => _place.Fleet.BehaviourOf(Ledger.Job, _place.Name);

    public bool HasHighAvailability => Configuration.GetValueOrDefault("high-availability.type") is { } type
        && !string.Equals(type, "NONE", StringComparison.OrdinalIgnoreCase);

    public bool KeepsJobManager => Configuration.GetValueOrDefault("execution.shutdown-on-application-finish") == "false";

    public bool KeepsResult => HasHighAvailability && Configuration.GetValueOrDefault("job-result-store.delete-on-commit") == "false";

    public bool RetainsCheckpoints =>
        Configuration.GetValueOrDefault("execution.checkpointing.externalized-checkpoint-retention") == "RETAIN_ON_CANCELLATION";

    public string CheckpointRoot => (Configuration.GetValueOrDefault("execution.checkpointing.dir")
        ?? Configuration.GetValueOrDefault("state.checkpoints.dir") ?? _place.Options.CheckpointDirectory).TrimEnd('/');

    /// <summary>The processes that the cluster knows of.</summary>
    public IEnumerable<SimulatedContainer> Seen => Containers.Where(static c => c is { IsZombie: false } && (c.IsAlive || c.State == ContainerState.Waiting));

    public ImmutableArray<SimulatedContainer> Alive => [.. Containers.Where(static c => c.IsAlive)];

    public void Log(string what) => _place.Fleet.Log(_place.Name, Handle.Id, what);

    public void OnJobEnded(FlinkRun run, FlinkJobState state, string? cause) => _place.JobEnded(this, run, state, cause);

    public void OnTaskFailed(FlinkRun run, string cause) => _place.TaskFailed(this, run, cause);
}
